import { eraseHistory } from "#app/services/erase-history.server.ts";
import type { Handler } from "./index.ts";

export const collectErase: Handler<"collect.erase"> = async (deps, { shop }, { signal }) => {
  await eraseHistory(deps, { shop, now: () => new Date(), signal });
};
