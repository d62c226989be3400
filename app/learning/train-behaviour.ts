import type { BehaviourQuery, CandidateMetrics, Neighbours } from "#app/domain/behaviour/behaviour-model.ts";
import {
  drawCompletionCases,
  type CompletionCase,
  type CompletionTask,
} from "#app/domain/behaviour/completion-cases.ts";
import { openPurchaseFeatures } from "#app/domain/behaviour/purchase-features.ts";
import { isClearlyBetter, measureRanking, type RankingMeasure } from "#app/domain/behaviour/rank-items.ts";
import type { FeatureSources } from "#app/domain/behaviour/query-evidence.ts";
import type { NetworkWeights } from "#app/domain/behaviour/network-weights.ts";
import { roundToStored } from "#app/domain/behaviour/stored-networks.ts";
import { linkByText } from "#app/domain/behaviour/text-similarity.ts";
import { firstBasketAt, sliceBaskets, type Baskets } from "#app/domain/prepare/baskets.ts";
import { seededRandom } from "#app/domain/random.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { getBackend } from "@tensorflow/tfjs-core";
import {
  NETWORK_CANDIDATES,
  openNetworkModel,
  openSimpleModel,
  SIMPLE_NAMES,
  type RankingModel,
  type SimpleName,
} from "./behaviour-candidates.ts";
import { findNeighbours } from "./find-neighbours.ts";
import { fitFeatureSources } from "./fit-feature-sources.ts";
import { gatherExamples } from "./gather-examples.ts";
import {
  continueTraining,
  CONTINUING_DEFAULTS,
  NETWORK_DEFAULTS,
  trainPurchaseNetwork,
  type NetworkFit,
} from "./purchase-network.ts";
import type { TrainingCheckpoints } from "./training-state.ts";

interface BehaviourTraining {
  /** Orders at or after it are not learned from. */
  readonly cutoffMs: number;
  readonly seed: number;
  /** 0 to 1 of the whole training. */
  readonly onProgress?: ((ratio: number, message: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Items that may be recommended besides those in enough orders, such as products not sold yet. */
  readonly isCandidate?: ((item: number) => boolean) | undefined;
  /** Where the networks leave their state, so that a later attempt at the same training goes on from it. */
  readonly checkpoints?: TrainingCheckpoints | undefined;
  /** Memory that the tensors of the backend may use; unlimited when absent. */
  readonly memoryBytes?: number | undefined;
  /** Told the held-out losses so far of a task's network after each epoch. */
  readonly onLosses?: ((task: CompletionTask, losses: readonly number[]) => void) | undefined;
  /** Partners listed of each item; 0 leaves the list empty and saves its time. */
  readonly neighbourCount?: number | undefined;
}

export interface TrainedBehaviour {
  readonly model: RankingModel;
  /** Every candidate of both tasks as measured on later orders; one of each task is chosen. */
  readonly candidates: readonly CandidateMetrics[];
  readonly neighbours: Neighbours;
  /** The networks chosen for each task, weights as they will be stored; none where a simple method was chosen. */
  readonly networks: Readonly<Record<CompletionTask, readonly NetworkWeights[]>>;
  /** TensorFlow.js's name of the backend that did the work. */
  readonly backend: string;
  readonly trainMs: number;
  /** Held-out loss after each epoch of the cart network, nats; empty when there was too little to train on. */
  readonly losses: readonly number[];
  /** Items that may be recommended. */
  readonly eligible: readonly number[];
}

/** An item in fewer baskets is known too little to be recommended. */
const MIN_ITEM_BASKETS = 3;

/** The last orders, that the network is trained and the choice is made on; at most so many days and this share. */
const WINDOW_DAYS = 61;
const WINDOW_RATIO = 0.25;
/** Parts of the window, in order of time: to train on, to stop early on, to choose on. */
const TRAIN_PART = 0.72;
const STOP_PART = 0.84;
/** Fewer cases than this and a network is noise. */
const MIN_NETWORK_CASES = 300;
const MAX_NETWORK_CASES = 6_000;
/** Of fewer, a network that goes on after its early stopping learns the cases by heart. */
const MIN_CONTINUING_CASES = 2_000;
const MAX_CHOICE_CASES = 1_000;
/** What is taken unless another is clearly better on the later orders. */
const DEFAULT_CHOICE: Readonly<Record<CompletionTask, SimpleName>> = { cart: "ease", product: "rp3beta" };

interface TaskChoice {
  readonly name: SimpleName | "relu network";
  readonly network: NetworkFit | null;
  readonly candidates: CandidateMetrics[];
}

/**
 * Step 3, behaviour: fits the simple methods on the orders before a window, trains the network on the window's
 * first part, lets its last part choose for carts and for single products, trains a network chosen for carts a little
 * further on the whole window, and refits the methods on all orders before the cutoff. The network reads the refitted
 * features. What `candidates` tells was measured before the last part was learned from.
 *
 * @param baskets of one shop; only those before the cutoff are used
 * @returns a model that scores every item of `baskets.items`
 * @throws RangeError when no basket lies before the cutoff
 * @throws DOMException AbortError when the signal is aborted; no tensor stays behind
 */
export async function trainBehaviour(
  baskets: Baskets,
  options: BehaviourTraining,
): Promise<TrainedBehaviour> {
  const startedMs = performance.now();
  const { cutoffMs, seed, signal, onProgress = () => {} } = options;
  const past = sliceBaskets(baskets, 0, firstBasketAt(baskets, cutoffMs));
  if (past.placedAtMs.length === 0) throw new RangeError("no order before the cutoff");
  const text = linkByText(baskets.items);
  const count = past.placedAtMs.length;
  // By number where time cannot tell: a log may give all its orders one date.
  const windowFrom = Math.max(
    firstBasketAt(past, cutoffMs - WINDOW_DAYS * DAY_MS),
    Math.floor((1 - WINDOW_RATIO) * count),
  );

  const stage = (from: number, to: number, message: string) => (ratio: number) =>
    onProgress(from + (to - from) * ratio, message);
  const abortable = signal ? { signal } : {};
  const resumable = { ...abortable, checkpoints: options.checkpoints, memoryBytes: options.memoryBytes };
  const fit = (before: number, untilMs: number, onRatio: (ratio: number) => void) =>
    fitFeatureSources(sliceBaskets(past, 0, before), untilMs, text, { ...abortable, onProgress: onRatio });

  const earlier = await fit(
    windowFrom,
    past.placedAtMs[windowFrom] ?? cutoffMs,
    stage(0, 0.2, "fitting the methods on earlier orders"),
  );
  const choices = {
    cart: await chooseForTask("cart", earlier, stage(0.2, 0.45, "training for carts")),
    product: await chooseForTask("product", earlier, stage(0.45, 0.7, "training for product pages")),
  };
  const sources = await fit(count, cutoffMs, stage(0.7, 0.9, "fitting the methods on all orders"));
  const eligible = listEligible(sources, options);
  const open = ({ name, network }: TaskChoice): RankingModel =>
    name === "relu network" && network
      ? openNetworkModel(network.weights, sources, eligible)
      : openSimpleModel(name as SimpleName, sources);
  const models = { cart: open(choices.cart), product: open(choices.product) };
  const model: RankingModel = {
    name: `${models.cart.name} for carts, ${models.product.name} for product pages`,
    score(query: BehaviourQuery, into, isExcluded) {
      models[query.basket.length > 1 ? "cart" : "product"].score(query, into, isExcluded);
    },
  };
  const neighbours = await findNeighbours(models.product, sources, eligible, {
    count: options.neighbourCount ?? 20,
    ...abortable,
    onProgress: stage(0.9, 1, "listing the partners of every product"),
  });
  onProgress(1, "trained");
  return {
    model,
    candidates: [...choices.cart.candidates, ...choices.product.candidates],
    neighbours,
    networks: { cart: listChosenNetworks(choices.cart), product: listChosenNetworks(choices.product) },
    backend: getBackend(),
    trainMs: Math.round(performance.now() - startedMs),
    losses: choices.cart.network?.losses ?? [],
    eligible,
  };

  async function chooseForTask(
    task: CompletionTask,
    fitted: FeatureSources,
    onRatio: (ratio: number) => void,
  ): Promise<TaskChoice> {
    const candidateItems = listEligible(fitted, options);
    const isKnown = membership(candidateItems, past.items.length);
    const at = (part: number) => windowFrom + Math.floor(part * (count - windowFrom));
    const draw = (fromPart: number, toPart: number, most: number, isVaried: boolean, salt: number) => {
      const [from, to] = [at(fromPart), at(toPart)];
      const perBasket = Math.max(1, Math.min(3, Math.ceil(most / Math.max(1, to - from))));
      const cases = drawCompletionCases(
        past,
        { from, to, task, perBasket, isVaried },
        isKnown,
        seededRandom(seed + salt),
      );
      // Every n-th of too many, so that the whole part of the window stays represented.
      const step = Math.ceil(cases.length / most);
      return step > 1 ? cases.filter((_, index) => index % step === 0) : cases;
    };
    const universe = { eligible: candidateItems, items: past.items.length };
    const measured: (RankingMeasure & { name: TaskChoice["name"]; fitMs: number })[] = [];
    const trainCases = draw(0, TRAIN_PART, MAX_NETWORK_CASES, true, 1);
    const hasNetwork = trainCases.length >= MIN_NETWORK_CASES;
    // What no network trains on may all serve the choice.
    const choiceCases = draw(hasNetwork ? STOP_PART : 0, 1, MAX_CHOICE_CASES, false, 3);
    for (const name of SIMPLE_NAMES) {
      signal?.throwIfAborted();
      measured.push({
        name,
        ...measureRanking(openSimpleModel(name, fitted), choiceCases, universe),
        fitMs: 0,
      });
      await new Promise((resolve) => setImmediate(resolve));
    }
    onRatio(0.2);

    let network: NetworkFit | null = null;
    const gather = (cases: CompletionCase[]) => {
      const limit = Math.min(NETWORK_CANDIDATES, candidateItems.length);
      return gatherExamples(cases, openPurchaseFeatures(fitted, candidateItems), limit);
    };
    if (hasNetwork) {
      const startedMs = performance.now();
      const examples = gather(trainCases);
      const stopping = gather(draw(TRAIN_PART, STOP_PART, MAX_CHOICE_CASES, true, 2));
      onRatio(0.4);
      network = await trainPurchaseNetwork(examples, stopping, NETWORK_DEFAULTS, {
        seed,
        ...resumable,
        onProgress: (ratio) => onRatio(0.4 + 0.4 * ratio),
        onLosses: (losses) => options.onLosses?.(task, losses),
      });
      const model = openNetworkModel(roundToStored(network.weights), fitted, candidateItems);
      const fitMs = Math.round(performance.now() - startedMs);
      measured.push({ name: "relu network", ...measureRanking(model, choiceCases, universe), fitMs });
    }
    const best = measured.reduce((a, b) => (b.ndcg10 > a.ndcg10 ? b : a));
    const usual = measured.find((candidate) => candidate.name === DEFAULT_CHOICE[task])!;
    const { name } = isClearlyBetter(best, usual) ? best : usual;
    // For product pages it gained nothing on later orders of a gift shop, and costs as much.
    const isWorthMore = task === "cart" && trainCases.length >= MIN_CONTINUING_CASES;
    if (name === "relu network" && network && isWorthMore) {
      // Other products are hidden than before: going on with the same examples learns them by heart.
      const examples = gather(draw(0, 1, MAX_NETWORK_CASES, true, 4));
      const weights = await continueTraining(network.weights, examples, CONTINUING_DEFAULTS, {
        seed,
        ...resumable,
        onProgress: (ratio) => onRatio(0.8 + 0.2 * ratio),
      });
      network = { ...network, weights };
    }
    return {
      name,
      network: network && { ...network, weights: roundToStored(network.weights) },
      candidates: measured.map(({ name: candidate, hr10, ndcg10, fitMs }) => ({
        name: `${candidate} (${task})`,
        hr10,
        ndcg10,
        fitMs,
        isChosen: candidate === name,
      })),
    };
  }
}

function listChosenNetworks({ name, network }: TaskChoice): NetworkWeights[] {
  return name === "relu network" && network ? [network.weights] : [];
}

function listEligible(
  { sales }: FeatureSources,
  { isCandidate }: { readonly isCandidate?: ((item: number) => boolean) | undefined },
): number[] {
  return [...sales.baskets.keys()].filter((item) =>
    isCandidate ? isCandidate(item) : sales.baskets[item]! >= MIN_ITEM_BASKETS,
  );
}

function membership(items: readonly number[], count: number): (item: number) => boolean {
  const isMember = new Uint8Array(count);
  for (const item of items) isMember[item] = 1;
  return (item) => isMember[item] === 1;
}
