/** How much more than a Poisson count an outcome varies about its forecast, by the forecast's size. */
export interface CountSpread {
  /** Upper bound of the forecasts of each group, ascending; the last is infinite. */
  readonly bounds: readonly number[];
  /** Per group: φ, at least 0. */
  readonly dispersions: readonly number[];
}

const GROUPS = 6;
/** Fewer forecasts than this in a group leave its φ to chance; then one group serves all. */
const LEAST_CASES = 300;
/** Forecasts looked at, spread evenly over all; more change the third digit. */
const MOST_CASES = 150_000;
/** φ at which a count is Poisson's for all that can be seen, and at which its interval says nothing. */
const [LEAST_DISPERSION, MOST_DISPERSION] = [1e-3, 20];
/** Halvings of the logarithm of φ by the golden section: to within a percent. */
const SEARCH_STEPS = 18;

/**
 * Fits how counts spread about their forecasts: negative binomial with mean μ and variance `μ + φ·μ²`, φ the likeliest
 * one of each group of forecasts of a size. It holds what the forecast's own error and days of like conditions add to
 * chance, so an interval of it needs no second part.
 *
 * @param expected μ of each back-tested forecast; those of 0 say nothing and are passed over
 * @param came the counts, integers
 * @returns Poisson, φ = 0, without a case
 * @see Hilbe 2011, Negative Binomial Regression, NB2; Snyder, Ord and Beaumont 2012, Forecasting the intermittent
 *   demand for slow-moving inventories
 * Known weakness: windows of another season share no guarantee; the forecast is taken for the mean, though one that
 *   was chosen by its absolute miss lies nearer to the median.
 */
export function learnCountSpread(expected: Float32Array, came: Uint32Array): CountSpread {
  let step = Math.max(1, Math.ceil(expected.length / MOST_CASES));
  // Days of one case follow each other, and a step of whole weeks would see one weekday alone.
  if (step % 7 === 0) step++;
  const order: number[] = [];
  for (let index = 0; index < expected.length; index += step) if (expected[index]! > 0) order.push(index);
  order.sort((a, b) => expected[a]! - expected[b]!);
  const groups = order.length < GROUPS * LEAST_CASES ? 1 : GROUPS;
  const bounds: number[] = [];
  const dispersions: number[] = [];
  for (let group = 0; group < groups; group++) {
    const own = order.slice(
      Math.floor((group * order.length) / groups),
      Math.floor(((group + 1) * order.length) / groups),
    );
    bounds.push(group === groups - 1 ? Infinity : expected[own.at(-1)!]!);
    dispersions.push(
      own.length === 0
        ? 0
        : likeliestDispersion((dispersion) =>
            own.reduce((sum, index) => sum + logChance(expected[index]!, dispersion, came[index]!), 0),
          ),
    );
  }
  return { bounds, dispersions };
}

/**
 * The interval from the lower to the upper quantile of such a count, in whole numbers.
 *
 * @param expected μ, at least 0
 * @param coverage 0 to 1; each tail left out has at most `(1 − coverage) / 2`. Counts come in steps, so the chance that
 *   the interval holds is at least that, and well above it where orders are rare
 */
export function countIntervalOf(
  { bounds, dispersions }: CountSpread,
  expected: number,
  coverage: number,
): { readonly low: number; readonly high: number } {
  if (!(expected > 0)) return { low: 0, high: 0 };
  const chanceOf = openChances(expected, dispersions[bounds.findIndex((bound) => expected <= bound)] ?? 0);
  const tail = (1 - coverage) / 2;
  let low = -1;
  let sum = 0;
  for (let count = 0; ; count++) {
    const chance = chanceOf();
    sum += chance;
    if (low < 0 && sum > tail) low = count;
    // The second condition ends the walk where rounding keeps the sum from reaching the quantile.
    if (sum >= 1 - tail || (count > expected && chance < 1e-12))
      return { low: Math.max(0, low), high: count };
  }
}

/** Chances of 0, 1, 2 … in turn, by the ratio of each to the one before; logarithms, so that none vanishes early. */
function openChances(mean: number, dispersion: number): () => number {
  const isPoisson = dispersion < LEAST_DISPERSION;
  const size = 1 / dispersion;
  const logStep = isPoisson ? Math.log(mean) : Math.log((dispersion * mean) / (1 + dispersion * mean));
  let log = isPoisson ? -mean : -size * Math.log1p(dispersion * mean);
  let count = 0;
  return () => {
    const chance = Math.exp(log);
    log += logStep + (isPoisson ? 0 : Math.log(count + size)) - Math.log(count + 1);
    count++;
    return chance;
  };
}

/** Logarithm of the chance of a count, less what does not depend on φ. */
function logChance(mean: number, dispersion: number, count: number): number {
  const size = 1 / dispersion;
  let log = -(size + count) * Math.log1p(dispersion * mean);
  for (let before = 0; before < count; before++) log += Math.log(1 + dispersion * before);
  return log;
}

function likeliestDispersion(logLikelihood: (dispersion: number) => number): number {
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [Math.log(LEAST_DISPERSION), Math.log(MOST_DISPERSION)];
  const at = (log: number) => logLikelihood(Math.exp(log));
  let [left, right] = [high - golden * (high - low), low + golden * (high - low)];
  let [leftValue, rightValue] = [at(left), at(right)];
  for (let step = 0; step < SEARCH_STEPS; step++) {
    if (leftValue > rightValue) {
      [high, right, rightValue] = [right, left, leftValue];
      left = high - golden * (high - low);
      leftValue = at(left);
    } else {
      [low, left, leftValue] = [left, right, rightValue];
      right = low + golden * (high - low);
      rightValue = at(right);
    }
  }
  return Math.exp((low + high) / 2);
}
