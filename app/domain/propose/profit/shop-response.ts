import { type Estimate, upperMedian } from "#app/domain/numbers/statistics.ts";
import {
  joinPublished,
  poolElasticities,
  PRICE_RESPONSE,
  listPriceHistories,
} from "#app/domain/trends/prices/price-elasticity.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import type { AttachElasticity } from "./attach-elasticity.ts";
import type { ResponseBasis, ShopperMix } from "./shopper-kinds.ts";

/** With fewer orders a discount that is given away for nothing is not seen for many months. */
const LEAST_ORDERS = 1_000;

/** How a shop's orders answer to its prices. */
export interface ShopResponse {
  /** [items] own-price elasticity as a positive number; the published one for an item that tells nothing itself. */
  readonly ofItem: readonly Estimate[];
  readonly basis: ResponseBasis;
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

/** What discounts on sets rest on: the measured answer where there is one, in a shop of few orders nothing. */
export function judgeResponse(
  response: ShopResponse,
  { attach, orders }: { readonly attach: AttachElasticity | null; readonly orders: number },
): ShopResponse {
  if (attach)
    return {
      basis: "measured",
      ofItem: response.ofItem.map(() => attach.elasticity),
      stated: { measuredItems: attach.items, medianElasticity: attach.elasticity.value },
    };
  return orders < LEAST_ORDERS ? { ...response, basis: "nothing" } : response;
}
