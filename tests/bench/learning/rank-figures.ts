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

/** Only the best-selling products, which takes a fifth of the time and orders the parts the same way. */
const RANK = { cutoff: "2011-04-01", days: 61, cases: 1_500, products: 1_000 };

/**
 * Prints the ndcg@10 of carts and single products on orders after the training period, for customers, guests and new
 * customers, of the log whose path is the argument.
 */
const log = await readOrderLog(process.argv[2]!);
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
const { model, eligible } = await trainBehaviour(baskets, { cutoffMs, seed: 1, neighbourCount: 0 });
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
    figures[`${task}, ${way}`] = Number(measured!.ndcg10.toFixed(4));
  }
}
console.log(JSON.stringify(figures));

function wayOf({ query, isExplore }: CompletionCase) {
  if (isExplore) return "new";
  return query.history.length > 0 ? "customer" : "guest";
}
