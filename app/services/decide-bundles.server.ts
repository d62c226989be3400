import type { Deps } from "#app/deps.server.ts";
import { decideBundle, type DecisionRefusal } from "./decide-bundle.server.ts";

type BundleDecision = Parameters<typeof decideBundle>[1]["decision"];

/** How many bundles were decided, and for those that were not the reasons, each once. */
interface DecisionTally {
  readonly decided: number;
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
  let refused = 0;
  for (const bundleId of bundleIds) {
    const decided = await decideBundle(deps, { ...each, bundleId });
    if (decided.ok) continue;
    refused += 1;
    reasons.add(decided.reason);
  }
  return { decided: bundleIds.length - refused, refused, reasons: [...reasons] };
}
