import { firstBasketAt, type Baskets } from "#app/domain/prepare/baskets.ts";
import type { ItemForecast } from "#app/domain/trends/item-forecast.ts";
import { forecastDemand } from "#app/learning/forecast-demand.ts";
import { readOrderLog } from "#app/services/read-order-log.server.ts";
import { chooseBackend } from "../backend.ts";
import { cleanLog } from "./clean-log.ts";
import { inputError, parseFlags, runCommand, writeOutput } from "./command-line.ts";
import { openSkuSpelling } from "./merge-sku-case.ts";
import { warnOfRejectedRows } from "./warn-of-rejected-rows.ts";

const USAGE = `forecast --orders FILE [--as-of DATE] [--horizon-days 28] [--out FILE.csv]

Writes sku,horizon_days,orders_expected,orders_low,orders_high,trend: how many orders will hold the product in the
days from --as-of on, with an 80 % interval, and whether that is up, flat or down on the same time before.
Learns from orders before --as-of; without it, from all of them.`;

const FLAGS = {
  orders: { kind: "file", required: true, help: "the order log, CSV or gzip" },
  "as-of": { kind: "date", help: "learn from orders before this date" },
  "horizon-days": { kind: "integer", fallback: 28, min: 1, max: 364, help: "days forecast" },
  seed: { kind: "integer", fallback: 1, min: 0, max: 2 ** 31 - 1, help: "of every random choice" },
  out: { kind: "text", help: "where to write; stdout when absent" },
} as const;

await runCommand("forecast", USAGE, async (argv, context) => {
  const flags = await parseFlags(FLAGS, argv);
  const { signal, reportProgress } = context;
  const log = await readOrderLog(flags.orders, {
    signal,
    onProgress: (ratio) => reportProgress(0.5 * ratio, "reading orders"),
  });
  warnOfRejectedRows(context, flags.orders, log);
  const baskets = cleanLog(log, [], openSkuSpelling(log.lines), context);
  const lastMs = baskets.placedAtMs.at(-1);
  const cutoffMs = flags["as-of"] ?? (lastMs === undefined ? 0 : lastMs + 1);
  if (firstBasketAt(baskets, cutoffMs) === 0)
    throw inputError(`${flags.orders}: no usable order before ${new Date(cutoffMs).toISOString()}`);

  const { name: backend } = await chooseBackend();
  reportProgress(0.6, `fitting on ${backend}`);
  const { forecasts } = await forecastDemand(baskets, {
    cutoffMs,
    horizonDays: flags["horizon-days"],
    seed: flags.seed,
    signal,
  });
  await writeOutput(flags.out, toCsv(baskets, forecasts));
});

function* toCsv({ items }: Baskets, forecasts: readonly ItemForecast[]): Iterable<string> {
  yield "sku,horizon_days,orders_expected,orders_low,orders_high,trend\n";
  for (const forecast of forecasts) {
    const { item, horizonDays, ordersExpected, ordersLow, ordersHigh, trend } = forecast;
    const numbers = [ordersExpected, ordersLow, ordersHigh].map((orders) => orders.toFixed(3));
    yield `${quote(items[item]!.key)},${horizonDays},${numbers.join(",")},${trend}\n`;
  }
}

/** Quoted as RFC 4180 asks where the text holds a comma, a quote or a line break. */
function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
