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

/** With fewer orders a discount that is given away for nothing is not seen for many months. */
const LEAST_ORDERS = 1_000;
/**
 * How far orders that hold little say that shoppers forget what goes with it. Fitted on simulated shops of three kinds of
 * shoppers: 1.8 companions an order are half of the prior, half a one is four times it.
 */
const REMINDED_AT_ONE = 1.4;
const REMINDED_POWER = 1.8;
const [LEAST_REMINDED, MOST_REMINDED] = [0.5, 4];
/** Orders like the shop's others that the prior adds to those of an offer's products: few orders tell little. */
const PRIOR_ORDERS = 120;
/**
 * Where shoppers answer to prices by so much, what they lack is too dear and not forgotten. A small answer is mostly chance:
 * its cube counts, by simulated shops.
 */
const DEAR_AT_ELASTICITY = 2;
const DEAR_POWER = 3;

type OrderSizes = Pick<Occurrences, "items" | "baskets" | "offsets" | "basketOffsets" | "itemOf">;

/** How a shop's orders answer to its prices. */
export interface ShopResponse {
  /** [items] own-price elasticity as a positive number; the published one for an item that tells nothing itself. */
  readonly ofItem: readonly Estimate[];
  readonly basis: ResponseBasis;
  /** Multiple of the prior's awareness effect that the shoppers of an offer of some items show. */
  readonly remindedTimesOf: (items: readonly number[]) => number;
  /** What earlier offers have shown of the shoppers whom an offer of some items meets; absent before the first. */
  readonly mixOf?: ((items: readonly number[]) => ShopperMix) | undefined;
  readonly stated: {
    /** Items whose own prices moved enough to tell. */
    readonly measuredItems: number;
    /** Median of those items' elasticities; the published one when there is none. */
    readonly medianElasticity: number;
  };
}

/**
 * Own-price elasticity of each product from the log's own price moves, pooled over the products, and each joined with
 * the published value by its certainty (`joinPublished`).
 *
 * @param baskets those from `fromMs` up to but not including `toMs` are looked at
 * @returns values and intervals within the range published, 1 to 4.1
 * @see `listPriceHistories`, which products tell of themselves; `poolElasticities`, whose weaknesses are also this one's: a price cut because demand fell counts as its cause
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

/** Of the products' elasticities the middle one: what the answer of a pool is taken for. */
export function medianResponse(items: readonly number[], { ofItem }: Pick<ShopResponse, "ofItem">): Estimate {
  const sorted = items.map((item) => ofItem[item]!).sort((a, b) => a.value - b.value);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/**
 * What discounts on sets rest on: the measured answer where there is one; nothing in a shop of few orders, and in one
 * where no product's price moved enough to tell. In simulated shops whose prices never moved, discounts by published
 * figures cost as much as the offers earn, or more.
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
 * How many products an order holds beside one, for the items i of an offer: `c · (Σ bᵢ + 120 b) / (Σ nᵢ + 120) / b`, with
 * c the products of an order beside its first, b those beside any product, both averages of the shop, and bᵢ those beside
 * i in its nᵢ orders, in all.
 *
 * @returns from the items, at least 0; 0 where no order holds two
 * Known weakness: a product that goes with nothing has small orders too; what it is sold with then is little.
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
 * Multiple of the prior's awareness effect that shoppers show: `1.4 · c^−1.8`. Where orders hold several that go together,
 * shoppers think of them unasked and a reminder brings little; where most hold one, much is forgotten, or too dear:
 * above 1 the logarithm counts as far as the shop's own prices do not explain it, `1 − (ε / 2)³`, at least 0.
 *
 * @param companions c, products of an order beside one (`countCompanions`)
 * @param elasticity ε, the low end of what was measured; 0 where nothing was
 * @returns 0.5 to 4
 */
export function remindedTimesAt(companions: number, elasticity: number): number {
  const times = Math.min(MOST_REMINDED, REMINDED_AT_ONE * companions ** -REMINDED_POWER);
  if (times <= 1) return Math.max(LEAST_REMINDED, times);
  return times ** Math.max(0, 1 - (elasticity / DEAR_AT_ELASTICITY) ** DEAR_POWER);
}
