import * as tf from "@tensorflow/tfjs-core";
import { totalOf } from "#app/domain/numbers/statistics.ts";
import { toWeeks } from "#app/domain/trends/demand-series.ts";
import {
  openWeeksFrom,
  type DemandCandidate,
  type DemandLevels,
  type LevelsAt,
} from "#app/domain/trends/methods/demand-candidates.ts";
import {
  collectTrendExamples,
  FEATURES,
  FIRST_ORIGIN,
  SMOOTHED_RATE,
  writeTrendFeatures,
  type TrendExamples,
} from "#app/domain/trends/methods/trend-features.ts";

export interface LinearTrendOptions {
  /** Example windows end at or before this week. */
  readonly endWeek: number;
  readonly horizonDays: number;
  readonly signal?: AbortSignal;
}

/** The map `A·X(t) + b`: orders per ordinary week in units of the item's scale. */
export interface LinearTrend {
  /** [FEATURES] */
  readonly weights: Float32Array;
  readonly bias: number;
}

const STEPS = 240;
const LEARNING_RATE = 0.01;
/** Error, in units of the item's scale, below which the loss is quadratic. */
const SOFTNESS = 0.1;
/** Strength of the pull towards plain smoothing, the starting point. */
const DECAY = 0.002;
const LEAST_EXAMPLES = 400;

/**
 * Trains one linear map for all items, from an item's recent weeks to its rate in the window, both relative to the
 * item's scale. It minimises `Σ w (√(e² + c²) − c) + decay · |A − A₀|²` over the examples' errors e. The first term is
 * the absolute error in orders, smoothed below c = 0.1 of the item's scale; w converts an error to orders. The second
 * pulls towards plain smoothing A₀. Adam over all examples at once, a fixed number of steps from A₀. Deterministic.
 *
 * @returns null with fewer than 400 examples, too few for 19 parameters
 * @throws Error when no tfjs backend was chosen, or the signal was aborted
 * @see Zeng, Chen, Zhang, Xu 2023, Are Transformers Effective for Time Series Forecasting?, for one linear map shared
 *   by all series. Here slower means, smoothing and last year's weeks are extra inputs in place of DLinear's
 *   decomposition into trend and remainder, and the output is one rate, not one number per step
 */
export async function fitLinearTrend(
  levels: DemandLevels,
  options: LinearTrendOptions,
): Promise<LinearTrend | null> {
  const examples = collectTrendExamples(levels, options.endWeek, options.horizonDays);
  if (examples.count < LEAST_EXAMPLES) return null;
  const start = Float32Array.from({ length: FEATURES }, (_, feature) => (feature === SMOOTHED_RATE ? 1 : 0));
  const data = toTensors(examples);
  const origin = tf.tensor2d(start, [FEATURES, 1]);
  const map = tf.variable(origin);
  const zero = tf.scalar(0);
  const bias = tf.variable(zero);
  const optimizer = tf.train.adam(LEARNING_RATE);
  try {
    for (let step = 0; step < STEPS; step++) {
      if (step % 40 === 0) {
        options.signal?.throwIfAborted();
        await tf.nextFrame();
      }
      tf.tidy(() => {
        optimizer.applyGradients(gradientOf(data, map, bias, origin));
      });
    }
    return { weights: Float32Array.from(await map.data()), bias: (await bias.data())[0]! };
  } finally {
    optimizer.dispose();
    tf.dispose([map, bias, origin, zero, ...Object.values(data)]);
  }
}

/**
 * The trained map as a candidate: `early` forecasts past origins, and `late`, trained on all `weeks`, the last one. The
 * map only distributes the total among the items. The total comes from `shop`, because the map has seen few moves of
 * the whole shop.
 */
export function toLinearCandidate(
  { weeks, levelsAt }: { readonly weeks: number; readonly levelsAt: LevelsAt },
  early: LinearTrend,
  late: LinearTrend,
  shop: DemandCandidate,
): DemandCandidate {
  return {
    name: "linear map",
    forecast(origin, days) {
      const levels = levelsAt(origin);
      const { series } = levels;
      const forecast = new Float32Array(series.items);
      if (origin < FIRST_ORIGIN) return forecast;
      const { weights, bias } = origin === weeks ? late : early;
      const openWeeks = openWeeksFrom(series, { origin, days });
      const features = new Float32Array(FEATURES);
      for (let item = 0; item < series.items; item++) {
        if (series.firstWeek[item]! >= origin) continue;
        const { scale } = writeTrendFeatures(levels, item, origin, toWeeks(days), features, 0);
        const rate = features.reduce((sum, value, feature) => sum + value * weights[feature]!, bias);
        forecast[item] = Math.max(0, rate * scale * openWeeks);
      }
      const own = totalOf(forecast);
      const factor = own > 0 ? totalOf(shop.forecast(origin, days)) / own : 1;
      return forecast.map((orders) => orders * factor);
    },
  };
}

interface TrendTensors {
  /** [examples, FEATURES] */
  readonly features: tf.Tensor2D;
  /** [FEATURES, examples] `features` transposed once, not at every step. */
  readonly columns: tf.Tensor2D;
  /** [examples, 1], as are the weights, which sum to 1 */
  readonly targets: tf.Tensor2D;
  readonly weights: tf.Tensor2D;
}

function toTensors({ count, features, targets, weights }: TrendExamples): TrendTensors {
  const total = totalOf(weights);
  const rows = tf.tensor2d(features, [count, FEATURES]);
  return {
    features: rows,
    columns: tf.transpose(rows),
    targets: tf.tensor2d(targets, [count, 1]),
    weights: tf.tensor2d(
      weights.map((weight) => weight / total),
      [count, 1],
    ),
  };
}

/** Gradient of the loss of `fitLinearTrend`, with e = X·A + b − y; by hand, because tfjs-core alone registers none. */
function gradientOf(
  { features, columns, targets, weights }: TrendTensors,
  map: tf.Variable,
  bias: tf.Variable,
  start: tf.Tensor2D,
): { name: string; tensor: tf.Tensor }[] {
  const miss = tf.sub(tf.add(tf.matMul(features, map as tf.Tensor2D), bias), targets); // [examples, 1]
  const slope = tf.div(miss, tf.sqrt(tf.add(tf.square(miss), SOFTNESS ** 2)));
  const pull = tf.mul(slope, weights) as tf.Tensor2D; // [examples, 1]
  const mapGradient = tf.add(tf.matMul(columns, pull), tf.mul(tf.sub(map, start), 2 * DECAY));
  return [
    { name: map.name, tensor: mapGradient },
    { name: bias.name, tensor: tf.sum(pull) },
  ];
}
