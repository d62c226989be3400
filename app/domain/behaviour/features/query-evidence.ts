import type { Item } from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { BackwardLinks } from "./backward-evidence.ts";
import type { BehaviourQuery } from "#app/domain/behaviour/behaviour-model.ts";
import type { EaseWeights } from "#app/domain/behaviour/methods/ease-weights.ts";
import { addTextBridge, type TextBridge } from "#app/domain/behaviour/methods/text-bridge.ts";
import { addLinkRow, addSumAndMax, type ItemLinks } from "#app/domain/behaviour/item-links.ts";
import type { ItemSales, WeeklySales } from "#app/domain/behaviour/methods/item-sales.ts";
import type { PairScores, CategoryPairs } from "#app/domain/behaviour/methods/pair-scores.ts";
import {
  describeHabits,
  type ShopperHabits,
  gatherOrderRepeats,
} from "#app/domain/behaviour/methods/purchase-histories.ts";

/** Everything fitted on the orders before one cutoff that features are made of. */
export interface FeatureSources {
  readonly items: readonly Item[];
  readonly cutoffMs: number;
  readonly sales: ItemSales;
  readonly pairs: PairScores;
  readonly weeklySales: WeeklySales;
  readonly text: ItemLinks;
  /** From `linkByCoViews`; null without browsing data. */
  readonly coViews: ItemLinks | null;
  readonly ease: EaseWeights;
  /** The strongest weights of `ease`. */
  readonly easeLinks: ItemLinks;
  /** From `turnLinks`. */
  readonly backward: BackwardLinks;
  readonly textBridge: TextBridge;
  readonly categoryPairs: CategoryPairs;
  /** From `openBasketNeighbours`. */
  readonly addNeighbours: (basket: readonly number[], into: Float32Array) => void;
}

/** Newest distinct items of the history that describe the customer's taste. */
const TASTE_ITEMS = 60;
const TASTE_HALF_LIFE_DAYS = 60;
/** A guest counts as a customer whose last order is this old. A round guess; not tuned. */
const GUEST_DAYS_SINCE_LAST = 400;

/** The columns that `gatherHistory` fills. */
const HISTORY_COLUMNS = [
  "historyEase",
  "historyWalk",
  "historyText",
  "boughtCount",
  "boughtDecayed30",
  "boughtDecayed180",
  "boughtDaysAgo",
  "repeatsMost",
  "repeatsSum",
  "repeatsLast",
] as const;

/** Scores of every item for one query, [items] each; reused for every query. */
export function openEvidence({ items: { length: items }, ease, coViews }: FeatureSources) {
  const column = () => new Float32Array(items);
  return {
    /** By row of the EASE weights, not by item. */
    easeByRow: new Float32Array(ease.items.length),
    ease: column(),
    easeSingle: column(),
    /** Number of basket items that have this one among their strongest partners. */
    easeSupport: column(),
    walk: column(),
    walkSingle: column(),
    confidence: column(),
    confidenceSingle: column(),
    text: column(),
    textSingle: column(),
    neighbours: column(),
    historyEase: column(),
    historyWalk: column(),
    historyText: column(),
    boughtCount: column(),
    boughtDecayed30: column(),
    boughtDecayed180: column(),
    boughtDaysAgo: column(),
    repeatsMost: column(),
    repeatsSum: column(),
    repeatsLast: column(),
    textBridge: column(),
    /** Viewed together with the basket; both empty without browsing data. */
    coViews: new Float32Array(coViews ? items : 0),
    coViewsSingle: new Float32Array(coViews ? items : 0),
    blend: column(),
  };
}
export type QueryEvidence = Readonly<ReturnType<typeof openEvidence>>;

export function clearEvidence(evidence: QueryEvidence): void {
  for (const column of Object.values(evidence)) column.fill(0);
}

/** Clears the results of `gatherHistory` and keeps those of the basket. */
export function clearHistory(evidence: QueryEvidence): void {
  for (const name of HISTORY_COLUMNS) evidence[name].fill(0);
}

/** Gathers the basket's evidence for every item. */
export function gatherBasket(
  sources: FeatureSources,
  basket: readonly number[],
  evidence: QueryEvidence,
): void {
  const { rowOf, items, weights, tail } = sources.ease;
  const { easeByRow } = evidence;
  const rows = items.length;
  for (const item of basket) {
    addSumAndMax(sources.pairs.walk, item, evidence.walk, evidence.walkSingle);
    addSumAndMax(sources.pairs.confidence, item, evidence.confidence, evidence.confidenceSingle);
    addSumAndMax(sources.text, item, evidence.text, evidence.textSingle);
    if (sources.coViews) addSumAndMax(sources.coViews, item, evidence.coViews, evidence.coViewsSingle);
    addMaximum(sources.easeLinks, item, evidence.easeSingle);
    addCount(sources.easeLinks, item, evidence.easeSupport);
    const row = rowOf[item]!;
    if (row < 0) continue;
    for (let at = row * rows, j = 0; j < rows; j++, at++) easeByRow[j]! += weights[at]!;
  }
  for (let j = 0; j < rows; j++) evidence.ease[items[j]!] = easeByRow[j]!;
  for (const item of basket) addLinkRow(tail, item, 1, evidence.ease);
  sources.addNeighbours(basket, evidence.neighbours);
  addTextBridge(sources.textBridge, basket, evidence.textBridge);
}

/** A shopper, apart from the evidence for each item. */
export interface Shopper {
  /** The newest distinct items bought, newest first. */
  readonly taste: readonly number[];
  readonly orders: number;
  readonly daysSinceLast: number;
  /** Share of the basket, 0 to 1, that the shopper bought before. */
  readonly repeatRatio: number;
  readonly habits: ShopperHabits;
}

/** Gathers the evidence of earlier purchases for every item; a guest has none. */
export function gatherHistory(
  sources: FeatureSources,
  query: BehaviourQuery,
  evidence: QueryEvidence,
): Shopper {
  const { history, atMs } = query;
  const { boughtCount, boughtDecayed30, boughtDecayed180, boughtDaysAgo } = evidence;
  let orders = 0;
  let lastMs = NaN;
  let [daysAgo, decay30, decay180] = [0, 1, 1];
  for (const { item, atMs: boughtMs } of history) {
    if (boughtMs !== lastMs) {
      orders++;
      lastMs = boughtMs;
      daysAgo = Math.max(0, (atMs - boughtMs) / DAY_MS);
      decay30 = 0.5 ** (daysAgo / 30);
      decay180 = 0.5 ** (daysAgo / 180);
    }
    boughtCount[item]! += 1;
    boughtDecayed30[item]! += decay30;
    boughtDecayed180[item]! += decay180;
    boughtDaysAgo[item] = daysAgo;
  }
  const taste: number[] = [];
  const seen = new Set<number>();
  for (let at = history.length - 1; at >= 0 && taste.length < TASTE_ITEMS; at--) {
    const { item, atMs: boughtMs } = history[at]!;
    if (seen.has(item)) continue;
    seen.add(item);
    taste.push(item);
    const weight = 0.5 ** ((atMs - boughtMs) / DAY_MS / TASTE_HALF_LIFE_DAYS);
    addLinkRow(sources.pairs.walk, item, weight, evidence.historyWalk);
    addMaximum(sources.text, item, evidence.historyText);
    addLinkRow(sources.easeLinks, item, weight, evidence.historyEase);
  }
  return {
    taste,
    orders,
    daysSinceLast: orders > 0 ? Math.max(0, (atMs - lastMs) / DAY_MS) : GUEST_DAYS_SINCE_LAST,
    repeatRatio: gatherOrderRepeats(query, evidence),
    habits: describeHabits(query),
  };
}

function addMaximum(links: ItemLinks, item: number, max: Float32Array): void {
  const { offsets, partner: partners, weight: weights } = links;
  const end = offsets[item + 1]!;
  for (let at = offsets[item]!; at < end; at++) {
    const partner = partners[at]!;
    const weight = weights[at]!;
    if (weight > max[partner]!) max[partner] = weight;
  }
}

function addCount({ offsets, partner }: ItemLinks, item: number, count: Float32Array): void {
  const end = offsets[item + 1]!;
  for (let at = offsets[item]!; at < end; at++) count[partner[at]!]! += 1;
}
