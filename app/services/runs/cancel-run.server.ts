import type { Deps } from "#app/services/deps.server.ts";
import { endRun } from "#app/data/runs/runs.server.ts";
import { deleteCheckpoints } from "#app/data/runs/models.server.ts";
import type { Result } from "#app/domain/result.ts";

/**
 * Cancels a run that is queued or running. The worker at it notices within about a second and stops; what was
 * proposed by earlier runs stays. So do the forecasts that the run has made by then: they are whole, of newer orders than
 * those before, and no later step changes them. The autopilot reckons with their age by the run's cutoff.
 */
export async function cancelRun(
  deps: Deps,
  { shop, runId, now }: { shop: string; runId: string; now: Date },
): Promise<Result<null, "not_active">> {
  const message = { code: "run.cancelled", values: {} } as const;
  const hasEnded = await endRun(deps.db, { shop, runId }, { status: "cancelled", message }, now);
  if (!hasEnded) return { ok: false, reason: "not_active", detail: "This run has already ended." };
  await deleteCheckpoints(deps.db, { shop, runId });
  deps.log.info("run.cancel_asked", { shop, runId });
  return { ok: true, value: null };
}
