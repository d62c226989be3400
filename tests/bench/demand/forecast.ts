import { parseArgs } from "node:util";
import { forecastDemand } from "#app/learning/demand/forecast-demand.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { findBenchData, printFigure } from "#tests/bench/bench-data.ts";
import { countDays, meanOfWeekdays, openDailyScore } from "./daily-score.ts";
import { classOf, HORIZON_DAYS, HORIZON_WEEKS, listCases, openScore, ORIGINS, readDemandLog } from "./demand-cases.ts"; // prettier-ignore

/**
 * Four weeks of demand per product on a real order log, at eight origins, compared with exponential smoothing on the
 * same cases; and each day compared with the mean of its weekday. `--data DIR` holds `online-retail/orders.csv.gz`;
 * `--origins DATE,DATE…` uses other origins.
 */
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
const log = await readDemandLog(path);
const { baskets } = log;
const readMs = performance.now() - startedMs;

const ours = openScore();
const smoothing = openScore();
const ourDays = openDailyScore();
const meanDays = openDailyScore();
let slowestMs = 0;
for (const origin of String(values.origins).split(",")) {
  const originMs = Date.parse(`${origin}T00:00:00Z`);
  const beganMs = performance.now();
  const { forecasts, candidates, daily } = await forecastDemand(baskets, {
    cutoffMs: originMs,
    horizonDays: HORIZON_DAYS,
    isDaily: true,
  });
  slowestMs = Math.max(slowestMs, performance.now() - beganMs);
  const placeOf = new Map(
    forecasts.map(({ item }, place) => [baskets.items[item]!.key.toUpperCase(), place]),
  );
  for (const { sku, times, weeks, came, last } of listCases(log, originMs)) {
    const place = placeOf.get(sku);
    const own = place === undefined ? undefined : forecasts[place];
    ours.add(
      came,
      last,
      own?.ordersExpected ?? 0,
      own?.trend ?? "flat",
      own?.ordersLow ?? 0,
      own?.ordersHigh ?? 0,
    );
    const level = smoothedLevel(weeks);
    smoothing.add(came, last, level, classOf(level, last), level, level);
    if (!daily || place === undefined) continue;
    const mean = meanOfWeekdays(times, originMs, HORIZON_DAYS);
    countDays(times, originMs, HORIZON_DAYS).forEach((orders, day) => {
      const expected = daily.expected[place * HORIZON_DAYS + day]!;
      ourDays.add(orders, { expected, dispersion: daily.dispersion });
      meanDays.add(orders, mean[day]!);
    });
  }
  console.error(`forecast: ${origin} by ${candidates.find(({ isChosen }) => isChosen)?.name}`);
}

const unit = `share, ${ours.cases()} cases`;
report("forecast_wape", ours.wape(), unit, smoothing.wape());
report("forecast_trend_accuracy", ours.trendAccuracy(), unit, smoothing.trendAccuracy());
report("forecast_interval_coverage", ours.coverage(), unit, 0.8);
const dayUnit = `share, ${ourDays.cases()} days of products`;
report("forecast_daily_middle_80_coverage", ourDays.middleCoverage(), dayUnit, meanDays.middleCoverage());
report("forecast_daily_interval_coverage", ourDays.coverage(), dayUnit, meanDays.coverage());
report("forecast_daily_pinball_loss", ourDays.pinball(), "orders per observed order", meanDays.pinball());
report("forecast_read_and_slowest_origin", (readMs + slowestMs) / 1_000, "s", 20);

function report(name: string, value: number, unitText: string, peer: number): void {
  const round = (number: number) => Number(number.toFixed(4));
  printFigure({ name, value: round(value), unit: unitText, peer: round(peer) });
}

/** Orders in four weeks by simple exponential smoothing of weekly counts, with the α that fits the past best. */
function smoothedLevel(weeks: Float64Array): number {
  const fits = ALPHAS.map((alpha) => {
    let level = weeks[0]!;
    let squaredMiss = 0;
    for (const sold of weeks.subarray(1)) {
      squaredMiss += (sold - level) ** 2;
      level += alpha * (sold - level);
    }
    return { level, squaredMiss };
  });
  return HORIZON_WEEKS * fits.reduce((best, fit) => (fit.squaredMiss < best.squaredMiss ? fit : best)).level;
}
