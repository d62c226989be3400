import { prepareRun } from "#app/services/prepare-run.server.ts";
import type { Handler } from "./index.ts";

export const prepareBaskets: Handler<"prepare.baskets"> = (deps, run, context) =>
  prepareRun(deps, run, { ...context, now: () => new Date() });
