import type { CompletionTask } from "#app/domain/behaviour/behaviour-model.ts";
import {
  askEveryWay,
  drawCompletionCases,
  type CompletionCase,
} from "#app/domain/behaviour/choice/rank-items.ts";
import {
  firstBasketAt,
  isUndated,
  joinBaskets,
  sliceBaskets,
  type Baskets,
} from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { FeatureSources } from "#app/domain/behaviour/features/query-evidence.ts";
import { fitFeatureSources, type FittingRun, type OtherLinks } from "./fit-feature-sources.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { openPurchaseFeatures } from "#app/domain/behaviour/features/purchase-features.ts";
import { NETWORK_CANDIDATES } from "./behaviour-candidates.ts";
import { gatherExamples, type PurchaseExamples } from "#app/learning/networks/gather-examples.ts";

/** Size of the validation window, the last orders: at most this many days and this share of all orders. */
const WINDOW_DAYS = 61;
const WINDOW_RATIO = 0.25;
/** A window with this many baskets has enough cases to train a network. */
const ENOUGH_BASKETS = 6_000;
/** Folds of the earlier orders in a log without times. */
const OTHER_FOLDS = 3;

/** Baskets `from` up to `to` of the past, an additional training window of the networks. */
interface OtherWindow {
  readonly from: number;
  readonly to: number;
  /** Baskets that the methods of this window are fitted on; in a dated log all before `untilMs`. */
  readonly learnsFrom: Baskets;
  /** Milliseconds since 1970 UTC. */
  readonly untilMs: number;
}

/** Training of a task's networks on another window. */
export interface WindowTraining {
  readonly task: CompletionTask;
  readonly mostCases: number;
  /** Candidates per query to train on. */
  readonly places: number;
}

/** Input for the examples of another window: plain data that can be sent to another thread. */
export interface OtherWindowWork extends OtherWindow {
  readonly past: Baskets;
  readonly links: OtherLinks;
  /** Items that can be recommended; null for those in enough baskets. */
  readonly candidates: readonly number[] | null;
  readonly trainings: readonly WindowTraining[];
  /** Seeds for drawing the cases and for sampling their candidates. */
  readonly seeds: { readonly draw: number; readonly thin: number };
}

/** Examples of one task from a window. */
export interface WindowExamples {
  readonly task: CompletionTask;
  /** Number of cases drawn; some have no example, because no purchase was a candidate. */
  readonly cases: number;
  readonly examples: PurchaseExamples;
}

/** First basket of the window that ends before basket `to`, placed at `toMs`. */
export function openWindow(past: Baskets, to: number, toMs: number): number {
  // Also limited by count, because a log may give all its orders one date.
  return Math.max(firstBasketAt(past, toMs - WINDOW_DAYS * DAY_MS), Math.floor((1 - WINDOW_RATIO) * to));
}

/**
 * Plans additional training windows before the validation window, each with the baskets that its methods are fitted on.
 * A dated log gives the same span before the window, unless the window itself has enough baskets. Its methods are
 * fitted only on earlier orders: with later ones, features would show more than a shopper's past can hold. A log
 * without times gives all earlier orders in folds, with methods fitted on everything else.
 *
 * @param windowFrom first basket of the validation window, which extends to the end of `past`
 */
export function planOtherWindows(past: Baskets, windowFrom: number): OtherWindow[] {
  const count = past.placedAtMs.length;
  if (!isUndated(past)) {
    if (count - windowFrom >= ENOUGH_BASKETS) return [];
    const from = openWindow(past, windowFrom, past.placedAtMs[windowFrom] ?? 0);
    if (from === 0 || from >= windowFrom) return [];
    const learnsFrom = sliceBaskets(past, 0, from);
    return [{ from, to: windowFrom, learnsFrom, untilMs: past.placedAtMs[from]! }];
  }
  const at = (fold: number) => Math.floor((fold * windowFrom) / OTHER_FOLDS);
  return Array.from({ length: OTHER_FOLDS }, (_, fold) => ({ from: at(fold), to: at(fold + 1) }))
    .filter(({ from, to }) => to > from)
    .map(({ from, to }) => ({
      from,
      to,
      learnsFrom: joinBaskets(sliceBaskets(past, 0, from), sliceBaskets(past, to, count)),
      untilMs: past.placedAtMs[from]!,
    }));
}

/**
 * Fits the methods of another window and gathers its examples.
 *
 * @returns the examples of each training, in their order
 * @throws DOMException AbortError when aborted; all tensors are disposed
 */
export async function gatherOtherWindow(work: OtherWindowWork, run: FittingRun): Promise<WindowExamples[]> {
  const { past, from, to, learnsFrom, untilMs, links, trainings, seeds } = work;
  const fitted = await fitFeatureSources(learnsFrom, untilMs, links, run);
  const eligible = work.candidates ?? listEligible(fitted);
  return trainings.map(({ task, mostCases, places }) => {
    run.signal?.throwIfAborted();
    const cases = drawWindowCases({ from, to, eligible }, { task, past, most: mostCases, seed: seeds.draw });
    const examples = gatherCases(askEveryWay(cases), { fitted, eligible }, { places, seed: seeds.thin });
    return { task, cases: cases.length, examples };
  });
}

/** Minimum baskets of an item that can be recommended. */
const MIN_ITEM_BASKETS = 3;

/** Items in enough baskets to be recommended. */
export function listEligible({ sales }: Pick<FeatureSources, "sales">): number[] {
  return [...sales.baskets.keys()].filter((item) => sales.baskets[item]! >= MIN_ITEM_BASKETS);
}

interface WindowCases {
  readonly task: CompletionTask;
  /** Orders in and before the window; the earlier ones give the customers' histories. */
  readonly past: Baskets;
  /** Maximum number of cases. */
  readonly most: number;
  readonly seed: number;
}

/** Draws cases evenly from the baskets `from` up to `to`; only `eligible` items are used. */
export function drawWindowCases(
  {
    from,
    to,
    eligible,
  }: { readonly from: number; readonly to: number; readonly eligible: readonly number[] },
  { task, past, most, seed }: WindowCases,
): CompletionCase[] {
  const isEligible = new Uint8Array(past.items.length);
  for (const item of eligible) isEligible[item] = 1;
  const perBasket = Math.max(1, Math.min(3, Math.ceil(most / Math.max(1, to - from))));
  const cases = drawCompletionCases(
    past,
    { from, to, task, perBasket },
    (item) => isEligible[item] === 1,
    seededRandom(seed),
  );
  // Thins out evenly, so that the whole window stays represented.
  const share = Math.min(1, most / cases.length);
  return cases.filter((_, index) => Math.floor((index + 1) * share) > Math.floor(index * share));
}

/** The network's examples of cases. All windows of a shop have the same number of places, so they can be joined. */
export function gatherCases(
  cases: readonly CompletionCase[],
  { fitted, eligible }: { readonly fitted: FeatureSources; readonly eligible: readonly number[] },
  { places, seed }: { readonly places: number; readonly seed: number },
): PurchaseExamples {
  return gatherExamples(cases, openPurchaseFeatures(fitted, eligible), {
    candidates: Math.min(NETWORK_CANDIDATES, eligible.length),
    places: Math.min(places, fitted.items.length),
    random: seededRandom(seed),
  });
}
