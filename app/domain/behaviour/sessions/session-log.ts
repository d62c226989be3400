import { lowerBound } from "#app/domain/numbers/statistics.ts";
import { HOUR_MS } from "#app/domain/time.ts";

/** Views of products in columns, in any order. */
export interface Views {
  /** [views] number of whoever looked. */
  readonly visitor: ArrayLike<number>;
  /** [views] milliseconds since 1970 UTC. */
  readonly atMs: ArrayLike<number>;
  /** [views] index into `Baskets.items`. */
  readonly item: ArrayLike<number>;
}

/** Browsing sessions in columns, in order of their last view. Session `s` holds views `offsets[s]` to `offsets[s + 1]`. */
export interface Sessions {
  /** Number of all items. */
  readonly items: number;
  /** [sessions + 1] */
  readonly offsets: Uint32Array;
  /** [views] item indices in order of time; a view back at a product is a view. */
  readonly item: Int32Array;
  /** [views] milliseconds since 1970 UTC. */
  readonly atMs: Float64Array;
}

/** Silence after which a visitor's view begins a new session; the usual bound of web analytics. */
const INACTIVITY_MS = HOUR_MS / 2;
/** A session of more products is a crawler's: every pair meets in it by size alone. */
const MOST_ITEMS_IN_SESSION = 100;

interface SessionCut {
  /** Views from this instant on are not read. */
  readonly beforeMs?: number;
}

/**
 * Cuts a visitor's views where 30 minutes pass without one; sessions of more than 100 products are left out.
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

/** When the session's last view was; sessions ascend by it. */
export function sessionEndMs({ offsets, atMs }: Sessions, session: number): number {
  return atMs[offsets[session + 1]! - 1]!;
}

/** Index of the first session that ended at or after the instant; the number of sessions when there is none. */
export function firstSessionAt(sessions: Sessions, instantMs: number): number {
  return lowerBound(countSessions(sessions), (at) => sessionEndMs(sessions, at) < instantMs);
}

/** The sessions from `from` up to but not including `to`, sharing memory with the whole. */
export function sliceSessions(sessions: Sessions, from: number, to: number): Sessions {
  return { ...sessions, offsets: sessions.offsets.subarray(from, to + 1) };
}

/** The newest sessions that hold at most so many views together, sharing memory with the whole. */
export function newestSessions(sessions: Sessions, mostViews: number): Sessions {
  const count = countSessions(sessions);
  let from = count;
  while (from > 0 && sessions.offsets[count]! - sessions.offsets[from - 1]! <= mostViews) from--;
  return sliceSessions(sessions, from, count);
}
