import type { OrderLines } from "#app/domain/collect/order-lines.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { Trend } from "#app/domain/trends/item-forecast.ts";
import { readOrderLog } from "#app/services/files/read-order-log.server.ts";
import { mergeSkuCase } from "#jobs/cli/order-log.ts";

/** Settings are chosen on origins before the first of these. */
export const ORIGINS =
  "2010-12-27,2011-01-24,2011-02-21,2011-03-21,2011-04-18,2011-05-16,2011-06-13,2011-07-04";
export const HORIZON_DAYS = 28;
export const HORIZON_WEEKS = 4;
const WEEK_MS = 7 * DAY_MS;
const SETTLED_WEEKS = 26;
const LEAST_ORDERS = 20;

interface DemandLog {
  readonly baskets: Baskets;
  /** SKU → instants of the orders that contain it, ascending, each order once: sales of products, no corrections. */
  readonly sales: ReadonlyMap<string, readonly number[]>;
  readonly startMs: number;
}

export async function readDemandLog(path: string): Promise<DemandLog> {
  const log = await readOrderLog(path);
  const { baskets } = prepareBaskets(mergeSkuCase(log.lines), [], { currency: log.currency });
  const sales = timesBySku(log.lines);
  const startMs = [...sales.values()].reduce((first, times) => Math.min(first, times[0]!), Infinity);
  return { baskets, sales, startMs };
}

/** One product at one origin: the orders in the four weeks after it and before it. */
interface DemandCase {
  readonly sku: string;
  /** Instants of all its orders, ascending. */
  readonly times: readonly number[];
  /** [weeks] orders of each week up to the origin, from the log's first week. */
  readonly weeks: Float64Array;
  readonly came: number;
  readonly last: number;
}

/** Cases of an origin: products first sold 26 weeks before it and in at least 20 orders of the year before it. */
export function* listCases({ sales, startMs }: DemandLog, originMs: number): Generator<DemandCase> {
  for (const [sku, times] of sales) {
    if (times[0]! > originMs - SETTLED_WEEKS * WEEK_MS) continue;
    if (countIn(times, originMs - 52 * WEEK_MS, originMs) < LEAST_ORDERS) continue;
    yield {
      sku,
      times,
      weeks: countWeeks(times, startMs, originMs),
      came: countIn(times, originMs, originMs + HORIZON_DAYS * DAY_MS),
      last: countIn(times, originMs - HORIZON_DAYS * DAY_MS, originMs),
    };
  }
}

export function classOf(orders: number, last: number): Trend {
  const change = (orders - last) / Math.max(last, 1);
  return change > 0.2 ? "up" : change < -0.2 ? "down" : "flat";
}

/** Scores a forecast over cases: WAPE `Σ|came − expected| / Σ came`, trend class, interval coverage. */
export function openScore() {
  let [cases, missed, sold, right, covered] = [0, 0, 0, 0, 0];
  return {
    add(came: number, last: number, expected: number, trend: Trend, low: number, high: number): void {
      cases++;
      missed += Math.abs(came - expected);
      sold += came;
      if (trend === classOf(came, last)) right++;
      if (low <= came && came <= high) covered++;
    },
    cases: () => cases,
    wape: () => missed / sold,
    trendAccuracy: () => right / cases,
    coverage: () => covered / cases,
  };
}

function timesBySku(lines: OrderLines): Map<string, number[]> {
  const bySku = new Map<string, Map<string, number>>();
  for (const { orderId, itemKey, quantity, unitPriceMinor, placedAtMs } of lines) {
    const sku = itemKey.trim().toUpperCase();
    const isSale =
      /^\d+$/.test(orderId) && quantity > 0 && unitPriceMinor > 0 && /^\d{5}[A-Z]{0,2}$/.test(sku);
    if (!isSale) continue;
    const orders = bySku.get(sku) ?? new Map<string, number>();
    bySku.set(sku, orders);
    if (!orders.has(orderId)) orders.set(orderId, placedAtMs);
  }
  return new Map([...bySku].map(([sku, orders]) => [sku, [...orders.values()].sort((a, b) => a - b)]));
}

function countIn(times: readonly number[], fromMs: number, toMs: number): number {
  return times.filter((atMs) => atMs >= fromMs && atMs < toMs).length;
}

function countWeeks(times: readonly number[], startMs: number, originMs: number): Float64Array {
  const weeks = new Float64Array(Math.ceil((originMs - startMs) / WEEK_MS));
  for (const atMs of times) {
    const week = weeks.length - 1 - Math.floor((originMs - 1 - atMs) / WEEK_MS);
    if (atMs < originMs && week >= 0) weeks[week]! += 1;
  }
  return weeks;
}
