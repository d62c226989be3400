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
  /** Ends after so many epochs without a better loss on the held-out queries. */
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
 * For thousands of cases: wider, and held back by its decay rather than by its width.
 * Chosen on April and May of a two-year log of a gift shop, learned on what came before; its epochs on February and
 * March too.
 */
export const WIDE_NETWORK: NetworkSettings = {
  hidden: [96, 32],
  maxEpochs: 2,
  patience: 3,
  batchQueries: 64,
  learningRate: 3e-3,
  weightDecay: 1e-3,
};

/** How the networks of a task are trained. */
interface TrainingSettings {
  /** Candidates of a query that are trained on, of those that it is asked about: half of them the likeliest. */
  readonly places: number;
  /** Most cases of each window. */
  readonly mostCases: number;
  /** Of fewer cases each network learns its own accidents, and the mean of several keeps what they agree on. */
  readonly manyCases: number;
  readonly many: EnsembleSettings;
}

/** How many networks are averaged, and how each is trained. */
export interface EnsembleSettings {
  readonly members: number;
  readonly settings: NetworkSettings;
}

/** Where cases are few, whatever the task. */
export const FEW: EnsembleSettings = { members: 5, settings: NETWORK_DEFAULTS };
/** Each as it did best on orders after those learned from; tests/bench/notes/networks.md has what was tried. */
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

export interface NetworkFit {
  readonly weights: NetworkWeights;
  /** Mean loss on the held-out queries after each epoch, nats. */
  readonly losses: readonly number[];
}

interface TrainingRun {
  readonly seed: number;
  readonly onProgress?: ((ratio: number) => void) | undefined;
  /** Told the losses so far after each epoch, and at once where an earlier attempt left some. */
  readonly onLosses?: ((losses: readonly number[]) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Where an earlier attempt at the very same training may have left its state. */
  readonly checkpoints?: TrainingCheckpoints | undefined;
  /** Memory that the backend may use; unlimited when absent. */
  readonly memoryBytes?: number | undefined;
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
  run: TrainingRun,
): Promise<NetworkFit> {
  const random = seededRandom(run.seed);
  const scaling = measureScaling(examples);
  const layers = [examples.features, ...settings.hidden, 1];
  const { best, losses } = await trainOn(
    { layers, ...scaling, parameters: drawParameters(layers, random) },
    { examples, heldOut },
    settings,
    { ...run, random },
  );
  return { weights: { layers, ...scaling, parameters: best }, losses };
}

/**
 * Epoch after epoch until the held-out queries tell to stop. Saves the state after
 * each, and starts from the saved one when the same training, to the last number, was broken off.
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
        // An engine need not read what another wrote.
        JSON.stringify({ engine: process.versions.v8, seed, settings, layers }),
        ...[examples, heldOut].flatMap(({ x, bought, padding }) => [x, bought, padding]),
        ...parameters,
      ])
    : "";
  const saved = await checkpoints?.read(key);
  let state = saved ? decodeState(saved) : startState(parameters);
  // The order of an epoch's examples is drawn after those of the epochs before it.
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

/** Mean and deviation of every feature over the real candidates, so that no feature starts louder than another. */
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
 * Whether a training has gone on long enough without a better loss on what is held out. A loss that only equals the
 * best is not better.
 *
 * @param losses after each epoch; without any there is nothing to stop on
 * @param patience epochs without a better loss after which it ends, at least 1
 * @see Prechelt 1998, "Early Stopping – But When?"
 */
export function isOutOfPatience(losses: readonly number[], patience: number): boolean {
  return losses.length > 0 && epochsSinceBest(losses) >= patience;
}

function epochsSinceBest(losses: readonly number[]): number {
  return losses.length - 1 - losses.indexOf(Math.min(...losses));
}
