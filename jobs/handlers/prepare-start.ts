import { startDueRun } from "#app/services/start-due-run.server.ts";
import type { Handler } from "./index.ts";

export const prepareStart: Handler<"prepare.start"> = async (deps, { shop }) => {
  await startDueRun(deps, { shop, now: new Date() });
};
