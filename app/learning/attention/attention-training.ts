import {
  add,
  dispose,
  mul,
  tensor,
  tensor2d,
  tidy,
  train,
  variable,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Variable,
} from "@tensorflow/tfjs-core";
import {
  ATTENTION_PARAMETERS,
  type AttentionParameter,
  type AttentionParameters,
  type AttentionWeights,
} from "#app/domain/behaviour/networks/attention-weights.ts";
import { normalDraw, type Random } from "#app/domain/numbers/random.ts";
import type { AttentionTensors } from "./attention-block.ts";
import { isOutOfPatience } from "#app/learning/early-stopping.ts";
import { pause } from "#app/learning/pause.ts";

/**
 * How much of the running mean of the weights stays at each step. The mean is what is kept: it does in six epochs what
 * the shaking weights themselves reach in twelve.
 */
const AVERAGE_DECAY = 0.98;

/** How long and how fast any Transformer is trained. */
export interface AttentionPace {
  readonly maxEpochs: number;
  /** Ends after so many epochs without a better loss on what is held out. */
  readonly patience: number;
  readonly learningRate: number;
}

export interface AttentionSize {
  readonly rows: number;
  readonly places: number;
  readonly width: number;
  readonly hidden: number;
}

/** What a Transformer learns from, in batches of type B. */
interface AttentionTask<B> {
  /** The batches of one epoch, in the order in which they are to be learned from. */
  draw(): readonly B[];
  /** Later batches for early stopping; null runs `maxEpochs`. */
  readonly heldOut: readonly B[] | null;
  gradients(weights: AttentionTensors, batch: B): Record<AttentionParameter, Tensor>;
  /** [cases of the batch] nats */
  losses(weights: AttentionTensors, batch: B): Tensor1D;
}

export interface AttentionRun {
  readonly onProgress?: ((ratio: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Adam on a Transformer's weights; what is returned is their running mean, after the epoch that was best on what is held
 * out, or after the last one without any.
 *
 * @returns losses on what is held out after each epoch, nats; empty without it
 * @throws DOMException AbortError when aborted; no tensor stays behind
 */
export async function trainAttentionWeights<B>(
  start: AttentionParameters,
  size: AttentionSize,
  task: AttentionTask<B>,
  { maxEpochs, patience, learningRate }: AttentionPace,
  { onProgress, signal }: AttentionRun,
): Promise<{ readonly parameters: AttentionParameters; readonly losses: readonly number[] }> {
  let best = start;
  const variables = tidy(() => toVariables(start, size));
  const average = tidy(() => toVariables(start, size));
  const optimizer = train.adam(learningRate);
  const losses: number[] = [];
  let steps = 0;
  try {
    for (let epoch = 1; epoch <= maxEpochs; epoch++) {
      const batches = task.draw();
      for (const [at, batch] of batches.entries()) {
        signal?.throwIfAborted();
        tidy(() => {
          const gradients = task.gradients(variables, batch);
          optimizer.applyGradients(
            ATTENTION_PARAMETERS.map((name) => ({ name: variables[name].name, tensor: gradients[name] })),
          );
        });
        moveAverage(average, variables, ++steps);
        if (at % 4 === 0) {
          onProgress?.((epoch - 1 + at / batches.length) / maxEpochs);
          await pause(signal);
        }
      }
      if (task.heldOut) losses.push(await meanLoss(task, average, task.heldOut));
      if (task.heldOut === null || losses.at(-1)! <= Math.min(...losses))
        best = await readParameters(average);
      if (isOutOfPatience(losses, patience)) break;
    }
  } finally {
    dispose([...Object.values(variables), ...Object.values(average)]);
    optimizer.dispose();
  }
  return { parameters: best, losses };
}

/** N(0, 1/width) for what multiplies, 0 for what is added. */
export function drawParameters(size: AttentionSize, random: Random): AttentionParameters {
  const shapes = shapesOf(size);
  const draw = (name: AttentionParameter) => {
    const numbers = (shapes[name] as number[]).reduce((product, edge) => product * edge, 1);
    const isAdded = name === "b1" || name === "b2" || name === "place";
    return Float32Array.from({ length: numbers }, () =>
      isAdded ? 0 : normalDraw(random) / Math.sqrt(size.width),
    );
  };
  return Object.fromEntries(
    ATTENTION_PARAMETERS.map((name) => [name, draw(name)]),
  ) as unknown as AttentionParameters;
}

/**
 * The items that are counted often enough, and no more than the most counted of them.
 *
 * @param counts [all items]
 */
export function pickKnown(
  counts: Uint32Array,
  { least, most }: { readonly least: number; readonly most: number },
): Pick<AttentionWeights, "items" | "rowOf"> {
  const known = [...counts.keys()].filter((item) => counts[item]! >= least);
  if (known.length > most) known.sort((a, b) => counts[b]! - counts[a]! || a - b).length = most;
  const items = Int32Array.from(known).sort();
  const rowOf = new Int32Array(counts.length).fill(-1);
  items.forEach((item, row) => (rowOf[item] = row));
  return { items, rowOf };
}

/** Items and layers of `start` as they are there; items that it does not know, and all without it, as drawn. */
export function goOnFrom(
  start: AttentionWeights | undefined,
  items: Int32Array,
  drawn: AttentionParameters,
): AttentionParameters {
  if (!start) return drawn;
  const { width } = start;
  items.forEach((item, row) => {
    const old = start.rowOf[item] ?? -1;
    if (old < 0) return;
    drawn.item.set(start.parameters.item.subarray(old * width, (old + 1) * width), row * width);
  });
  return { ...start.parameters, item: drawn.item };
}

/** [tokens, width] what dropout leaves of the input, scaled to keep its mean; null without dropout. */
export function drawKept(
  tokens: number,
  width: number,
  dropoutRatio: number,
  random: Random,
): Tensor2D | null {
  const kept = Float32Array.from({ length: tokens * width }, () =>
    random() < dropoutRatio ? 0 : 1 / (1 - dropoutRatio),
  );
  return dropoutRatio > 0 ? tensor2d(kept, [tokens, width]) : null;
}

type AttentionVariables = Readonly<Record<AttentionParameter, Variable>>;

/** Moves the mean towards the weights; at the start by more, or the draw would weigh on it. */
function moveAverage(average: AttentionVariables, variables: AttentionVariables, steps: number): void {
  const stay = Math.min(AVERAGE_DECAY, steps / (steps + 10));
  tidy(() => {
    for (const name of ATTENTION_PARAMETERS) {
      average[name].assign(add(mul(average[name], stay), mul(variables[name], 1 - stay)));
    }
  });
}

async function meanLoss<B>(
  task: AttentionTask<B>,
  weights: AttentionTensors,
  batches: readonly B[],
): Promise<number> {
  let [total, cases] = [0, 0];
  for (const batch of batches) {
    const losses = tidy(() => task.losses(weights, batch));
    const read = await losses.data();
    losses.dispose();
    for (const loss of read) total += loss;
    cases += read.length;
  }
  return total / Math.max(1, cases);
}

function shapesOf({ rows, places, width, hidden }: AttentionSize) {
  return {
    item: [rows, width],
    place: [places, width],
    query: [width, width],
    key: [width, width],
    value: [width, width],
    w1: [width, hidden],
    b1: [hidden],
    w2: [hidden, width],
    b2: [width],
  } satisfies Record<AttentionParameter, number[]>;
}

function toVariables(parameters: AttentionParameters, size: AttentionSize): AttentionVariables {
  const shapes = shapesOf(size);
  return Object.fromEntries(
    ATTENTION_PARAMETERS.map((name) => [name, variable(tensor(parameters[name], shapes[name]))]),
  ) as Record<AttentionParameter, Variable>;
}

async function readParameters(variables: AttentionVariables): Promise<AttentionParameters> {
  const read = ATTENTION_PARAMETERS.map(
    async (name) => [name, Float32Array.from(await variables[name].data())] as const,
  );
  return Object.fromEntries(await Promise.all(read)) as unknown as AttentionParameters;
}
