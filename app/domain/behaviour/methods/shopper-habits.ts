import { DAY_MS } from "#app/domain/time.ts";
import type { BehaviourQuery } from "#app/domain/behaviour/behaviour-model.ts";

/** How a shopper orders, whatever it is. */
export interface ShopperHabits {
  /** Mean share, 0 to 1, of an order that was bought before; the shop's usual share of one who has ordered once. */
  readonly repeatRatio: number;
  /** Products bought over lines bought, above 0 to 1. */
  readonly distinctRatio: number;
  /** Mean products of an order, at least 1. */
  readonly orderSize: number;
}

/** An order so many days old tells half as much of how its shopper orders today. A round guess; not tuned. */
const HALF_LIFE_DAYS = 180;
/** Who has ordered once has had no chance to repeat anything. A round guess; not tuned. */
const USUAL_REPEAT_RATIO = 0.2;
/** Of a guest. */
const NO_HABITS: ShopperHabits = { repeatRatio: 0, distinctRatio: 0, orderSize: 1 };

/**
 * What a shopper's orders have in common: who buys the same again and again will, and who never does will not. A larger
 * order tells more, by the root of its size.
 *
 * @param history from `openPurchaseHistories`, oldest first
 */
export function describeHabits({ history, atMs }: Pick<BehaviourQuery, "history" | "atMs">): ShopperHabits {
  if (history.length === 0) return NO_HABITS;
  const bought = new Set<number>();
  let [orders, weights, ratios] = [0, 0, 0];
  for (let from = 0, end = 0; from < history.length; from = end) {
    const placedAtMs = history[from]!.atMs;
    let repeated = 0;
    for (end = from; end < history.length && history[end]!.atMs === placedAtMs; end++) {
      if (bought.has(history[end]!.item)) repeated++;
    }
    const size = end - from;
    if (orders++ > 0) {
      const weight = 0.5 ** ((atMs - placedAtMs) / DAY_MS / HALF_LIFE_DAYS) * Math.sqrt(size);
      weights += weight;
      ratios += (weight * repeated) / size;
    }
    for (let at = from; at < end; at++) bought.add(history[at]!.item);
  }
  return {
    repeatRatio: weights > 0 ? ratios / weights : USUAL_REPEAT_RATIO,
    distinctRatio: bought.size / history.length,
    orderSize: history.length / orders,
  };
}
