import { countSessions, cutSessions, type Views } from "./session-log.ts";

/** Which items were viewed in the same session. A session counts an item once. */
export interface CoViews {
  readonly items: number;
  readonly sessions: number;
  /** [items] sessions in which the item was viewed. */
  readonly viewed: Uint32Array;
  /** Sessions in which both items of a pair were viewed, by `pairKey`; pairs never seen together are absent. */
  readonly together: ReadonlyMap<number, number>;
  /** Σ s² / (Σ s)² over the session sizes s: with it, `expectedViews` is what chance gives. */
  readonly sizeMoment: number;
}

/** The key of an unordered pair of items: the same for (a, b) and (b, a). */
export function pairKey(items: number, a: number, b: number): number {
  return Math.min(a, b) * items + Math.max(a, b);
}

/**
 * Counts for each pair of items the sessions in which both were viewed; `cutSessions` says what a session is.
 *
 * @param items number of items; every `views.item` is below it
 * @param beforeMs views from this instant on are not read
 */
export function countCoViews(views: Views, items: number, beforeMs = Infinity): CoViews {
  const sessions = cutSessions(views, items, { beforeMs });
  const { offsets, item } = sessions;
  const viewed = new Uint32Array(items);
  const together = new Map<number, number>();
  let [sizes, squares] = [0, 0];
  for (let session = 0; session < offsets.length - 1; session++) {
    const seen = [...new Set(item.subarray(offsets[session]!, offsets[session + 1]!))];
    sizes += seen.length;
    squares += seen.length ** 2;
    seen.forEach((a, place) => {
      viewed[a]! += 1;
      for (let other = place + 1; other < seen.length; other++) {
        const key = pairKey(items, a, seen[other]!);
        together.set(key, (together.get(key) ?? 0) + 1);
      }
    });
  }
  return {
    items,
    sessions: countSessions(sessions),
    viewed,
    together,
    sizeMoment: sizes > 0 ? squares / sizes ** 2 : 0,
  };
}

/** Sessions in which both were viewed; symmetric, at most the sessions of either. */
export function viewsTogether({ items, together }: CoViews, a: number, b: number): number {
  return together.get(pairKey(items, a, b)) ?? 0;
}

/** Sessions that would show both if visitors filled each session to its size but looked independently. */
export function expectedViews({ viewed, sizeMoment }: CoViews, a: number, b: number): number {
  return viewed[a]! * viewed[b]! * sizeMoment;
}

/** How often a pair was viewed and bought together, and how often chance would give. */
export interface PairTraffic {
  readonly sessions: number;
  readonly sessionsByChance: number;
  readonly orders: number;
  readonly ordersByChance: number;
}

/** Sessions and orders by chance that are added to either side, so that a rare pair says little. */
const SHRINKAGE = 3;

/**
 * Evidence that a pair replaces each other: how much further above chance it is viewed together than bought
 * together, `ln((s + 3) / (E_s + 3)) − ln((o + 3) / (E_o + 3))`, shrunk towards 0 where the counts are small.
 *
 * @returns above 0 substitutes (compared, then one is bought), below 0 complements; 0 without any traffic
 * @see Hao et al. 2020, P-Companion (co-view minus co-purchase as the label of substitutes); Kumar, Eckles &
 *   Aral 2020, Scalable bundling via dense product embeddings, on bundles from both signals
 *   Known weakness: a pair that is never bought because one of the two is always out of stock looks the same.
 */
export function relateByViews({ sessions, sessionsByChance, orders, ordersByChance }: PairTraffic): number {
  return (
    Math.log((sessions + SHRINKAGE) / (sessionsByChance + SHRINKAGE)) -
    Math.log((orders + SHRINKAGE) / (ordersByChance + SHRINKAGE))
  );
}
