import type { Deps } from "#app/deps.server.ts";
import { decideBundle, type DecisionRefusal } from "./decide-bundle.server.ts";

type BundleDecision = Parameters<typeof decideBundle>[1]["decision"];

/** Which bundles were decided, how many were not, and the reasons for those, each once. */
interface DecisionTally {
  readonly decidedIds: readonly string[];
  readonly refused: number;
  readonly reasons: readonly DecisionRefusal[];
}

/**
 * Decides several bundles one after another. A bundle that cannot be decided so, because its status moved on
 * meanwhile, does not keep the others from it.
 */
export async function decideBundles(
  deps: Deps,
  {
    bundleIds,
    ...each
  }: {
    shop: string;
    bundleIds: readonly string[];
    decision: BundleDecision;
    decidedBy: string;
    now: Date;
  },
): Promise<DecisionTally> {
  const reasons = new Set<DecisionRefusal>();
  const decidedIds: string[] = [];
  for (const bundleId of bundleIds) {
    const decided = await decideBundle(deps, { ...each, bundleId });
    if (decided.ok) decidedIds.push(bundleId);
    else reasons.add(decided.reason);
  }
  return { decidedIds, refused: bundleIds.length - decidedIds.length, reasons: [...reasons] };
}
