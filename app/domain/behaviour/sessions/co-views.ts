import { countSessions, cutSessions, type Views, newestSessions, type Sessions } from "./session-log.ts";
import { ItemLinksBuilder, type ItemLinks } from "#app/domain/behaviour/item-links.ts";

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
  const viewed = new Uint32Array(items);
  const together = new Map<number, number>();
  let [sizes, squares] = [0, 0];
  for (const seen of listSeen(sessions)) {
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

/** Partners kept of each item. */
const LINKS = 100;
/** Views that are read, the newest: what was viewed long before says little, and memory grows with them. */
const MOST_VIEWS = 1_000_000;
/** Sessions of either item that are added to what is known: one shared visit then says little. */
const LINK_SHRINKAGE = 5;

/**
 * Co-view: the share of sessions that two items have in common, `s_ab / (√(s_a · s_b) + 5)`, a cosine that is shrunk
 * towards 0 where views are few. A session counts an item once.
 *
 * @param sessions only those that ended before the orders to be told
 * @returns symmetric links with weights in (0, 1), but for the partners that a row has no room for
 * @see Sarwar, Karypis, Konstan & Riedl 2001 for the cosine of items; Linden, Smith & York 2003, who link items by it.
 *   Known weakness: what is compared and bought apart is linked as much as what is bought together
 */
export function linkByCoViews(sessions: Sessions): ItemLinks {
  const { items } = sessions;
  const seen = listSeen(newestSessions(sessions, MOST_VIEWS));
  const viewed = new Uint32Array(items);
  for (const ofSession of seen) for (const item of ofSession) viewed[item]! += 1;
  const sessionsOf: number[][] = Array.from({ length: items }, () => []);
  seen.forEach((ofSession, session) => ofSession.forEach((item) => sessionsOf[item]!.push(session)));

  const links = new ItemLinksBuilder(items, LINKS);
  const row = new Float64Array(items);
  for (let item = 0; item < items; item++) {
    const touched: number[] = [];
    for (const session of sessionsOf[item]!) {
      for (const other of seen[session]!) {
        if (other === item) continue;
        if (row[other] === 0) touched.push(other);
        row[other]! += 1;
      }
    }
    for (const other of touched) row[other]! /= Math.sqrt(viewed[item]! * viewed[other]!) + LINK_SHRINKAGE;
    links.addRow(touched, row);
    for (const other of touched) row[other] = 0;
  }
  return links.finish();
}

/** [sessions] the different items of each. */
function listSeen(sessions: Sessions): number[][] {
  const { offsets, item } = sessions;
  return Array.from({ length: countSessions(sessions) }, (_, session) => [
    ...new Set(item.subarray(offsets[session]!, offsets[session + 1]!)),
  ]);
}
