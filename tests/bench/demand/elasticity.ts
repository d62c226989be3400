import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { parse } from "csv-parse";
import {
  measureElasticity,
  poolElasticities,
  shopElasticity,
  type PriceHistory,
} from "#app/domain/trends/prices/price-elasticity.ts";
import { findBenchData, printFigure } from "#tests/bench/bench-data.ts";

/**
 * Own-price elasticities of eleven juices in 83 stores (Dominick's, columns store, brand, week, logmove, price1 to
 * price11, deal, feat), with the other prices and advertising as controls and a level for each store. The peer is the
 * known least-squares estimate. Then the purpose of partial pooling: how far each single store's elasticities are
 * from those of all other stores together, with and without pooling. Exits 1 when the median is off by more than 0.1
 * or pooling does not help.
 */
const BRANDS = 11;
const KNOWN = { median: -2.8, lowest: -4.1, highest: -1 };
const TOLERANCE = 0.1;

interface Row {
  readonly store: number;
  readonly logUnits: number;
  readonly logPrices: readonly number[];
  readonly promoted: readonly number[];
}

const path = findBenchData("dominicks/orange_juice.csv.gz");
if (path === null) process.exit(0);
const ofBrand: Row[][] = Array.from({ length: BRANDS }, () => []);
const lines = createReadStream(path)
  .pipe(createGunzip())
  .pipe(parse({ columns: true }));
for await (const line of lines as AsyncIterable<Record<string, string>>) {
  const number = (name: string) => Number(line[name]);
  ofBrand[number("brand") - 1]!.push({
    store: number("store"),
    logUnits: number("logmove"),
    logPrices: Array.from({ length: BRANDS }, (_, brand) => Math.log(number(`price${brand + 1}`))),
    promoted: [number("deal"), number("feat")],
  });
}

const all = ofBrand.map((rows, brand) => measureElasticity(toHistory(rows, brand))?.value ?? NaN);
const sorted = all.toSorted((a, b) => a - b);
report("median of eleven juices", sorted[BRANDS >> 1]!, KNOWN.median);
report("lowest", sorted[0]!, KNOWN.lowest);
report("highest", sorted.at(-1)!, KNOWN.highest);
report(
  "elasticity of a shop with these brands, as a positive number",
  shopElasticity(poolElasticities(ofBrand.map(toHistory))).value,
);

const stores = [...new Set(ofBrand[0]!.map(({ store }) => store))];
const squares = { alone: 0, pooled: 0, count: 0 };
for (const store of stores) {
  const own = ofBrand.map((rows, brand) =>
    toHistory(
      rows.filter((row) => row.store === store),
      brand,
    ),
  );
  const alone = own.map(measureElasticity);
  const pooled = new Map(poolElasticities(own).map(({ id, effect }) => [id, effect.value]));
  own.forEach(({ id }, brand) => {
    const measured = alone[brand];
    if (!measured) return;
    squares.count++;
    squares.alone += (measured.value - all[brand]!) ** 2;
    squares.pooled += (pooled.get(id)! - all[brand]!) ** 2;
  });
}
const errors = [squares.pooled, squares.alone].map((sum) => Math.sqrt(sum / squares.count));
report("error of one store's elasticities, pooled; peer: not pooled", errors[0]!, errors[1]!);
const isMet = Math.abs(sorted[BRANDS >> 1]! - KNOWN.median) <= TOLERANCE && errors[0]! < errors[1]!;
process.exit(isMet ? 0 : 1);

function toHistory(rows: readonly Row[], brand: number): PriceHistory {
  const column = (pick: (row: Row) => number) => Float64Array.from(rows, pick);
  const others = Array.from({ length: BRANDS }, (_, other) => other).filter((other) => other !== brand);
  return {
    id: String(brand),
    logSales: column(({ logUnits }) => logUnits),
    logPrice: column(({ logPrices }) => logPrices[brand]!),
    controls: [
      ...others.map((other) => column(({ logPrices }) => logPrices[other]!)),
      ...[0, 1].map((kind) => column(({ promoted }) => promoted[kind]!)),
    ],
    place: Int32Array.from(rows, ({ store }) => store),
  };
}

function report(name: string, value: number, peer?: number): void {
  const rounded = Number(value.toFixed(3));
  printFigure({
    name: `elasticity, ${name}`,
    value: rounded,
    unit: "1",
    ...(peer === undefined ? {} : { peer }),
  });
}
