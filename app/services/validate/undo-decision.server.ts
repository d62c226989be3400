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

/** Undoes a bundle's last decision, or the autopilot's last price, by its log. Does not undo the merchant's edits. */
export async function undoDecision(deps: Deps, where: BundleRequest & SeenAs): Promise<DecideResult<null>> {
  const bundle = await findBundle(deps.db, where);
  if (!bundle) return { ok: false, reason: "not_found" };
  // Only a first check: the holder of the row's lock checks again.
  const conflict = where.seenNewest === undefined ? null : findUnseen(bundle, where.seenNewest);
  if (conflict) return { ok: false, reason: "decision_conflict", conflict };
  const undo = findUndo(bundle.decisions);
  if (undo === "price") return undoSteeredPrice(deps, where);
  if (undo === null) return { ok: false, reason: "nothing_to_undo" };
  const decided = await decideBundle(deps, { ...where, decision: "undo" });
  return decided.ok ? { ok: true, value: null } : decided;
}
