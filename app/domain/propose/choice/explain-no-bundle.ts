import {
  LEAST_COVER_DAYS,
  type CandidateProblem,
  type RelatedPair,
} from "#app/domain/propose/profit/bundle-candidate.ts";
import {
  demandTimes,
  EFFECT_DAYS,
  type BundleMarket,
  type DemandOutlook,
} from "#app/domain/propose/profit/bundle-market.ts";
import type { Refusal } from "#app/domain/propose/proposal/bundle-proposal.ts";
import type { RefusalMessage } from "#app/domain/propose/proposal/propose-messages.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";

/** Why a pair is no bundle. */
export function explainProblem(
  problem: CandidateProblem,
  { items, together }: RelatedPair,
  market: DemandOutlook & { readonly settings: ShopSettings },
): RefusalMessage {
  switch (problem) {
    case "near_equal_titles":
      return { code: "refused.nearNames", values: { together } };
    case "no_discount_pays": {
      const { minDiscountRatio, maxDiscountRatio, marginFloorRatio } = market.settings;
      const limits = {
        leastRatio: minDiscountRatio,
        mostRatio: maxDiscountRatio,
        floorRatio: marginFloorRatio,
      };
      return { code: "refused.noDiscount", values: { together, ...limits } };
    }
    case "out_of_stock":
      return { code: "refused.outOfStock", values: {} };
    case "stock_too_short":
      return { code: "refused.shortStock", values: { days: LEAST_COVER_DAYS } };
    case "out_of_season": {
      const values = { days: EFFECT_DAYS, demandRatio: demandTimes(market, items) };
      return { code: "refused.outOfSeason", values };
    }
    case "not_sellable":
      return { code: "refused.notSellable", values: {} };
  }
}

/** @param effectiveSize from `effectiveSampleSize` */
export function explainFewShoppers(together: number, effectiveSize: number): RefusalMessage {
  return effectiveSize === 1
    ? { code: "refused.sameShopper", values: { together } }
    : { code: "refused.sameShoppers", values: { together, shoppers: effectiveSize } };
}

/** What is missing if not a single pair qualifies. */
export function explainNothing({
  occurrences,
  settings,
}: Pick<BundleMarket, "occurrences" | "settings">): Refusal {
  let several = 0;
  for (let basket = 0; basket < occurrences.baskets; basket++)
    if (occurrences.basketOffsets[basket + 1]! - occurrences.basketOffsets[basket]! > 1) several++;
  const { baskets, tooLarge, mostItems } = occurrences;
  const missing = settings.minSupportOrders - several;
  const explain = (): RefusalMessage => {
    if (missing > 0 && tooLarge > 0) {
      const values = { missing, most: mostItems, several, orders: baskets + tooLarge, tooLarge };
      return { code: "refused.fewSmallBaskets", values };
    }
    if (missing > 0) return { code: "refused.fewBaskets", values: { missing, several, orders: baskets } };
    const asked = settings.minSupportOrders;
    return { code: "refused.noPairs", values: { asked, several, orders: baskets } };
  };
  return { components: [], reason: explain() };
}

/** Examples kept per reason; a merchant reads only a few. */
const EXAMPLES = 20;

export interface RefusalLog {
  /** Records a refused combination. Keeps the examples with the most orders. */
  add(kind: string, components: readonly number[], orders: number, reason: RefusalMessage): void;
  /** Most orders first. */
  list(): Refusal[];
}

interface Entry {
  readonly components: readonly number[];
  readonly orders: number;
  readonly reason: RefusalMessage;
}

export function openRefusals(): RefusalLog {
  const kinds = new Map<string, Entry[]>();
  return {
    add(kind, components, orders, reason) {
      const entries = kinds.get(kind) ?? [];
      kinds.set(kind, entries);
      if (entries.length === EXAMPLES && orders <= entries[EXAMPLES - 1]!.orders) return;
      entries.push({ components, orders, reason });
      entries.sort((a, b) => b.orders - a.orders);
      entries.length = Math.min(entries.length, EXAMPLES);
    },
    list() {
      return [...kinds.values()]
        .flat()
        .sort((a, b) => b.orders - a.orders)
        .map(({ components, reason }) => ({ components, reason }));
    },
  };
}
