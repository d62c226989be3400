import { startRun } from "#app/services/start-run.server.ts";
import { AppError } from "#app/errors.ts";
import type { Handler } from "./index.ts";

export const prepareStart: Handler<"prepare.start"> = async (deps, { shop }) => {
  const started = await startRun(deps, { shop, now: new Date() });
  if (!started.ok) throw new AppError("input_invalid", started.detail ?? started.reason, false);
};
