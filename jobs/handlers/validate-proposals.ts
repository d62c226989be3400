import { validateForRun } from "#app/services/validate-run.server.ts";
import type { Handler } from "./index.ts";

export const validateProposals: Handler<"validate.proposals"> = (deps, run, context) =>
  validateForRun(deps, run, { ...context, now: () => new Date() });
