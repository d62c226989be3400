import { z } from "zod";

export const TRENDS = ["up", "flat", "down"] as const;
export type Trend = (typeof TRENDS)[number];

/** Trend classes change at a fifth, as merchants see them. */
const TREND_STEP = 0.2;

/** Class of the change of orders relative to the last window. */
export function trendOf(orders: number, last: number): Trend {
  const change = (orders - last) / Math.max(last, 1);
  return change > TREND_STEP ? "up" : change < -TREND_STEP ? "down" : "flat";
}

/** Expected number of orders with an item within the horizon, with an 80 % interval. */
export interface ItemForecast {
  /** Index into `Baskets.items`. */
  readonly item: number;
  readonly horizonDays: number;
  readonly ordersExpected: number;
  readonly ordersLow: number;
  readonly ordersHigh: number;
  /** Mean units per order with the item, at least 1. It converts orders into stock. */
  readonly unitsPerOrder: number;
  /**
   * The likeliest class of r = (orders − last) / max(last, 1), `last` being the orders of the last `horizonDays`: up
   * above 0.2, down below −0.2, else flat. It can differ from the class of `ordersExpected` itself.
   */
  readonly trend: Trend;
  /**
   * Seasonal index of the coming window relative to the item's own year, shrunk to the shop's; 1 is an ordinary time.
   * Null with less than a year of orders.
   */
  readonly seasonIndex: number | null;
  /**
   * The same for windows of this length that start 2, 4 … 12 weeks later; null for a window that last year does not
   * cover, absent if it covers none.
   */
  readonly seasonAhead?: readonly (number | null)[];
}

/** Weeks between the windows of the seasonal outlook, and their number: merchants plan a quarter ahead. */
export const SEASON_STEP_WEEKS = 2;
export const SEASON_STEPS = 6;

/** Orders with each forecast item per day, [forecasts × days], in the order of the forecasts. */
export interface DailyDemand {
  readonly days: number;
  /** Noon of the first day, UTC, if days begin at the cutoff's hour; its date is the day's date. */
  readonly firstNoonMs: number;
  /** Sums over the days to the item's `ordersExpected`; 0 when the shop is expected to be closed. */
  readonly expected: Float32Array;
  /** 80 % interval in whole numbers: each tail holds at most a tenth. */
  readonly low: Float32Array;
  readonly high: Float32Array;
}

/** Days of one product as stored with its forecast; all lists have one entry per day. */
export const DailyForecast = z
  .object({
    /** Middle of the first day; its date on the shop's clock is the day's date. */
    firstNoonMs: z.number(),
    expected: z.array(z.number().nonnegative()),
    low: z.array(z.number().nonnegative()),
    high: z.array(z.number().nonnegative()),
  })
  .refine(
    ({ expected, low, high }) => low.length === expected.length && high.length === expected.length,
    "every day has an expectation and an interval",
  );
export type DailyForecast = z.infer<typeof DailyForecast>;

/** The days of the forecast at a place, rounded to a thousandth of an order. */
export function toDailyForecast(
  { days, firstNoonMs, expected, low, high }: DailyDemand,
  place: number,
): DailyForecast {
  const own = (column: Float32Array) => [...column.subarray(place * days, (place + 1) * days)];
  return {
    firstNoonMs,
    expected: own(expected).map((orders) => Math.round(1_000 * orders) / 1_000),
    low: own(low),
    high: own(high),
  };
}

type Stated = Pick<ItemForecast, "horizonDays" | "ordersExpected" | "ordersLow" | "ordersHigh">;

/**
 * A variant's part of its product's demand: expectation and interval times its share, so that the parts sum to the
 * product's forecast (`sumForecasts`).
 *
 * @param share of the product's units, 0 to 1
 * @see known weakness: the interval of a single part is too narrow, because a part varies more by chance than the whole
 */
export function shareForecast<T extends Stated>(forecast: T, share: number): T {
  return {
    ...forecast,
    ordersExpected: forecast.ordersExpected * share,
    ordersLow: forecast.ordersLow * share,
    ordersHigh: forecast.ordersHigh * share,
  };
}

/** The days of `shareForecast`, rounded to a thousandth of an order. */
export function shareDays({ firstNoonMs, expected, low, high }: DailyForecast, share: number): DailyForecast {
  const part = (orders: readonly number[]) =>
    orders.map((ofAll) => Math.round(1_000 * share * ofAll) / 1_000);
  return { firstNoonMs, expected: part(expected), low: part(low), high: part(high) };
}

/**
 * Sums the forecasts of several variants. Exact for parts of one product, whose intervals move together. Season, trend
 * and units per order are those of the part with the most expected orders.
 *
 * @returns undefined without parts
 */
export function sumForecasts<T extends Stated>(parts: readonly T[]): T | undefined {
  const first = parts.toSorted((a, b) => b.ordersExpected - a.ordersExpected)[0];
  if (!first) return undefined;
  const sum = (orders: (part: T) => number) => parts.reduce((total, part) => total + orders(part), 0);
  return {
    ...first,
    ordersExpected: sum(({ ordersExpected }) => ordersExpected),
    ordersLow: sum(({ ordersLow }) => ordersLow),
    ordersHigh: sum(({ ordersHigh }) => ordersHigh),
  };
}

/** The days of `sumForecasts`; undefined without parts. All parts must come from one run and cover the same days. */
export function sumDays(parts: readonly DailyForecast[]): DailyForecast | undefined {
  const [first, ...others] = parts;
  if (!first) return undefined;
  const sum = (days: (part: DailyForecast) => readonly number[]) =>
    days(first).map((orders, day) => others.reduce((total, part) => total + (days(part)[day] ?? 0), orders));
  return {
    firstNoonMs: first.firstNoonMs,
    expected: sum(({ expected }) => expected),
    low: sum(({ low }) => low),
    high: sum(({ high }) => high),
  };
}
