import { findBundle } from "#app/data/bundles/read-bundles.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { findUndo } from "#app/domain/validate/find-undo.ts";
import {
  decideBundle,
  findUnseen,
  type BundleRequest,
  type DecideResult,
  type SeenAs,
} from "./decide-bundle.server.ts";
import { undoSteeredPrice } from "./switch-autopilot.server.ts";

interface UndoRequest extends BundleRequest, SeenAs {
  /** The newest entry of the history that the merchant saw; what came after it is not taken back unseen. */
  readonly seenNewest?: string | undefined;
}

/**
 * Takes back what happened last to a bundle, as its history shows it: the price that the autopilot gave it, or a
 * decision. The merchant's own edits are not taken back.
 */
export async function undoDecision(deps: Deps, where: UndoRequest): Promise<DecideResult<null>> {
  const bundle = await findBundle(deps.db, where);
  if (!bundle) return { ok: false, reason: "not_found" };
  // What is looked for here may come still: who holds the row looks again.
  const conflict = where.seenNewest === undefined ? null : findUnseen(bundle, where.seenNewest);
  if (conflict) return { ok: false, reason: "decision_conflict", conflict };
  const undo = findUndo(bundle.decisions);
  if (undo === "price") return undoSteeredPrice(deps, where);
  if (undo === null) return { ok: false, reason: "nothing_to_undo" };
  const decided = await decideBundle(deps, { ...where, decision: "undo" });
  return decided.ok ? { ok: true, value: null } : decided;
}
