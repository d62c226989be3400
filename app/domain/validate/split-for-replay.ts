import { firstBasketAt, sliceBaskets, type Baskets } from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";

export interface ReplaySplit {
  /** Everything before `replayFromMs`: what proposals are counted from. */
  readonly earlier: Baskets;
  /** From `replayFromMs` up to the cutoff: what they are replayed on. */
  readonly later: Baskets;
  readonly replayFromMs: number;
}

/** Replayed orders: the last four to eight weeks, or about 15 % when that is less. */
const LEAST_DAYS = 28;
const MOST_DAYS = 56;
const MOST_SHARE = 0.15;

/**
 * Where the orders that are held back for the replay begin: 56 days before the cutoff, or fewer, down to 28, when those
 * days hold more than 15 % of all orders; in a log so short that even 28 days hold more than 15 %, the last 15 %.
 *
 * @returns UTC; the cutoff itself where nothing would be left to learn from: of one order, or of orders at one instant
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
 * Holds the newest orders before the cutoff back for the replay.
 *
 * @param replayFromMs UTC; where they begin, by `findReplayStart`. Whoever splits more than one reading of the orders
 *   passes what the first gave: orders that come in between move it, and proposals would be judged by their own orders
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
