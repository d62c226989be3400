import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { openPurchaseHistories } from "#app/domain/behaviour/purchase-histories.ts";
import { measureRanking } from "#app/domain/behaviour/rank-items.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { trainBehaviour } from "#app/learning/train-behaviour.ts";
import { readCompletionQueries } from "#app/services/read-completion-queries.server.ts";
import { readOrderLog } from "#app/services/read-order-log.server.ts";
import { chooseBackend } from "#jobs/backend.ts";

/**
 * Basket completion on a real order log, ndcg10: `COMPLETION_DATA` is a folder with `orders.csv.gz` and a folder
 * `completion-YYYY-MM` of queries and answers. The peer is the best simple method known on the same queries.
 */
const PEERS = [
  { name: "loo", queries: "loo", truth: "truth-loo", isGuest: false, isExplore: false, peer: 0.251 },
  { name: "seed1", queries: "seed1", truth: "truth-seed1", isGuest: false, isExplore: false, peer: 0.323 },
  { name: "loo_guest", queries: "loo", truth: "truth-loo", isGuest: true, isExplore: false, peer: 0.232 },
  { name: "seed1_guest", queries: "seed1", truth: "truth-seed1", isGuest: true, isExplore: false, peer: 0.226 },
  { name: "loo_explore", queries: "loo", truth: "truth-explore-loo", isGuest: false, isExplore: true, peer: 0.216 },
  { name: "seed1_explore", queries: "seed1", truth: "truth-explore-seed1", isGuest: false, isExplore: true, peer: 0.149 },
] as const; // prettier-ignore

const Answer = z.object({
  id: z.union([z.string(), z.number()]).transform(String),
  out: z.array(z.string()),
});

const folder = process.env["COMPLETION_DATA"];
if (folder === undefined || !existsSync(join(folder, "orders.csv.gz"))) {
  console.error(
    "completion: set COMPLETION_DATA to a folder with orders.csv.gz and completion-YYYY-MM/; passed over",
  );
  process.exit(0);
}
const queriesName = readdirSync(folder).find((name) => /^completion-\d{4}-\d{2}$/.test(name));
if (queriesName === undefined) {
  console.error(`completion: ${folder} has no folder completion-YYYY-MM`);
  process.exit(2);
}

const startedMs = performance.now();
const log = await readOrderLog(join(folder, "orders.csv.gz"));
const { baskets } = prepareBaskets(log.lines, [], { currency: log.currency });
await chooseBackend();
const cutoffMs = Date.parse(`${queriesName.slice(-7)}-01T00:00:00Z`);
const { model, eligible, candidates, trainMs } = await trainBehaviour(baskets, {
  cutoffMs,
  seed: Number(process.env["SEED"] ?? 1),
  neighbourCount: 0,
});
print("train_seconds", trainMs / 1_000, "s", null);
for (const { name, ndcg10, isChosen } of candidates) {
  print(`validation ${name}${isChosen ? ", chosen" : ""}`, ndcg10, "ndcg10", null);
}
for (const { name, peer, ...which } of PEERS) {
  const cases = await readCases(baskets, join(folder, queriesName), which);
  const { ndcg10, hr10 } = measureRanking(model, cases, { eligible, items: baskets.items.length });
  print(`completion_${name}`, ndcg10, "ndcg10", peer);
  print(`completion_${name}_hr`, hr10, "hr10", null);
}
print("completion_seconds", (performance.now() - startedMs) / 1_000, "s", null);

async function readCases(
  all: Baskets,
  path: string,
  which: { queries: string; truth: string; isGuest: boolean; isExplore: boolean },
) {
  const itemOf = new Map(all.items.map(({ key }, item) => [key, item]));
  const customerOf = new Map(all.customerKeys.map((key, customer) => [key, customer]));
  const histories = openPurchaseHistories(all);
  const answers = new Map<string, string[]>();
  for (const line of (await readFile(join(path, `${which.truth}.jsonl`), "utf8")).split("\n")) {
    if (line === "") continue;
    const { id, out } = Answer.parse(JSON.parse(line));
    answers.set(id, out);
  }
  const questions = await readCompletionQueries(join(path, `queries-${which.queries}.jsonl`));
  return questions.flatMap(({ id, basket, atMs, customer }) => {
    const out = answers.get(id);
    if (out === undefined) return [];
    const index = customer === null || which.isGuest ? -1 : (customerOf.get(customer) ?? -1);
    const askedMs = atMs ?? cutoffMs;
    return {
      query: {
        basket: [...new Set(basket.flatMap((sku) => itemOf.get(sku) ?? []))],
        atMs: askedMs,
        history: histories.before(index, askedMs),
      },
      // An answer that no order knows is a miss, as it is for everybody.
      bought: out.map((sku) => itemOf.get(sku) ?? -1),
      isExplore: which.isExplore,
    };
  });
}

function print(name: string, value: number, unit: string, peer: number | null): void {
  const rounded = Number(value.toFixed(4));
  console.log(
    JSON.stringify({
      name,
      value: rounded,
      unit,
      peer,
      ratio: peer === null ? null : Number((value / peer).toFixed(3)),
    }),
  );
}
