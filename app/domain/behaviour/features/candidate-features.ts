import { DAY_MS } from "#app/domain/time.ts";
import { lowerBound } from "#app/domain/numbers/statistics.ts";
import { openBackwardEvidence, type BackwardEvidence } from "./backward-evidence.ts";
import type { BehaviourQuery } from "#app/domain/behaviour/behaviour-model.ts";
import {
  describeItems,
  ITEM_FEATURES,
  BASKET_FEATURES,
  describeBasket,
  describeKinds,
  KIND_FEATURES,
} from "./item-features.ts";
import { openItemSeason } from "#app/domain/behaviour/methods/item-sales.ts";
import type { FeatureSources, QueryEvidence, Shopper } from "./query-evidence.ts";

/** Features of every candidate. The network's input is in this order, followed by the view and the kind features. */
const OWN_FEATURES = [
  "ease",
  "ease_of_best",
  "ease_single",
  "walk",
  "walk_of_best",
  "walk_single",
  "confidence",
  "confidence_single",
  "ease_back",
  "ease_back_single",
  "confidence_back",
  "confidence_back_single",
  "cosine",
  "company",
  "text",
  "text_single",
  "text_of_unsold",
  "text_single_of_unsold",
  "neighbours_of_best",
  "history_ease",
  "history_walk",
  "history_text",
  "bought_before",
  "bought_count",
  "bought_share",
  "bought_decayed_30",
  "bought_decayed_180",
  "bought_days_ago",
  "repeats_most",
  "repeats_sum",
  "repeats_last",
  ...ITEM_FEATURES,
  "code_gap",
  "history_code_gap",
  "basket_size",
  "has_history",
  "history_size",
  "history_days_ago",
  "repeat_ratio",
  "habit_repeat_ratio",
  "habit_distinct_ratio",
  "habit_order_size",
  ...BASKET_FEATURES,
  "days_ahead",
  "ease_support",
  "season",
  "season_rate",
] as const;
/** Additional features of a shop with browsing data. */
const VIEW_FEATURES = ["co_view", "co_view_of_best", "co_view_single"] as const;

/** Number of features without `VIEW_FEATURES`. */
export const FEATURE_COUNT = OWN_FEATURES.length + KIND_FEATURES.length;

/** Column of each feature except the kind features, which come last. */
const AT = Object.fromEntries([...OWN_FEATURES, ...VIEW_FEATURES].map((name, at) => [name, at])) as Record<
  (typeof OWN_FEATURES)[number] | (typeof VIEW_FEATURES)[number],
  number
>;

const AT_ITEM = AT[ITEM_FEATURES[0]];
const AT_BASKET = AT[BASKET_FEATURES[0]];

/** Added to a walk probability before its logarithm: below one in a million means nothing. A round guess; not tuned. */
const WALK_GRAIN = 1e-6;
/** `bought_days_ago` of an item never bought: `ln(1 + 400)` rounded, as if 400 days ago. A round guess; not tuned. */
const NEVER_BOUGHT = 6;
/** Training covers at most this many days after the cutoff; an older model counts as this old. */
const MAX_DAYS_AHEAD = 60;

/** The highest evidence of each kind among all eligible items, above 0. */
export type BestOfBasket = Readonly<Record<"ease" | "walk" | "neighbours" | "bridge" | "coViews", number>>;
export type BestOfHistory = Readonly<Record<"historyEase" | "historyWalk", number>>;

interface Picked {
  readonly query: BehaviourQuery;
  readonly shopper: Shopper;
  readonly candidates: readonly number[];
  readonly best: BestOfBasket & BestOfHistory;
}

/** Turns the gathered evidence of a query into the features of its candidates. */
export function openCandidateFeatures(
  sources: FeatureSources,
  evidence: QueryEvidence,
): {
  /** Number of features per candidate. */
  readonly width: number;
  /** @returns [positions × width] */
  describe(positions: readonly number[], picked: Picked): Float32Array;
} {
  const width = FEATURE_COUNT + (sources.coViews ? VIEW_FEATURES.length : 0);
  const ofItems = describeItems(sources.sales);
  const code = Float64Array.from(sources.items, ({ key }) => leadingNumber(key));
  const takeBasket = openBackwardEvidence(sources);
  let taken: readonly number[] | null = null;
  let ofBasket: Float32Array = new Float32Array(BASKET_FEATURES.length);
  let readBackward = takeBasket([]);
  return {
    width,
    describe(positions, picked) {
      const { query, candidates, best } = picked;
      // The same basket arrives several times in a row: as customer, as guest and as explore.
      if (query.basket !== taken) {
        readBackward = takeBasket(query.basket);
        ofBasket = describeBasket(sources, query.basket);
        taken = query.basket;
      }
      const features = new Float32Array(positions.length * width);
      const write = openWriter(sources, evidence, { ofItems, code, ofBasket, readBackward }, picked);
      positions.forEach((position, row) => write(candidates[position]!, features, row * width));
      describeKinds(
        sources,
        { basket: query.basket, candidates, positions, evidence, bestBridge: best.bridge },
        features,
        width,
      );
      return features;
    },
  };
}

/** Writes all features of an item except the kind features. */
function openWriter(
  sources: FeatureSources,
  evidence: QueryEvidence,
  {
    ofItems,
    code,
    ofBasket,
    readBackward,
  }: {
    ofItems: Float32Array;
    code: Float64Array;
    ofBasket: Float32Array;
    readBackward: (item: number) => BackwardEvidence;
  },
  { query, shopper, best }: Picked,
): (item: number, features: Float32Array, row: number) => void {
  const season = openItemSeason(sources.weeklySales, query.atMs);
  // 1 for an empty basket, so that its shares are 0.
  const size = Math.max(1, query.basket.length);
  const orders = Math.max(1, shopper.orders);
  const basketCodes = sortedCodes(query.basket, code);
  const historyCodes = sortedCodes(shopper.taste, code);
  const daysAhead = (query.atMs - sources.cutoffMs) / DAY_MS;
  const ahead = Math.min(MAX_DAYS_AHEAD, Math.max(0, daysAhead)) / MAX_DAYS_AHEAD;
  return (item, features, row) => {
    // EASE already includes the words of an item that has a row.
    const isSold = sources.ease.rowOf[item]! >= 0;
    const isBought = evidence.boughtCount[item]! > 0;
    const lastYear = season(item);
    features[row + AT.ease] = evidence.ease[item]!;
    features[row + AT.ease_of_best] = evidence.ease[item]! / best.ease;
    features[row + AT.ease_single] = evidence.easeSingle[item]!;
    features[row + AT.walk] = Math.log(WALK_GRAIN + evidence.walk[item]! / size);
    features[row + AT.walk_of_best] = evidence.walk[item]! / best.walk;
    features[row + AT.walk_single] = Math.log(WALK_GRAIN + evidence.walkSingle[item]!);
    features[row + AT.confidence] = Math.sqrt(evidence.confidence[item]! / size);
    features[row + AT.confidence_single] = Math.sqrt(evidence.confidenceSingle[item]!);
    const backward = readBackward(item);
    features[row + AT.ease_back] = backward.ease;
    features[row + AT.ease_back_single] = backward.easeSingle;
    features[row + AT.confidence_back] = Math.sqrt(backward.confidence / size);
    features[row + AT.confidence_back_single] = Math.sqrt(backward.confidenceSingle);
    features[row + AT.cosine] = backward.cosine / size;
    features[row + AT.company] = backward.company;
    features[row + AT.text] = evidence.text[item]! / Math.sqrt(size);
    features[row + AT.text_single] = evidence.textSingle[item]!;
    features[row + AT.text_of_unsold] = isSold ? 0 : features[row + AT.text]!;
    features[row + AT.text_single_of_unsold] = isSold ? 0 : features[row + AT.text_single]!;
    features[row + AT.neighbours_of_best] = evidence.neighbours[item]! / best.neighbours;
    features[row + AT.history_ease] = evidence.historyEase[item]!;
    features[row + AT.history_walk] = evidence.historyWalk[item]! / best.historyWalk;
    features[row + AT.history_text] = evidence.historyText[item]!;
    features[row + AT.bought_before] = isBought ? 1 : 0;
    features[row + AT.bought_count] = Math.log1p(evidence.boughtCount[item]!);
    features[row + AT.bought_share] = evidence.boughtCount[item]! / (orders + 1);
    features[row + AT.bought_decayed_30] = Math.log1p(evidence.boughtDecayed30[item]!);
    features[row + AT.bought_decayed_180] = Math.log1p(evidence.boughtDecayed180[item]!);
    features[row + AT.bought_days_ago] = isBought ? Math.log1p(evidence.boughtDaysAgo[item]!) : NEVER_BOUGHT;
    features[row + AT.repeats_most] = evidence.repeatsMost[item]!;
    features[row + AT.repeats_sum] = evidence.repeatsSum[item]!;
    features[row + AT.repeats_last] = evidence.repeatsLast[item]!;
    for (let at = 0; at < ITEM_FEATURES.length; at++)
      features[row + AT_ITEM + at] = ofItems[item * ITEM_FEATURES.length + at]!;
    features[row + AT.code_gap] = nearness(code[item]!, basketCodes);
    features[row + AT.history_code_gap] = nearness(code[item]!, historyCodes);
    features[row + AT.basket_size] = Math.log(size);
    features[row + AT.has_history] = shopper.orders > 0 ? 1 : 0;
    features[row + AT.history_size] = Math.log1p(shopper.orders);
    features[row + AT.history_days_ago] = Math.log1p(shopper.daysSinceLast);
    features[row + AT.repeat_ratio] = shopper.repeatRatio;
    features[row + AT.habit_repeat_ratio] = shopper.habits.repeatRatio;
    features[row + AT.habit_distinct_ratio] = shopper.habits.distinctRatio;
    features[row + AT.habit_order_size] = Math.log(shopper.habits.orderSize);
    features.set(ofBasket, row + AT_BASKET);
    features[row + AT.days_ahead] = ahead;
    features[row + AT.ease_support] = evidence.easeSupport[item]! / size;
    features[row + AT.season] = lastYear.logRatio;
    features[row + AT.season_rate] = lastYear.logRate;
    if (!sources.coViews) return;
    features[row + AT.co_view] = evidence.coViews[item]! / Math.sqrt(size);
    features[row + AT.co_view_of_best] = evidence.coViews[item]! / best.coViews;
    features[row + AT.co_view_single] = evidence.coViewsSingle[item]!;
  };
}

/** The number at the start of a product code, or else the last number in it; NaN without one. */
function leadingNumber(key: string): number {
  const match = /^(\d{1,15})/.exec(key) ?? /(\d{1,15})\D*$/.exec(key);
  return match ? Number(match[1]) : NaN;
}

/** The numeric codes of these items, ascending. */
function sortedCodes(items: readonly number[], code: Float64Array): Float64Array {
  return Float64Array.from(items.map((item) => code[item]!).filter((value) => !Number.isNaN(value))).sort();
}

/** 1 / (1 + distance) to the nearest code: shops number codes in sequence, so a product range has adjacent codes. */
function nearness(code: number, sorted: Float64Array): number {
  if (Number.isNaN(code) || sorted.length === 0) return 0;
  const low = lowerBound(sorted.length, (at) => sorted[at]! < code);
  const above = low < sorted.length ? sorted[low]! - code : Infinity;
  const below = low > 0 ? code - sorted[low - 1]! : Infinity;
  return 1 / (1 + Math.min(above, below));
}
