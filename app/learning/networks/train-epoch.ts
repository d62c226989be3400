import {
  add,
  addN,
  dispose,
  div,
  logSoftmax,
  matMul,
  mul,
  neg,
  relu,
  reshape,
  scalar,
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
  type Tensor2D,
  type Variable,
} from "@tensorflow/tfjs-core";
import { gatherBatch, type Batch, type PurchaseExamples, type Scaling } from "./gather-examples.ts";
import { pause } from "#app/learning/pause.ts";
import type { TrainingState } from "./training-state.ts";

/**
 * Decay of the running mean of the weights, which is the result: the mean of the last hundreds of steps is less noisy
 * than the last step's weights.
 */
const AVERAGE_DECAY = 0.995;

/** Share of the available memory for the tensors of one batch; features and activations need memory too. */
const BATCH_MEMORY_RATIO = 0.25;

const STEPS_BETWEEN_CHECKS = 8;

export interface EpochSettings {
  readonly batchQueries: number;
  readonly learningRate: number;
  readonly weightDecay: number;
}

interface EpochWork {
  readonly layers: readonly number[];
  readonly scaling: Scaling;
  readonly examples: PurchaseExamples;
  readonly settings: EpochSettings;
  /** Memory that the backend can use; a batch that needs more is split. */
  readonly memoryBytes: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * One epoch of Adam: a pure function from state to state, so an epoch from a saved state is bit-identical to one in an
 * uninterrupted training. A split batch has the same gradient up to rounding.
 *
 * @param order the queries of the examples, each once, in training order
 * @returns the state after the epoch; `losses` and `best` are unchanged
 * @throws DOMException AbortError when aborted; all tensors are disposed
 */
export async function trainEpoch(
  { layers, scaling, examples, settings, memoryBytes, signal }: EpochWork,
  state: TrainingState,
  order: Uint32Array,
): Promise<TrainingState> {
  const open = (values: readonly Float32Array[]): Variable[] =>
    tidy(() => toTensors(values, layers).map((start) => variable(start, false)));
  const [weights, average] = [open(state.weights), open(state.average)];
  const optimizer = train.adam(settings.learningRate);
  try {
    await restoreMoments(optimizer, state, layers);
    const queriesPerPass = fitPass(examples, layers, settings.batchQueries, memoryBytes);
    let { steps } = state;
    for (let from = 0; from < order.length; from += settings.batchQueries) {
      signal?.throwIfAborted();
      const batch = order.subarray(from, from + settings.batchQueries);
      steps++;
      tidy(() => {
        const gradients = sumGradients(weights, examples, batch, queriesPerPass, scaling, settings);
        optimizer.applyGradients(gradients);
        moveAverage(average, weights, steps);
      });
      if (steps % STEPS_BETWEEN_CHECKS === 0) await catchUp(average, signal);
    }
    const [iterations, ...moments] = await optimizer.getWeights();
    dispose(iterations!.tensor);
    return {
      ...state,
      epochs: state.epochs + 1,
      steps,
      weights: await readAll(weights),
      average: await readAll(average),
      firstMoment: await readAll(moments.slice(0, weights.length).map(({ tensor }) => tensor)),
      secondMoment: await readAll(moments.slice(weights.length).map(({ tensor }) => tensor)),
    };
  } finally {
    dispose([...weights, ...average]);
    optimizer.dispose();
  }
}

/** Mean cross-entropy per query under these weights, nats; 0 without queries. */
export async function measureLoss(
  parameters: readonly Float32Array[],
  { layers, scaling, examples, settings, memoryBytes }: EpochWork,
): Promise<number> {
  const pass = fitPass(examples, layers, settings.batchQueries, memoryBytes);
  let total = 0;
  for (let from = 0; from < examples.queries; from += pass) {
    const to = Math.min(examples.queries, from + pass);
    const batch = Uint32Array.from({ length: to - from }, (_, at) => from + at);
    const loss = tidy(() => listLoss(toTensors(parameters, layers), gatherBatch(examples, batch, scaling)));
    try {
      total += (await loss.data())[0]!;
    } finally {
      loss.dispose();
    }
  }
  return total / Math.max(1, examples.queries);
}

/**
 * Queries per pass through the network: a batch, or as many as fit into memory.
 *
 * @returns at least 1
 */
export function fitPass(
  { candidates, features }: Pick<PurchaseExamples, "candidates" | "features">,
  layers: readonly number[],
  batchQueries: number,
  memoryBytes: number,
): number {
  // Per candidate: its features by row and by column, and for each layer the sums, their rectified values and the
  // backward flow.
  const numbers = 2 * features + 3 * layers.slice(1).reduce((sum, width) => sum + width, 0);
  const fitting = Math.floor((BATCH_MEMORY_RATIO * memoryBytes) / (4 * candidates * numbers));
  return Math.max(1, Math.min(batchQueries, fitting));
}

function sumGradients(
  weights: readonly Variable[],
  examples: PurchaseExamples,
  batch: Uint32Array,
  queriesPerPass: number,
  scaling: Scaling,
  { weightDecay }: EpochSettings,
): { name: string; tensor: Tensor }[] {
  if (batch.length <= queriesPerPass) {
    return computeGradients(weights, gatherBatch(examples, batch, scaling), weightDecay);
  }
  let sums: { name: string; tensor: Tensor }[] | undefined;
  for (let from = 0; from < batch.length; from += queriesPerPass) {
    const part = batch.subarray(from, from + queriesPerPass);
    const before: typeof sums = sums;
    const gradients = tidy(() =>
      computeGradients(weights, gatherBatch(examples, part, scaling), weightDecay).map(
        ({ name, tensor }, at) => {
          const share = mul(tensor, part.length / batch.length);
          return { name, tensor: before ? addN([before[at]!.tensor, share]) : share };
        },
      ),
    );
    dispose(before?.map(({ tensor }) => tensor) ?? []);
    sums = gradients;
  }
  return sums!;
}

/** Updates the running mean of the weights; in the first steps it is over all of them, to forget the initial draw. */
function moveAverage(average: readonly Variable[], weights: readonly Variable[], steps: number): void {
  const move = 1 - Math.min(AVERAGE_DECAY, steps / (steps + 10));
  average.forEach((mean, at) => mean.assign(add(mean, mul(sub(weights[at]!, mean), move))));
}

async function restoreMoments(
  optimizer: ReturnType<typeof train.adam>,
  { steps, firstMoment, secondMoment }: TrainingState,
  layers: readonly number[],
): Promise<void> {
  const moments = tidy(() => [firstMoment, secondMoment].flatMap((group) => toTensors(group, layers))).map(
    (tensor, at) => ({ name: `moment ${at}`, tensor }),
  );
  const iterations = { name: "iter", tensor: scalar(steps, "int32") };
  try {
    await optimizer.setWeights([iterations, ...moments]);
  } finally {
    dispose([iterations, ...moments].map(({ tensor }) => tensor));
  }
}

/** Waits for an asynchronous backend and yields. */
async function catchUp(average: readonly Variable[], signal: AbortSignal | undefined): Promise<void> {
  await average.at(-1)!.data();
  await pause(signal);
}

async function readAll(tensors: readonly Tensor[]): Promise<Float32Array[]> {
  // A copy, because some backends return their own memory.
  return Promise.all(tensors.map(async (tensor) => Float32Array.from(await tensor.data())));
}

/** Activations of every layer, from the input to the scores, with a column per candidate. */
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
 * One step of back-propagation: the gradient of the loss by the scores is `softmax − bought`, and each layer passes it
 * on through W and the rectifier. Written by hand, because tfjs-core alone registers no gradients. The layout suits
 * WebAssembly, whose kernels are many times slower for transposed operands and for sums over rows; it transposes only
 * the narrow flow of the later layers.
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

/** Summed cross-entropy of the batch's queries, nats: a scalar. */
export function listLoss(weights: readonly Tensor[], { columns, bought, padding }: Batch): Tensor {
  const scores = reshape(runLayers(weights, columns).at(-1)!, bought.shape); // [queries, candidates]
  const logProbability = logSoftmax(add(scores, padding) as Tensor2D);
  return neg(sum(mul(bought, logProbability)));
}

/** Alternating weights and biases, each in its layer's shape. */
export function toTensors(parameters: readonly Float32Array[], layers: readonly number[]): Tensor[] {
  return parameters.map((values, at) => {
    const layer = (at >> 1) + 1;
    return at % 2 === 0 ? tensor2d(values, [layers[layer - 1]!, layers[layer]!]) : tensor1d(values);
  });
}
