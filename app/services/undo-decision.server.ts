import { listNewestDecisions } from "#app/data/decisions.server.ts";
import type { Deps } from "#app/deps.server.ts";
import { findUndo } from "#app/domain/validate/find-undo.ts";
import { decideBundle, type DecideResult } from "./decide-bundle.server.ts";
import { undoSteeredPrice } from "./switch-autopilot.server.ts";

/**
 * Takes back what happened last to a bundle, as its history shows it: the price that the autopilot gave it, or a
 * decision. The merchant's own edits are not taken back.
 */
export async function undoDecision(
  deps: Deps,
  where: { shop: string; bundleId: string; seenStatus?: string | undefined; decidedBy: string; now: Date },
): Promise<DecideResult<null>> {
  const newest = await listNewestDecisions(deps.db, where);
  const undo = findUndo(newest);
  if (undo === "price") {
    const undone = await undoSteeredPrice(deps, where);
    if (undone.ok) return { ok: true, value: null };
    return { ok: false, reason: undone.reason === "nothing_to_undo" ? "nothing_to_undo" : "not_possible" };
  }
  if (undo === null && newest.length > 0) return { ok: false, reason: "nothing_to_undo" };
  // Also without a log: a bundle that does not exist is told there.
  const decided = await decideBundle(deps, { ...where, decision: "undo" });
  return decided.ok ? { ok: true, value: null } : decided;
}
