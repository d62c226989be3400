import { type Estimate, upperMedian } from "#app/domain/numbers/statistics.ts";
import {
  joinPublished,
  poolElasticities,
  PRICE_RESPONSE,
  listPriceHistories,
} from "#app/domain/trends/prices/price-elasticity.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { countOrders, type Occurrences } from "#app/domain/propose/together/occurrences.ts";
import type { AttachElasticity } from "./attach-elasticity.ts";
import type { ResponseBasis, ShopperMix } from "./shopper-kinds.ts";

/** In a smaller shop, many months pass before a useless discount becomes apparent. */
const LEAST_ORDERS = 1_000;
/**
 * How strongly small orders indicate that shoppers forget what goes with a product. Fitted on simulated shops with
 * three kinds of shoppers: 1.9 companions per order give a third of the prior, two thirds of one give 3.5 times.
 */
const REMINDED_AT_ONE = 1.4;
const REMINDED_POWER = 2.3;
const [LEAST_REMINDED, MOST_REMINDED] = [0.25, 3.5];
/** Average orders of the shop that the prior adds to those of an offer's products, because few orders say little. */
const PRIOR_ORDERS = 120;
/**
 * At this elasticity, what shoppers lack is too expensive, not forgotten. A small response is mostly chance, so its
 * cube counts. Chosen on simulated shops.
 */
const DEAR_AT_ELASTICITY = 2;
const DEAR_POWER = 3;

type OrderSizes = Pick<Occurrences, "items" | "baskets" | "offsets" | "basketOffsets" | "itemOf">;

export interface ShopResponse {
  /** [items] own-price elasticity, positive; the published one without data; if `measured`, that of the odds. */
  readonly ofItem: readonly Estimate[];
  readonly basis: ResponseBasis;
  /** Multiple of the prior's awareness effect among the shoppers of an offer of given items. */
  readonly remindedTimesOf: (items: readonly number[]) => number;
  /** Learned mix of the shoppers who see an offer of given items; absent if nothing is learned. */
  readonly mixOf?: ((items: readonly number[]) => ShopperMix) | undefined;
  readonly stated: {
    /** Items whose own prices moved enough to measure. */
    readonly measuredItems: number;
    /** Median of those items' elasticities; the published one without any; if `measured`, that of the odds. */
    readonly medianElasticity: number;
  };
}

/**
 * Learns each product's own-price elasticity from its price moves in the log. Elasticities are pooled over the products
 * and joined with the published value by precision (`joinPublished`).
 *
 * @param baskets uses those from `fromMs` (inclusive) to `toMs` (exclusive)
 * @returns values and intervals within the published range, 1 to 4.1
 * @see `listPriceHistories` for the selection of products; `poolElasticities`, whose weaknesses apply: a price cut made
 *   because demand fell is taken for the cause of the fall
 */
export function learnShopResponse(baskets: Baskets, fromMs: number, toMs: number): ShopResponse {
  const ofItem: Estimate[] = baskets.items.map(() => PRICE_RESPONSE);
  const own = poolElasticities(listPriceHistories(baskets, fromMs, toMs)).map(({ id, effect }) => {
    const response = joinPublished(effect);
    ofItem[Number(id)] = response;
    return response.value;
  });
  own.sort((a, b) => a - b);
  return {
    ofItem,
    basis: "published",
    remindedTimesOf: asPrior,
    stated: {
      measuredItems: own.length,
      medianElasticity: upperMedian(own) ?? PRICE_RESPONSE.value,
    },
  };
}

/** Median of the products' elasticities, used as the response of a pool. */
export function medianResponse(items: readonly number[], { ofItem }: Pick<ShopResponse, "ofItem">): Estimate {
  const sorted = items.map((item) => ofItem[item]!).sort((a, b) => a.value - b.value);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/**
 * Decides the basis of discounts on sets: the measured response if there is one; nothing in a shop of few orders, or if
 * no product's price moved enough to measure. In simulated shops without price moves, discounts by published figures
 * cost as much as the offers earn, or more.
 *
 * @see app/decisions/propose/079-discounts-tiers-and-gifts-need-evidence.md
 */
export function judgeResponse(
  response: ShopResponse,
  { attach, occurrences }: { readonly attach: AttachElasticity | null; readonly occurrences: OrderSizes },
): ShopResponse {
  const companionsOf = countCompanions(occurrences);
  const elasticity = attach?.elasticity.low ?? 0;
  const remindedTimesOf = (items: readonly number[]) => remindedTimesAt(companionsOf(items), elasticity);
  if (attach)
    return {
      basis: "measured",
      ofItem: response.ofItem.map(() => attach.elasticity),
      remindedTimesOf,
      stated: { measuredItems: attach.items, medianElasticity: attach.elasticity.value },
    };
  const isUntold = occurrences.baskets < LEAST_ORDERS || response.stated.measuredItems === 0;
  return isUntold ? { ...response, basis: "nothing", remindedTimesOf } : response;
}

const asPrior = () => 1;

/**
 * Number of companions that an order holds next to one product, for the items i of an offer:
 * `c · (Σ bᵢ + 120 b) / (Σ nᵢ + 120) / b`. c is the mean number of products beyond the first in the shop's orders, b
 * the mean number next to any product, and bᵢ the total number next to i in its nᵢ orders.
 *
 * @returns a function of the items, at least 0; 0 if no order holds two
 * Known weakness: a product that goes with nothing has small orders too, but then few other products sell with it.
 */
export function countCompanions(orders: OrderSizes): (items: readonly number[]) => number {
  const { baskets, basketOffsets, itemOf } = orders;
  const besideItem = new Float64Array(orders.items);
  let beside = 0;
  for (let basket = 0; basket < baskets; basket++) {
    const [from, to] = [basketOffsets[basket]!, basketOffsets[basket + 1]!];
    for (let line = from; line < to; line++) besideItem[itemOf[line]!]! += to - from - 1;
    beside += (to - from) * (to - from - 1);
  }
  if (beside === 0) return () => 0;
  const lines = basketOffsets[baskets]!;
  const besideAny = beside / lines;
  const besideFirst = lines / baskets - 1;
  return (items) => {
    let ownOrders = PRIOR_ORDERS;
    let ownBeside = PRIOR_ORDERS * besideAny;
    for (const item of items) {
      ownOrders += countOrders(orders, item);
      ownBeside += besideItem[item]!;
    }
    return (besideFirst * (ownBeside / ownOrders)) / besideAny;
  };
}

/**
 * Multiple of the prior's awareness effect: `1.4 · c^−2.3`. If orders hold several products that go together, shoppers
 * think of them unprompted. If most hold one, shoppers forget much, or find it too expensive. Above 1, the logarithm
 * counts as far as the shop's own prices do not explain it, `1 − (ε / 2)³`, at least 0.
 *
 * @param companions c, from `countCompanions`
 * @param elasticity ε, low end of the measurement; 0 if nothing was measured
 * @returns 0.25 to 3.5
 */
export function remindedTimesAt(companions: number, elasticity: number): number {
  const times = Math.min(MOST_REMINDED, REMINDED_AT_ONE * companions ** -REMINDED_POWER);
  if (times <= 1) return Math.max(LEAST_REMINDED, times);
  return times ** Math.max(0, 1 - (elasticity / DEAR_AT_ELASTICITY) ** DEAR_POWER);
}
