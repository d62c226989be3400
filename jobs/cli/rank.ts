import type { CompletionTask } from "#app/domain/behaviour/behaviour-model.ts";
import { openPurchaseHistories } from "#app/domain/behaviour/methods/purchase-histories.ts";
import { rankItems } from "#app/domain/behaviour/choice/rank-items.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { pause } from "#app/learning/pause.ts";
import { trainBehaviour, type TrainedBehaviour } from "#app/learning/completion/train-behaviour.ts";
import {
  readCompletionQueries,
  type CompletionQuestion,
} from "#app/services/files/read-completion-queries.server.ts";
import { toDigestOfEmail } from "#app/services/files/read-order-log.server.ts";
import { openEnglishWriting } from "#app/locales/english.server.ts";
import { writeMessage } from "#app/locales/write-message.server.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { openWorkerThread } from "#jobs/open-worker-thread.ts";
import { parseFlags, runCommand, type CommandContext } from "./command-line.ts";
import { chooseCutoff, cleanLog, hideLaterTitles, openLog } from "./order-log.ts";
import { writeOutputs } from "./write-output.ts";

const USAGE = `rank --orders FILE --queries FILE.jsonl [--products FILE] [--as-of DATE] [--explore] [--k 10] [--out FILE.jsonl]

For each query {"id","basket":[sku…],"at":time,"customer":id or e-mail} writes {"id","ranked":[sku…]}: the products most
likely to complete the basket. Learns from orders before --as-of. --explore leaves out what the customer bought
before. With --products every active product of that file may be ranked, else every product in at least 3 orders.`;

const FLAGS = {
  orders: { kind: "file", required: true, help: "the order log, CSV or gzip" },
  queries: { kind: "file", required: true, help: 'lines of {"id","basket":[sku…],"at":time}' },
  products: { kind: "file", help: "CSV with sku,title,category…" },
  "as-of": { kind: "date", help: "learn from orders before this date" },
  explore: { kind: "switch", help: "leave out what the customer bought before" },
  k: { kind: "integer", fallback: 10, min: 1, max: 1_000, help: "products ranked for a query" },
  seed: { kind: "integer", fallback: 1, min: 0, max: 2 ** 31 - 1, help: "of every random choice" },
  out: { kind: "output", help: "where to write; stdout when absent" },
} as const;

await runCommand("rank", USAGE, async (argv, context) => {
  const flags = await parseFlags(FLAGS, argv);
  const { signal, reportProgress } = context;
  const questions = await readCompletionQueries(flags.queries);
  const { log, products, isListed, spell } = await openLog(flags, context, 0.1);
  const asOfMs = flags["as-of"];
  const baskets = cleanLog(flags.orders, hideLaterTitles(log, asOfMs), products, spell, context);
  const cutoffMs = chooseCutoff(flags.orders, baskets, asOfMs, context);

  const known = new Set(baskets.items.map(({ key }) => key));
  const spelt = questions.map((question) => ({ ...question, basket: question.basket.map(spell) }));
  const writing = openEnglishWriting(baskets.currency);
  const backend = await chooseBackend();
  reportProgress(0.1, `learning on ${backend.name}`);
  const second = openWorkerThread(backend, baskets.item.length, (reason) =>
    context.warn(`learning goes on with one thread: ${reason}`),
  );
  const trained = await trainBehaviour(baskets, {
    cutoffMs,
    seed: flags.seed,
    signal,
    neighbourCount: 0,
    tasks: listTasks(spelt, known),
    workerThread: second.workerThread,
    onProgress: (ratio, message) => reportProgress(0.1 + 0.7 * ratio, writeMessage(message, writing)),
    ...(isListed ? { isCandidate: (item: number) => baskets.items[item]!.isActive } : {}),
  }).finally(() => second.close());
  const answers = await answer(spelt, baskets, trained, cutoffMs, flags, context);
  await writeOutputs([{ output: flags.out, chunks: answers }]);
});

/** The tasks of the queries: completing a cart or a single product. */
function listTasks(
  questions: readonly CompletionQuestion[],
  known: ReadonlySet<string>,
): ReadonlySet<CompletionTask> {
  const tasks = questions.map(({ basket }): CompletionTask => {
    const products = new Set(basket.filter((sku) => known.has(sku)));
    return products.size > 1 ? "cart" : "product";
  });
  return new Set(tasks.length > 0 ? tasks : ["product"]);
}

async function answer(
  questions: readonly CompletionQuestion[],
  baskets: Baskets,
  { model, eligible }: TrainedBehaviour,
  cutoffMs: number,
  { k, explore }: { k: number; explore: boolean },
  { signal, reportProgress, warn }: CommandContext,
): Promise<string[]> {
  const itemOf = new Map(baskets.items.map(({ key }, item) => [key, item]));
  const customerOf = new Map(baskets.customerKeys.map((key, customer) => [key, customer]));
  const histories = openPurchaseHistories(baskets);
  const scores = new Float32Array(baskets.items.length);
  const unknown = new Set<string>();
  const strangers = new Map<string, number>();
  const answers: string[] = [];
  for (const [done, { id, basket, atMs, customer, line }] of questions.entries()) {
    const known = basket.flatMap((sku) => itemOf.get(sku) ?? []);
    for (const sku of basket) if (!itemOf.has(sku)) unknown.add(sku);
    const askedMs = atMs ?? cutoffMs;
    const key = customer === null ? null : toDigestOfEmail(customer);
    if (key !== null && !customerOf.has(key) && !strangers.has(key)) strangers.set(key, line);
    const history = histories.before(key === null ? -1 : (customerOf.get(key) ?? -1), askedMs);
    const query = { basket: [...new Set(known)], atMs: askedMs, history };
    const ranked = rankItems(model, query, {
      eligible,
      items: baskets.items.length,
      k,
      isExplore: explore,
      scores,
    });
    answers.push(`${JSON.stringify({ id, ranked: ranked.map((item) => baskets.items[item]!.key) })}\n`);
    if (done % 64 === 0) {
      reportProgress(0.8 + (0.2 * done) / questions.length, "ranking");
      await pause(signal);
    }
  }
  if (unknown.size > 0) {
    const [first] = unknown;
    warn(`${unknown.size} products of the queries are in no order and were passed over, e.g. ${first}`);
  }
  if (strangers.size > 0) {
    const [firstLine] = strangers.values();
    // Names the line instead of the customer, because the customer id can be an email address.
    warn(
      `${strangers.size} customers of the queries are in no order and have no history, e.g. line ${firstLine}`,
    );
  }
  return answers;
}
