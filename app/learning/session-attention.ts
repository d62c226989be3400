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
  type Variable,
} from "@tensorflow/tfjs-core";
import {
  ATTENTION_PARAMETERS,
  type AttentionParameter,
  type AttentionWeights,
} from "#app/domain/behaviour/session-attention.ts";
import type { Sessions } from "#app/domain/behaviour/session-log.ts";
import { normalDraw, seededRandom, shuffleInPlace, type Random } from "#app/domain/random.ts";
import {
  attentionGradients,
  attentionLosses,
  type AttentionBatch,
  type AttentionTensors,
} from "./session-attention-gradients.ts";

/**
 * How much of the running mean of the weights stays at each step. The mean is what is kept: it does in six epochs what
 * the shaking weights themselves reach in twelve.
 */
const AVERAGE_DECAY = 0.98;

interface AttentionSettings {
  readonly width: number;
  readonly hidden: number;
  /** Looks of a session that are read; a longer one is cut into several. */
  readonly length: number;
  readonly maxEpochs: number;
  /** Ends after so many epochs without a better loss on the held-out sessions. */
  readonly patience: number;
  readonly looksPerBatch: number;
  readonly learningRate: number;
  /** Share of the inputs that is left out of each step. */
  readonly dropoutRatio: number;
  /** Items in fewer looks are not learned. */
  readonly minLooks: number;
  /** Time and memory grow with it: a step scores every item after every look of the batch. */
  readonly maxItems: number;
}

/** Chosen on validation sessions of a European retailer. */
export const ATTENTION_DEFAULTS: AttentionSettings = {
  width: 48,
  hidden: 96,
  length: 10,
  maxEpochs: 7,
  patience: 1,
  looksPerBatch: 512,
  learningRate: 15e-3,
  dropoutRatio: 0.4,
  minLooks: 2,
  maxItems: 6_000,
};

export interface AttentionFit {
  readonly weights: AttentionWeights;
  /** Loss on the held-out sessions after each epoch, nats; empty without them. */
  readonly losses: readonly number[];
}

interface AttentionRun {
  readonly seed: number;
  /** Weights to go on from; what they do not know of starts at random. */
  readonly start?: AttentionWeights;
  readonly onProgress?: (ratio: number, message: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Trains a causal Transformer of one layer on sessions: after each look it tells the next one, by full cross-entropy
 * over all items. Adam; the weights returned are the best on the held-out sessions, or the last ones without any.
 *
 * @param heldOut later sessions for early stopping; null runs `maxEpochs`
 * @throws RangeError when no item is in enough looks
 * @throws DOMException AbortError when aborted; no tensor stays behind
 * @see Kang & McAuley 2018 (SASRec); Klenitskiy & Vasilev 2023 on the full cross-entropy. Known weakness: on little
 *   data it knows less than session neighbours do
 */
export async function trainAttention(
  sessions: Sessions,
  heldOut: Sessions | null,
  settings: AttentionSettings,
  { seed, start, onProgress, signal }: AttentionRun,
): Promise<AttentionFit> {
  const random = seededRandom(seed);
  let best = drawWeights(pickItems(sessions, settings), settings, random, start);
  const runs = cutRuns(sessions, best);
  const heldOutBatches = heldOut ? fillBatches(cutRuns(heldOut, best), settings.looksPerBatch) : null;
  const variables = tidy(() => toVariables(best));
  const average = tidy(() => toVariables(best));
  const optimizer = train.adam(settings.learningRate);
  const losses: number[] = [];
  let steps = 0;
  try {
    for (let epoch = 1; epoch <= settings.maxEpochs; epoch++) {
      const batches = fillBatches(runs, settings.looksPerBatch, random);
      for (const [at, batch] of batches.entries()) {
        signal?.throwIfAborted();
        tidy(() => optimizer.applyGradients(namedGradients(variables, batch, settings, random)));
        moveAverage(average, variables, ++steps);
        if (at % 4 === 0) {
          onProgress?.((epoch - 1 + at / batches.length) / settings.maxEpochs, `epoch ${epoch}`);
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
      if (heldOutBatches) losses.push(await meanLoss(average, heldOutBatches));
      if (heldOutBatches === null || losses.at(-1)! <= Math.min(...losses))
        best = await readWeights(best, average);
      if (losses.length - 1 - losses.indexOf(Math.min(...losses)) > settings.patience) break;
    }
  } finally {
    dispose([...Object.values(variables), ...Object.values(average)]);
    optimizer.dispose();
  }
  return { weights: best, losses };
}

type AttentionVariables = Readonly<Record<AttentionParameter, Variable>>;

function namedGradients(
  variables: AttentionVariables,
  batch: AttentionBatch,
  { width, dropoutRatio }: AttentionSettings,
  random: Random,
): { name: string; tensor: Tensor }[] {
  const kept = Float32Array.from({ length: batch.looks.length * width }, () =>
    random() < dropoutRatio ? 0 : 1 / (1 - dropoutRatio),
  );
  const keep = dropoutRatio > 0 ? tensor2d(kept, [batch.looks.length, width]) : null;
  const gradients = attentionGradients(variables, batch, keep);
  return ATTENTION_PARAMETERS.map((name) => ({ name: variables[name].name, tensor: gradients[name] }));
}

/** Moves the mean towards the weights; at the start by more, or the draw would weigh on it. */
function moveAverage(average: AttentionVariables, variables: AttentionVariables, steps: number): void {
  const stay = Math.min(AVERAGE_DECAY, steps / (steps + 10));
  tidy(() => {
    for (const name of ATTENTION_PARAMETERS) {
      average[name].assign(add(mul(average[name], stay), mul(variables[name], 1 - stay)));
    }
  });
}

async function meanLoss(variables: AttentionTensors, batches: readonly AttentionBatch[]): Promise<number> {
  let [total, looks] = [0, 0];
  for (const batch of batches) {
    const losses = tidy(() => attentionLosses(variables, batch));
    for (const loss of await losses.data()) total += loss;
    losses.dispose();
    looks += batch.next.length;
  }
  return total / Math.max(1, looks);
}

function pickItems(
  { items, offsets, item }: Sessions,
  { minLooks, maxItems }: AttentionSettings,
): Pick<AttentionWeights, "items" | "rowOf"> {
  const looks = new Uint32Array(items);
  for (let at = offsets[0]!; at < offsets.at(-1)!; at++) looks[item[at]!]!++;
  const known = [...looks.keys()].filter((one) => looks[one]! >= minLooks);
  if (known.length > maxItems) known.sort((a, b) => looks[b]! - looks[a]! || a - b).length = maxItems;
  if (known.length === 0) throw new RangeError(`no item is in ${minLooks} looks`);
  const picked = Int32Array.from(known).sort();
  const rowOf = new Int32Array(items).fill(-1);
  picked.forEach((one, row) => (rowOf[one] = row));
  return { items: picked, rowOf };
}

function shapesOf(
  rows: number,
  { width, hidden, length }: Pick<AttentionWeights, "width" | "hidden" | "length">,
) {
  return {
    item: [rows, width],
    place: [length, width],
    query: [width, width],
    key: [width, width],
    value: [width, width],
    w1: [width, hidden],
    b1: [hidden],
    w2: [hidden, width],
    b2: [width],
  } satisfies Record<AttentionParameter, number[]>;
}

/** N(0, 1/width) for what multiplies, 0 for what is added; items and layers of `start` as they are there. */
function drawWeights(
  known: Pick<AttentionWeights, "items" | "rowOf">,
  { width, hidden, length }: AttentionSettings,
  random: Random,
  start?: AttentionWeights,
): AttentionWeights {
  const shapes = shapesOf(known.items.length, { width, hidden, length });
  const draw = (name: AttentionParameter) => {
    const size = (shapes[name] as number[]).reduce((product, edge) => product * edge, 1);
    const isAdded = name === "b1" || name === "b2" || name === "place";
    if (start && name !== "item") return start.parameters[name].slice();
    return Float32Array.from({ length: size }, () => (isAdded ? 0 : normalDraw(random) / Math.sqrt(width)));
  };
  const parameters = Object.fromEntries(ATTENTION_PARAMETERS.map((name) => [name, draw(name)])) as Record<
    AttentionParameter,
    Float32Array
  >;
  known.items.forEach((item, row) => {
    const old = start?.rowOf[item] ?? -1;
    if (start && old >= 0)
      parameters.item.set(start.parameters.item.subarray(old * width, (old + 1) * width), row * width);
  });
  return { ...known, width, hidden, length, parameters };
}

function toVariables(weights: AttentionWeights): AttentionVariables {
  const shapes = shapesOf(weights.items.length, weights);
  return Object.fromEntries(
    ATTENTION_PARAMETERS.map((name) => [name, variable(tensor(weights.parameters[name], shapes[name]))]),
  ) as Record<AttentionParameter, Variable>;
}

async function readWeights(
  weights: AttentionWeights,
  variables: AttentionVariables,
): Promise<AttentionWeights> {
  const read = ATTENTION_PARAMETERS.map(
    async (name) => [name, Float32Array.from(await variables[name].data())] as const,
  );
  const parameters = Object.fromEntries(await Promise.all(read)) as Record<AttentionParameter, Float32Array>;
  return { ...weights, parameters };
}

/** Rows of the looks of each session; one longer than is read is cut into several that overlap by one look. */
function cutRuns({ offsets, item }: Sessions, { rowOf, length }: AttentionWeights): Int32Array[] {
  const runs: Int32Array[] = [];
  for (let session = 0; session < offsets.length - 1; session++) {
    const rows = item
      .slice(offsets[session]!, offsets[session + 1]!)
      .map((one) => rowOf[one]!)
      .filter((row) => row >= 0);
    for (let end = rows.length; end > 1; end -= length) {
      runs.push(rows.subarray(Math.max(0, end - length - 1), end));
    }
  }
  return runs;
}

/** Batches of runs of one length; shuffled when a generator is given. */
function fillBatches(runs: readonly Int32Array[], looksPerBatch: number, random?: Random): AttentionBatch[] {
  const byLength = new Map<number, Int32Array[]>();
  for (const run of random ? shuffleInPlace([...runs], random) : runs) {
    const bucket = byLength.get(run.length) ?? [];
    byLength.set(run.length, bucket);
    bucket.push(run);
  }
  const batches: AttentionBatch[] = [];
  for (const [size, bucket] of byLength) {
    const length = size - 1;
    const most = Math.max(1, Math.floor(looksPerBatch / length));
    for (let from = 0; from < bucket.length; from += most) {
      const part = bucket.slice(from, from + most);
      const looks = new Int32Array(part.length * length);
      const next = new Int32Array(part.length * length);
      part.forEach((run, at) => {
        looks.set(run.subarray(0, length), at * length);
        next.set(run.subarray(1), at * length);
      });
      batches.push({ sessions: part.length, length, looks, next });
    }
  }
  return random ? shuffleInPlace(batches, random) : batches;
}
