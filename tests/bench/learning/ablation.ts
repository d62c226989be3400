import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { DAY_MS } from "#app/domain/time.ts";
import { findBenchData, printFigure, readOptional } from "#tests/bench/bench-data.ts";
import { runNode } from "./run-scorer.ts";
import { withoutParts } from "./without-parts.ts";

/**
 * The value of each model and method: everything is done again without it. `--scorer FILE` prints the change of the
 * list's value on later orders, `--worlds DIR` the change in shops whose shoppers are known, and without `--list` the
 * change of `rank`. `--dates DATE,…` sets the lists' cut-offs; choose settings on other dates than the four of
 * `proposals`. `--parts A,B` runs only some of the parts.
 */
const LIST_PARTS = [
  "behaviour",
  "trends",
  "lift regression",
  "like names",
  "sets of three",
  "challengers",
  "season",
  "linear map",
  "prices",
  "market share × season",
  "smoothing × season",
  "co-views",
];
const RANK_PARTS = [
  "relu network",
  "second window",
  "ease",
  "rp3beta",
  "confidence",
  "text",
  "basket neighbours",
  "customer history",
  "repeats",
  "backward",
  "basket features",
  "season",
  "codes",
];
const dates = (readOptional("--dates") ?? "2010-11-01,2011-01-01,2011-03-01,2011-05-01").split(",");
const asked = readOptional("--parts")?.split(",");
const isAsked = (part: string) => asked?.includes(part) ?? true;
const [SCORED_DAYS, SCORED_BUNDLES] = [61, "60"];
const RANK_FIGURES = join(import.meta.dirname, "rank-figures.ts");

const OwnList = z.object({ name: z.string(), margin: z.record(z.string(), z.object({ own: z.number() })) });
const Figures = z.record(z.string(), z.number());
const OfOracle = z.object({ shareOfOracleAtAsked: z.number() });

const folder = mkdtempSync(join(tmpdir(), "bundlesmith-ablation-"));
const path = findBenchData("online-retail/orders.csv.gz");
const [scorer, worlds] = [readOptional("--scorer"), readOptional("--worlds")];
try {
  if (path && scorer)
    for (const date of dates) compareLists(`list ${date}`, (without) => scoreLater(path, date, without));
  if (worlds)
    for (const world of ["awareness", "price", "season", "confounded"])
      compareLists(`world ${world}`, openWorld(worlds, world));
  if (path && !process.argv.includes("--list")) compareRank(path);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Prints the figures of the whole next to those without each part. */
function compareLists(name: string, score: (without: readonly string[]) => Record<string, number>): void {
  // Behaviour does not affect the list, as its own row shows, and is the slow half of it.
  const whole = score(["behaviour"]);
  for (const part of LIST_PARTS.filter(isAsked)) {
    const own = part === "behaviour" ? whole : score(["behaviour", part]);
    const peers = part === "behaviour" ? score([]) : whole;
    for (const [figure, value] of Object.entries(own))
      printFigure({ name: `${name} without ${part}`, value, unit: figure, peer: peers[figure]! });
  }
}

function suggest(files: readonly string[], without: readonly string[]): string {
  const out = join(folder, "bundles.json");
  runNode([...withoutParts(without), "jobs/cli/suggest.ts", ...files, "--out", out]);
  return out;
}

/** Own and equal discounts compared with the best counting policy on later orders, by world. */
function scoreLater(orders: string, asOf: string, without: readonly string[]): Record<string, number> {
  const until = new Date(Date.parse(asOf) + SCORED_DAYS * DAY_MS).toISOString().slice(0, 10);
  const bundles = suggest(["--orders", orders, "--as-of", asOf, "--top", "100"], without);
  const files = ["--orders", orders, "--bundles", bundles];
  const lines = runNode([scorer!, ...files, "--as-of", asOf, "--until", until, "--top", SCORED_BUNDLES]);
  const own = readLines(lines, OwnList).find(({ name }) => name === "app")!;
  return Object.fromEntries(Object.entries(own.margin).map(([world, margin]) => [world, margin.own]));
}

function openWorld(make: string, world: string): (without: readonly string[]) => Record<string, number> {
  const shop = mkdtempSync(join(folder, world));
  runNode([join(make, "make-world.mjs"), "--world", world, "--seed", "1", "--out", shop]);
  const { endAt } = z
    .object({ endAt: z.string() })
    .parse(JSON.parse(readFileSync(join(shop, "truth.json"), "utf8")));
  const events = existsSync(join(shop, "events.csv")) ? ["--events", join(shop, "events.csv")] : [];
  const files = ["--orders", join(shop, "orders.csv"), "--products", join(shop, "products.csv"), ...events];
  return (without) => {
    const bundles = suggest([...files, "--as-of", endAt, "--top", "40"], without);
    const lines = runNode([join(make, "score-world.mjs"), shop, bundles, "--asked", "40"]);
    return { shareOfOracle: readLines(lines, OfOracle).at(-1)!.shareOfOracleAtAsked };
  };
}

/** Figures of `rank` on later orders, next to those without each part. */
function compareRank(orders: string): void {
  const measure = (without: readonly string[]) =>
    Figures.parse(JSON.parse(runNode([...withoutParts(without), RANK_FIGURES, orders])));
  const whole = measure([]);
  for (const part of RANK_PARTS.filter(isAsked))
    for (const [figure, value] of Object.entries(measure([part])))
      printFigure({ name: `rank without ${part}: ${figure}`, value, unit: "ndcg10", peer: whole[figure]! });
}

function readLines<T>(lines: string, schema: z.ZodType<T>): T[] {
  return lines.split("\n").flatMap((line) => {
    const parsed = line === "" ? null : schema.safeParse(JSON.parse(line));
    return parsed?.success ? [parsed.data] : [];
  });
}
