import type { OfferTerms, Reward } from "#app/domain/offer/offer.ts";
import { countUnitsPerOrder, MOST_UNITS } from "#app/domain/prepare/baskets.ts";
import {
  asItWillCome,
  beforeTax,
  type BundleProposal,
  type Evidence,
  type ExpectedEffect,
} from "#app/domain/propose/proposal/bundle-proposal.ts";
import { isStockShort, LEAST_OF_AVERAGE, whileInStock } from "#app/domain/propose/profit/bundle-candidate.ts";
import {
  coverDays,
  EFFECT_DAYS,
  stockShare,
  unitMarginMinor,
  type MarketInput,
  type StockOutlook,
} from "#app/domain/propose/profit/bundle-market.ts";
import { explainStock } from "#app/domain/propose/evidence/explain-proposal.ts";
import { explainDiscount } from "#app/domain/propose/evidence/explain-profit.ts";
import { learnChance, countPoolOrders } from "#app/domain/propose/together/by-chance.ts";
import { countOrders, indexOccurrences, type Occurrences } from "#app/domain/propose/together/occurrences.ts";
import { surpriseOf } from "#app/domain/propose/together/pair-statistics.ts";
import {
  learnShopResponse,
  medianResponse,
  type ShopResponse,
} from "#app/domain/propose/profit/shop-response.ts";
import type { ShopperMix } from "#app/domain/propose/profit/shopper-kinds.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { ItemForecast } from "#app/domain/trends/item-forecast.ts";
import { chooseSchedule } from "./choose-schedule.ts";
import { findPools, LEAST_DESIGNS, type Pool } from "./find-pools.ts";
import {
  effectOfShowing,
  learnUnitDemand,
  meanUnit,
  type QuantitySchedule,
  type UnitEconomics,
} from "./unit-demand.ts";

export interface QuantityInput extends Pick<MarketInput, "baskets" | "settings" | "cutoffMs" | "toClockMs"> {
  /** Forecasts of the coming weeks, for the stock cover. An item without one uses its counted orders. */
  readonly forecasts?: readonly ItemForecast[];
  /** Estimate of the shop's shoppers from offers so far; absent before the first. */
  readonly mix?: ShopperMix | undefined;
  /** As in `ProposeInput`. */
  readonly rejected?: ReadonlySet<string> | undefined;
}

/** Quantities show how the shop sells now. Orders older than a year add less than they cost to read. */
const MOST_WINDOW_DAYS = 365;
/** At most this share of all proposals are ranges, and the same share quantity breaks. */
const MOST_SHARE = 0.4;
/** Largest p-value at which a pool's order count is not chance; not corrected for the number of pools. */
const LEAST_SURPRISE = 1e-4;
const MOST_RANGE_UNITS = 6;
/** A picker deserves a place on the page if at least this share of the orders holds several of the pool. */
const LEAST_ORDERS_SHARE = 0.01;
/** At most this many products are considered for tiers, those with the most orders × price. */
const MOST_TIERED = 300;

/**
 * Step 5 for purchases in quantity. Proposes ranges, any N of a pool of designs that shoppers buy several of, and
 * quantity breaks, tiers of one product. `effectOfSchedule` estimates the value of each. If no discount pays for a
 * range, because most buyers of several would buy them anyway, the pool is proposed at full price. Leaves out designs
 * that are out of stock, and breaks for a product with less than a week of stock.
 *
 * @returns the most valuable first
 */
export function proposeQuantityOffers(input: QuantityInput): BundleProposal[] {
  const { baskets, settings, cutoffMs } = input;
  const windowDays = Math.min(settings.windowDays, MOST_WINDOW_DAYS);
  const firstMs = Math.max(cutoffMs - windowDays * DAY_MS, baskets.placedAtMs[0] ?? cutoffMs);
  const occurrences = indexOccurrences(baskets, firstMs, cutoffMs);
  const { toClockMs } = input;
  const perHorizon = (EFFECT_DAYS * DAY_MS) / Math.max(DAY_MS, cutoffMs - firstMs);
  const orders = baskets.items.map((_, item) => countOrders(occurrences, item));
  const window: Window = {
    ...input,
    occurrences,
    stock: outlookOf(
      input,
      orders.map((own) => own * perHorizon),
    ),
    chance: learnChance(occurrences, toClockMs ? occurrences.placedAtMs.map(toClockMs) : null),
    response: learnShopResponse(baskets, firstMs, cutoffMs),
    perHorizon,
  };
  const pools = findPools(baskets.items, orders);
  const most = Math.max(1, Math.floor(settings.maxProposals * MOST_SHARE));
  return [pools.flatMap((pool) => proposeRange(window, pool) ?? []), listBreaks(window, orders)].flatMap(
    (found) => byValue(found.filter(({ componentKey }) => !input.rejected?.has(componentKey))).slice(0, most),
  );
}

interface Window extends QuantityInput {
  readonly occurrences: Occurrences;
  readonly chance: ReturnType<typeof learnChance>;
  readonly response: ShopResponse;
  readonly stock: StockOutlook;
  /** Factor from counts of the window to counts of 28 days. */
  readonly perHorizon: number;
}

/** @param counted [items] orders counted, per 28 days */
function outlookOf(
  { baskets, forecasts = [], cutoffMs }: QuantityInput,
  counted: readonly number[],
): StockOutlook {
  const demand = Float64Array.from(counted);
  const unitsPerOrder = countUnitsPerOrder(baskets, cutoffMs);
  for (const forecast of forecasts) {
    demand[forecast.item] = (forecast.ordersExpected * EFFECT_DAYS) / forecast.horizonDays;
    unitsPerOrder[forecast.item] = forecast.unitsPerOrder;
  }
  return { items: baskets.items, demand, unitsPerOrder, soldBefore: new Float64Array(counted.length) };
}

function proposeRange(window: Window, { words, ordinal, items: designs }: Pool): BundleProposal | null {
  const { occurrences, chance, settings, perHorizon, response, stock } = window;
  const items = designs.filter((item) => coverDays(stock, item) !== 0);
  if (items.length < LEAST_DESIGNS) return null;
  const { held } = countPoolOrders(occurrences, chance, items, 2);
  const several = held.reduce((count, own) => (own >= 2 ? count + 1 : count), 0);
  if (several < Math.max(settings.minSupportOrders, LEAST_ORDERS_SHARE * occurrences.baskets)) return null;
  if (isOutOfSeason(window, held)) return null;
  const ordersOf = tally(held).map((orders) => orders * perHorizon);
  const economics = economicsOf(window, items);
  const demand = learnUnitDemand({ ordersOf }, medianResponse(items, response));
  const discounted = chooseSchedule(demand, economics, "range", settings, leastOrdersOf(window));
  const usual = Math.min(MOST_RANGE_UNITS, items.length, usualUnits(ordersOf));
  const shown = effectOfShowing({ ordersOf }, economics, usual);
  const isDiscounted =
    discounted !== null && discounted.effect.extraMarginMinor.value > shown.extraMarginMinor.value;
  const units = isDiscounted ? discounted.schedule.steps[0]!.units : usual;
  const discountRatio = isDiscounted ? discounted.schedule.steps[0]!.discountRatio : 0;
  const effect = isDiscounted ? discounted.effect : shown;
  if (units > items.length || effect.extraMarginMinor.value <= 0) return null;

  const { byChance } = countPoolOrders(occurrences, chance, items, units);
  const together = held.reduce((count, own) => (own >= units ? count + 1 : count), 0);
  const expected = byChance.reduce((sum, one) => sum + one, 0);
  if (together < settings.minSupportOrders || surpriseOf(together, expected) > LEAST_SURPRISE) return null;
  const reward: Reward = isDiscounted
    ? { type: "percent", basisPoints: Math.round(discountRatio * 10_000) }
    : { type: "none" };
  const counted = { together, baskets: occurrences.baskets, byChanceAbout: expected };
  return toProposal(beforeTax(effect, settings), {
    key: ordinal === 1 ? `range|${words}` : `range|${words}|${ordinal}`,
    items,
    terms: { kind: "range", units, allowsRepeats: true, reward },
    ratios: [discountRatio],
    evidence: [
      {
        kind: "orders",
        value: expected > 0 ? together / expected : together,
        code: "ordersSeveral",
        values: { ...counted, units, choices: items.length },
      },
    ],
  });
}

/** Whether the last 28 days had less than `LEAST_OF_AVERAGE` of the pool's average orders. */
function isOutOfSeason({ occurrences, cutoffMs, perHorizon }: Window, held: Uint16Array): boolean {
  const fromMs = cutoffMs - EFFECT_DAYS * DAY_MS;
  let [orders, recent] = [0, 0];
  held.forEach((own, basket) => {
    if (own === 0) return;
    orders += 1;
    if (occurrences.placedAtMs[basket]! >= fromMs) recent += 1;
  });
  return recent < LEAST_OF_AVERAGE * Math.min(1, perHorizon) * orders;
}

function listBreaks(window: Window, orders: readonly number[]): BundleProposal[] {
  const { baskets, occurrences, settings, perHorizon, response, stock } = window;
  const worth = (item: number) => orders[item]! * baskets.items[item]!.priceMinor;
  const tallies = new Map(
    [...orders.keys()]
      .filter((item) => orders[item]! >= settings.minSupportOrders && baskets.items[item]!.isActive)
      .filter((item) => !isStockShort(stock, [item]))
      .sort((a, b) => worth(b) - worth(a))
      .slice(0, MOST_TIERED)
      .map((item) => [item, new Array<number>(MOST_UNITS + 1).fill(0)]),
  );
  for (const basket of occurrences.logBasket)
    for (let line = baskets.offsets[basket]!; line < baskets.offsets[basket + 1]!; line++) {
      const own = tallies.get(baskets.item[line]!);
      if (own) own[Math.min(MOST_UNITS, baskets.units[line]!)]! += perHorizon;
    }
  return [...tallies].flatMap(([item, ordersOf]) => {
    const economics = economicsOf(window, [item]);
    if (economics.priceMinor <= 0) return [];
    const demand = learnUnitDemand({ ordersOf }, response.ofItem[item]!);
    const chosen = chooseSchedule(demand, economics, "breaks", settings, leastOrdersOf(window));
    if (!chosen) return [];
    const { schedule } = chosen;
    const effect = whileInStock(chosen.effect, stockShare(stock, [item]));
    const inQuantity = chosen.effect.ordersAnyway.value;
    return toProposal(beforeTax(effect, settings), {
      key: `breaks|${baskets.items[item]!.key}`,
      items: [item],
      terms: { kind: "breaks", scope: "product", tiers: toTiers(schedule) },
      ratios: schedule.steps.map(({ discountRatio }) => discountRatio),
      evidence: [
        {
          kind: "orders",
          value: inQuantity,
          code: "ordersInQuantity",
          values: {
            together: Math.round(inQuantity / perHorizon),
            orders: orders[item]!,
            units: schedule.steps[0]!.units,
          },
        },
        ...explainStock(stock, { items: [item], effect }),
      ],
    });
  });
}

function toTiers({ steps }: QuantitySchedule) {
  return steps.map(({ units, discountRatio }) => ({
    units,
    reward: { type: "percent" as const, basisPoints: Math.round(discountRatio * 10_000) },
  }));
}

function toProposal(
  effect: ExpectedEffect,
  offer: {
    readonly key: string;
    readonly items: readonly number[];
    readonly terms: OfferTerms;
    /** Discount of each tier, 0 to 1, ascending. */
    readonly ratios: readonly number[];
    readonly evidence: readonly Evidence[];
  },
): BundleProposal {
  const { items, ratios } = offer;
  const extraMinor = effect.extraMarginMinor.value;
  const discountRatio = ratios.at(-1)!;
  const margin: Evidence =
    discountRatio === 0
      ? {
          kind: "margin",
          value: extraMinor,
          code: "shownTogether",
          values: { extraMinor, days: EFFECT_DAYS },
        }
      : explainDiscount(effect, ratios);
  return {
    componentKey: offer.key,
    kind: "complementary",
    isToTry: false,
    components: items.map((item) => ({ item, quantity: 1 })),
    terms: offer.terms,
    discountRatio,
    expected: asItWillCome(effect),
    evidence: [...offer.evidence, margin],
  };
}

function leastOrdersOf({ settings, perHorizon }: Window): number {
  return settings.minSupportOrders * perHorizon;
}

/** Means over the products, weighted by their orders, and the lowest margin: a shopper can take only that product. */
function economicsOf(
  { baskets, occurrences, settings, mix }: Window,
  items: readonly number[],
): UnitEconomics {
  const products = items.map((item) => {
    const { priceMinor } = baskets.items[item]!;
    return { priceMinor, marginMinor: unitMarginMinor(baskets.items[item]!, settings.assumedMarginRatio) };
  });
  const orders = items.map((item) => countOrders(occurrences, item));
  const leastMarginRatio = Math.min(
    ...products.map(({ priceMinor, marginMinor }) => marginMinor / priceMinor),
  );
  return { ...meanUnit(products, orders), leastMarginRatio, mix };
}

/** [n] orders that hold n products of the pool. */
function tally(held: Uint16Array): number[] {
  const orders = new Array<number>(MOST_UNITS + 1).fill(0);
  for (const own of held) if (own > 0) orders[Math.min(MOST_UNITS, own)]! += 1;
  return orders;
}

/** Median number of products among orders that hold several; 2 if none does. */
function usualUnits(ordersOf: readonly number[]): number {
  const several = ordersOf.slice(2);
  const half = several.reduce((sum, orders) => sum + orders, 0) / 2;
  let below = 0;
  const at = several.findIndex((orders) => (below += orders) >= half);
  return 2 + Math.max(0, at);
}

function byValue(proposals: readonly BundleProposal[]): BundleProposal[] {
  return proposals.toSorted(
    (a, b) =>
      b.expected.extraMarginMinor.value - a.expected.extraMarginMinor.value ||
      (a.componentKey < b.componentKey ? -1 : 1),
  );
}
