import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { parse } from "csv-parse";
import {
  poolElasticities,
  type PriceHistory,
  followPrices,
} from "#app/domain/trends/prices/price-elasticity.ts";
import { firstTestedOrigin } from "#app/domain/trends/accuracy/back-test.ts";
import {
  listDemandCandidates,
  openLevels,
  SEASON_TRUST,
} from "#app/domain/trends/methods/demand-candidates.ts";
import type { DemandSeries } from "#app/domain/trends/demand-series.ts";
import { choosePriceAhead } from "#app/domain/trends/prices/price-candidates.ts";
import { findBenchData, printFigure } from "#tests/bench/bench-data.ts";

/**
 * The value of prices for a forecast with frequent promotions: weekly units of eleven juices in 83 stores
 * (Dominick's, columns store, brand, week, logmove, price1 to price11), forecast one and four weeks ahead on six
 * windows before each of four ends of the log, with elasticities from the weeks before them. The peer is the mean of
 * the same methods without prices. A week that a store did not report counts as one without sales, for both.
 */
/** Weeks cut off the end of the log. */
const CUTS = [0, 12, 24, 36];
/** Ounces of the most common pack: a unit is about an order. */
const OUNCES = 64;

const path = findBenchData("dominicks/orange_juice.csv.gz");
if (path === null) process.exit(0);

/** "store brand" → week → units sold and price per pack in cents. */
const sold = new Map<string, Map<number, { units: number; logPrice: number }>>();
const rows = createReadStream(path)
  .pipe(createGunzip())
  .pipe(parse({ columns: true }));
for await (const row of rows as AsyncIterable<Record<string, string>>) {
  const key = `${row["store"]} ${row["brand"]}`;
  const weeks = sold.get(key) ?? new Map<number, { units: number; logPrice: number }>();
  sold.set(key, weeks);
  weeks.set(Number(row["week"]), {
    units: Math.exp(Number(row["logmove"])) / OUNCES,
    logPrice: Math.log(Number(row[`price${row["brand"]}`]) * OUNCES * 100),
  });
}

const keys = [...sold.keys()];
const known = [...sold.values()].flatMap((weeks) => [...weeks.keys()]);
const firstKnown = known.reduce((a, b) => Math.min(a, b));
const weeks = known.reduce((a, b) => Math.max(a, b)) - firstKnown + 1;
const orders = new Float32Array(keys.length * weeks);
const logPrices = new Float32Array(keys.length * weeks).fill(NaN);
keys.forEach((key, item) => {
  for (const [week, { units, logPrice }] of sold.get(key)!) {
    orders[item * weeks + week - firstKnown] = units;
    logPrices[item * weeks + week - firstKnown] = logPrice;
  }
});
for (const horizonDays of [7, 28]) {
  const sums = new Map<string, number>();
  for (const cut of CUTS) {
    const log = cutAt(weeks - cut);
    const learned = {
      prices: log.prices,
      earlyElasticity: learnElasticities(firstTestedOrigin(log.series, horizonDays)),
      lateElasticity: new Map<number, number>(),
    };
    const past = { series: log.series, at: (origin: number) => cutAt(origin).series };
    const plain = listDemandCandidates(openLevels(past));
    for (const plannedLogPrice of [null, new Map<number, number>()])
      for (const { name, wape } of choosePriceAhead(
        past,
        plain,
        { ...learned, plannedLogPrice },
        { trust: SEASON_TRUST, horizonDays },
      ).candidates) {
        const kind = name.split(": ")[1]!;
        // The methods without prices are evaluated with each of the two.
        const isRepeat = kind === "none" && plannedLogPrice;
        if (!isRepeat) sums.set(kind, (sums.get(kind) ?? 0) + wape! / CUTS.length);
      }
  }
  for (const kind of ["usual", "planned"])
    printFigure({
      name: `promotions, ${horizonDays} days ahead, ${kind} price`,
      value: Number(sums.get(kind)!.toFixed(4)),
      unit: "WAPE; peer: the same methods without prices",
      peer: Number(sums.get("none")!.toFixed(4)),
    });
}

/** Item → positive elasticity, from weeks before `end`, with the sales of the rest of its store as control. */
function learnElasticities(end: number): Map<number, number> {
  const storeOf = keys.map((key) => key.split(" ")[0]!);
  const storeUnits = new Map<string, Float64Array>();
  keys.forEach((_, item) => {
    const own = storeUnits.get(storeOf[item]!) ?? new Float64Array(weeks);
    storeUnits.set(storeOf[item]!, own);
    for (let week = 0; week < weeks; week++) own[week]! += orders[item * weeks + week]!;
  });
  const histories = keys.map((_, item): PriceHistory => {
    const stated = Array.from({ length: end }, (_, week) => item * weeks + week).filter(
      (at) => orders[at]! > 0,
    );
    const column = (valueOf: (at: number) => number) => Float64Array.from(stated, valueOf);
    return {
      id: String(item),
      logSales: column((at) => Math.log(orders[at]!)),
      logPrice: column((at) => logPrices[at]!),
      controls: [column((at) => Math.log1p(storeUnits.get(storeOf[item]!)![at % weeks]! - orders[at]!))],
      place: new Int32Array(stated.length),
    };
  });
  return new Map(
    poolElasticities(histories).map(({ id, effect }) => [Number(id), Math.max(0, -effect.value)]),
  );
}

/** The log's first weeks, as a shop that is open every day with one category per juice. */
function cutAt(end: number) {
  const cutColumns = (all: Float32Array) =>
    Float32Array.from(
      { length: keys.length * end },
      (_, at) => all[Math.floor(at / end) * weeks + (at % end)]!,
    );
  const cutOrders = cutColumns(orders);
  const cutPrices = cutColumns(logPrices);
  const totalLines = new Float64Array(end);
  cutOrders.forEach((units, at) => (totalLines[at % end]! += units));
  const ofItem = (all: Float32Array, item: number) => all.subarray(item * end, (item + 1) * end);
  const series: DemandSeries = {
    items: keys.length,
    weeks: end,
    orders: cutOrders,
    totalLines,
    open: new Float64Array(end).fill(1),
    firstWeek: Int32Array.from(keys, (_, item) => {
      const first = ofItem(cutOrders, item).findIndex((units) => units > 0);
      return first < 0 ? end : first;
    }),
    firstOpen: new Float32Array(keys.length).fill(1),
    categoryOf: Int32Array.from(keys, (key) => Number(key.split(" ")[1]) - 1),
    openDays: {
      weekdayShare: new Float64Array(7).fill(1 / 7),
      isClosed: new Uint8Array(end * 7),
      knownSlots: end * 7,
      cutoffMs: 0,
    },
  };
  return { series, prices: new Map(keys.map((_, item) => [item, followPrices(ofItem(cutPrices, item))])) };
}
