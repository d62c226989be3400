import { firstBasketAt, sliceBaskets, type Baskets } from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";

export interface ReplaySplit {
  /** Orders before `replayFromMs`, which proposals are counted from. */
  readonly earlier: Baskets;
  /** Orders from `replayFromMs` to the cutoff, which they are replayed on. */
  readonly later: Baskets;
  readonly replayFromMs: number;
}

/** Replayed orders: the last four to eight weeks, or about 15 % if that is less. */
const LEAST_DAYS = 28;
const MOST_DAYS = 56;
const MOST_SHARE = 0.15;

/**
 * Start of the orders that are held out for the replay: 56 days before the cutoff, or fewer, down to 28, if those days
 * hold more than 15 % of all orders; in a log so short that even 28 days hold more, the last 15 %.
 *
 * @returns UTC; the cutoff itself if nothing would be left to learn from (one order, or all orders at one instant)
 */
export function findReplayStart(baskets: Baskets, cutoffMs: number): number {
  const end = firstBasketAt(baskets, cutoffMs);
  const earliest = end - Math.floor(end * MOST_SHARE);
  const bySize = end === 0 ? cutoffMs : (baskets.placedAtMs[Math.min(earliest, end - 1)] ?? cutoffMs);
  const longest = cutoffMs - MOST_DAYS * DAY_MS;
  const shortest = cutoffMs - LEAST_DAYS * DAY_MS;
  const wishedMs = Math.max(longest, bySize > shortest ? bySize : Math.min(bySize, shortest));
  return firstBasketAt(baskets, wishedMs) === 0 ? cutoffMs : wishedMs;
}

/**
 * Holds out the newest orders before the cutoff for the replay.
 *
 * @param replayFromMs UTC; start of the replay by `findReplayStart`. For another reading of the orders, pass the result
 *   of the first one: new orders would move it, and proposals would be judged by their own orders
 */
export function splitForReplay(
  baskets: Baskets,
  cutoffMs: number,
  replayFromMs = findReplayStart(baskets, cutoffMs),
): ReplaySplit {
  const end = firstBasketAt(baskets, cutoffMs);
  const from = Math.min(firstBasketAt(baskets, replayFromMs), end);
  return {
    earlier: sliceBaskets(baskets, 0, from),
    later: sliceBaskets(baskets, from, end),
    replayFromMs,
  };
}
