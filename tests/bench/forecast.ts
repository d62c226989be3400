import { parseArgs } from "node:util";
import type { OrderLines } from "#app/domain/collect/order-lines.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { Trend } from "#app/domain/trends/item-forecast.ts";
import { forecastDemand } from "#app/learning/forecast-demand.ts";
import { readOrderLog } from "#app/services/read-order-log.server.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { mergeSkuCase } from "#jobs/cli/merge-sku-case.ts";
import { findBenchData, printFigure } from "./bench-data.ts";

/**
 * Four weeks of demand per product on a real order log, at eight origins, beside exponential smoothing on the same
 * cases: `--data DIR` holds `online-retail/orders.csv.gz`; `--origins DATE,DATE…` measures elsewhere (settings are
 * chosen on origins before the first of the eight).
 *
 * Scored are products first sold 26 weeks before the origin and in at least 20 orders of the year before it.
 */
const ORIGINS = "2010-12-27,2011-01-24,2011-02-21,2011-03-21,2011-04-18,2011-05-16,2011-06-13,2011-07-04";
const WEEK_MS = 7 * DAY_MS;
const HORIZON_DAYS = 28;
const ALPHAS = [0.05, 0.1, 0.2, 0.3, 0.5];

const { values } = parseArgs({
  options: { origins: { type: "string", default: ORIGINS } },
  strict: false,
  allowPositionals: true,
});
const path = findBenchData("online-retail/orders.csv.gz");
if (path === null) process.exit(0);

const startedMs = performance.now();
await chooseBackend();
const log = await readOrderLog(path);
const { baskets } = prepareBaskets(mergeSkuCase(log.lines), [], { currency: log.currency });
const readMs = performance.now() - startedMs;
const sales = timesBySku(log.lines);
const logStartMs = [...sales.values()].reduce((first, times) => Math.min(first, times[0]!), Infinity);

const ours = openScore();
const smoothing = openScore();
let slowestMs = 0;
for (const origin of String(values.origins).split(",")) {
  const originMs = Date.parse(`${origin}T00:00:00Z`);
  const beganMs = performance.now();
  const { forecasts, candidates } = await forecastDemand(baskets, {
    cutoffMs: originMs,
    horizonDays: HORIZON_DAYS,
    seed: 1,
  });
  slowestMs = Math.max(slowestMs, performance.now() - beganMs);
  const bySku = new Map(forecasts.map((one) => [baskets.items[one.item]!.key.toUpperCase(), one]));
  for (const [sku, times] of sales) {
    if (times[0]! > originMs - 26 * WEEK_MS || countIn(times, originMs - 52 * WEEK_MS, originMs) < 20)
      continue;
    const came = countIn(times, originMs, originMs + HORIZON_DAYS * DAY_MS);
    const last = countIn(times, originMs - HORIZON_DAYS * DAY_MS, originMs);
    const own = bySku.get(sku);
    ours.add(
      came,
      last,
      own?.ordersExpected ?? 0,
      own?.trend ?? "flat",
      own?.ordersLow ?? 0,
      own?.ordersHigh ?? 0,
    );
    const level = smoothedLevel(times, originMs);
    smoothing.add(came, last, level, classOf(level, last), level, level);
  }
  console.error(`forecast: ${origin} by ${candidates.find(({ isChosen }) => isChosen)?.name}`);
}

const unit = `share, ${ours.cases()} cases`;
report("forecast_wape", ours.wape(), unit, smoothing.wape());
report("forecast_trend_accuracy", ours.trendAccuracy(), unit, smoothing.trendAccuracy());
report("forecast_interval_coverage", ours.coverage(), unit, 0.8);
report("forecast_read_and_slowest_origin", (readMs + slowestMs) / 1_000, "s", 20);

function report(name: string, value: number, unitText: string, peer: number): void {
  const round = (number: number) => Number(number.toFixed(4));
  printFigure({ name, value: round(value), unit: unitText, peer: round(peer) });
}

/** SKU → instants of the orders that hold it, ascending, each order once: sales of stock, no corrections. */
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

/** Orders in four weeks by simple exponential smoothing of weekly counts, with the α that fits the past best. */
function smoothedLevel(times: readonly number[], originMs: number): number {
  const weeks = new Float64Array(Math.ceil((originMs - logStartMs) / WEEK_MS));
  for (const atMs of times) {
    const week = weeks.length - 1 - Math.floor((originMs - 1 - atMs) / WEEK_MS);
    if (atMs < originMs && week >= 0) weeks[week]! += 1;
  }
  const fits = ALPHAS.map((alpha) => {
    let level = weeks[0]!;
    let squaredMiss = 0;
    for (const sold of weeks.subarray(1)) {
      squaredMiss += (sold - level) ** 2;
      level += alpha * (sold - level);
    }
    return { level, squaredMiss };
  });
  return 4 * fits.reduce((best, fit) => (fit.squaredMiss < best.squaredMiss ? fit : best)).level;
}

function classOf(orders: number, last: number): Trend {
  const change = (orders - last) / Math.max(last, 1);
  return change > 0.2 ? "up" : change < -0.2 ? "down" : "flat";
}

function openScore() {
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
