import {
  add,
  dispose,
  div,
  logSoftmax,
  matMul,
  mul,
  relu,
  reshape,
  softmax,
  step,
  sub,
  sum,
  tensor1d,
  tensor2d,
  tidy,
  train,
  transpose,
  variable,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Variable,
} from "@tensorflow/tfjs-core";
import { seededRandom, type Random } from "#app/domain/random.ts";
import type { NetworkWeights } from "#app/domain/behaviour/network-weights.ts";

/**
 * How much of the running mean of the weights stays at each step. The mean is what is kept: the last step's weights
 * still shake with its batch, the mean of the last hundreds of steps does not.
 */
const AVERAGE_DECAY = 0.995;

/** Queries with their candidates; those of one query share a probability of 1. */
export interface PurchaseExamples {
  readonly queries: number;
  /** Candidates of a query; shorter lists are padded. */
  readonly candidates: number;
  readonly features: number;
  /** [queries × candidates × features] */
  readonly x: Float32Array;
  /** [queries × candidates] share of the query's purchases, summing to 1; 0 for padding. */
  readonly bought: Float32Array;
  /** [queries × candidates] 0 for a candidate, a large negative number for padding. */
  readonly padding: Float32Array;
}

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

export interface NetworkFit {
  readonly weights: NetworkWeights;
  /** Mean loss on the held-out queries after each epoch, nats. */
  readonly losses: readonly number[];
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
  {
    seed,
    onProgress,
    signal,
  }: { seed: number; onProgress?: (ratio: number, message: string) => void; signal?: AbortSignal },
): Promise<NetworkFit> {
  const random = seededRandom(seed);
  const scaling = measureScaling(examples);
  const layers = [examples.features, ...settings.hidden, 1];
  const weights: Variable[] = [];
  for (let layer = 1; layer < layers.length; layer++) {
    const [from, to] = [layers[layer - 1]!, layers[layer]!];
    weights.push(drawVariable([from, to], 1 / Math.sqrt(from), random), drawVariable([to], 0, random));
  }
  const optimizer = train.adam(settings.learningRate);
  const losses: number[] = [];
  const average = readWeights(weights);
  let best = average.map((values) => values.slice());
  let bestLoss = Infinity;
  let steps = 0;
  try {
    for (let epoch = 0; epoch < settings.maxEpochs; epoch++) {
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
      const loss = measureLoss(average, layers, heldOut, scaling, settings.batchQueries);
      losses.push(loss);
      onProgress?.((epoch + 1) / settings.maxEpochs, `epoch ${epoch + 1}, loss ${loss.toFixed(4)}`);
      if (loss < bestLoss) {
        bestLoss = loss;
        best = average.map((values) => values.slice());
      } else if (losses.length - 1 - losses.indexOf(bestLoss) >= settings.patience) break;
    }
    return { weights: { layers, ...scaling, parameters: best }, losses };
  } finally {
    dispose(weights);
    optimizer.dispose();
  }
}

interface Scaling {
  readonly mean: Float32Array;
  readonly inverseDeviation: Float32Array;
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

function drawVariable(shape: number[], deviation: number, random: Random): Variable {
  const size = shape.reduce((product, side) => product * side, 1);
  const values = Float32Array.from({ length: size }, () =>
    deviation === 0 ? 0 : deviation * normal(random),
  );
  return tidy(() => {
    const start = shape.length === 1 ? tensor1d(values) : tensor2d(values, shape as [number, number]);
    return variable(start as Tensor);
  });
}

/** One draw of N(0, 1), by Box and Muller. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** The output of every layer, the input first; the last one is the score of each row. */
function runLayers(weights: readonly Tensor[], x: Tensor2D): Tensor2D[] {
  const outputs: Tensor2D[] = [x]; // [rows, features]
  for (let at = 0; at < weights.length; at += 2) {
    const sums = add(matMul(outputs.at(-1)!, weights[at] as Tensor2D), weights[at + 1]!) as Tensor2D;
    outputs.push(at + 2 < weights.length ? relu(sums) : sums); // [rows, layer]
  }
  return outputs;
}

/**
 * One step of back-propagation: the loss's gradient by the scores is `softmax − bought`, and each layer hands it on
 * through Wᵀ and the rectifier. Written out, because TensorFlow.js's own gradient multiplies transposed operands,
 * for which WebAssembly's kernel is 30 times slower, and because tfjs-core alone registers no gradients.
 */
function computeGradients(
  weights: readonly Variable[],
  { x, bought, padding }: Batch,
  weightDecay: number,
): { name: string; tensor: Tensor }[] {
  const [queries, candidates] = bought.shape;
  const outputs = runLayers(weights, x);
  const scores = reshape(outputs.at(-1)!, [queries, candidates]);
  const excess = sub(softmax(add(scores, padding)), bought); // [queries, candidates]
  let flow = reshape(div(excess, queries), [queries * candidates, 1]) as Tensor2D; // [rows, 1]
  const gradients: { name: string; tensor: Tensor }[] = [];
  for (let at = weights.length - 2; at >= 0; at -= 2) {
    const [w, b] = [weights[at] as Variable & Tensor2D, weights[at + 1]!];
    const input = outputs[at / 2]!; // [rows, from]
    const gradient = add(matMul(transpose(input), flow), mul(w, 2 * weightDecay)); // [from, to]
    gradients.push({ name: w.name, tensor: gradient }, { name: b.name, tensor: sum(flow, 0) });
    if (at > 0) flow = mul(matMul(flow, transpose(w)), step(input)); // [rows, from]
  }
  return gradients;
}

function listLoss(weights: readonly Tensor[], { x, bought, padding }: Batch): number {
  const scores = reshape(runLayers(weights, x).at(-1)!, bought.shape); // [queries, candidates]
  const logProbability = logSoftmax(add(scores, padding) as Tensor2D);
  return -sum(mul(bought, logProbability)).dataSync()[0]!;
}

interface Batch {
  readonly x: Tensor2D;
  readonly bought: Tensor2D;
  readonly padding: Tensor2D;
}

function gatherBatch(
  { x, bought, padding, candidates, features }: PurchaseExamples,
  batch: Uint32Array,
  { mean, inverseDeviation }: Scaling,
): Batch {
  const rowSize = candidates * features;
  const values = new Float32Array(batch.length * rowSize);
  const wanted = new Float32Array(batch.length * candidates);
  const pads = new Float32Array(batch.length * candidates);
  batch.forEach((query, position) => {
    const from = query * rowSize;
    const to = position * rowSize;
    for (let at = 0, f = 0; at < rowSize; at++) {
      values[to + at] = (x[from + at]! - mean[f]!) * inverseDeviation[f]!;
      if (++f === features) f = 0;
    }
    wanted.set(bought.subarray(query * candidates, (query + 1) * candidates), position * candidates);
    pads.set(padding.subarray(query * candidates, (query + 1) * candidates), position * candidates);
  });
  return {
    x: tensor2d(values, [batch.length * candidates, features]),
    bought: tensor2d(wanted, [batch.length, candidates]),
    padding: tensor2d(pads, [batch.length, candidates]),
  };
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

function toTensors(parameters: readonly Float32Array[], layers: readonly number[]): Tensor[] {
  return parameters.map((values, at) => {
    const layer = (at >> 1) + 1;
    return at % 2 === 0 ? tensor2d(values, [layers[layer - 1]!, layers[layer]!]) : tensor1d(values);
  });
}

function readWeights(weights: readonly Variable[]): Float32Array[] {
  return weights.map((tensor) => Float32Array.from((tensor as unknown as Tensor1D).dataSync()));
}

function shuffle(length: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length }, (_, index) => index);
  for (let at = length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [order[at], order[other]] = [order[other]!, order[at]!];
  }
  return order;
}
