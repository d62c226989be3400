import { fitTrendsForRun } from "#app/services/fit-trends-run.server.ts";
import { chooseBackend } from "../backend.ts";
import type { Handler } from "./index.ts";

export const trendsFit: Handler<"trends.fit"> = async (deps, run, context) => {
  const backend = await chooseBackend();
  await fitTrendsForRun(deps, run, { ...context, backend, now: () => new Date() });
};
