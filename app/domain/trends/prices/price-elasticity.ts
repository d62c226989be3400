import { factorMatrix, solveFactored } from "#app/domain/numbers/factor-matrix.ts";
import { Z90, type Estimate } from "#app/domain/numbers/statistics.ts";
import { shrinkEffects, type ShrunkEffect } from "#app/domain/numbers/shrink-effects.ts";

/**
 * Assumed own-price elasticity, as a positive number, where a shop's own prices say nothing: the eleven juices of
 * Dominick's have −1.0 to −4.1, median −2.8 (least squares on log sales, 83 stores).
 */
export const PRICE_RESPONSE: Estimate = { value: 2.8, low: 1, high: 4.1 };

/** What one product sold at which price; one entry a place and stretch of time. */
export interface PriceHistory {
  readonly id: string;
  /** Logarithm of the units or orders sold, one and the same in all entries. */
  readonly logSales: Float64Array;
  readonly logPrice: Float64Array;
  /** Whatever else moves sales, one column each: other prices, advertising, the shop's sales as a whole. */
  readonly controls: readonly Float64Array[];
  /** Which place an entry is of; each has its own level. */
  readonly place: Int32Array;
}

/** Own-price elasticity as it is, mostly negative. */
export interface MeasuredElasticity {
  readonly id: string;
  readonly value: number;
  readonly variance: number;
}

/** A price that hardly moves says nothing: least standard deviation of its logarithm within a place. */
const LEAST_PRICE_SPREAD = 0.02;
/** Entries for each coefficient below which a regression says nothing. */
const LEAST_PER_COEFFICIENT = 3;
/** No elasticity is known better, however well a line fits. */
const LEAST_DEVIATION = 1e-3;

/**
 * Own-price elasticity of one product: least squares of log sales on log price and the controls, each place with a
 * level of its own.
 *
 * @returns null when the price hardly moved or there are too few entries
 * Known weakness: a price that was cut because demand fell, or together with advertising that no control tells of, is
 *   taken for the cause. Stretches without a sale are missing from the logarithm, which draws the value towards 0.
 */
export function measureElasticity({
  id,
  logSales,
  logPrice,
  controls,
  place,
}: PriceHistory): MeasuredElasticity | null {
  const columns = [logPrice, ...controls].map((column) => withinPlaces(column, place));
  const target = withinPlaces(logSales, place);
  const places = new Set(place).size;
  const size = columns.length;
  const freedom = target.length - places - size;
  if (target.length < LEAST_PER_COEFFICIENT * (size + places) || freedom < 1) return null;
  if (Math.sqrt(dot(columns[0]!, columns[0]!) / target.length) < LEAST_PRICE_SPREAD) return null;
  const products = Float64Array.from({ length: size * size }, (_, at) =>
    dot(columns[Math.floor(at / size)]!, columns[at % size]!),
  );
  const factor = factorMatrix(products, size);
  // A control that says the same as the price, or as another, leaves nothing to tell apart.
  if (!factor) return null;
  const coefficients = solveFactored(
    factor,
    columns.map((column) => dot(column, target)),
  );
  const explained = columns.reduce((sum, column, at) => sum + coefficients[at]! * dot(column, target), 0);
  const noise = Math.max(0, dot(target, target) - explained) / freedom;
  const first = columns.map((_, at) => (at === 0 ? 1 : 0));
  const variance = noise * solveFactored(factor, first)[0]!;
  return variance > 0 ? { id, value: coefficients[0]!, variance } : null;
}

/**
 * Elasticities of a shop's products by partial pooling: each as its own history says, drawn towards what all have in
 * common by as much as its own is uncertain.
 *
 * @returns in the order given, products without a price change left out
 * @see Gelman & Hill 2007, ch. 12; `shrinkEffects`
 */
export function poolElasticities(histories: readonly PriceHistory[]): ShrunkEffect[] {
  return shrinkEffects(
    histories.flatMap((history) => measureElasticity(history) ?? []),
    Z90,
  );
}

/**
 * What a shop's shoppers answer to a price, as step 5 counts it (positive): the mean of its products joined with the
 * published elasticities.
 *
 * @param pooled from `poolElasticities`; without one it is the published value
 */
export function shopElasticity(pooled: readonly ShrunkEffect[]): Estimate {
  if (pooled.length === 0) return PRICE_RESPONSE;
  const mean = pooled.reduce((sum, { effect }) => sum + effect.value, 0) / pooled.length;
  // Products of one shop are not independent draws: their mean is no surer than a single product of them.
  const variance = pooled.reduce((sum, { effect }) => sum + deviationOf(effect) ** 2, 0) / pooled.length;
  const reach = Z90 * Math.sqrt(variance);
  return joinPublished({ value: mean, low: mean - reach, high: mean + reach });
}

/**
 * A measured elasticity joined with the published one, each by its certainty, `(v/σ² + 2.8/σ₀²) / (1/σ² + 1/σ₀²)`.
 *
 * @param measured elasticity as it is, mostly negative, with its interval of 90 %
 * @returns positive, value and interval within the range published, 1 to 4.1: beyond it a regression tells more of what
 *   else moved sales than of shoppers
 */
export function joinPublished(measured: Estimate): Estimate {
  const own = Math.max(deviationOf(measured), LEAST_DEVIATION) ** -2;
  const published = deviationOf(PRICE_RESPONSE) ** -2;
  const middle = (-measured.value * own + PRICE_RESPONSE.value * published) / (own + published);
  const reach = Z90 / Math.sqrt(own + published);
  const clip = (elasticity: number) =>
    Math.min(PRICE_RESPONSE.high, Math.max(PRICE_RESPONSE.low, elasticity));
  return { value: clip(middle), low: clip(middle - reach), high: clip(middle + reach) };
}

function deviationOf({ low, high }: Estimate): number {
  return (high - low) / (2 * Z90);
}

/** The column less each place's mean. */
function withinPlaces(column: Float64Array, place: Int32Array): Float64Array {
  const sums = new Map<number, { sum: number; count: number }>();
  column.forEach((value, at) => {
    const known = sums.get(place[at]!) ?? { sum: 0, count: 0 };
    sums.set(place[at]!, { sum: known.sum + value, count: known.count + 1 });
  });
  return column.map((value, at) => {
    const { sum, count } = sums.get(place[at]!)!;
    return value - sum / count;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += a[at]! * b[at]!;
  return sum;
}
