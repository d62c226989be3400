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

/** The last orders, that the network is trained and the choice is made on; at most so many days and this share. */
const WINDOW_DAYS = 61;
const WINDOW_RATIO = 0.25;
/** A window with so many baskets has all the cases that a network is trained on. */
const ENOUGH_BASKETS = 6_000;
/** Parts of the earlier orders of a log without times. */
const OTHER_FOLDS = 3;

/** Baskets `from` up to `to` of the past that the networks learn from besides those of the window. */
interface OtherWindow {
  readonly from: number;
  readonly to: number;
  /** Baskets that its methods are fitted on, all before `untilMs`. */
  readonly learnsFrom: Baskets;
  /** Milliseconds since 1970 UTC. */
  readonly untilMs: number;
}

/** How the networks of a task are trained on another window. */
export interface WindowTraining {
  readonly task: CompletionTask;
  readonly mostCases: number;
  /** Candidates of a query that are trained on. */
  readonly places: number;
}

/** All that the examples of another window are made of: plain data, which can be sent from one thread to another. */
export interface OtherWindowWork extends OtherWindow {
  readonly past: Baskets;
  readonly links: OtherLinks;
  /** Items that may be recommended; null where those in enough baskets may. */
  readonly candidates: readonly number[] | null;
  readonly trainings: readonly WindowTraining[];
  /** Of the cases, and of the candidates that each is trained on. */
  readonly seeds: { readonly draw: number; readonly thin: number };
}

/** Examples of one task from a window. */
export interface WindowExamples {
  readonly task: CompletionTask;
  /** How many were asked; of some, what was bought was no candidate. */
  readonly cases: number;
  readonly examples: PurchaseExamples;
}

/** First basket of the window that ends before basket `to`, placed at `toMs`. */
export function openWindow(past: Baskets, to: number, toMs: number): number {
  // By number where time cannot tell: a log may give all its orders one date.
  return Math.max(firstBasketAt(past, toMs - WINDOW_DAYS * DAY_MS), Math.floor((1 - WINDOW_RATIO) * to));
}

/**
 * Parts of the orders before the window that the networks learn from too, each with the orders that its methods are
 * fitted on. Where times are told, the same span before the window, unless the window itself has enough, with methods
 * that have seen only what was before that: fitted on later orders they would show the network more than a shopper's
 * past can hold. Of a log without times all of them, a part at a time, with methods fitted on everything but it.
 *
 * @param windowFrom first basket of the window, which goes to the end of `past`
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
 * @throws DOMException AbortError when aborted; no tensor stays behind
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

/** An item in fewer baskets is known too little to be recommended. */
const MIN_ITEM_BASKETS = 3;

/** Items in enough of the baskets that were learned from to be recommended. */
export function listEligible({ sales }: Pick<FeatureSources, "sales">): number[] {
  return [...sales.baskets.keys()].filter((item) => sales.baskets[item]! >= MIN_ITEM_BASKETS);
}

interface WindowCases {
  readonly task: CompletionTask;
  /** Orders of the window and before it, for what customers bought then. */
  readonly past: Baskets;
  /** Most cases. */
  readonly most: number;
  readonly seed: number;
}

/** Draws cases from the baskets `from` up to `to`, evenly over them; `eligible` are the items that may be asked for. */
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
  // Evenly chosen from too many, so that the whole window stays represented.
  const share = Math.min(1, most / cases.length);
  return cases.filter((_, index) => Math.floor((index + 1) * share) > Math.floor(index * share));
}

/** The network's examples of cases, of as many places in every window of a shop, so that they can be joined. */
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
