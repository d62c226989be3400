import type { Deps } from "#app/deps.server.ts";
import { readProductViews } from "#app/data/browse-events.server.ts";
import { saveModels } from "#app/data/models.server.ts";
import type { RunKey } from "#app/data/runs.server.ts";
import { cutSessions } from "#app/domain/behaviour/session-log.ts";
import { compareNextViews } from "#app/learning/session-training.ts";

/** Fixed, so that the same looks give the same figures. */
const SEED = 1;

interface NextViewsTask {
  /** Item key → index. */
  readonly indexOf: ReadonlyMap<string, number>;
  /** Looks in [from, to) are read. */
  readonly from: Date;
  readonly to: Date;
  readonly signal: AbortSignal;
}

/**
 * Step 3, behaviour: compares what tells a visitor's next look, and keeps the metrics of every candidate with the
 * run. Harmless to repeat; a shop with too few sessions keeps none.
 *
 * @throws DOMException AbortError when the signal is aborted
 */
export async function compareNextViewsForRun(
  deps: Deps,
  key: RunKey,
  { indexOf, from, to, signal }: NextViewsTask,
): Promise<void> {
  const views = await readProductViews(deps.pool, { shop: key.shop, from, to }, indexOf);
  const compared = await compareNextViews(cutSessions(views, indexOf.size), { seed: SEED, signal });
  await saveModels(
    deps.db,
    key,
    "sessions",
    (compared?.candidates ?? []).map(({ name, isChosen, ...metrics }) => ({ name, isChosen, metrics })),
  );
}
