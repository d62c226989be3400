import { trainBehaviourForRun } from "#app/services/train-behaviour-run.server.ts";
import { chooseBackend } from "../backend.ts";
import { openAside } from "../learn-aside.ts";
import type { Handler } from "./index.ts";

export const behaviourTrain: Handler<"behaviour.train"> = async (deps, run, context) => {
  const backend = await chooseBackend();
  deps.log.info("behaviour.backend_chosen", { ...backend });
  await trainBehaviourForRun(deps, run, {
    ...context,
    backend,
    openAside: (lines) =>
      openAside(backend, lines, (reason) => deps.log.warn("behaviour.aside_failed", { reason })),
    now: () => new Date(),
  });
};
