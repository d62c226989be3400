import type { Neighbours } from "#app/domain/behaviour/behaviour-model.ts";
import { pairKey } from "#app/domain/behaviour/sessions/co-views.ts";
import {
  asStandIn,
  isStockShort,
  toEconomics,
  whileInStock,
  type BundleCandidate,
  type Substitution,
} from "./bundle-candidate.ts";
import { relationOfNames, type NamedItems } from "./component-relation.ts";
import { coverDays, isSellable, stockShare, type OfferPricing, type StockOutlook } from "./bundle-market.ts";
import type { CountedOrders } from "#app/domain/propose/together/by-chance.ts";
import type { PairTraits } from "#app/domain/propose/together/pair-lift.ts";
import { chooseDiscount, effectOf, marginByKind } from "./offer-value.ts";
import { titleSimilarity } from "#app/domain/propose/titles/title-similarity.ts";
import { comparedShare } from "#app/domain/propose/together/viewed-pairs.ts";

/** Least similarity of a stand-in; below it, an item is a different product. */
const LEAST_SIMILARITY = 0.45;
/** Least stock of a stand-in, in days. */
const LEAST_COVER_DAYS = 14;
/** Weight of each kind of similarity; they sum to 1. */
const WEIGHTS = { title: 0.45, category: 0.2, price: 0.15, partners: 0.2 } as const;
/** Share of the gap to full similarity that closes if visitors view both in every visit. */
const COMPARED_WEIGHT = 0.6;

interface StandInMarket extends StockOutlook, PairTraits, NamedItems, CountedOrders {
  readonly neighbours: Neighbours;
}

/**
 * Replaces an out-of-stock component with the most similar available product. Similarity is the weighted mean of title
 * (square root of the token Jaccard, because few words are shared by design), category, price and shared partners of
 * the behaviour model. If browsing is known, it is higher for products that visitors view together and do not buy
 * together.
 * @returns null if no product is similar enough and in stock for two weeks, if no discount pays, or if another
 *   component's stock runs out within a week
 */
export function replaceMissing(
  market: StandInMarket & OfferPricing,
  bundle: BundleCandidate,
): BundleCandidate | null {
  const [first, second] = bundle.items;
  const isMissing = (item: number) => coverDays(market, item) === 0;
  if (isMissing(first) === isMissing(second)) return null;
  const [missing, other] = isMissing(first) ? [first, second] : [second, first];
  const substitution = findStandIn(market, missing, other);
  if (!substitution) return null;

  const { standIn, similarity } = substitution;
  const items: readonly [number, number] = missing === first ? [standIn, other] : [other, standIn];
  if (isStockShort(market, items)) return null;
  const ordersAnyway = asStandIn(bundle.effect.ordersAnyway, similarity);
  const economics = toEconomics(market, items, { ...bundle, ordersAnyway });
  const discountRatio = chooseDiscount(economics, market.settings);
  if (discountRatio === null) return null;
  const lasts = stockShare(market, items);
  const effect = whileInStock(effectOf(economics, discountRatio), lasts);
  return {
    ...bundle,
    kind: "substitute",
    isMatchingSet: false,
    items,
    discountRatio,
    effect,
    marginByKind: marginByKind(economics, discountRatio).map((margin) => margin * lasts),
    substitution,
  };
}

/** The most similar available product to offer with `other`; null if none is similar enough. */
function findStandIn(market: StandInMarket, missing: number, other: number): Substitution | null {
  let best: Substitution | null = null;
  for (let item = 0; item < market.items.length; item++) {
    if (item === missing || item === other || !isSellable(market.items[item]!)) continue;
    const days = coverDays(market, item);
    if (days !== null && days < LEAST_COVER_DAYS) continue;
    const similarity = similarityOf(market, missing, item);
    if (similarity < LEAST_SIMILARITY || similarity <= (best?.similarity ?? 0)) continue;
    if (relationOfNames(market, [other, item]) !== "different") continue;
    if (market.viewedPairs?.substitutes.has(pairKey(market.items.length, other, item))) continue;
    best = { missing, standIn: item, similarity };
  }
  return best;
}

function similarityOf(market: StandInMarket, a: number, b: number): number {
  const [one, other] = [market.items[a]!, market.items[b]!];
  if (one.category !== "" && other.category !== "" && one.category !== other.category) return 0;
  const title = Math.sqrt(titleSimilarity(market.words[a]!, market.words[b]!));
  if (title === 0) return 0;
  const category = one.category !== "" && one.category === other.category ? 1 : 0;
  const price = Math.min(one.priceMinor, other.priceMinor) / Math.max(1, one.priceMinor, other.priceMinor);
  const alike =
    WEIGHTS.title * title +
    WEIGHTS.category * category +
    WEIGHTS.price * price +
    WEIGHTS.partners * sharedPartners(market.neighbours, a, b);
  const compared = market.viewedPairs ? comparedShare(market, market.viewedPairs, a, b) : 0;
  return alike + (1 - alike) * COMPARED_WEIGHT * compared;
}

function sharedPartners({ partner, count }: Neighbours, a: number, b: number): number {
  const own = new Set(partner.subarray(a * count, (a + 1) * count));
  own.delete(-1);
  let shared = 0;
  for (const item of partner.subarray(b * count, (b + 1) * count)) if (own.has(item)) shared++;
  return own.size > 0 ? shared / own.size : 0;
}
