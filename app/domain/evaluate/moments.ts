/** Sums over the visitors of one arm, so that a database can add them up without handing out visitors. */
export interface Moments {
  readonly visitors: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

/** @param values one a visitor, zeros of those who bought nothing included */
export function momentsOf(values: Iterable<number>): Moments {
  let visitors = 0;
  let sum = 0;
  let sumOfSquares = 0;
  for (const value of values) {
    visitors++;
    sum += value;
    sumOfSquares += value * value;
  }
  return { visitors, sum, sumOfSquares };
}

/** @returns 0 for an empty arm */
export function meanOf({ visitors, sum }: Moments): number {
  return visitors > 0 ? sum / visitors : 0;
}

/** Sample variance; 0 with fewer than two visitors. */
export function varianceOf({ visitors, sum, sumOfSquares }: Moments): number {
  if (visitors < 2) return 0;
  return Math.max(0, (sumOfSquares - (sum * sum) / visitors) / (visitors - 1));
}
