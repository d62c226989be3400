import type { BundleMarket } from "#app/domain/propose/profit/bundle-market.ts";
import type { SetOfThree } from "#app/domain/propose/profit/set-of-three.ts";
import {
  beforeTax,
  type Evidence,
  type ExpectedEffect,
} from "#app/domain/propose/proposal/bundle-proposal.ts";
import {
  explainCaution,
  explainMargin,
  explainOutcomes,
  explainStock,
  nameOf,
  toCounts,
} from "./explain-proposal.ts";

/**
 * The reasons for a set of three: how often each two of its products were bought together, and what each pair adds to
 * the profit; the parts sum to it.
 *
 * @param effect of the set, before tax
 */
export function explainSet(market: BundleMarket, set: SetOfThree, effect: ExpectedEffect): Evidence[] {
  const stated = { items: set.items, discountRatio: 0, effect };
  const won = set.pairs.reduce(
    (sum, pair) => sum + pair.effect.ordersWithOffer.value - pair.effect.ordersAnyway.value,
    0,
  );
  // Shoppers who take one of the other products also buy more, not only those who take all three.
  const ordersWithOffer = { ...effect.ordersWithOffer, value: effect.ordersAnyway.value + won };
  return [
    ...explainPairs(market, set),
    ...explainStock(market, stated),
    ...explainParts(market, set, Math.round(effect.extraMarginMinor.value)),
    explainMargin(market, { ...stated, effect: { ...effect, ordersWithOffer } }),
    ...explainOutcomes(market, stated),
    explainCaution(market, stated),
  ];
}

function explainPairs(market: BundleMarket, { pairs }: SetOfThree): Evidence[] {
  return pairs.map((pair) => {
    const [first, second] = pair.items.map((item) => nameOf(market.items, item));
    return {
      kind: "orders",
      value: pair.together,
      code: "ordersOfTwo",
      values: { first: first!, second: second!, ...toCounts(market, pair) },
    };
  });
}

/** Adds the rounding remainder to the first. */
function explainParts(
  { items, settings }: BundleMarket,
  { pairs }: SetOfThree,
  sumMinor: number,
): Evidence[] {
  const adds = pairs.map(({ effect }) => Math.round(beforeTax(effect, settings).extraMarginMinor.value));
  adds[0]! += sumMinor - adds.reduce((sum, own) => sum + own, 0);
  return pairs.map(({ items: [a, b] }, at) => {
    const addsMinor = adds[at]!;
    return {
      kind: "orders",
      value: addsMinor,
      code: "partOfTwo",
      values: { addsMinor, first: nameOf(items, a), second: nameOf(items, b) },
    };
  });
}
