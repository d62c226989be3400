import type {
  BehaviourQuery,
  CandidateMetrics,
  Neighbours,
  UntrainedCandidate,
} from "#app/domain/behaviour/behaviour-model.ts";
import type { CompletionTask } from "#app/domain/behaviour/completion-cases.ts";
import type { NetworkWeights } from "#app/domain/behaviour/network-weights.ts";
import { linkByCoViews } from "#app/domain/behaviour/co-view-links.ts";
import type { FeatureSources } from "#app/domain/behaviour/query-evidence.ts";
import { firstSessionAt, sliceSessions, type Sessions } from "#app/domain/behaviour/session-log.ts";
import { chooseTextCut, type TextMeasure } from "#app/domain/behaviour/choose-text.ts";
import { linkByText } from "#app/domain/behaviour/text-similarity.ts";
import {
  firstBasketAt,
  isUndated,
  joinBaskets,
  sliceBaskets,
  type Baskets,
} from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { getBackend } from "@tensorflow/tfjs-core";
import { openNetworkModel, openSimpleModels, type RankingModel } from "./behaviour-candidates.ts";
import { chooseForTask, type TaskChoice, type TeachingWindow } from "./choose-for-task.ts";
import { findNeighbours } from "./find-neighbours.ts";
import { fitFeatureSources, openFeatureSources, type OtherLinks } from "./fit-feature-sources.ts";
import { refitHistory, trainHistoryCandidate } from "./history-candidate.ts";
import type { Aside } from "./learn-aside.ts";
import type { TrainingCheckpoints } from "./training-state.ts";

interface BehaviourTraining {
  /** Orders at or after it are not learned from. */
  readonly cutoffMs: number;
  readonly seed: number;
  /** 0 to 1 of the whole training. */
  readonly onProgress?: ((ratio: number, message: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** The shop's browsing; sessions that ended at or after the orders to be told are not learned from. */
  readonly sessions?: Sessions | undefined;
  /** Items that may be recommended besides those in enough orders, such as products not sold yet. */
  readonly isCandidate?: ((item: number) => boolean) | undefined;
  /** Where the networks leave their state, so that a later attempt at the same training goes on from it. */
  readonly checkpoints?: TrainingCheckpoints | undefined;
  /** Memory that the tensors of the backend may use; unlimited when absent. */
  readonly memoryBytes?: number | undefined;
  /** Told the held-out losses so far of a task's network after each epoch. */
  readonly onLosses?: ((task: CompletionTask, losses: readonly number[]) => void) | undefined;
  /** What will be asked; both tasks when absent. A query of a task that was not trained is answered by the other's model. */
  readonly tasks?: ReadonlySet<CompletionTask> | undefined;
  /** Where there is one, what nothing waits for yet is fitted and trained there. */
  readonly aside?: Aside | undefined;
  /** Partners listed of each item; 0 leaves the list empty and saves its time. */
  readonly neighbourCount?: number | undefined;
}

export interface TrainedBehaviour {
  readonly model: RankingModel;
  /** Every candidate of both tasks as measured on later orders; one of each task is chosen. */
  readonly candidates: readonly CandidateMetrics[];
  /** Those that were not trained, and why. */
  readonly untrained: readonly UntrainedCandidate[];
  readonly neighbours: Neighbours;
  /** How texts were compared, and how each way did; empty where orders were too few to choose by. */
  readonly textMeasures: readonly TextMeasure[];
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

const TASKS: readonly CompletionTask[] = ["cart", "product"];

/** An item in fewer baskets is known too little to be recommended. */
const MIN_ITEM_BASKETS = 3;

/** The last orders, that the network is trained and the choice is made on; at most so many days and this share. */
const WINDOW_DAYS = 61;
/** A shop without orders for longer has paused. */
const QUIET_DAYS = 7;
const WINDOW_RATIO = 0.25;
/** A window with so many baskets has all the cases that a network is trained on. */
const ENOUGH_BASKETS = 6_000;
/** Parts of the earlier orders of a log without times. */
const OTHER_FOLDS = 3;

/**
 * Step 3, behaviour: fits the simple methods on the orders before a window, trains the networks on the window's first
 * part and on the window before it, lets its last part choose for carts and for single products, and refits the
 * methods on all orders before the cutoff. The network reads the refitted features. What `candidates` tells was measured
 * before the last part was learned from.
 *
 * @param baskets of one shop; only those before the cutoff are used
 * @returns a model that scores every item of `baskets.items`
 * @throws RangeError when no basket lies before the cutoff, or there is no task
 * @throws DOMException AbortError when the signal is aborted; no tensor stays behind
 */
export async function trainBehaviour(
  baskets: Baskets,
  options: BehaviourTraining,
): Promise<TrainedBehaviour> {
  const startedMs = performance.now();
  const { cutoffMs, seed, signal, sessions, onProgress = () => {} } = options;
  const past = sliceBaskets(baskets, 0, firstBasketAt(baskets, cutoffMs));
  if (past.placedAtMs.length === 0) throw new RangeError("no order before the cutoff");
  const count = past.placedAtMs.length;
  // Of a log that ends long before the cutoff the last orders are as good, and all there are.
  const toMs = Math.min(cutoffMs, past.placedAtMs[count - 1]! + QUIET_DAYS * DAY_MS);
  const windowFrom = openWindow(past, count, toMs);
  const textMeasures = chooseTextCut(sliceBaskets(past, 0, windowFrom));
  const text = linkByText(baskets.items, textMeasures.find(({ isChosen }) => isChosen)?.cut);

  const stage = (from: number, to: number, message: string) => (ratio: number) =>
    onProgress(from + (to - from) * ratio, message);
  const abortable = signal ? { signal } : {};
  const linksUntil = (untilMs: number): OtherLinks => ({
    text,
    coViews: sessions ? linkByCoViews(sliceSessions(sessions, 0, firstSessionAt(sessions, untilMs))) : null,
  });
  const fit = (from: Baskets, untilMs: number, onRatio: (ratio: number) => void) =>
    fitFeatureSources(from, untilMs, linksUntil(untilMs), { ...abortable, onProgress: onRatio });
  /** Begins to fit aside, where that can be; else fits when it is asked for. */
  const fitLater = (from: Baskets, untilMs: number) => {
    const begun = options.aside?.fit(from, untilMs, signal);
    // It is waited for later, and may fail before.
    begun?.catch(() => {});
    return async (onRatio: (ratio: number) => void) =>
      begun ? openFeatureSources(await begun, from, linksUntil(untilMs)) : fit(from, untilMs, onRatio);
  };
  const planned = planOtherWindows(past, windowFrom).map((other) => ({
    ...other,
    fit: fitLater(other.learnsFrom, past.placedAtMs[other.from]!),
  }));
  const fitAll = fitLater(past, cutoffMs);

  const earlier = await fit(
    sliceBaskets(past, 0, windowFrom),
    past.placedAtMs[windowFrom] ?? cutoffMs,
    stage(0, 0.12, "fitting the methods on earlier orders"),
  );
  const others: TeachingWindow[] = [];
  for (const [at, { from, to, fit: fitOther }] of planned.entries()) {
    const share = (done: number) => 0.12 + (0.12 * done) / planned.length;
    const onRatio = stage(share(at), share(at + 1), "fitting the methods on orders before those");
    const fitted = await fitOther(onRatio);
    others.push({ from, to, fitted, eligible: listEligible(fitted, options) });
  }
  const history = await trainHistoryCandidate(past, windowFrom, {
    seed,
    signal,
    onRatio: stage(0.24, 0.26, "training on purchase histories"),
  });
  const window = {
    past,
    from: windowFrom,
    others,
    history,
    fitted: earlier,
    eligible: listEligible(earlier, options),
  };
  const choose = (task: CompletionTask, onRatio: (ratio: number) => void) =>
    chooseForTask(task, window, {
      seed,
      ...abortable,
      checkpoints: options.checkpoints,
      memoryBytes: options.memoryBytes,
      aside: options.aside,
      onRatio,
      onLosses: (losses) => options.onLosses?.(task, losses),
    });
  const tasks = options.tasks ?? new Set(TASKS);
  const chosen = {
    cart: tasks.has("cart") ? await choose("cart", stage(0.26, 0.5, "training for carts")) : null,
    product: tasks.has("product")
      ? await choose("product", stage(0.5, 0.7, "training for product pages"))
      : null,
  };
  const sources = await fitAll(stage(0.7, 0.88, "fitting the methods on all orders"));
  const eligible = listEligible(sources, options);
  const choices = TASKS.flatMap((task) => chosen[task] ?? []);
  const refitted =
    history.ok && choices.some(({ name }) => name === "history attention")
      ? await refitHistory(past, history.fit, {
          seed,
          signal,
          onRatio: stage(0.88, 0.9, "training on all purchase histories"),
        })
      : null;
  const open = ({ name, networks, calibration }: TaskChoice): RankingModel => {
    if (name === "relu network") return openNetworkModel(networks, sources, eligible, calibration);
    if (name !== "history attention") return openSimpleModels([name], sources)[0]!;
    return refitted!;
  };
  if (choices.length === 0) throw new RangeError("no task to train for");
  const opened = { cart: chosen.cart && open(chosen.cart), product: chosen.product && open(chosen.product) };
  const models = { cart: opened.cart ?? opened.product!, product: opened.product ?? opened.cart! };
  const model: RankingModel = {
    name: `${models.cart.name} for carts, ${models.product.name} for product pages`,
    score(query: BehaviourQuery, into, excluded) {
      models[query.basket.length > 1 ? "cart" : "product"].score(query, into, excluded);
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
    candidates: choices.flatMap(({ candidates }) => candidates),
    untrained: choices.flatMap(({ untrained }) => untrained),
    neighbours,
    textMeasures,
    networks: { cart: listChosenNetworks(chosen.cart), product: listChosenNetworks(chosen.product) },
    backend: getBackend(),
    trainMs: Math.round(performance.now() - startedMs),
    losses: chosen.cart?.losses ?? [],
    eligible,
  };
}

/**
 * Parts of the orders before the window that the networks learn from too, each with the orders that its methods are
 * fitted on. Where times are told, the same span before the window, unless the window itself has enough, with methods
 * that have seen only what was before that: fitted on later orders they would show the network more than a shopper's
 * past can hold. Of a log without times all of them, a part at a time, with methods fitted on everything but it.
 */
function planOtherWindows(
  past: Baskets,
  windowFrom: number,
): { from: number; to: number; learnsFrom: Baskets }[] {
  const count = past.placedAtMs.length;
  if (!isUndated(past)) {
    if (count - windowFrom >= ENOUGH_BASKETS) return [];
    const from = openWindow(past, windowFrom, past.placedAtMs[windowFrom] ?? 0);
    return from > 0 && from < windowFrom
      ? [{ from, to: windowFrom, learnsFrom: sliceBaskets(past, 0, from) }]
      : [];
  }
  const at = (fold: number) => Math.floor((fold * windowFrom) / OTHER_FOLDS);
  return Array.from({ length: OTHER_FOLDS }, (_, fold) => ({ from: at(fold), to: at(fold + 1) }))
    .filter(({ from, to }) => to > from)
    .map(({ from, to }) => ({
      from,
      to,
      learnsFrom: joinBaskets(sliceBaskets(past, 0, from), sliceBaskets(past, to, count)),
    }));
}

/** First basket of the window that ends before basket `to`, placed at `toMs`. */
function openWindow(past: Baskets, to: number, toMs: number): number {
  // By number where time cannot tell: a log may give all its orders one date.
  return Math.max(firstBasketAt(past, toMs - WINDOW_DAYS * DAY_MS), Math.floor((1 - WINDOW_RATIO) * to));
}

function listChosenNetworks(choice: TaskChoice | null): readonly NetworkWeights[] {
  return choice?.name === "relu network" ? choice.networks : [];
}

function listEligible(
  { sales }: FeatureSources,
  { isCandidate }: { readonly isCandidate?: ((item: number) => boolean) | undefined },
): number[] {
  return [...sales.baskets.keys()].filter((item) =>
    isCandidate ? isCandidate(item) : sales.baskets[item]! >= MIN_ITEM_BASKETS,
  );
}
