import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { countPairs, indexOccurrences } from "#app/domain/propose/together/occurrences.ts";
import { forecastDemand } from "#app/learning/demand/forecast-demand.ts";
import { readOrderLog } from "#app/services/files/read-order-log.server.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { mergeSkuCase } from "#jobs/cli/order-log.ts";
import { writeGrownShop } from "#tests/factories/grown-shop.ts";
import { findBenchData, printFigure } from "#tests/bench/bench-data.ts";
import { HORIZON_DAYS, HORIZON_WEEKS, listCases, openScore, ORIGINS, readDemandLog } from "#tests/bench/demand/demand-cases.ts"; // prettier-ignore
import { AutoETS, ETS_MODULE, FPGrowth, initSync } from "#tests/bench/peers/packages.ts";

/**
 * Compares the app with packages on the same data in the same process: `node-fpgrowth` for pairs with support 0.005,
 * which must find the same pairs and counts, and `@bsull/augurs`' automatic exponential smoothing for demand. `--data
 * DIR` holds `online-retail/orders.csv.gz`. Without it, pairs are counted on a generated log with small baskets, which
 * are faster for the peer, so no limit applies, and demand is not compared.
 *
 * node-fpgrowth cannot limit the size of its sets, so its time includes larger sets.
 */
const SUPPORT = 0.005;
const LEAST_TIMES_FASTER = 30;
/** The app's run is short, so the median of several runs counts. */
const RUNS = 5;

const path = findBenchData("online-retail/orders.csv.gz");
await comparePairs(path ? await readBaskets(path) : await readGenerated());
if (path) await compareForecasts(path);

async function comparePairs(baskets: Baskets): Promise<void> {
  const count = () => {
    const startedMs = performance.now();
    const occurrences = indexOccurrences(baskets, -Infinity, Infinity);
    const pairs = countPairs(occurrences, Math.ceil(SUPPORT * occurrences.baskets));
    return { occurrences, pairs, ms: performance.now() - startedMs };
  };
  const runs = Array.from({ length: RUNS }, count).sort((a, b) => a.ms - b.ms);
  const { occurrences, pairs, ms } = runs[RUNS >> 1]!;

  const { basketOffsets, itemOf } = occurrences;
  const transactions = Array.from({ length: occurrences.baskets }, (_, basket) => [
    ...itemOf.subarray(basketOffsets[basket], basketOffsets[basket + 1]),
  ]);
  const startedMs = performance.now();
  const sets = await new FPGrowth<number>(SUPPORT).exec(transactions);
  const peerMs = performance.now() - startedMs;

  const theirs = sets
    .filter(({ items }) => items.length === 2)
    .map(({ items: [a, b], support }) => `${Math.min(a!, b!)} ${Math.max(a!, b!)} ${support}`);
  const own = Array.from(pairs.a, (a, at) => `${a} ${pairs.b[at]} ${pairs.together[at]}`);
  if (theirs.sort().join() !== own.sort().join())
    throw new Error(
      `node-fpgrowth found ${theirs.length} pairs, we ${own.length}, and they are not the same`,
    );
  const unit = `ms, ${own.length} pairs of ${occurrences.baskets} baskets`;
  printFigure({ name: "peers: pairs, node-fpgrowth", value: Math.round(peerMs), unit });
  printFigure({ name: "peers: pairs", value: Math.round(ms), unit, peer: Math.round(peerMs) });
  const timesFaster = Number((peerMs / ms).toFixed(1));
  printFigure({
    name: "peers: pairs, times faster",
    value: timesFaster,
    unit: "times",
    peer: LEAST_TIMES_FASTER,
  });
  if (path && timesFaster < LEAST_TIMES_FASTER) process.exitCode = 1;
}

async function compareForecasts(orders: string): Promise<void> {
  await chooseBackend();
  await loadAugurs();
  const log = await readDemandLog(orders);
  const ours = openScore();
  const theirs = openScore();
  let peerMs = 0;
  for (const origin of ORIGINS.split(",")) {
    const originMs = Date.parse(`${origin}T00:00:00Z`);
    const { forecasts } = await forecastDemand(log.baskets, {
      cutoffMs: originMs,
      horizonDays: HORIZON_DAYS,
    });
    const bySku = new Map(forecasts.map((one) => [log.baskets.items[one.item]!.key.toUpperCase(), one]));
    for (const { sku, weeks, came, last } of listCases(log, originMs)) {
      const own = bySku.get(sku);
      ours.add(came, last, own?.ordersExpected ?? 0, "flat", 0, 0);
      const startedMs = performance.now();
      theirs.add(came, last, smoothAutomatically(weeks), "flat", 0, 0);
      peerMs += performance.now() - startedMs;
    }
  }
  const unit = `WAPE, ${ours.cases()} cases`;
  const [own, peer] = [ours.wape(), theirs.wape()].map((wape) => Number(wape.toFixed(4)));
  printFigure({ name: "peers: demand, @bsull/augurs ETS", value: peer!, unit });
  printFigure({ name: "peers: demand", value: own!, unit, peer: peer! });
  printFigure({
    name: "peers: demand, @bsull/augurs ETS, a case",
    value: Number((peerMs / ours.cases()).toFixed(2)),
    unit: "ms",
  });
  if (own! >= peer!) process.exitCode = 1;
}

/** The peer's forecast of four weeks, with its own choice of error and trend. Two years are too short for a season. */
function smoothAutomatically(weeks: Float64Array): number {
  const model = new AutoETS(1, "ZZN");
  try {
    model.fit(weeks.subarray(weeks.findIndex((orders) => orders > 0)));
    const expected = model.predict(HORIZON_WEEKS).point.reduce((sum, orders) => sum + orders, 0);
    return Math.max(0, expected);
  } finally {
    model.free();
  }
}

async function loadAugurs(): Promise<void> {
  initSync({ module: await readFile(new URL("ets_bg.wasm", ETS_MODULE)) });
}

async function readBaskets(orders: string): Promise<Baskets> {
  const { lines, currency } = await readOrderLog(orders);
  return prepareBaskets(mergeSkuCase(lines), [], { currency }).baskets;
}

async function readGenerated(): Promise<Baskets> {
  const folder = await mkdtemp(join(tmpdir(), "bundlesmith-bench-"));
  try {
    const orders = join(folder, "orders.csv.gz");
    await writeGrownShop(orders, { lines: 300_000, products: 300, seed: 1 });
    return await readBaskets(orders);
  } finally {
    await rm(folder, { recursive: true });
  }
}
