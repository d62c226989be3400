import type { Deps } from "#app/deps.server.ts";
import { AppError } from "#app/errors.ts";
import { countBaskets } from "#app/domain/prepare/baskets.ts";
import { saveModels } from "#app/data/models.server.ts";
import { mergeRunReport, saveRunTraining, type RunKey } from "#app/data/runs.server.ts";
import { encodeNeighbours } from "#app/domain/behaviour/neighbours.ts";
import { splitForReplay } from "#app/domain/validate/split-for-replay.ts";
import { trainBehaviour } from "#app/learning/train-behaviour.ts";
import { readRunBaskets } from "./read-run-baskets.server.ts";
import { advanceRun, runStep, type StepContext } from "./run-step.server.ts";

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
    if (countBaskets(earlier) === 0) {
      const message = "All orders are of the last weeks; some earlier ones are needed to learn from";
      throw new AppError("input_invalid", message, false);
    }
    const trained = await trainBehaviour(earlier, { cutoffMs: replayFromMs, seed: SEED, signal, onProgress });
    const artefact = encodeNeighbours(
      trained.neighbours,
      earlier.items.map(({ key: itemKey }) => itemKey),
    );
    // One is chosen for carts and one for product pages; the neighbours are the latter's, which comes last.
    const teller = trained.candidates.findLastIndex(({ isChosen }) => isChosen);
    await saveModels(
      deps.db,
      key,
      "behaviour",
      trained.candidates.map(({ name, isChosen, hr10, ndcg10, fitMs }, index) => ({
        name,
        isChosen,
        metrics: { hr10, ndcg10, fitMs },
        ...(index === teller ? { artefact } : {}),
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
  if (isDone) await advanceRun(deps, key, "trends", context.now());
}
