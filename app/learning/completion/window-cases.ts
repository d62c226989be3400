import type { CompletionTask } from "#app/domain/behaviour/behaviour-model.ts";
import { drawCompletionCases, type CompletionCase } from "#app/domain/behaviour/choice/completion-cases.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { openPurchaseFeatures } from "#app/domain/behaviour/features/purchase-features.ts";
import type { FeatureSources } from "#app/domain/behaviour/features/query-evidence.ts";
import { NETWORK_CANDIDATES } from "./behaviour-candidates.ts";
import { gatherExamples } from "#app/learning/networks/gather-examples.ts";
import type { PurchaseExamples } from "#app/learning/networks/network-gradients.ts";

interface WindowCases {
  readonly task: CompletionTask;
  /** Orders of the window and before it, for what customers bought then. */
  readonly past: Baskets;
  /** Most cases. */
  readonly most: number;
  readonly seed: number;
}

/** Draws cases from the baskets `from` up to `to`, evenly over them; `eligible` are the items that may be asked for. */
export function drawWindowCases(
  {
    from,
    to,
    eligible,
  }: { readonly from: number; readonly to: number; readonly eligible: readonly number[] },
  { task, past, most, seed }: WindowCases,
): CompletionCase[] {
  const isEligible = new Uint8Array(past.items.length);
  for (const item of eligible) isEligible[item] = 1;
  const perBasket = Math.max(1, Math.min(3, Math.ceil(most / Math.max(1, to - from))));
  const cases = drawCompletionCases(
    past,
    { from, to, task, perBasket },
    (item) => isEligible[item] === 1,
    seededRandom(seed),
  );
  // Evenly chosen from too many, so that the whole window stays represented.
  const share = Math.min(1, most / cases.length);
  return cases.filter((_, index) => Math.floor((index + 1) * share) > Math.floor(index * share));
}

/** The network's examples of cases, of as many places in every window of a shop, so that they can be joined. */
export function gatherCases(
  cases: readonly CompletionCase[],
  { fitted, eligible }: { readonly fitted: FeatureSources; readonly eligible: readonly number[] },
  { places, seed }: { readonly places: number; readonly seed: number },
): PurchaseExamples {
  return gatherExamples(cases, openPurchaseFeatures(fitted, eligible), {
    candidates: Math.min(NETWORK_CANDIDATES, eligible.length),
    places: Math.min(places, fitted.items.length),
    random: seededRandom(seed),
  });
}
