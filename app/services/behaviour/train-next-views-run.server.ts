import type { Deps } from "#app/services/deps.server.ts";
import { saveModels } from "#app/data/runs/models.server.ts";
import type { RunKey } from "#app/data/runs/runs.server.ts";
import { encodeNeighbours } from "#app/domain/behaviour/neighbours.ts";
import type { Sessions } from "#app/domain/behaviour/sessions/session-log.ts";
import { trainNextView } from "#app/learning/sessions/session-training.ts";

/** Fixed, so that the same views give the same figures. */
const SEED = 1;

interface NextViewsTask {
  /** Key of each item index. */
  readonly itemKeys: readonly string[];
  /** The views of [from, to). */
  readonly sessions: Sessions;
  readonly from: Date;
  readonly to: Date;
  /** Name of the backend that learns. */
  readonly backend: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (ratio: number) => void;
}

/**
 * Step 3, behaviour: learns what a visitor looks at next. Keeps the metrics of every candidate with the run, and what
 * the chosen one says of each product, which step 5 reads. Harmless to repeat; a shop with too few sessions keeps none.
 *
 * @throws DOMException AbortError when the signal is aborted
 */
export async function trainNextViewsForRun(
  deps: Deps,
  key: RunKey,
  { itemKeys, sessions, from, to, backend, signal, onProgress }: NextViewsTask,
): Promise<void> {
  const trained = await trainNextView(sessions, {
    seed: SEED,
    signal,
    onProgress,
  });
  await saveModels(
    deps.db,
    key,
    "sessions",
    (trained?.candidates ?? []).map(({ name, isChosen, ...metrics }) => ({
      name,
      isChosen,
      metrics,
      ...(isChosen ? { artefact: encodeNeighbours(trained!.nextViews, itemKeys) } : {}),
    })),
    { dataFrom: from, dataTo: to, seed: SEED, backend },
  );
}
