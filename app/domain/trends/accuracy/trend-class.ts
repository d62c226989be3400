import { classShares, type ErrorSpread } from "./forecast-interval.ts";
import { trendOf, TRENDS, type Trend } from "#app/domain/trends/item-forecast.ts";

/** How back-tested forecasts of an item and its last orders turned out, by cell. */
export interface TrendTable {
  /** Upper bounds of the expected orders, and for each the upper bounds of the forecast change, ascending. */
  readonly sizes: readonly number[];
  readonly changes: readonly (readonly number[])[];
  /** [sizes × changes × 3] cases of each class, in the order of `TRENDS`. */
  readonly counts: Float64Array;
}

/** Cells in each direction, and the cases that the error spread's word is worth in each. */
const SIZES = 4;
const CHANGES = 6;
const PRIOR_CASES = 30;

/**
 * Counts which class came when a forecast of about this size stated about this change against the last orders.
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
 * The likeliest class of `r = (orders − last) / max(last, 1)`: up above 0.2, down below −0.2, else flat. The shares of
 * the classes in the back-tested cell are shrunk towards those that the forecast's own error spread gives.
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
