import { dispose, tidy, train, variable, type Variable } from "@tensorflow/tfjs-core";
import { seededRandom, type Random } from "#app/domain/random.ts";
import type { NetworkWeights } from "#app/domain/behaviour/network-weights.ts";
import {
  computeGradients,
  gatherBatch,
  listLoss,
  toTensors,
  type PurchaseExamples,
  type Scaling,
} from "./network-gradients.ts";

/**
 * How much of the running mean of the weights stays at each step. The mean is what is kept: the last step's weights
 * still shake with its batch, the mean of the last hundreds of steps does not.
 */
const AVERAGE_DECAY = 0.995;

interface NetworkSettings {
  readonly hidden: readonly number[];
  readonly maxEpochs: number;
  /** Ends after so many epochs without a better loss on the held-out queries. */
  readonly patience: number;
  readonly batchQueries: number;
  readonly learningRate: number;
  readonly weightDecay: number;
}

export const NETWORK_DEFAULTS: NetworkSettings = {
  hidden: [48, 24],
  maxEpochs: 14,
  patience: 3,
  batchQueries: 32,
  learningRate: 2e-3,
  weightDecay: 1e-4,
};

/** After early stopping, on all examples: short and gentle, because nothing tells when it is enough. */
export const CONTINUING_DEFAULTS: NetworkSettings = { ...NETWORK_DEFAULTS, maxEpochs: 2, learningRate: 1e-3 };

export interface NetworkFit {
  readonly weights: NetworkWeights;
  /** Mean loss on the held-out queries after each epoch, nats. */
  readonly losses: readonly number[];
}

interface TrainingRun {
  readonly seed: number;
  readonly onProgress?: (ratio: number, message: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Trains `relu(W·x + b)` layers by back-propagation, with W ~ N(0, 1/d_x) at the start: x are the features of a
 * query's candidate, and the last layer's output goes through a softmax over the candidates, so that it is the
 * probability that this candidate is what the shopper buys. Loss: cross-entropy. Adam; early stopping.
 *
 * @param heldOut queries later than those of `examples`; the weights returned are the best on them
 * @throws DOMException AbortError when aborted; no tensor stays behind
 * @see Cao et al. 2007 (ListNet) for the loss
 */
export async function trainPurchaseNetwork(
  examples: PurchaseExamples,
  heldOut: PurchaseExamples,
  settings: NetworkSettings,
  { seed, onProgress, signal }: TrainingRun,
): Promise<NetworkFit> {
  const random = seededRandom(seed);
  const scaling = measureScaling(examples);
  const layers = [examples.features, ...settings.hidden, 1];
  const losses: number[] = [];
  const start = drawParameters(layers, random);
  let best = start;
  let bestLoss = Infinity;
  for await (const average of descend({ layers, ...scaling, parameters: start }, examples, settings, {
    random,
    signal,
  })) {
    const loss = measureLoss(average, layers, heldOut, scaling, settings.batchQueries);
    losses.push(loss);
    onProgress?.(losses.length / settings.maxEpochs, `epoch ${losses.length}, loss ${loss.toFixed(4)}`);
    if (loss < bestLoss) {
      bestLoss = loss;
      best = average.map((values) => values.slice());
    }
    const worseEpochs = losses.length - 1 - losses.indexOf(bestLoss);
    if (losses.length === settings.maxEpochs || worseEpochs >= settings.patience) break;
  }
  return { weights: { layers, ...scaling, parameters: best }, losses };
}

/**
 * Goes on from trained weights for a few epochs, to learn also from the queries that decided when to stop and what
 * to choose: they are the latest, and nothing is left to decide.
 *
 * @param weights from `trainPurchaseNetwork`; left as they are
 * @returns weights with the same scaling of the features
 * @throws DOMException AbortError when aborted; no tensor stays behind
 */
export async function continueTraining(
  weights: NetworkWeights,
  examples: PurchaseExamples,
  settings: NetworkSettings,
  { seed, onProgress, signal }: TrainingRun,
): Promise<NetworkWeights> {
  let epochs = 0;
  let { parameters } = weights;
  if (settings.maxEpochs === 0) return weights;
  for await (const average of descend(weights, examples, settings, { random: seededRandom(seed), signal })) {
    parameters = average;
    epochs++;
    onProgress?.(epochs / settings.maxEpochs, `epoch ${epochs} on all examples`);
    if (epochs === settings.maxEpochs) break;
  }
  return { ...weights, parameters };
}

/** Steps of Adam, one epoch after another without end; gives the mean of the weights so far after each. */
async function* descend(
  { layers, mean, inverseDeviation, parameters }: NetworkWeights,
  examples: PurchaseExamples,
  settings: NetworkSettings,
  { random, signal }: { random: Random; signal: AbortSignal | undefined },
): AsyncGenerator<Float32Array[]> {
  const scaling = { mean, inverseDeviation };
  const average = parameters.map((values) => values.slice());
  const weights = tidy(() => toTensors(average, layers).map((start) => variable(start)));
  const optimizer = train.adam(settings.learningRate);
  let steps = 0;
  try {
    for (;;) {
      const order = shuffle(examples.queries, random);
      for (let from = 0; from < order.length; from += settings.batchQueries) {
        signal?.throwIfAborted();
        const batch = order.subarray(from, from + settings.batchQueries);
        tidy(() => {
          optimizer.applyGradients(
            computeGradients(weights, gatherBatch(examples, batch, scaling), settings.weightDecay),
          );
        });
        moveAverage(average, weights, ++steps);
        if (steps % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      yield average;
    }
  } finally {
    dispose(weights);
    optimizer.dispose();
  }
}

/** Mean and deviation of every feature over the real candidates, so that no feature starts louder than another. */
function measureScaling({ x, padding, features }: PurchaseExamples): Scaling {
  const sums = new Float64Array(features);
  const squares = new Float64Array(features);
  let rows = 0;
  padding.forEach((pad, row) => {
    if (pad !== 0) return;
    rows++;
    for (let f = 0; f < features; f++) {
      const value = x[row * features + f]!;
      sums[f]! += value;
      squares[f]! += value * value;
    }
  });
  const mean = Float32Array.from(sums, (value) => value / Math.max(1, rows));
  const inverseDeviation = Float32Array.from(squares, (square, f) => {
    const variance = square / Math.max(1, rows) - mean[f]! ** 2;
    return variance > 1e-10 ? 1 / Math.sqrt(variance) : 0;
  });
  return { mean, inverseDeviation };
}

function drawParameters(layers: readonly number[], random: Random): Float32Array[] {
  return layers.slice(1).flatMap((to, layer) => {
    const from = layers[layer]!;
    const w = Float32Array.from({ length: from * to }, () => normal(random) / Math.sqrt(from));
    return [w, new Float32Array(to)];
  });
}

/** One draw of N(0, 1), by Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function measureLoss(
  average: readonly Float32Array[],
  layers: readonly number[],
  examples: PurchaseExamples,
  scaling: Scaling,
  batchQueries: number,
): number {
  let total = 0;
  for (let from = 0; from < examples.queries; from += batchQueries) {
    const to = Math.min(examples.queries, from + batchQueries);
    const batch = Uint32Array.from({ length: to - from }, (_, at) => from + at);
    total += tidy(() => listLoss(toTensors(average, layers), gatherBatch(examples, batch, scaling)));
  }
  return total / Math.max(1, examples.queries);
}

/** Mean of the weights over the last steps; at the start over all of them, or the draw would weigh on it. */
function moveAverage(average: readonly Float32Array[], weights: readonly Variable[], steps: number): void {
  const move = 1 - Math.min(AVERAGE_DECAY, steps / (steps + 10));
  weights.forEach((tensor, at) => {
    const values = tensor.dataSync();
    const mean = average[at]!;
    for (let index = 0; index < mean.length; index++) mean[index]! += move * (values[index]! - mean[index]!);
  });
}

function shuffle(length: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length }, (_, index) => index);
  for (let at = length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order;
}
