import { buildCatalogue, GIFT_CARD_CODE, type StockedProduct } from "./build-catalogue.ts";
import { drawOrderTimes, DAY_MS, dayOfYear, daysFromPeak, seasonFactor } from "./demand-calendar.ts";
import { COMPLEMENTS, SEASONS, SOLD_OUT, SUBSTITUTES } from "./planted.ts";
import { geometric, integerBetween, pickOne, pickWeighted, seededRandom, type Random } from "./random.ts";
import type {
  HistoryLine,
  HistoryOrder,
  HistoryProduct,
  PlantedTruth,
  SimulatedShop,
} from "./shop-history.ts";

interface SimulationOptions {
  readonly seed: number;
  /** 1 to 1200; the planted groups need the first 120. */
  readonly products?: number;
  /** Length of the history. */
  readonly days?: number;
  readonly ordersTotal?: number;
  readonly endAtMs: number;
}

/** Chance that an order continues with one more product that the customer came for. */
const ANOTHER_WISH = 0.42;
/** How strongly the odds of an added part rise when it costs less. */
const ATTACH_ELASTICITY = 6;
/** How much more often a shopper buys from their favourite categories. */
const TASTE_FACTOR = 4;
const PEAKING_SOON_DAYS = 28;

interface Customer {
  readonly id: string;
  readonly tastes: readonly [number, number];
  /** Product indices bought before; consumables come back. */
  readonly bought: number[];
}

/** The shop's data for the draw of one order; built once. */
interface Shelves {
  readonly stocked: readonly StockedProduct[];
  readonly partnersOf: readonly (readonly { index: number; strength: number }[])[];
  readonly substitutesOf: readonly (readonly number[])[];
}

/**
 * A year and more of an invented home, beauty and garden shop: growth, a weekly rhythm, seasons, returning customers
 * with tastes, and the flaws of real data (cancelled, refunded, test, gift-card and bulk orders). Complements and
 * substitutes are planted, and returned as the truth that an engine should find. Products of planted groups are on
 * sale now and then, and more buyers of one part then add them.
 *
 * @returns the same shop for the same options; `orders` has exactly `ordersTotal` entries, oldest first, all before
 *   `endAtMs`
 * @throws RangeError if an option is out of its range
 * Known weakness: shoppers who come for a product do not react to its price.
 */
export function simulateShop(options: SimulationOptions): SimulatedShop {
  const { seed, products: productCount = 120, days = 420, ordersTotal = 8_000, endAtMs } = options;
  if (!(days > 0)) throw new RangeError(`days: ${days} is not above 0`);
  if (!Number.isInteger(ordersTotal) || ordersTotal < 1) throw new RangeError(`ordersTotal: ${ordersTotal}`);
  const random = seededRandom(seed);
  const stocked = buildCatalogue(productCount, random);
  const shelves = arrangeShelves(stocked);
  const customers: Customer[] = [];

  const orders = drawOrderTimes({ random, days, ordersTotal, endAtMs }).map((placedAtMs, index) =>
    upTo(endAtMs, drawOrder({ random, shelves, customers, placedAtMs, endAtMs, name: `#${1001 + index}` })),
  );

  const soldOut = new Set(SOLD_OUT);
  return {
    currency: "USD",
    products: stocked.map(({ code, product }) => (soldOut.has(code) ? withoutStock(product) : product)),
    orders,
    truth: describeTruth(stocked, endAtMs),
  };
}

function arrangeShelves(stocked: readonly StockedProduct[]): Shelves {
  const indexOf = new Map(stocked.map(({ code }, index) => [code, index]));
  const partnersOf: { index: number; strength: number }[][] = stocked.map(() => []);
  for (const { codes, strength } of COMPLEMENTS) {
    for (const [from, to] of orderedPairs(codes.flatMap((code) => indexOf.get(code) ?? []))) {
      partnersOf[from]!.push({ index: to, strength });
    }
  }
  const substitutesOf: number[][] = stocked.map(() => []);
  for (const codes of SUBSTITUTES) {
    for (const [from, to] of orderedPairs(codes.flatMap((code) => indexOf.get(code) ?? []))) {
      substitutesOf[from]!.push(to);
    }
  }
  return { stocked, partnersOf, substitutesOf };
}

function drawOrder(draw: {
  random: Random;
  shelves: Shelves;
  customers: Customer[];
  placedAtMs: number;
  endAtMs: number;
  name: string;
}): HistoryOrder {
  const { random, shelves, customers, placedAtMs, endAtMs, name } = draw;
  const offAt = (index: number) =>
    shelves.partnersOf[index]!.length > 0 ? saleAt(index, placedAtMs, endAtMs) : 0;
  const fate = random();
  const isBulk = fate < 0.006;
  const customer = drawCustomer(random, customers, shelves.stocked.length);
  const weights = wishWeights(shelves, customer, placedAtMs);
  const basket = isBulk
    ? drawBulkBasket(random, weights)
    : drawBasket(random, shelves, weights, customer, offAt);

  const lines = basket.map((index): HistoryLine => {
    const { product, variantShares } = shelves.stocked[index]!;
    const variant = product.variants[pickWeighted(random, variantShares)]!;
    const quantity = isBulk ? integerBetween(random, 12, 48) : 1 + geometric(random, 0.12);
    return {
      sku: variant.sku,
      title: nameOf(product, variant.title),
      quantity,
      unitPriceMinor: Math.round(variant.priceMinor * (1 - offAt(index))),
    };
  });
  alignOptions(lines, basket, shelves);
  if (random() < 0.015) lines.push(giftCardLine(random, shelves));
  customer?.bought.push(...basket);

  const isTest = fate > 0.997;
  const isCancelled = fate > 0.98 && !isTest;
  const isRefunded = fate > 0.95 && !isCancelled && !isTest;
  return {
    name,
    placedAtMs,
    customerId: customer?.id ?? null,
    lines,
    isTest,
    cancelledAtMs: isCancelled ? placedAtMs + integerBetween(random, 1, 30) * 3_600_000 : null,
    refund: isRefunded
      ? {
          atMs: placedAtMs + integerBetween(random, 4, 25) * DAY_MS,
          lineIndices: [integerBetween(random, 0, lines.length - 1)],
        }
      : null,
  };
}

/**
 * Discount of a product at an instant: a quarter on twelve days in sixty, at different times per product, and none in
 * the last two weeks.
 */
function saleAt(index: number, atMs: number, endAtMs: number): number {
  const daysBefore = Math.floor((endAtMs - atMs) / DAY_MS);
  return daysBefore >= 14 && (daysBefore + 7 * index) % 60 < 12 ? 0.25 : 0;
}

/** The order as it is at an instant, without later events. */
function upTo(endAtMs: number, order: HistoryOrder): HistoryOrder {
  return {
    ...order,
    cancelledAtMs: order.cancelledAtMs !== null && order.cancelledAtMs < endAtMs ? order.cancelledAtMs : null,
    refund: order.refund !== null && order.refund.atMs < endAtMs ? order.refund : null,
  };
}

/** A guest, a newcomer, or a returning customer. Frequent customers return more often. */
function drawCustomer(random: Random, customers: Customer[], productCount: number): Customer | null {
  const kind = random();
  if (kind < 0.12) return null;
  if (kind < 0.55 || customers.length === 0) {
    const categories = Math.min(10, productCount);
    const newcomer: Customer = {
      id: String(700_001 + customers.length),
      tastes: [integerBetween(random, 0, categories - 1), integerBetween(random, 0, categories - 1)],
      bought: [],
    };
    customers.push(newcomer);
    return newcomer;
  }
  const recent = Math.floor(customers.length * (1 - random() ** 1.6));
  return customers[Math.min(recent, customers.length - 1)]!;
}

function wishWeights({ stocked }: Shelves, customer: Customer | null, atMs: number): Float64Array {
  return Float64Array.from(stocked, ({ demand, season, categoryIndex }) => {
    const seasonal = season ? seasonFactor(season, atMs) : 1;
    const taste = customer?.tastes.includes(categoryIndex) ? TASTE_FACTOR : 1;
    return demand * seasonal * taste;
  });
}

/** The products that the shopper came for, then their complements; of two alternatives only the first stays. */
function drawBasket(
  random: Random,
  { partnersOf, substitutesOf }: Shelves,
  weights: Float64Array,
  customer: Customer | null,
  offAt: (index: number) => number,
): number[] {
  const basket = new Set<number>();
  const take = (index: number) => {
    if (weights[index]! > 0 && !substitutesOf[index]!.some((other) => basket.has(other))) basket.add(index);
  };
  const wishes = Math.min(1 + geometric(random, ANOTHER_WISH), 9);
  for (let wish = 0; wish < wishes; wish++) {
    const comesBack = customer !== null && customer.bought.length > 0 && random() < 0.3;
    const index = comesBack ? pickOne(random, customer.bought) : pickWeighted(random, weights);
    take(index);
    for (const partner of partnersOf[index]!) {
      const oddsTimes = (1 - offAt(partner.index)) ** -ATTACH_ELASTICITY;
      const odds = (oddsTimes * partner.strength) / (1 - partner.strength);
      if (random() < odds / (1 + odds)) take(partner.index);
    }
  }
  return [...basket];
}

function drawBulkBasket(random: Random, weights: Float64Array): number[] {
  const basket = new Set<number>();
  const size = Math.min(integerBetween(random, 20, 45), weights.filter((weight) => weight > 0).length);
  const left = Float64Array.from(weights);
  while (basket.size < size) {
    const index = pickWeighted(random, left);
    basket.add(index);
    left[index] = 0;
  }
  return [...basket];
}

/** Shoppers buy the shampoo and the conditioner in the same size, so a partner follows the first line's variant. */
function alignOptions(
  lines: HistoryLine[],
  basket: readonly number[],
  { stocked, partnersOf }: Shelves,
): void {
  basket.forEach((index, position) => {
    const leader = basket.findIndex(
      (other, at) => at < position && partnersOf[other]!.some((p) => p.index === index),
    );
    if (leader < 0) return;
    const value = stocked[basket[leader]!]!.product.variants.find(
      ({ sku }) => sku === lines[leader]!.sku,
    )?.title;
    const { product } = stocked[index]!;
    const variant = product.variants.find(({ title }) => title === value);
    if (!variant) return;
    const line = lines[position]!;
    lines[position] = {
      ...line,
      sku: variant.sku,
      title: nameOf(product, variant.title),
      unitPriceMinor: variant.priceMinor,
    };
  });
}

function giftCardLine(random: Random, { stocked }: Shelves): HistoryLine {
  const { product } = stocked.find(({ code }) => code === GIFT_CARD_CODE)!;
  const variant = pickOne(random, product.variants);
  return {
    sku: variant.sku,
    title: nameOf(product, variant.title),
    quantity: 1,
    unitPriceMinor: variant.priceMinor,
  };
}

/** A line's title as Shopify's order export writes it: "Amber Soy Candle - Large". */
function nameOf(product: HistoryProduct, variantTitle: string): string {
  return product.optionNames.length === 0 ? product.title : `${product.title} - ${variantTitle}`;
}

function withoutStock(product: HistoryProduct): HistoryProduct {
  return { ...product, variants: product.variants.map((variant) => ({ ...variant, stock: 0 })) };
}

function describeTruth(stocked: readonly StockedProduct[], endAtMs: number): PlantedTruth {
  const productOf = new Map(stocked.map(({ code, product }) => [code, product]));
  const leadingSkus = (codes: readonly string[]) =>
    codes.flatMap((code) => productOf.get(code)?.variants[0]?.sku ?? []);
  const endDay = dayOfYear(endAtMs);
  return {
    complements: COMPLEMENTS.filter(({ codes }) => codes.every((code) => productOf.has(code))).map(
      ({ codes, strength }) => ({ skus: leadingSkus(codes), strength }),
    ),
    substitutes: SUBSTITUTES.filter((codes) => codes.every((code) => productOf.has(code))).map((codes) => ({
      skus: leadingSkus(codes),
    })),
    seasons: SEASONS.filter(({ code }) => productOf.has(code)).map(({ code, peakDayOfYear, amplitude }) => ({
      sku: leadingSkus([code])[0]!,
      peakDayOfYear,
      amplitude,
      isPeakingSoon: daysFromPeak(endDay, peakDayOfYear) <= PEAKING_SOON_DAYS,
    })),
    outOfStockSkus: SOLD_OUT.flatMap((code) => productOf.get(code)?.variants.map(({ sku }) => sku) ?? []),
  };
}

function orderedPairs(indices: readonly number[]): [number, number][] {
  return indices.flatMap((from) =>
    indices.filter((to) => to !== from).map((to): [number, number] => [from, to]),
  );
}
