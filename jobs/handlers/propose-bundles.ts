import { proposeForRun } from "#app/services/propose-run.server.ts";
import type { Handler } from "./index.ts";

export const proposeBundles: Handler<"propose.bundles"> = (deps, run, context) =>
  proposeForRun(deps, run, { ...context, now: () => new Date() });
