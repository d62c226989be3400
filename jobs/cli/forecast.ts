import { firstBasketAt, type Baskets } from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { DailyDemand, ItemForecast } from "#app/domain/trends/item-forecast.ts";
import { forecastDemand } from "#app/learning/demand/forecast-demand.ts";
import type { ProductFacts } from "#app/domain/collect/product-facts.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { toQuoted } from "#app/services/files/read-csv.server.ts";
import { parseFlags, runCommand } from "./command-line.ts";
import { chooseCutoff, cleanLog, openLog } from "./order-log.ts";
import { writeOutputs } from "./write-output.ts";

const USAGE = `forecast --orders FILE [--as-of DATE] [--horizon-days 28] [--products FILE.csv]
         [--out FILE.csv] [--daily FILE.csv]

Writes sku,horizon_days,orders_expected,orders_low,orders_high,trend: how many orders will hold the product in the
days from --as-of on, with an 80 % interval, and whether that is up, flat or down on the same time before.
Learns from orders before --as-of; without it, from all of them.
--products (sku,title,price) says what products will cost in those days: where past promotions moved orders, and the log
proves it, a planned one is reckoned with.
--daily writes sku,date,orders_expected,orders_low,orders_high as well: the same orders day by day, which sum to those of
the horizon, with an 80 % interval in whole orders. Without --as-of a day is the 24 hours after the last order, and so
on, and has the date of their middle.`;

const FLAGS = {
  orders: { kind: "file", required: true, help: "the order log, CSV or gzip" },
  "as-of": { kind: "date", help: "learn from orders before this date" },
  "horizon-days": { kind: "integer", fallback: 28, min: 1, max: 364, help: "days forecast" },
  products: { kind: "file", help: "CSV with sku,title,price: prices of the days forecast" },
  seed: { kind: "integer", fallback: 1, min: 0, max: 2 ** 31 - 1, help: "taken as by rank; no method draws" },
  out: { kind: "output", help: "where to write; stdout when absent" },
  daily: { kind: "output", help: "where to write every day of the horizon; nowhere when absent" },
} as const;

await runCommand("forecast", USAGE, async (argv, context) => {
  const flags = await parseFlags(FLAGS, argv);
  const { signal, reportProgress } = context;
  const { before, products, isListed, spell } = await openLog(flags, context, 0.5);
  const baskets = cleanLog(flags.orders, before, [], spell, context);
  const cutoffMs = chooseCutoff(flags.orders, baskets, flags["as-of"], context);

  const { name: backend } = await chooseBackend();
  reportProgress(0.6, `fitting on ${backend}`);
  const { forecasts, daily } = await forecastDemand(baskets, {
    cutoffMs,
    horizonDays: flags["horizon-days"],
    ...(isListed ? { plannedPriceMinor: toPlannedPrices(products, baskets, spell) } : {}),
    isDaily: flags.daily !== undefined,
    signal,
  });
  if (forecasts.length === 0) {
    const lastMs = baskets.placedAtMs[firstBasketAt(baskets, cutoffMs) - 1]!;
    context.warn(
      `no product is forecast: the last order before ${toDate(cutoffMs)} is of ${toDate(lastMs)}, too long ago`,
    );
  }
  await writeOutputs([
    { output: flags.out, chunks: toCsv(baskets, forecasts) },
    ...(daily ? [{ output: flags.daily, chunks: toDailyCsv(baskets, forecasts, daily) }] : []),
  ]);
});

function toDate(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** Item → price, for listed products that have a price and at least one order. */
function toPlannedPrices(
  products: readonly ProductFacts[],
  { items }: Baskets,
  spell: (sku: string) => string,
): Map<number, number> {
  const itemOf = new Map(items.map(({ key }, item) => [key, item]));
  return new Map(
    products.flatMap(({ key, priceMinor }) => {
      const item = itemOf.get(spell(key));
      return item !== undefined && priceMinor ? [[item, priceMinor] as const] : [];
    }),
  );
}

function* toCsv({ items }: Baskets, forecasts: readonly ItemForecast[]): Iterable<string> {
  yield "sku,horizon_days,orders_expected,orders_low,orders_high,trend\n";
  for (const forecast of forecasts) {
    const { item, horizonDays, ordersExpected, ordersLow, ordersHigh, trend } = forecast;
    const numbers = [ordersExpected, ordersLow, ordersHigh].map((orders) => orders.toFixed(3));
    yield `${toQuoted(items[item]!.key)},${horizonDays},${numbers.join(",")},${trend}\n`;
  }
}

function* toDailyCsv(
  { items }: Baskets,
  forecasts: readonly ItemForecast[],
  { days, firstNoonMs, expected, low, high }: DailyDemand,
): Iterable<string> {
  yield "sku,date,orders_expected,orders_low,orders_high\n";
  const dates = Array.from({ length: days }, (_, day) => toDate(firstNoonMs + day * DAY_MS));
  for (const [place, { item }] of forecasts.entries()) {
    const sku = toQuoted(items[item]!.key);
    for (const [day, date] of dates.entries()) {
      const at = place * days + day;
      yield `${sku},${date},${expected[at]!.toFixed(4)},${low[at]},${high[at]}\n`;
    }
  }
}
