import { normalQuantile } from "#app/domain/numbers/distributions.ts";
import { trendOf, type Trend } from "#app/domain/trends/item-forecast.ts";

/** What a forecast's outcome may be, learned from how far back-tested forecasts of its size were off. */
export interface ErrorSpread {
  /** Upper forecast bound of each group, ascending; the last is infinite. */
  readonly bounds: readonly number[];
  /** Per group: log((outcome + 1) / (forecast + 1)), ascending. */
  readonly errors: readonly Float64Array[];
}

const GROUPS = 8;
/** Fewer errors than this in a group give no tail; then one group serves all. */
const LEAST_ERRORS = 60;
/** Fewer errors than this have no 10 % tails. */
export const LEAST_TAIL = 20;

/**
 * Groups back-tested forecasts by size and keeps each group's sorted log errors. Split conformal prediction on the
 * log scale: what was missed before will be missed again, for items of the same size.
 *
 * @see Lei, G'Sell, Rinaldo, Tibshirani, Wasserman 2018
 * Known weakness: windows of another season share no guarantee.
 */
export function learnErrorSpread(forecasts: Float32Array, outcomes: Float32Array): ErrorSpread {
  const order = Array.from(forecasts.keys()).sort((a, b) => forecasts[a]! - forecasts[b]!);
  const groups = order.length < GROUPS * LEAST_ERRORS ? 1 : GROUPS;
  const bounds: number[] = [];
  const errors: Float64Array[] = [];
  for (let group = 0; group < groups; group++) {
    const from = Math.floor((group * order.length) / groups);
    const to = Math.floor(((group + 1) * order.length) / groups);
    bounds.push(group === groups - 1 ? Infinity : forecasts[order[to]!]!);
    errors.push(
      Float64Array.from(order.slice(from, to), (index) =>
        Math.log((outcomes[index]! + 1) / (forecasts[index]! + 1)),
      ).sort(),
    );
  }
  return { bounds, errors };
}

/** Interval that held `coverage` (0 to 1) of the back-tested outcomes of forecasts of this size; Poisson without any. */
export function intervalOf(
  spread: ErrorSpread,
  expected: number,
  coverage: number,
): { low: number; high: number } {
  const errors = errorsFor(spread, expected);
  const tail = (1 - coverage) / 2;
  if (errors.length < LEAST_TAIL) {
    const reach = normalQuantile(tail) * Math.sqrt(expected + 0.5);
    return { low: Math.max(0, expected - reach), high: expected + reach };
  }
  return {
    low: Math.max(0, (expected + 1) * Math.exp(quantile(errors, tail)) - 1),
    high: Math.max(0, (expected + 1) * Math.exp(quantile(errors, 1 - tail)) - 1),
  };
}

/** Share (0 to 1) of each trend class among the outcomes that past errors make likely; null with too few errors. */
export function classShares(
  spread: ErrorSpread,
  expected: number,
  last: number,
): Record<Trend, number> | null {
  const errors = errorsFor(spread, expected);
  if (errors.length < LEAST_TAIL) return null;
  const shares = { up: 0, flat: 0, down: 0 };
  for (const error of errors)
    shares[trendOf((expected + 1) * Math.exp(error) - 1, last)] += 1 / errors.length;
  return shares;
}

function errorsFor({ bounds, errors }: ErrorSpread, expected: number): Float64Array {
  return errors[bounds.findIndex((bound) => expected < bound)] ?? errors[errors.length - 1]!;
}

/**
 * The `ratio · (n + 1)`-th smallest of n errors: the next error is as likely to fall between any two of them as beyond
 * either end, so that the n-th part of each tail is left for what is worse than all seen.
 */
function quantile(sorted: Float64Array, ratio: number): number {
  const position = Math.min(sorted.length - 1, Math.max(0, ratio * (sorted.length + 1) - 1));
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}
