import { applyShopInbox } from "#app/services/apply-shop-inbox.server.ts";
import type { Handler } from "./index.ts";

export const collectApply: Handler<"collect.apply"> = async (deps, { shop }, { signal }) => {
  const { applied, failed } = await applyShopInbox(deps, { shop, now: () => new Date(), signal });
  deps.log.debug("collect.turn", { applied, failed });
};
