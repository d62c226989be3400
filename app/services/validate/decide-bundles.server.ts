import type { Deps } from "#app/services/deps.server.ts";
import type { BundleStatus } from "#app/domain/bundle-status.ts";
import {
  decideBundle,
  type DecideRequest,
  type DecisionConflict,
  type DecisionRefusal,
} from "./decide-bundle.server.ts";

/** Which bundles were decided, how many were not, and the reasons for those, each once. */
interface DecisionTally {
  readonly decidedIds: readonly string[];
  readonly refused: number;
  readonly reasons: readonly DecisionRefusal[];
  /** Of those refused, which were decided since they were seen. */
  readonly conflicts: readonly DecisionConflict[];
}

/**
 * Decides several bundles one after another. A bundle that cannot be decided so, because its status moved on
 * since, does not keep the others from it.
 *
 * @param seen the status of each bundle as whoever decides saw it; of a bundle that is not in it any will do
 */
export async function decideBundles(
  deps: Deps,
  {
    bundleIds,
    seen,
    ...each
  }: Omit<DecideRequest, "bundleId" | "seenStatus"> & {
    bundleIds: readonly string[];
    seen?: ReadonlyMap<string, BundleStatus>;
  },
): Promise<DecisionTally> {
  const reasons = new Set<DecisionRefusal>();
  const decidedIds: string[] = [];
  const conflicts: DecisionConflict[] = [];
  for (const bundleId of bundleIds) {
    const decided = await decideBundle(deps, { ...each, bundleId, seenStatus: seen?.get(bundleId) });
    if (decided.ok) decidedIds.push(bundleId);
    else reasons.add(decided.reason);
    if (decided.conflict) conflicts.push(decided.conflict);
  }
  return { decidedIds, refused: bundleIds.length - decidedIds.length, reasons: [...reasons], conflicts };
}
