import type { Baskets } from "#app/domain/prepare/baskets.ts";
import type { Random } from "#app/domain/random.ts";
import type { BehaviourQuery, CompletionTask } from "./behaviour-model.ts";
import { openPurchaseHistories } from "./purchase-histories.ts";

/** A later basket with products hidden, and what was hidden. */
export interface CompletionCase {
  readonly query: BehaviourQuery;
  readonly bought: readonly number[];
  /** Leave out what the customer bought before, as `rank --explore` does. */
  readonly isExplore: boolean;
}

/** Share of the cases that are asked as a guest, and as explore, so that neither is strange to a model. */
const GUEST_RATIO = 0.25;
const EXPLORE_RATIO = 0.35;

/**
 * Draws cases from the baskets `from` to `to`: for a cart one product hidden, for a product all but one.
 *
 * @param isKnown items that a model may know; others are taken out of the baskets
 * @param perBasket cases drawn of each basket with at least two known items
 * @param isVaried whether some cases are asked as a guest's or as explore; false to measure
 */
export function drawCompletionCases(
  baskets: Baskets,
  {
    from,
    to,
    task,
    perBasket,
    isVaried,
  }: { from: number; to: number; task: CompletionTask; perBasket: number; isVaried: boolean },
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
      const kind = isVaried ? random() : 1;
      const isGuest = kind < GUEST_RATIO;
      const isExplore = !isGuest && kind < GUEST_RATIO + EXPLORE_RATIO && history.length > 0;
      const hidden = task === "cart" ? [chosen] : others;
      const wanted = isExplore ? leaveOut(hidden, history) : hidden;
      if (wanted.length === 0) continue;
      cases.push({
        query: { basket: task === "cart" ? others : [chosen], atMs, history: isGuest ? [] : history },
        bought: wanted,
        isExplore,
      });
    }
  }
  return cases;
}

function leaveOut(items: readonly number[], history: BehaviourQuery["history"]): number[] {
  const bought = new Set(history.map(({ item }) => item));
  return items.filter((item) => !bought.has(item));
}
