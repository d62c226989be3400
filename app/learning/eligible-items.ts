import type { FeatureSources } from "#app/domain/behaviour/query-evidence.ts";

/** An item in fewer baskets is known too little to be recommended. */
const MIN_ITEM_BASKETS = 3;

/** Items in enough of the baskets that were learned from to be recommended. */
export function listEligible({ sales }: Pick<FeatureSources, "sales">): number[] {
  return [...sales.baskets.keys()].filter((item) => sales.baskets[item]! >= MIN_ITEM_BASKETS);
}
