import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { expectedCalibrationError } from "#app/domain/behaviour/choice/calibration.ts";
import { openPurchaseHistories } from "#app/domain/behaviour/methods/purchase-histories.ts";
import {
  forecastTop,
  measureRanking,
  rankCases,
  type CompletionCase,
} from "#app/domain/behaviour/choice/rank-items.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { trainBehaviour } from "#app/learning/completion/train-behaviour.ts";
import { readCompletionQueries } from "#app/services/files/read-completion-queries.server.ts";
import { readOrderLog } from "#app/services/files/read-order-log.server.ts";
import { readProductList } from "#app/services/files/read-product-list.server.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { cutLog, hideLaterTitles, mergeSkuCase, openSkuSpelling } from "#jobs/cli/order-log.ts";
import { findBenchData, printFigure } from "#tests/bench/bench-data.ts";

/** Queries of one file, asked in one way, with the result of the best known simple method. */
interface Measure {
  readonly name: string;
  readonly queries: string;
  readonly truth: string;
  /** Whether the customer is removed from the queries. */
  readonly isGuest?: boolean;
  readonly isExplore?: boolean;
  readonly peer: { readonly ndcg10: number; readonly hr10: number };
}

const GIFT_SHOP: readonly Measure[] = [
  { name: "loo", queries: "loo", truth: "loo", peer: { ndcg10: 0.251, hr10: 0.416 } },
  { name: "loo_guest", queries: "loo", truth: "loo", isGuest: true, peer: { ndcg10: 0.232, hr10: 0.367 } },
  { name: "loo_explore", queries: "loo", truth: "explore-loo", isExplore: true, peer: { ndcg10: 0.216, hr10: 0.331 } },
  { name: "seed1", queries: "seed1", truth: "seed1", peer: { ndcg10: 0.323, hr10: 0.811 } },
  { name: "seed1_guest", queries: "seed1", truth: "seed1", isGuest: true, peer: { ndcg10: 0.226, hr10: 0.686 } },
  { name: "seed1_explore", queries: "seed1", truth: "explore-seed1", isExplore: true, peer: { ndcg10: 0.149, hr10: 0.459 } },
]; // prettier-ignore

const LABELLED_BUNDLES: readonly Measure[] = [
  { name: "electronic_loo", queries: "loo", truth: "loo", peer: { ndcg10: 0.093, hr10: 0.154 } },
];

const Answer = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  out: z.array(z.string()),
});

const orders = findBenchData("online-retail/orders.csv.gz");
if (orders) {
  const queries = join(orders, "../completion-2011-06");
  await measureLog({ orders, products: null, queries, asOf: "2011-06-01T00:00:00Z" }, GIFT_SHOP);
}
const bundles = findBenchData("bundles-sun2022/electronic-completion/bundles-train.csv.gz");
if (bundles) {
  const queries = join(bundles, "..");
  const products = join(queries, "products.csv");
  await measureLog({ orders: bundles, products, queries, asOf: null }, LABELLED_BUNDLES);
}

/** Learns as `rank` does and measures; with `asOf` null from all orders. */
async function measureLog(
  files: { orders: string; products: string | null; queries: string; asOf: string | null },
  measures: readonly Measure[],
): Promise<void> {
  const wholeLog = await readOrderLog(files.orders);
  const asOfMs = files.asOf === null ? undefined : Date.parse(files.asOf);
  const log = hideLaterTitles(wholeLog, asOfMs);
  const products = files.products ? (await readProductList(files.products, log.currency)).products : [];
  const spell = openSkuSpelling(
    cutLog(files.orders, wholeLog, asOfMs).lines,
    products.map(({ key }) => key),
  );
  const { baskets } = prepareBaskets(mergeSkuCase(log.lines, spell), products, { currency: log.currency });
  const cutoffMs = asOfMs ?? baskets.placedAtMs.at(-1)! + 1;
  await chooseBackend();
  const { model, eligible, candidates, trainMs } = await trainBehaviour(baskets, {
    cutoffMs,
    seed: 1,
    neighbourCount: 0,
    ...(products.length > 0 ? { isCandidate: (item: number) => baskets.items[item]!.isActive } : {}),
  });
  const data = measures[0]!.name;
  printFigure({ name: `completion_${data}_train`, value: trainMs / 1_000, unit: "s" });
  for (const { name, ndcg10, isChosen, calibrationError, rawCalibrationError } of candidates) {
    const label = `completion_${data}_validation ${name}${isChosen ? ", chosen" : ""}`;
    if (ndcg10 === undefined) continue;
    printFigure({ name: label, value: round(ndcg10), unit: "ndcg10" });
    if (calibrationError === undefined || rawCalibrationError === undefined) continue;
    const [value, peer] = [round(calibrationError), round(rawCalibrationError)];
    printFigure({ name: `${label}, calibrated against raw`, value, unit: "expected error", peer });
  }
  const chosen = candidates.filter(({ isChosen }) => isChosen);
  for (const measure of measures) {
    const cases = await readCases(baskets, files.queries, measure, cutoffMs, spell);
    const universe = { eligible, items: baskets.items.length };
    const [ranked] = await rankCases([model], cases, universe);
    const { ndcg10, hr10 } = measureRanking(ranked!, cases);
    const { name, peer } = measure;
    printFigure({
      name: `completion_${name}_ndcg10`,
      value: round(ndcg10),
      unit: "ndcg10",
      peer: peer.ndcg10,
    });
    printFigure({ name: `completion_${name}_hr10`, value: round(hr10), unit: "hr10", peer: peer.hr10 });
    // Only with one hidden product do the candidates' probabilities sum to the number bought.
    const isStated = chosen.some(
      ({ task, calibrationError }) => task === "cart" && calibrationError !== undefined,
    );
    if (measure.queries === "loo" && isStated) {
      const error = expectedCalibrationError(forecastTop(ranked!, cases).flat());
      printFigure({ name: `completion_${name}_calibration`, value: round(error), unit: "expected error" });
    }
  }
}

async function readCases(
  baskets: Baskets,
  folder: string,
  { queries, truth, isGuest = false, isExplore = false }: Measure,
  cutoffMs: number,
  spell: (sku: string) => string,
): Promise<CompletionCase[]> {
  const itemOf = new Map(baskets.items.map(({ key }, item) => [key, item]));
  const customerOf = new Map(baskets.customerKeys.map((key, customer) => [key, customer]));
  const histories = openPurchaseHistories(baskets);
  const answers = new Map<string, string[]>();
  for (const line of (await readFile(join(folder, `truth-${truth}.jsonl`), "utf8")).split("\n")) {
    if (line === "") continue;
    const { id, out } = Answer.parse(JSON.parse(line));
    answers.set(id, out);
  }
  const questions = await readCompletionQueries(join(folder, `queries-${queries}.jsonl`));
  return questions.flatMap(({ id, basket, atMs, customer }) => {
    const out = answers.get(String(id));
    if (out === undefined) return [];
    const index = customer === null || isGuest ? -1 : (customerOf.get(customer) ?? -1);
    const askedMs = atMs ?? cutoffMs;
    return {
      query: {
        basket: [...new Set(basket.flatMap((sku) => itemOf.get(spell(sku)) ?? []))],
        atMs: askedMs,
        history: histories.before(index, askedMs),
      },
      // An answer that is in no order is a miss, as for every method.
      bought: out.map((sku) => itemOf.get(sku) ?? -1),
      isExplore,
    };
  });
}

function round(value: number): number {
  return Number(value.toFixed(4));
}
