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

/** Activations of every layer, the input first, a column for each candidate; the last one is the scores. */
function runLayers(weights: readonly Tensor[], columns: Tensor2D): Tensor2D[] {
  const outputs: Tensor2D[] = [columns]; // [features, rows]
  for (let at = 0; at < weights.length; at += 2) {
    const bias = reshape(weights[at + 1]!, [-1, 1]); // [layer, 1]
    const sums = add(matMul(transpose(weights[at] as Tensor2D), outputs.at(-1)!), bias) as Tensor2D;
    outputs.push(at + 2 < weights.length ? relu(sums) : sums); // [layer, rows]
  }
  return outputs;
}

/**
 * One step of back-propagation: the loss's gradient by the scores is `softmax − bought`, and each layer hands it on
 * through W and the rectifier. Written out, because tfjs-core alone registers no gradients, and laid out so that
 * WebAssembly neither multiplies transposed operands nor sums over rows, for which its kernels are many times slower,
 * nor transposes anything but the narrow flow of the later layers.
 *
 * @returns gradients of the mean over the batch's queries, in the order of the weights
 */
export function computeGradients(
  weights: readonly Variable[],
  { x, columns, bought, padding }: Batch,
  weightDecay: number,
): { name: string; tensor: Tensor }[] {
  const [queries, candidates] = bought.shape;
  const outputs = runLayers(weights, columns);
  const scores = reshape(outputs.at(-1)!, [queries, candidates]);
  const excess = sub(softmax(add(scores, padding)), bought); // [queries, candidates]
  let flow = reshape(div(excess, queries), [1, queries * candidates]) as Tensor2D; // [layer, rows]
  const gradients: { name: string; tensor: Tensor }[] = [];
  for (let at = weights.length - 2; at >= 0; at -= 2) {
    const [w, b] = [weights[at] as Variable & Tensor2D, weights[at + 1]!];
    const input = outputs[at / 2]!; // [from, rows]
    const byWeights = at > 0 ? matMul(input, transpose(flow)) : transpose(matMul(flow, x)); // [from, to]
    gradients.unshift(
      { name: w.name, tensor: add(byWeights, mul(w, 2 * weightDecay)) },
      { name: b.name, tensor: sum(flow, 1) },
    );
    if (at > 0) flow = mul(matMul(w, flow), step(input)); // [from, rows]
  }
  return gradients;
}

/** Cross-entropy of the batch's queries, summed, nats: a scalar. */
export function listLoss(weights: readonly Tensor[], { columns, bought, padding }: Batch): Tensor {
  const scores = reshape(runLayers(weights, columns).at(-1)!, bought.shape); // [queries, candidates]
  const logProbability = logSoftmax(add(scores, padding) as Tensor2D);
  return neg(sum(mul(bought, logProbability)));
}

interface Batch {
  /** [queries × candidates, features] */
  readonly x: Tensor2D;
  /** The same transposed. */
  readonly columns: Tensor2D;
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
  const columns = new Float32Array(batch.length * rowSize);
  const rows = batch.length * candidates;
  const wanted = new Float32Array(batch.length * candidates);
  const pads = new Float32Array(batch.length * candidates);
  batch.forEach((query, position) => {
    const from = query * rowSize;
    const to = position * rowSize;
    for (let row = position * candidates, at = 0; at < rowSize; row++) {
      for (let f = 0, column = row; f < features; f++, at++, column += rows) {
        columns[column] = values[to + at] = (x[from + at]! - mean[f]!) * inverseDeviation[f]!;
      }
    }
    wanted.set(bought.subarray(query * candidates, (query + 1) * candidates), position * candidates);
    pads.set(padding.subarray(query * candidates, (query + 1) * candidates), position * candidates);
  });
  return {
    x: tensor2d(values, [rows, features]),
    columns: tensor2d(columns, [features, rows]),
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
