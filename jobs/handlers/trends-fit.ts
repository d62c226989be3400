import { env } from "#app/env.server.ts";
import { fitTrendsForRun } from "#app/services/fit-trends-run.server.ts";
import { chooseBackend } from "../backend.ts";
import type { Handler } from "./index.ts";

export const trendsFit: Handler<"trends.fit"> = async (deps, run, context) => {
  await chooseBackend(env().BUNDLESMITH_BACKEND);
  await fitTrendsForRun(deps, run, { ...context, now: () => new Date() });
};
