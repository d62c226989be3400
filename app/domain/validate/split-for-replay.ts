import { countBaskets, firstBasketAt, sliceBaskets, type Baskets } from "#app/domain/prepare/baskets.ts";
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
 * Sets the newest orders before the cutoff aside for the replay: those of the last 56 days, or of fewer days, down to
 * 28, when they are more than 15 % of all; in a log so short that even 28 days are more than 15 %, the last 15 %.
 * Nothing is set aside where nothing would be left to learn from: of one order, or of orders at one instant.
 */
export function splitForReplay(baskets: Baskets, cutoffMs: number): ReplaySplit {
  const end = Math.min(firstBasketAt(baskets, cutoffMs), countBaskets(baskets));
  const earliest = end - Math.floor(end * MOST_SHARE);
  const bySize = end === 0 ? cutoffMs : (baskets.placedAtMs[Math.min(earliest, end - 1)] ?? cutoffMs);
  const longest = cutoffMs - MOST_DAYS * DAY_MS;
  const shortest = cutoffMs - LEAST_DAYS * DAY_MS;
  const wishedMs = Math.max(longest, bySize > shortest ? bySize : Math.min(bySize, shortest));
  const replayFromMs = firstBasketAt(baskets, wishedMs) === 0 ? cutoffMs : wishedMs;
  const from = firstBasketAt(baskets, replayFromMs);
  return {
    earlier: sliceBaskets(baskets, 0, Math.min(from, end)),
    later: sliceBaskets(baskets, Math.min(from, end), end),
    replayFromMs,
  };
}
