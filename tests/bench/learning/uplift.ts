import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { parse } from "csv-parse";
import { criticalValues } from "#app/domain/evaluate/proof/interim-boundary.ts";
import { explainUplift } from "#app/domain/evaluate/proof/explain-uplift.ts";
import { estimateUplift } from "#app/domain/evaluate/proof/uplift.ts";
import { findBenchData, printFigure } from "#tests/bench/bench-data.ts";
import { inEnglish } from "#tests/factories/write-english.ts";
import { sumVisitors } from "#tests/factories/cohorts.ts";

/**
 * Uplift of a published randomised experiment, Hillstrom's e-mail test with the columns segment, conversion, spend.
 * The peer is the known difference of the means.
 */
const PEERS = [
  { segment: "Mens E-Mail", name: "uplift_spend_mens", peer: 0.77 },
  { segment: "Womens E-Mail", name: "uplift_spend_womens", peer: 0.424 },
] as const;
const CONTROL = "No E-Mail";

const path = findBenchData("hillstrom/hillstrom.csv.gz");
if (path === null) process.exit(0);

const spent = new Map<string, number[]>();
const rows = createReadStream(path)
  .pipe(createGunzip())
  .pipe(parse({ columns: true }));
for await (const row of rows as AsyncIterable<Record<string, string | undefined>>) {
  const segment = row["segment"] ?? "";
  const spendMinor = Number(row["spend"]) * 100;
  const own = spent.get(segment);
  if (own) own.push(spendMinor);
  else spent.set(segment, [spendMinor]);
}
const armOf = (segment: string) =>
  sumVisitors(
    (spent.get(segment) ?? []).map((minor) => {
      const orders = minor > 0 ? 1 : 0;
      return { revenueMinor: minor, cappedRevenueMinor: minor, orders, buyers: orders };
    }),
  );
// One analysis at the end, which can use all of the error.
const critical = criticalValues([{ information: 1, fresh: 0, elapsedRatio: 1 }])[0]!;
for (const { segment, name, peer } of PEERS) {
  const days = [{ day: 0, treated: armOf(segment), holdout: armOf(CONTROL) }];
  const uplift = estimateUplift({ days, critical });
  const { perVisitorMinor } = uplift;
  const value = Number((perVisitorMinor.value / 100).toFixed(4));
  printFigure({ name, value, unit: "spend a customer", peer });
  if (Math.abs(value - peer) > 0.001) process.exitCode = 1;
  const interval = [perVisitorMinor.low, perVisitorMinor.high]
    .map((minor) => (minor / 100).toFixed(3))
    .join(" to ");
  console.error(`${name}: always-valid 95 % interval ${interval}. ${inEnglish(explainUplift(uplift))}`);
}
