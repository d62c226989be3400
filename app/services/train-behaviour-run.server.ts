import type { Deps } from "#app/deps.server.ts";
import { saveModels } from "#app/data/models.server.ts";
import { mergeRunReport, saveRunTraining, type RunKey } from "#app/data/runs.server.ts";
import { encodeNeighbours } from "#app/domain/behaviour/neighbours.ts";
import { splitForReplay } from "#app/domain/validate/split-for-replay.ts";
import { trainBehaviour } from "#app/learning/train-behaviour.ts";
import { readRunBaskets } from "./read-run-baskets.server.ts";
import { runStep, type StepContext } from "./run-step.server.ts";

/** Fixed, so that the same orders give the same model. */
const SEED = 1;

/**
 * Step 3, behaviour: trains the candidates, keeps the metrics of all and what the chosen one says of every
 * product. Learns from the orders before the replay's, so that the replay has seen none of them.
 */
export async function trainBehaviourForRun(deps: Deps, key: RunKey, context: StepContext): Promise<void> {
  const isDone = await runStep(deps, key, "behaviour", context, async ({ run, signal, onProgress }) => {
    const { baskets } = await readRunBaskets(deps, run);
    const { earlier, replayFromMs } = splitForReplay(baskets, run.cutoffAt.getTime());
    const trained = await trainBehaviour(earlier, { cutoffMs: replayFromMs, seed: SEED, signal, onProgress });
    const artefact = encodeNeighbours(
      trained.neighbours,
      earlier.items.map(({ key: itemKey }) => itemKey),
    );
    await saveModels(
      deps.db,
      key,
      "behaviour",
      trained.candidates.map(({ name, isChosen, hr10, ndcg10, fitMs }) => ({
        name,
        isChosen,
        metrics: { hr10, ndcg10, fitMs },
        ...(isChosen ? { artefact } : {}),
      })),
    );
    await saveRunTraining(deps.db, key, trained);
    await mergeRunReport(deps.db, key, {
      behaviour: trained.candidates,
      losses: trained.losses,
      artefactBytes: artefact.byteLength,
    });
    return true;
  });
  if (isDone) await deps.jobs.enqueue("trends.fit", key, { dedupeKey: key.runId });
}
