import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import {
  askEveryWay,
  drawCompletionCases,
  measureRankings,
  type CompletionCase,
} from "#app/domain/behaviour/choice/rank-items.ts";
import { firstBasketAt } from "#app/domain/prepare/baskets.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { trainBehaviour } from "#app/learning/completion/train-behaviour.ts";
import { readOrderLog } from "#app/services/files/read-order-log.server.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { mergeSkuCase } from "#jobs/cli/order-log.ts";
import { findBenchData, printFigure, readOptional } from "#tests/bench/bench-data.ts";
import { runNode } from "./run-scorer.ts";

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
/** Only the best-selling products, which takes a fifth of the time and orders the parts the same way. */
const RANK = { cutoff: "2011-04-01", days: 61, cases: 1_500, products: 1_000 };

const OwnList = z.object({ name: z.string(), margin: z.record(z.string(), z.object({ own: z.number() })) });
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
  if (path && !process.argv.includes("--list")) await compareRank(path);
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
  const parts = without.length > 0 ? ["--without", without.join(",")] : [];
  runNode(["jobs/cli/suggest.ts", ...files, ...parts, "--out", out]);
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

/**
 * ndcg@10 of carts and single products on orders after the training period, for customers, guests and new customers.
 */
async function compareRank(orders: string): Promise<void> {
  const log = await readOrderLog(orders);
  const lines = [...mergeSkuCase(log.lines)];
  const sold = new Map<string, number>();
  for (const { itemKey } of lines) sold.set(itemKey, (sold.get(itemKey) ?? 0) + 1);
  const most = new Set(
    [...sold]
      .sort(([, a], [, b]) => b - a)
      .slice(0, RANK.products)
      .map(([key]) => key),
  );
  const kept = lines.filter(({ itemKey }) => most.has(itemKey));
  const { baskets } = prepareBaskets(kept, [], { currency: log.currency });
  const cutoffMs = Date.parse(RANK.cutoff);
  const [from, to] = [cutoffMs, cutoffMs + RANK.days * DAY_MS].map((atMs) => firstBasketAt(baskets, atMs));
  await chooseBackend();
  const measure = async (without: ReadonlySet<string>): Promise<Record<string, number>> => {
    const { model, eligible } = await trainBehaviour(baskets, {
      cutoffMs,
      seed: 1,
      neighbourCount: 0,
      without,
    });
    const known = new Set(eligible);
    const figures: Record<string, number> = {};
    for (const task of ["cart", "product"] as const) {
      const drawn = { from: from!, to: to!, task, perBasket: 1 };
      const cases = drawCompletionCases(baskets, drawn, (item) => known.has(item), seededRandom(2));
      const thin = cases.filter((_, at) => at % Math.ceil(cases.length / RANK.cases) === 0);
      const every = askEveryWay(thin);
      for (const way of ["customer", "guest", "new"] as const) {
        const asked = every.filter((one) => wayOf(one) === way);
        const [measured] = await measureRankings([model], asked, { eligible, items: baskets.items.length });
        figures[`${task}, ${way}`] = measured!.ndcg10;
      }
    }
    return figures;
  };
  const whole = await measure(new Set());
  for (const part of RANK_PARTS.filter(isAsked))
    for (const [figure, value] of Object.entries(await measure(new Set([part]))))
      printFigure({
        name: `rank without ${part}: ${figure}`,
        value: round(value),
        unit: "ndcg10",
        peer: round(whole[figure]!),
      });
}

function wayOf({ query, isExplore }: CompletionCase) {
  if (isExplore) return "new";
  return query.history.length > 0 ? "customer" : "guest";
}

function readLines<T>(lines: string, schema: z.ZodType<T>): T[] {
  return lines.split("\n").flatMap((line) => {
    const parsed = line === "" ? null : schema.safeParse(JSON.parse(line));
    return parsed?.success ? [parsed.data] : [];
  });
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
