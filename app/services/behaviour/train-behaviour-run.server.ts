import { type CompletionTask, encodeNeighbours } from "#app/domain/behaviour/behaviour-model.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { inputError } from "#app/process/errors.ts";
import { countBaskets } from "#app/domain/prepare/baskets.ts";
import {
  saveModels,
  deleteCheckpoints,
  findCheckpoint,
  saveCheckpoint,
} from "#app/data/runs/models.server.ts";
import { saveRunTraining, type RunKey } from "#app/data/runs/runs.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { ForeseenProblem } from "#app/domain/run-status.ts";
import {
  trainBehaviour,
  type TrainedBehaviour,
  type WorkerThread,
} from "#app/learning/completion/train-behaviour.ts";
import type { TrainingCheckpoints } from "#app/learning/networks/training-state.ts";
import { countSessions, cutSessions } from "#app/domain/behaviour/sessions/co-views.ts";
import { readRunBaskets } from "#app/services/prepare/prepare-run.server.ts";
import { advanceRun, runStep, type StepContext } from "#app/services/runs/run-step.server.ts";
import { readProductViews } from "#app/data/visits/browse-events.server.ts";

/** Fixed, so that the same orders give the same model. */
const SEED = 1;

/** The additional context of training: the machine that carries it out. */
export interface TrainingContext extends StepContext {
  readonly backend: {
    /** The backend's name, shown to the merchant with the run. */
    readonly name: string;
    /** Memory available for tensors. */
    readonly memoryBytes: number;
  };
  /** A worker thread for training, if that helps with this many lines. */
  readonly openWorkerThread?: (lines: number) => {
    readonly workerThread: WorkerThread | undefined;
    close(): Promise<void>;
  };
}

/**
 * Step 3, behaviour: trains the candidates, and saves the metrics of all and the links of the chosen one. Adds losses
 * to the run's report as they arrive. After a killed attempt, resumes from the last epoch.
 */
export async function trainBehaviourForRun(deps: Deps, key: RunKey, context: TrainingContext): Promise<void> {
  const isDone = await runStep(
    deps,
    key,
    "behaviour",
    context,
    async ({ run, signal, onProgress, onReport }) => {
      const { backend } = context;
      await saveRunTraining(deps.db, key, { backend: backend.name });
      const { baskets, settings, indexOf } = await readRunBaskets(deps, run);
      const cutoffMs = run.cutoffAt.getTime();
      const firstMs = baskets.placedAtMs[0];
      if (countBaskets(baskets) === 0 || firstMs === undefined) {
        throw inputError("run.onlyNewOrders" satisfies ForeseenProblem);
      }
      const from = new Date(cutoffMs - settings.windowDays * DAY_MS);
      const items = baskets.items.length;
      const window = { shop: key.shop, from, to: run.cutoffAt };
      const sessions = cutSessions(await readProductViews(deps.pool, window, indexOf), items);
      const losses: Partial<Record<CompletionTask, readonly number[]>> = {};
      const second = context.openWorkerThread?.(baskets.item.length);
      const trained = await trainBehaviour(baskets, {
        cutoffMs,
        seed: SEED,
        signal,
        // Proposals complete a single product; no page completes a cart.
        tasks: new Set(["product"]),
        ...(countSessions(sessions) > 0 ? { sessions } : {}),
        onProgress,
        checkpoints: openCheckpoints(deps, key),
        memoryBytes: backend.memoryBytes,
        onLosses(task, soFar) {
          losses[task] = soFar;
          onReport({ lossesByTask: losses });
        },
        workerThread: second?.workerThread,
      }).finally(() => second?.close());
      const itemKeys = baskets.items.map(({ key: itemKey }) => itemKey);
      const artefact = encodeNeighbours(trained.neighbours, itemKeys);
      const models = toModels(trained, artefact);
      await saveModels(deps.db, key, "behaviour", models, {
        dataFrom: new Date(firstMs),
        dataTo: run.cutoffAt,
        backend: backend.name,
      });
      await saveRunTraining(deps.db, key, { backend: backend.name, trainMs: trained.trainMs });
      await deleteCheckpoints(deps.db, key);
      return true;
    },
  );
  if (isDone) await advanceRun(deps, key, "trends", context.now());
}

function toModels({ candidates }: TrainedBehaviour, artefact: Uint8Array) {
  return candidates.map(({ name, task: _, isChosen, fitMs, ...measures }) => ({
    name,
    isChosen,
    metrics: { ...measures, fitMs },
    ...(isChosen ? { artefact } : {}),
  }));
}

/** A run's own checkpoints; logs when training resumes from one. */
function openCheckpoints(deps: Deps, run: RunKey): TrainingCheckpoints {
  return {
    async read(key) {
      const state = await findCheckpoint(deps.db, run, key);
      if (state) deps.log.info("behaviour.resumed", { runId: run.runId, training: key });
      return state;
    },
    save: (key, state) => saveCheckpoint(deps.db, run, { key, state }),
  };
}
