import type { Baskets } from "#app/domain/prepare/baskets.ts";
import type { Random } from "#app/domain/numbers/random.ts";
import type { BehaviourQuery, CompletionTask } from "#app/domain/behaviour/behaviour-model.ts";
import { openPurchaseHistories } from "#app/domain/behaviour/methods/purchase-histories.ts";

/** A later basket with products hidden, and what was hidden. */
export interface CompletionCase {
  readonly query: BehaviourQuery;
  readonly bought: readonly number[];
  /** Leave out what the customer bought before, as `rank --explore` does. */
  readonly isExplore: boolean;
}

/**
 * Draws cases from the baskets `from` to `to`: for a cart one product hidden, for a product all but one.
 *
 * @param isKnown items that a model may know; others are removed from the baskets
 * @param perBasket cases drawn of each basket with at least two known items
 */
export function drawCompletionCases(
  baskets: Baskets,
  { from, to, task, perBasket }: { from: number; to: number; task: CompletionTask; perBasket: number },
  isKnown: (item: number) => boolean,
  random: Random,
): CompletionCase[] {
  const histories = openPurchaseHistories(baskets);
  const cases: CompletionCase[] = [];
  for (let basket = from; basket < to; basket++) {
    const items = [...baskets.item.subarray(baskets.offsets[basket], baskets.offsets[basket + 1])].filter(
      isKnown,
    );
    if (items.length < 2) continue;
    const atMs = baskets.placedAtMs[basket]!;
    const history = histories.before(baskets.customer[basket]!, atMs);
    for (let draw = 0; draw < Math.min(perBasket, items.length); draw++) {
      const chosen = items[Math.floor(random() * items.length)]!;
      const others = items.filter((item) => item !== chosen);
      const [basketLeft, bought] = task === "cart" ? [others, [chosen]] : [[chosen], others];
      cases.push({ query: { basket: basketLeft, atMs, history }, bought, isExplore: false });
    }
  }
  return cases;
}

/**
 * Each case in every way that it may be asked: as the customer's, as a guest's, who has no history, and as explore where
 * the customer bought something new. Those of one case follow each other and share their basket. A model that is to
 * answer all three learns most from all three: each of a draw costs less than another draw, and is as good.
 *
 * @see app/decisions/behaviour/050-each-case-is-asked-in-every-way.md
 */
export function askEveryWay(cases: readonly CompletionCase[]): CompletionCase[] {
  return cases.flatMap((asked) => {
    const { query, bought } = asked;
    if (query.history.length === 0) return [asked];
    const news = leaveOut(bought, query.history);
    return [
      asked,
      ...(news.length > 0 ? [{ query, bought: news, isExplore: true }] : []),
      { query: { ...query, history: [] }, bought, isExplore: false },
    ];
  });
}

function leaveOut(items: readonly number[], history: BehaviourQuery["history"]): number[] {
  const bought = new Set(history.map(({ item }) => item));
  return items.filter((item) => !bought.has(item));
}
