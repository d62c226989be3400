/** Where the values of a chart lie between its lower and its upper edge. */
export interface ChartScale {
  /** Round numbers that its lines stand for, lowest first; the outer two are its edges. */
  readonly ticks: readonly number[];
  /** From 0 at the lower edge to 100 at the upper. */
  readonly toPercent: (value: number) => number;
}

/** Fewer lines are easier to read than a figure at each. */
const STEPS = 4;

/** A scale over these values and zero, in steps of 1, 2 or 5 times a power of ten. */
export function scaleOf(values: readonly number[]): ChartScale {
  const low = Math.min(0, ...values);
  const highest = Math.max(0, ...values);
  // Of nothing but zeros there is still a scale.
  const high = highest > low ? highest : 1;
  const rough = (high - low) / STEPS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  // Multiples of whole numbers, so that no sum of rounding errors reaches an axis.
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  return { ticks, toPercent: (value) => ((value - first * step) / ((last - first) * step)) * 100 };
}
