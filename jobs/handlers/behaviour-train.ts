import { env } from "#app/env.server.ts";
import { trainBehaviourForRun } from "#app/services/train-behaviour-run.server.ts";
import { chooseBackend } from "../backend.ts";
import type { Handler } from "./index.ts";

export const behaviourTrain: Handler<"behaviour.train"> = async (deps, run, context) => {
  await chooseBackend(env().BUNDLESMITH_BACKEND);
  await trainBehaviourForRun(deps, run, { ...context, now: () => new Date() });
};
