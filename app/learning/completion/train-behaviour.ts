import type {
  BehaviourModel,
  BehaviourQuery,
  CandidateMetrics,
  CompletionTask,
  Neighbours,
} from "#app/domain/behaviour/behaviour-model.ts";
import {
  linkByCoViews,
  firstSessionAt,
  sliceSessions,
  type Sessions,
} from "#app/domain/behaviour/sessions/co-views.ts";
import { linkByText } from "#app/domain/behaviour/methods/text-similarity.ts";
import { firstBasketAt, isUndated, sliceBaskets, type Baskets } from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { openNetworkModel, openSimpleModels } from "./behaviour-candidates.ts";
import { chooseForTask, type MemberTrainer, type TaskChoice } from "./choose-for-task.ts";
import {
  listEligible,
  gatherOtherWindow,
  openWindow,
  planOtherWindows,
  type OtherWindowWork,
  type WindowExamples,
  type WindowTraining,
} from "./other-windows.ts";
import {
  fitFeatureSources,
  openFeatureSources,
  type FittedSources,
  type OtherLinks,
} from "./fit-feature-sources.ts";
import { TRAINING_SETTINGS, type TrainingRun } from "#app/learning/networks/purchase-network.ts";
import type { RunMessage } from "#app/domain/run-status.ts";
import { rankItems } from "#app/domain/behaviour/choice/rank-items.ts";
import type { FeatureSources } from "#app/domain/behaviour/features/query-evidence.ts";
import { pause } from "#app/learning/pause.ts";

type TrainingMessage = Extract<RunMessage, { readonly code: `train.${string}` }>;

/** Work for a worker thread. Its results are bit-identical to those of this thread. */
export interface WorkerThread extends MemberTrainer {
  /** Like `fitSources`. */
  fit(baskets: Baskets, cutoffMs: number, signal: AbortSignal | undefined): Promise<FittedSources>;
  /** Like `gatherOtherWindow`. */
  gather(work: OtherWindowWork, signal: AbortSignal | undefined): Promise<WindowExamples[]>;
}

interface BehaviourTraining extends Pick<TrainingRun, "seed" | "signal" | "checkpoints" | "memoryBytes"> {
  /** Orders from this instant on are ignored. */
  readonly cutoffMs: number;
  /** Ratio of the whole training, 0 to 1. */
  readonly onProgress?: ((ratio: number, message: TrainingMessage) => void) | undefined;
  /** The shop's browsing; sessions that ended at or after the orders to predict are ignored. */
  readonly sessions?: Sessions | undefined;
  /** The items that can be recommended, such as products without sales; by default those in enough orders. */
  readonly isCandidate?: ((item: number) => boolean) | undefined;
  /** Receives a task's held-out losses so far after each epoch. */
  readonly onLosses?: ((task: CompletionTask, losses: readonly number[]) => void) | undefined;
  /** Tasks to train; both by default. The other task's model answers queries of an untrained task. */
  readonly tasks?: ReadonlySet<CompletionTask> | undefined;
  /** Fits and trains in parallel, if present. */
  readonly workerThread?: WorkerThread | undefined;
  /** Partners listed per item; 0 lists none and saves the time. */
  readonly neighbourCount?: number | undefined;
}

export interface TrainedBehaviour {
  readonly model: BehaviourModel;
  /** Every candidate of both tasks, measured on later orders; one per task is chosen. */
  readonly candidates: readonly CandidateMetrics[];
  readonly neighbours: Neighbours;
  readonly trainMs: number;
  /** Items that can be recommended. */
  readonly eligible: readonly number[];
}

const TASKS: readonly CompletionTask[] = ["cart", "product"];

/** Candidates per product from which the listed partners are chosen; more take longer. */
const PARTNER_CANDIDATES = 60;

/** After this many days without orders, a shop has paused. */
const QUIET_DAYS = 7;

/**
 * Step 3, behaviour. Fits the simple methods on the orders before a window. Trains the networks on the window's first
 * part and on other windows before it. Chooses on the last part, for carts and for product pages. Then refits the
 * methods on all orders before the cutoff; the networks read the refitted features. `candidates` were measured before
 * the refit.
 *
 * @param baskets of one shop; only those before the cutoff are used
 * @returns a model that scores every item of `baskets.items`
 * @throws RangeError when no basket lies before the cutoff, or there is no task
 * @throws DOMException AbortError when the signal is aborted; all tensors are disposed
 * @see app/decisions/behaviour/078-what-moves-nothing-served-is-not-kept.md
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
  // If the log ends long before the cutoff, its last orders form the window.
  const toMs = Math.min(cutoffMs, past.placedAtMs[count - 1]! + QUIET_DAYS * DAY_MS);
  const windowFrom = openWindow(past, count, toMs);
  const text = await linkByText(baskets.items, () => pause(signal));

  const stage = (from: number, to: number, code: TrainingMessage["code"]) => (ratio: number) =>
    onProgress(from + (to - from) * ratio, { code, values: {} });
  const abortable = signal ? { signal } : {};
  const linksUntil = (untilMs: number): OtherLinks => ({
    text,
    coViews: sessions ? linkByCoViews(sliceSessions(sessions, 0, firstSessionAt(sessions, untilMs))) : null,
  });
  const fit = (from: Baskets, untilMs: number, onRatio: (ratio: number) => void) =>
    fitFeatureSources(from, untilMs, linksUntil(untilMs), { ...abortable, onProgress: onRatio });
  const tasks = TASKS.filter((task) => options.tasks?.has(task) ?? true);
  const candidates = options.isCandidate ? [...baskets.items.keys()].filter(options.isCandidate) : null;
  const works = planOtherWindows(past, windowFrom).map((other, at) => ({
    ...other,
    past,
    links: linksUntil(other.untilMs),
    candidates,
    trainings: tasks.map((task) => toWindowTraining(task, isUndated(past))),
    seeds: { draw: seed + 10 + at, thin: seed + 99 },
  }));
  const begun = works.map((work) => options.workerThread?.gather(work, signal));
  // Awaited later; prevents an unhandled rejection until then.
  for (const gathered of begun) gathered?.catch(() => {});

  const earlier = await fit(
    sliceBaskets(past, 0, windowFrom),
    past.placedAtMs[windowFrom] ?? cutoffMs,
    stage(0, 0.12, "train.earlier"),
  );
  const others: Promise<WindowExamples[]>[] = [];
  for (const [at, work] of works.entries()) {
    const share = (done: number) => 0.12 + (0.12 * done) / works.length;
    const onRatio = stage(share(at), share(at + 1), "train.before");
    const gathered = begun[at] ?? gatherOtherWindow(work, { ...abortable, onProgress: onRatio });
    if (!begun[at]) await gathered;
    others.push(gathered);
  }
  const window = {
    past,
    from: windowFrom,
    others: async () => (await Promise.all(others)).flat(),
    fitted: earlier,
    eligible: candidates ?? listEligible(earlier),
  };
  let fittedInThread: Promise<FittedSources> | undefined;
  const beginFitAll = () => {
    fittedInThread ??= options.workerThread?.fit(past, cutoffMs, signal);
    fittedInThread?.catch(() => {});
  };
  const choose = (task: CompletionTask, onRatio: (ratio: number) => void) =>
    chooseForTask(task, window, {
      seed,
      ...abortable,
      checkpoints: options.checkpoints,
      memoryBytes: options.memoryBytes,
      workerThread: options.workerThread,
      onRatio,
      // Not earlier: the training needs the worker thread.
      onTrained: beginFitAll,
      onLosses: (losses) => options.onLosses?.(task, losses),
    });
  const chosen = {
    cart: tasks.includes("cart") ? await choose("cart", stage(0.26, 0.5, "train.carts")) : null,
    product: tasks.includes("product")
      ? await choose("product", stage(0.5, 0.7, "train.productPages"))
      : null,
  };
  beginFitAll();
  const sources = fittedInThread
    ? openFeatureSources(await fittedInThread, past, linksUntil(cutoffMs))
    : await fit(past, cutoffMs, stage(0.7, 0.88, "train.all"));
  const eligible = candidates ?? listEligible(sources);
  const choices = TASKS.flatMap((task) => chosen[task] ?? []);
  const open = ({ name, networks, calibration }: TaskChoice, limit?: number): BehaviourModel =>
    name === "relu network"
      ? openNetworkModel(networks, sources, eligible, calibration, limit)
      : openSimpleModels([name], sources)[0]!;
  if (choices.length === 0) throw new RangeError("no task to train for");
  const opened = { cart: chosen.cart && open(chosen.cart), product: chosen.product && open(chosen.product) };
  const models = { cart: opened.cart ?? opened.product!, product: opened.product ?? opened.cart! };
  const model: BehaviourModel = {
    name: `${models.cart.name} for carts, ${models.product.name} for product pages`,
    score(query: BehaviourQuery, into, excluded) {
      models[query.basket.length > 1 ? "cart" : "product"].score(query, into, excluded);
    },
  };
  const teller = open((chosen.product ?? chosen.cart)!, PARTNER_CANDIDATES);
  const neighbours = await findNeighbours(teller, sources, eligible, {
    count: options.neighbourCount ?? 20,
    ...abortable,
    onProgress: stage(0.9, 1, "train.partners"),
  });
  onProgress(1, { code: "train.done", values: {} });
  return {
    model,
    candidates: choices.flatMap(({ candidates }) => candidates),
    neighbours,
    trainMs: Math.round(performance.now() - startedMs),
    eligible,
  };
}

function toWindowTraining(task: CompletionTask, isTimeless: boolean): WindowTraining {
  const { mostCases, places } = TRAINING_SETTINGS[isTimeless ? "undated" : task];
  return { task, mostCases, places };
}

/**
 * Asks a model for the partners of every eligible item, as a guest with only that item.
 *
 * @param options.count partners listed per item; 0 gives an empty list
 * @returns strengths relative to the item's best partner, down to 0 at the first partner that is not listed
 * @throws DOMException AbortError when aborted
 */
async function findNeighbours(
  model: BehaviourModel,
  { items, cutoffMs }: FeatureSources,
  eligible: readonly number[],
  options: { count: number; signal?: AbortSignal; onProgress?: (ratio: number) => void },
): Promise<Neighbours> {
  const { count, signal, onProgress } = options;
  const partner = new Int32Array(items.length * count).fill(-1);
  const strength = new Float32Array(items.length * count);
  if (count === 0) return { partner, strength, count };
  const scores = new Float32Array(items.length);
  for (const [done, item] of eligible.entries()) {
    const query = { basket: [item], atMs: cutoffMs, history: [] };
    // One more than listed: the first that is not listed defines strength 0.
    const ranked = rankItems(model, query, {
      eligible,
      items: items.length,
      k: count + 1,
      isExplore: false,
      scores,
    });
    const highest = scores[ranked[0] ?? item]!;
    const lowest = scores[ranked.at(-1) ?? item]!;
    ranked.slice(0, count).forEach((other, place) => {
      partner[item * count + place] = other;
      const span = highest - lowest;
      strength[item * count + place] = span > 0 ? (scores[other]! - lowest) / span : 1;
    });
    if (done % 64 === 0) {
      onProgress?.(done / eligible.length);
      await pause(signal);
    }
  }
  return { partner, strength, count };
}
