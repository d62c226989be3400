import { ItemLinksBuilder, type ItemLinks } from "#app/domain/behaviour/item-links.ts";
import { lowerBound } from "#app/domain/numbers/statistics.ts";
import { HOUR_MS } from "#app/domain/time.ts";

/** Product views in columns, in any order. */
export interface Views {
  /** [views] visitor number. */
  readonly visitor: ArrayLike<number>;
  /** [views] milliseconds since 1970 UTC. */
  readonly atMs: ArrayLike<number>;
  /** [views] index into `Baskets.items`. */
  readonly item: ArrayLike<number>;
}

/** Browsing sessions in columns, ordered by last view. Session `s` holds views `offsets[s]` to `offsets[s + 1]`. */
export interface Sessions {
  /** Number of all items. */
  readonly items: number;
  /** [sessions + 1] */
  readonly offsets: Uint32Array;
  /** [views] item indices in order of time; a repeated view counts again. */
  readonly item: Int32Array;
  /** [views] milliseconds since 1970 UTC. */
  readonly atMs: Float64Array;
}

/** Inactivity after which a view starts a new session; the usual limit in web analytics. */
const INACTIVITY_MS = HOUR_MS / 2;
/** A session with more products is a bot's, and would link every pair by its size alone. */
const MOST_ITEMS_IN_SESSION = 100;

interface SessionCut {
  /** Views from this instant on are ignored. */
  readonly beforeMs?: number;
}

/**
 * Splits each visitor's views into sessions after 30 minutes of inactivity. Drops sessions of more than 100 products.
 *
 * @param items number of items; every `views.item` is below it
 */
export function cutSessions(views: Views, items: number, { beforeMs = Infinity }: SessionCut = {}): Sessions {
  const { visitor, atMs, item } = views;
  const order = Uint32Array.from({ length: atMs.length }, (_, view) => view)
    .filter((view) => atMs[view]! < beforeMs)
    .sort((x, y) => visitor[x]! - visitor[y]! || atMs[x]! - atMs[y]!);
  const kept: { from: number; to: number; endMs: number }[] = [];
  let viewCount = 0;
  for (let from = 0, to = 1; from < order.length; from = to, to++) {
    while (to < order.length) {
      const [view, before] = [order[to]!, order[to - 1]!];
      if (visitor[before] !== visitor[view] || atMs[view]! - atMs[before]! > INACTIVITY_MS) break;
      to++;
    }
    const seen = new Set<number>();
    for (let at = from; at < to; at++) seen.add(item[order[at]!]!);
    if (seen.size > MOST_ITEMS_IN_SESSION) continue;
    kept.push({ from, to, endMs: atMs[order[to - 1]!]! });
    viewCount += to - from;
  }
  kept.sort((a, b) => a.endMs - b.endMs);
  const sessions = {
    items,
    offsets: new Uint32Array(kept.length + 1),
    item: new Int32Array(viewCount),
    atMs: new Float64Array(viewCount),
  };
  let used = 0;
  kept.forEach(({ from, to }, session) => {
    for (let at = from; at < to; at++, used++) {
      sessions.item[used] = item[order[at]!]!;
      sessions.atMs[used] = atMs[order[at]!]!;
    }
    sessions.offsets[session + 1] = used;
  });
  return sessions;
}

export function countSessions({ offsets }: Sessions): number {
  return offsets.length - 1;
}

/** Time of the session's last view; sessions ascend by it. */
export function sessionEndMs({ offsets, atMs }: Sessions, session: number): number {
  return atMs[offsets[session + 1]! - 1]!;
}

/** Index of the first session that ended at or after the instant; the number of sessions if there is none. */
export function firstSessionAt(sessions: Sessions, instantMs: number): number {
  return lowerBound(countSessions(sessions), (at) => sessionEndMs(sessions, at) < instantMs);
}

/** The sessions from `from` up to but excluding `to`; shares memory with the input. */
export function sliceSessions(sessions: Sessions, from: number, to: number): Sessions {
  return { ...sessions, offsets: sessions.offsets.subarray(from, to + 1) };
}

/** The newest sessions that together hold at most this many views; shares memory with the input. */
export function newestSessions(sessions: Sessions, mostViews: number): Sessions {
  const count = countSessions(sessions);
  let from = count;
  while (from > 0 && sessions.offsets[count]! - sessions.offsets[from - 1]! <= mostViews) from--;
  return sliceSessions(sessions, from, count);
}

/** Items viewed in the same session. A session counts an item once. */
export interface CoViews {
  readonly items: number;
  /** [items] sessions in which the item was viewed. */
  readonly viewed: Uint32Array;
  /** Sessions with views of both items, by `pairKey`; pairs never viewed together are absent. */
  readonly together: ReadonlyMap<number, number>;
  /** Σ s² / (Σ s)² over the session sizes s; `expectedViews` uses it for the count expected by chance. */
  readonly sizeMoment: number;
}

/** Key of an unordered pair: the same for (a, b) and (b, a). */
export function pairKey(items: number, a: number, b: number): number {
  return Math.min(a, b) * items + Math.max(a, b);
}

/** Newest views that are read: old views predict little, and memory grows with them. */
const MOST_VIEWS = 1_000_000;

/**
 * Counts for each pair of items the newest sessions with views of both; `cutSessions` defines a session.
 *
 * @param items number of items; every `views.item` is below it
 * @param beforeMs views from this instant on are ignored
 */
export function countCoViews(views: Views, items: number, beforeMs = Infinity): CoViews {
  const sessions = newestSessions(cutSessions(views, items, { beforeMs }), MOST_VIEWS);
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
    viewed,
    together,
    sizeMoment: sizes > 0 ? squares / sizes ** 2 : 0,
  };
}

/** Sessions with views of both items; symmetric, at most the sessions of either. */
export function viewsTogether({ items, together }: CoViews, a: number, b: number): number {
  return together.get(pairKey(items, a, b)) ?? 0;
}

/** Expected sessions with both items if visitors viewed items independently, at the same session sizes. */
export function expectedViews({ viewed, sizeMoment }: CoViews, a: number, b: number): number {
  return viewed[a]! * viewed[b]! * sizeMoment;
}

/** How often a pair was viewed and bought together, and how often chance predicts. */
export interface PairTraffic {
  readonly sessions: number;
  readonly sessionsByChance: number;
  readonly orders: number;
  readonly ordersByChance: number;
}

/** Pseudo-count of sessions and orders on either side, so that a rare pair stays near 0. */
const SHRINKAGE = 3;

/**
 * Evidence that two items are substitutes: how much further above chance they are viewed together than bought together,
 * `ln((s + 3) / (E_s + 3)) − ln((o + 3) / (E_o + 3))`, shrunk towards 0 for small counts.
 *
 * @returns above 0 substitutes (compared, then one is bought), below 0 complements; 0 without traffic
 * @see Hao et al. 2020, P-Companion (co-view minus co-purchase as the label of substitutes); Kumar, Eckles & Aral 2020,
 *   Scalable bundling via dense product embeddings, on bundles from both signals. Known weakness: a pair never bought
 *   because one of the two is always out of stock looks the same
 */
export function relateByViews({ sessions, sessionsByChance, orders, ordersByChance }: PairTraffic): number {
  return (
    Math.log((sessions + SHRINKAGE) / (sessionsByChance + SHRINKAGE)) -
    Math.log((orders + SHRINKAGE) / (ordersByChance + SHRINKAGE))
  );
}

/** Partners kept per item. */
const LINKS = 100;
/** Added to the denominator of the cosine, so that one shared session counts for little. */
const LINK_SHRINKAGE = 5;

/**
 * Co-view similarity: the share of sessions that two items have in common, `s_ab / (√(s_a · s_b) + 5)`, a cosine shrunk
 * towards 0 for few views. A session counts an item once.
 *
 * @param sessions only those that ended before the orders to predict
 * @returns links with weights in (0, 1), symmetric unless a full row drops a partner
 * @see Sarwar, Karypis, Konstan & Riedl 2001 for the cosine of items; Linden, Smith & York 2003, who link items by it.
 *   Known weakness: items that are compared but bought apart are linked as strongly as items bought together
 */
export function linkByCoViews(sessions: Sessions): ItemLinks {
  const { items } = sessions;
  const seen = listSeen(newestSessions(sessions, MOST_VIEWS));
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
    for (const other of touched)
      row[other]! /= Math.sqrt(sessionsOf[item]!.length * sessionsOf[other]!.length) + LINK_SHRINKAGE;
    links.addRow(touched, row);
    for (const other of touched) row[other] = 0;
  }
  return links.finish();
}

/** [sessions] distinct items of each session. */
function listSeen(sessions: Sessions): number[][] {
  const { offsets, item } = sessions;
  return Array.from({ length: countSessions(sessions) }, (_, session) => [
    ...new Set(item.subarray(offsets[session]!, offsets[session + 1]!)),
  ]);
}
