import { lowerBound } from "#app/domain/lower-bound.ts";

/** The number that a product code starts with, or ends with; NaN without one. */
export function leadingNumber(key: string): number {
  const match = /^(\d{1,15})/.exec(key) ?? /(\d{1,15})\D*$/.exec(key);
  return match ? Number(match[1]) : NaN;
}

/** The codes of these items, ascending; those without a number are left out. */
export function sortedCodes(items: readonly number[], code: Float64Array): Float64Array {
  return Float64Array.from(items.map((item) => code[item]!).filter((value) => !Number.isNaN(value))).sort();
}

/** 1 / (1 + distance) to the nearest code: codes are given in sequence, so that a range stands close together. */
export function nearness(code: number, sorted: Float64Array): number {
  if (Number.isNaN(code) || sorted.length === 0) return 0;
  const low = lowerBound(sorted.length, (at) => sorted[at]! < code);
  const above = low < sorted.length ? sorted[low]! - code : Infinity;
  const below = low > 0 ? code - sorted[low - 1]! : Infinity;
  return 1 / (1 + Math.min(above, below));
}
