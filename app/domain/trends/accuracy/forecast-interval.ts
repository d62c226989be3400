import { TAIL80, Z80 } from "#app/domain/numbers/statistics.ts";
import { trendOf, type Trend, TRENDS } from "#app/domain/trends/item-forecast.ts";

/** Distribution of the outcome of a forecast, from back-tested forecasts of its size. */
interface ErrorSpread {
  /** Upper forecast bound of each group, ascending; the last is infinite. */
  readonly bounds: readonly number[];
  /** Per group: log((outcome + 1) / (forecast + 1)), ascending. */
  readonly errors: readonly Float64Array[];
}

const GROUPS = 8;
/** Errors that a group needs for its tails; with fewer, one group serves all. */
const LEAST_ERRORS = 60;
/** Errors needed for 10 % tails. */
export const LEAST_TAIL = 20;

/**
 * Factor on each window's common error, by number of windows: `t₀.₉(n − 1) / z₀.₉ · √(1 + 1 / n)`. The common error of
 * all items has been observed only n times. Unknown for fewer than two windows, so 1.
 */
const WIDER_BY = [1, 1, 2.94, 1.7, 1.43, 1.31, 1.24] as const;

/**
 * Groups back-tested forecasts by size and keeps each group's sorted log errors: split conformal prediction on the log
 * scale. Widens the common error of each window, because windows are few.
 *
 * @param windows window of each forecast; a single one by default
 * @see Lei, G'Sell, Rinaldo, Tibshirani, Wasserman 2018. Known weakness: no guarantee for windows of another season.
 */
export function learnErrorSpread(
  forecasts: Float32Array,
  outcomes: Float32Array,
  windows?: ArrayLike<number>,
): ErrorSpread {
  const logErrors = Float64Array.from(outcomes, (outcome, index) =>
    Math.log((outcome + 1) / (forecasts[index]! + 1)),
  );
  const shifts = windows ? shiftsOf(logErrors, windows) : null;
  const order = Array.from(forecasts.keys()).sort((a, b) => forecasts[a]! - forecasts[b]!);
  const groups = order.length < GROUPS * LEAST_ERRORS ? 1 : GROUPS;
  const bounds: number[] = [];
  const errors: Float64Array[] = [];
  for (let group = 0; group < groups; group++) {
    const from = Math.floor((group * order.length) / groups);
    const to = Math.floor(((group + 1) * order.length) / groups);
    bounds.push(group === groups - 1 ? Infinity : forecasts[order[to]!]!);
    errors.push(
      Float64Array.from(
        order.slice(from, to),
        (index) => logErrors[index]! + (shifts?.get(windows![index]!) ?? 0),
      ).sort(),
    );
  }
  return { bounds, errors };
}

/** Window → shift of its errors that moves its mean away from the overall mean by the factor of `WIDER_BY`. */
function shiftsOf(errors: Float64Array, windows: ArrayLike<number>): Map<number, number> {
  const sums = new Map<number, { sum: number; count: number }>();
  errors.forEach((error, index) => {
    const own = sums.get(windows[index]!) ?? { sum: 0, count: 0 };
    sums.set(windows[index]!, { sum: own.sum + error, count: own.count + 1 });
  });
  const means = [...sums].map(([window, { sum, count }]) => ({ window, mean: sum / count }));
  const middle = means.reduce((sum, { mean }) => sum + mean, 0) / means.length;
  const wider = WIDER_BY[means.length] ?? 1;
  return new Map(means.map(({ window, mean }) => [window, (wider - 1) * (mean - middle)]));
}

/** Interval that held 80 % of the back-tested outcomes of forecasts of this size; Poisson with too few errors. */
export function intervalOf(spread: ErrorSpread, expected: number): { low: number; high: number } {
  const errors = errorsFor(spread, expected);
  if (errors.length < LEAST_TAIL) {
    const reach = Z80 * Math.sqrt(expected + 0.5);
    return { low: Math.max(0, expected - reach), high: expected + reach };
  }
  return {
    low: Math.max(0, (expected + 1) * Math.exp(quantile(errors, TAIL80)) - 1),
    high: Math.max(0, (expected + 1) * Math.exp(quantile(errors, 1 - TAIL80)) - 1),
  };
}

/** Share (0 to 1) of each trend class among the outcomes implied by past errors; null with too few errors. */
function classShares(spread: ErrorSpread, expected: number, last: number): Record<Trend, number> | null {
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
 * The `ratio · (n + 1)`-th smallest of n errors. The next error is equally likely to fall between any two neighbours or
 * beyond either end, so each tail keeps room for errors worse than all observed ones.
 */
function quantile(sorted: Float64Array, ratio: number): number {
  const position = Math.min(sorted.length - 1, Math.max(0, ratio * (sorted.length + 1) - 1));
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}

/** Outcomes of back-tested forecasts, by cell of forecast size and change. */
interface TrendTable {
  /** Upper bounds of the expected orders, and for each the upper bounds of the forecast change, ascending. */
  readonly sizes: readonly number[];
  readonly changes: readonly (readonly number[])[];
  /** [sizes × changes × 3] cases of each class, in the order of `TRENDS`. */
  readonly counts: Float64Array;
}

/** Cells per dimension, and the weight of the error spread in each cell, in cases. */
const SIZES = 4;
const CHANGES = 6;
const PRIOR_CASES = 30;

/**
 * Counts the outcome classes of forecasts by size and by change from the last orders.
 *
 * @param lasts orders of the window before each forecast
 */
export function learnTrendTable(
  forecasts: Float32Array,
  lasts: Float32Array,
  outcomes: Float32Array,
): TrendTable {
  const all = [...forecasts.keys()];
  const sizes = boundsOf(
    all.map((index) => forecasts[index]!),
    SIZES,
  );
  const cells = sizes.map((_, size) => all.filter((index) => placeOf(sizes, forecasts[index]!) === size));
  const changes = cells.map((cell) =>
    boundsOf(
      cell.map((index) => changeOf(forecasts[index]!, lasts[index]!)),
      CHANGES,
    ),
  );
  const counts = new Float64Array(SIZES * CHANGES * TRENDS.length);
  for (const index of all) {
    const cell = cellOf({ sizes, changes }, forecasts[index]!, lasts[index]!);
    counts[cell + TRENDS.indexOf(trendOf(outcomes[index]!, lasts[index]!))]! += 1;
  }
  return { sizes, changes, counts };
}

/**
 * The likeliest class of `r = (orders − last) / max(last, 1)`: up above 0.2, down below −0.2, else flat. The class
 * shares in the back-tested cell are shrunk towards those of the forecast's error spread.
 */
export function likeliestTrend(
  table: TrendTable,
  spread: ErrorSpread,
  expected: number,
  last: number,
): Trend {
  const prior = classShares(spread, expected, last);
  if (!prior) return trendOf(expected, last);
  const cell = cellOf(table, expected, last);
  const weights = TRENDS.map((trend, place) => table.counts[cell + place]! + PRIOR_CASES * prior[trend]);
  return TRENDS[weights.indexOf(Math.max(...weights))]!;
}

function changeOf(expected: number, last: number): number {
  return Math.log((expected + 1) / (last + 1));
}

function cellOf({ sizes, changes }: Pick<TrendTable, "sizes" | "changes">, expected: number, last: number) {
  const size = placeOf(sizes, expected);
  return (size * CHANGES + placeOf(changes[size]!, changeOf(expected, last))) * TRENDS.length;
}

/** Upper bounds of `parts` groups of equal size; the last is infinite. */
function boundsOf(values: readonly number[], parts: number): number[] {
  const sorted = Float64Array.from(values).sort();
  return Array.from({ length: parts }, (_, part) =>
    part === parts - 1 ? Infinity : (sorted[Math.floor(((part + 1) * sorted.length) / parts)] ?? Infinity),
  );
}

function placeOf(bounds: readonly number[], value: number): number {
  return bounds.findIndex((bound) => value < bound || bound === Infinity);
}
