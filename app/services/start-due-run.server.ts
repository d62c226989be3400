import type { Deps } from "#app/deps.server.ts";
import { listRuns } from "#app/data/read-home.server.ts";
import { readSettings } from "#app/data/settings.server.ts";
import { nextRunDueMs, RUNS_LOOKED_AT } from "#app/domain/retraining.ts";
import { startRun } from "./start-run.server.ts";

/**
 * What the daily schedule asks for: starts a run if the merchant's settings say that it is time for one.
 *
 * @returns whether a run was asked for
 * @throws AppError input_invalid when the shop has not installed the app; queue_down as `startRun`
 */
export async function startDueRun(deps: Deps, { shop, now }: { shop: string; now: Date }): Promise<boolean> {
  const { retrainEvery } = await readSettings(deps.db, shop);
  const dueMs = nextRunDueMs(retrainEvery, await listRuns(deps.db, { shop, limit: RUNS_LOOKED_AT }));
  if (dueMs === null || now.getTime() < dueMs) return false;
  await startRun(deps, { shop, now });
  return true;
}
