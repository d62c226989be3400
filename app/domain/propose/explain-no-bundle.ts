import { SHORT_STOCK, type CandidateProblem } from "#app/domain/propose/bundle-candidate.ts";
import type { BundleMarket } from "#app/domain/propose/bundle-market.ts";
import type { Refusal } from "#app/domain/propose/bundle-proposal.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";

/** Why a combination that so many orders hold together is no bundle. */
export function explainProblem(problem: CandidateProblem, together: number, settings: ShopSettings): string {
  switch (problem) {
    case "near_equal_titles":
      return `${together} orders hold both, but the names are nearly the same or of one range: variants of one product, not products that go together`;
    case "no_discount_pays":
      return (
        `${together} orders hold both, but no discount from ${Math.round(settings.minDiscountRatio * 100)} to ${Math.round(settings.maxDiscountRatio * 100)} % that ` +
        `keeps ${Math.round(settings.marginFloorRatio * 100)} % margin is expected to bring more than it gives away`
      );
    case "out_of_stock":
      return "a component is out of stock";
    case "stock_too_short":
      return SHORT_STOCK;
    case "not_sellable":
      return "a component is not for sale, or has no price";
  }
}

/** @param witnesses orders of different shoppers that say as much, from `countWitnesses` */
export function explainFewShoppers(together: number, witnesses: number): string {
  return witnesses === 1
    ? `${together} orders hold both, but one shopper placed nearly all of them: what one takes again and again says little of others`
    : `${together} orders hold both, but so few shoppers placed them that they say no more than ${witnesses} orders of different ones, which may be chance`;
}

/** @param share of the suggestions (0 to 1) that pairs of like names get at most */
export function explainShare(together: number, share: number): string {
  return (
    `${together} orders hold both, but the names are alike, and some such pairs are patterns of one product: ` +
    `at most ${Math.round(share * 100)} % of the suggestions, or one, are such pairs, and others promise more`
  );
}

/** What is missing where not even one pair stands out. */
export function explainNothing({
  occurrences,
  settings,
}: Pick<BundleMarket, "occurrences" | "settings">): Refusal {
  let several = 0;
  for (let basket = 0; basket < occurrences.baskets; basket++)
    if (occurrences.basketOffsets[basket + 1]! - occurrences.basketOffsets[basket]! > 1) several++;
  const { baskets, tooLarge, mostItems } = occurrences;
  const missing = settings.minSupportOrders - several;
  const explain = () => {
    if (missing > 0 && tooLarge > 0)
      return `needs at least ${missing} more orders with 2 to ${mostItems} products: ${several} of ${baskets + tooLarge} have them; ${tooLarge} hold more and are taken for stock-keeping`;
    if (missing > 0)
      return `needs at least ${missing} more orders with two or more products: ${several} of ${baskets} have them`;
    return `no two products share ${settings.minSupportOrders} orders and more than chance: ${several} of ${baskets} orders hold two or more products`;
  };
  return { components: [], reason: explain() };
}
