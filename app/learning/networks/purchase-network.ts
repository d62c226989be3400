import type { CompletionTask } from "#app/domain/behaviour/behaviour-model.ts";
import { normalDraw, seededRandom, shuffleInPlace, type Random } from "#app/domain/numbers/random.ts";
import type { NetworkWeights } from "#app/domain/behaviour/networks/network-weights.ts";
import type { PurchaseExamples, Scaling } from "./gather-examples.ts";
import { measureLoss, trainEpoch, type EpochSettings } from "./train-epoch.ts";
import {
  decodeState,
  encodeState,
  nameWork,
  startState,
  type TrainingCheckpoints,
  type TrainingState,
} from "./training-state.ts";

export interface NetworkSettings extends EpochSettings {
  readonly hidden: readonly number[];
  readonly maxEpochs: number;
  /** Stops after this many epochs without a better loss on the held-out queries. */
  readonly patience: number;
}

export const NETWORK_DEFAULTS: NetworkSettings = {
  hidden: [48, 24],
  maxEpochs: 14,
  patience: 3,
  batchQueries: 32,
  learningRate: 2e-3,
  weightDecay: 1e-4,
};

/**
 * For thousands of cases: wider, and regularised by weight decay instead of width. Chosen on April and May of a
 * two-year log of a gift shop, trained on the months before; the number of epochs on February and March too.
 */
export const WIDE_NETWORK: NetworkSettings = {
  hidden: [96, 32],
  maxEpochs: 2,
  patience: 3,
  batchQueries: 64,
  learningRate: 3e-3,
  weightDecay: 1e-3,
};

/** Training settings of a task. */
interface TrainingSettings {
  /** Candidates per query to train on, half of them the likeliest. */
  readonly places: number;
  /** Maximum cases per window. */
  readonly mostCases: number;
  /** From this many cases on, `many` applies. With fewer, networks overfit, and the mean of several cancels that. */
  readonly manyCases: number;
  readonly many: EnsembleSettings;
}

/** Number of networks to average, and their settings. */
export interface EnsembleSettings {
  readonly members: number;
  readonly settings: NetworkSettings;
}

/** For few cases of any task. */
export const FEW: EnsembleSettings = { members: 5, settings: NETWORK_DEFAULTS };
/** Best settings on orders after the training window; tests/bench/notes/networks.md lists what was tried. */
export const TRAINING_SETTINGS: Readonly<Record<CompletionTask | "undated", TrainingSettings>> = {
  cart: {
    places: 32,
    mostCases: 7_000,
    manyCases: 4_000,
    many: { members: 2, settings: { ...WIDE_NETWORK, batchQueries: 128, learningRate: 4e-3 } },
  },
  product: {
    places: 48,
    mostCases: 2_500,
    manyCases: 4_000,
    many: { members: 2, settings: WIDE_NETWORK },
  },
  undated: { places: 72, mostCases: 6_000, manyCases: Infinity, many: FEW },
};

export interface TrainingRun {
  readonly seed: number;
  readonly onProgress?: ((ratio: number) => void) | undefined;
  /** Receives the mean losses so far on the held-out queries, nats: after each epoch, and at the start when resuming. */
  readonly onLosses?: ((losses: readonly number[]) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** May hold the state of an earlier attempt at the same training. */
  readonly checkpoints?: TrainingCheckpoints | undefined;
  /** Memory that the backend can use; unlimited by default. */
  readonly memoryBytes?: number | undefined;
}

/**
 * Trains `relu(W·x + b)` layers by back-propagation, starting from W ~ N(0, 1/d_x). x are the features of one
 * candidate. The output goes through a softmax over the query's candidates and is the probability that the shopper buys
 * this candidate. Loss: cross-entropy. Adam; early stopping.
 *
 * @param heldOut queries later than those of `examples`; the returned weights are the best on them
 * @throws DOMException AbortError when aborted; all tensors are disposed
 * @see Cao et al. 2007 (ListNet) for the loss
 */
export async function trainPurchaseNetwork(
  examples: PurchaseExamples,
  heldOut: PurchaseExamples,
  settings: NetworkSettings,
  run: TrainingRun,
): Promise<NetworkWeights> {
  const random = seededRandom(run.seed);
  const scaling = measureScaling(examples);
  const layers = [examples.features, ...settings.hidden, 1];
  const { best } = await trainOn(
    { layers, ...scaling, parameters: drawParameters(layers, random) },
    { examples, heldOut },
    settings,
    { ...run, random },
  );
  return { layers, ...scaling, parameters: best };
}

/**
 * Trains until the held-out loss stops improving. Saves the state after each epoch, and resumes from the saved state of
 * an identical training.
 */
async function trainOn(
  start: NetworkWeights,
  { examples, heldOut }: { examples: PurchaseExamples; heldOut: PurchaseExamples },
  settings: NetworkSettings,
  {
    seed,
    random,
    onProgress,
    onLosses,
    signal,
    checkpoints,
    memoryBytes = Infinity,
  }: TrainingRun & {
    random: Random;
  },
): Promise<TrainingState> {
  const { layers, mean, inverseDeviation, parameters } = start;
  const work = { layers, scaling: { mean, inverseDeviation }, examples, settings, memoryBytes, signal };
  const key = checkpoints
    ? nameWork([
        // One V8 version may not read what another serialised.
        JSON.stringify({ engine: process.versions.v8, seed, settings, layers }),
        ...[examples, heldOut].flatMap(({ x, bought, padding }) => [x, bought, padding]),
        ...parameters,
      ])
    : "";
  const saved = await checkpoints?.read(key);
  let state = saved ? decodeState(saved) : startState(parameters);
  // Advances the generator past the finished epochs.
  for (let epoch = 0; epoch < state.epochs; epoch++) drawOrder(examples.queries, random);
  if (state.losses.length > 0) onLosses?.(state.losses);
  while (!hasEnded(state, settings)) {
    state = await trainEpoch(work, state, drawOrder(examples.queries, random));
    state = noteLoss(state, await measureLoss(state.average, { ...work, examples: heldOut }));
    await checkpoints?.save(key, encodeState(state));
    onProgress?.(state.epochs / settings.maxEpochs);
    onLosses?.(state.losses);
  }
  return state;
}

function hasEnded({ epochs, losses }: TrainingState, { maxEpochs, patience }: NetworkSettings): boolean {
  return epochs >= maxEpochs || isOutOfPatience(losses, patience);
}

function noteLoss(state: TrainingState, loss: number): TrainingState {
  const isBest = state.losses.every((earlier) => loss < earlier);
  return { ...state, losses: [...state.losses, loss], best: isBest ? state.average : state.best };
}

/** Mean and inverse deviation of every feature over the real candidates, so that features start on one scale. */
function measureScaling({ x, padding, features }: PurchaseExamples): Scaling {
  const sums = new Float64Array(features);
  const squares = new Float64Array(features);
  let rows = 0;
  padding.forEach((pad, row) => {
    if (pad < 0) return;
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
    const w = Float32Array.from({ length: from * to }, () => normalDraw(random) / Math.sqrt(from));
    return [w, new Float32Array(to)];
  });
}

function drawOrder(length: number, random: Random): Uint32Array {
  return shuffleInPlace(
    Uint32Array.from({ length }, (_, index) => index),
    random,
  );
}

/**
 * Whether training has run long enough without a better held-out loss. An equal loss is not better.
 *
 * @param losses after each epoch; never out of patience without any
 * @param patience epochs without a better loss, at least 1
 * @see Prechelt 1998, "Early Stopping – But When?"
 */
export function isOutOfPatience(losses: readonly number[], patience: number): boolean {
  const epochsSinceBest = losses.length - 1 - losses.indexOf(Math.min(...losses));
  return losses.length > 0 && epochsSinceBest >= patience;
}
