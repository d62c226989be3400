import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gatherEvidence } from "#app/domain/behaviour/methods/ease-evidence.ts";
import { linkByEase, type EaseWeights } from "#app/domain/behaviour/methods/ease-weights.ts";
import { linkByText } from "#app/domain/behaviour/methods/text-similarity.ts";
import {
  measureRankings,
  drawCompletionCases,
  type CompletionCase,
} from "#app/domain/behaviour/choice/rank-items.ts";
import { firstBasketAt, sliceBaskets, type Baskets } from "#app/domain/prepare/baskets.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { openSimpleModels } from "#app/learning/completion/behaviour-candidates.ts";
import { fitEase } from "#app/learning/ease/fit-ease.ts";
import { fitFeatureSources } from "#app/learning/completion/fit-feature-sources.ts";
import { readOrderLog } from "#app/services/files/read-order-log.server.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { mergeSkuCase } from "#jobs/cli/order-log.ts";
import { writeGrownShop } from "#tests/factories/grown-shop.ts";
import { findBenchData, printFigure } from "#tests/bench/bench-data.ts";

/**
 * The loss beyond the catalogue size up to which EASE is exact: one order log with all its products in the exact
 * part, and with only the best-selling quarter, the rest approximated or left out. Carts of the two months after the
 * cutoff, one product hidden, asked as guests. `--data DIR` holds `online-retail/orders.csv.gz`; without it a
 * generated log is used.
 */
const CUTOFF = "2011-04-01";
const MEASURED_DAYS = 61;
const HEAD_SHARE = 0.25;
const MOST_CASES = 2_000;
/** The approximation keeps at least these shares of the exact gain, or the benchmark fails. */
const LEAST_KEPT = { all: 0.97, rare: 0.9 };

await chooseBackend();
const given = findBenchData("online-retail/orders.csv.gz");
const log = given ? "real log" : "generated log";
const baskets = given ? await readBaskets(given) : await readGenerated();
const cutoffMs = given ? Date.parse(CUTOFF) : baskets.placedAtMs.at(-1)! - MEASURED_DAYS * DAY_MS;
const from = firstBasketAt(baskets, cutoffMs);
const past = sliceBaskets(baskets, 0, from);
const sources = await fitFeatureSources(
  past,
  cutoffMs,
  { text: await linkByText(past.items), coViews: null },
  {},
);
const eligible = [...sources.ease.items, ...sources.ease.tail.partner];
const cases = drawCases();
const maxItems = Math.round(HEAD_SHARE * eligible.length);
const approximate = await fitEase(gatherEvidence(past, cutoffMs), sources.sales.baskets, {}, maxItems);
const nothing = { offsets: new Uint32Array(past.items.length + 1), partner: new Int32Array(), weight: new Float32Array() }; // prettier-ignore
const rareCases = cases.filter(({ bought }) => bought.every((item) => approximate.rowOf[item]! < 0));

for (const [name, asked, leastKept] of [
  ["", cases, LEAST_KEPT.all],
  [" of a rare product", rareCases, LEAST_KEPT.rare],
] as const) {
  const exact = await gainOf(sources.ease, asked);
  const kept = await gainOf(approximate, asked);
  const cut = await gainOf({ ...approximate, tail: nothing }, asked);
  const unit = `ndcg10, ${asked.length} carts, ${log}, ${maxItems} of ${eligible.length} products exact`;
  report(`ease_limit: rest approximated${name}`, kept, unit, exact);
  report(`ease_limit: rest omitted${name}`, cut, unit, exact);
  if (kept < leastKept * exact) process.exitCode = 1;
}

function report(name: string, value: number, unit: string, peer: number): void {
  printFigure({ name, value: Number(value.toFixed(4)), unit, peer: Number(peer.toFixed(4)) });
}

async function gainOf(ease: EaseWeights, asked: readonly CompletionCase[]): Promise<number> {
  const models = openSimpleModels(["ease"], { ...sources, ease, easeLinks: linkByEase(ease, 150) });
  const [measure] = await measureRankings(models, asked, { eligible, items: baskets.items.length });
  return measure!.ndcg10;
}

function drawCases(): CompletionCase[] {
  const isEligible = new Set(eligible);
  const all = drawCompletionCases(
    baskets,
    {
      from,
      to: firstBasketAt(baskets, cutoffMs + MEASURED_DAYS * DAY_MS),
      task: "cart",
      perBasket: 1,
    },
    (item) => isEligible.has(item),
    seededRandom(1),
  );
  const step = Math.max(1, Math.ceil(all.length / MOST_CASES));
  return all
    .filter((_, at) => at % step === 0)
    .map((one) => ({ ...one, query: { ...one.query, history: [] } }));
}

async function readBaskets(path: string): Promise<Baskets> {
  const { lines, currency } = await readOrderLog(path);
  return prepareBaskets(mergeSkuCase(lines), [], { currency }).baskets;
}

async function readGenerated(): Promise<Baskets> {
  const folder = mkdtempSync(join(tmpdir(), "bundlesmith-bench-"));
  try {
    const path = join(folder, "orders.csv.gz");
    await writeGrownShop(path, { lines: 200_000, products: 3_000, seed: 1 });
    return await readBaskets(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
