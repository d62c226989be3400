/**
 * Binary search: the first of `count` places that is no longer below what is looked for, `count` when all are. All places
 * below stand before all others.
 *
 * @param isBelow of a place, 0 to count − 1
 */
export function lowerBound(count: number, isBelow: (place: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBelow(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
