import { sweepInbox } from "#app/services/sweep-inbox.server.ts";
import type { Handler } from "./index.ts";

export const collectSweep: Handler<"collect.sweep"> = async (deps) => {
  await sweepInbox(deps, { now: new Date() });
};
