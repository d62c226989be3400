import {
  add,
  div,
  logSoftmax,
  matMul,
  mul,
  neg,
  relu,
  reshape,
  softmax,
  step,
  sub,
  sum,
  tensor1d,
  tensor2d,
  transpose,
  type Tensor,
  type Tensor2D,
  type Variable,
} from "@tensorflow/tfjs-core";

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

/** Of every feature over the real candidates. */
export interface Scaling {
  readonly mean: Float32Array;
  readonly inverseDeviation: Float32Array;
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
 *
 * @returns gradients of the mean over the batch's queries, in the order of the weights
 */
export function computeGradients(
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
    gradients.unshift({ name: w.name, tensor: gradient }, { name: b.name, tensor: sum(flow, 0) });
    if (at > 0) flow = mul(matMul(flow, transpose(w)), step(input)); // [rows, from]
  }
  return gradients;
}

/** Cross-entropy of the batch's queries, summed, nats: a scalar. */
export function listLoss(weights: readonly Tensor[], { x, bought, padding }: Batch): Tensor {
  const scores = reshape(runLayers(weights, x).at(-1)!, bought.shape); // [queries, candidates]
  const logProbability = logSoftmax(add(scores, padding) as Tensor2D);
  return neg(sum(mul(bought, logProbability)));
}

interface Batch {
  readonly x: Tensor2D;
  readonly bought: Tensor2D;
  readonly padding: Tensor2D;
}

/** The batch's examples as tensors, the features scaled. */
export function gatherBatch(
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

/** Weights and biases by turns, each in its layer's shape. */
export function toTensors(parameters: readonly Float32Array[], layers: readonly number[]): Tensor[] {
  return parameters.map((values, at) => {
    const layer = (at >> 1) + 1;
    return at % 2 === 0 ? tensor2d(values, [layers[layer - 1]!, layers[layer]!]) : tensor1d(values);
  });
}
