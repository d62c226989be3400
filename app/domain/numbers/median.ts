/**
 * The middle one of ascending values; of an even number the upper of the two in the middle, so that it is always one of
 * them.
 *
 * @returns undefined of no values
 */
export function upperMedian(ascending: ArrayLike<number>): number | undefined {
  return ascending[ascending.length >> 1];
}

/**
 * The median of ascending values: of an even number the mean of the two in the middle.
 *
 * @returns NaN of no values
 */
export function medianOfSorted(ascending: ArrayLike<number>): number {
  const upper = ascending[ascending.length >> 1] ?? NaN;
  const lower = ascending[(ascending.length - 1) >> 1] ?? NaN;
  return (lower + upper) / 2;
}
