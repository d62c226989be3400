import type { BehaviourQuery } from "./behaviour-model.ts";
import { strongest } from "./item-links.ts";
import type { ItemSales } from "./item-sales.ts";
import { openItemSeason } from "./item-season.ts";
import { rankAmong } from "./rank-among.ts";
import { describeKinds, KIND_FEATURES } from "./kind-features.ts";
import { gatherBasket, gatherHistory, QueryEvidence, type FeatureSources } from "./query-evidence.ts";

/** What each of the features is; their order is the network's input. */
const FEATURE_NAMES = [
  "ease",
  "ease_of_best",
  "ease_rank",
  "ease_single",
  "walk",
  "walk_of_best",
  "walk_rank",
  "walk_single",
  "confidence",
  "confidence_single",
  "text",
  "text_single",
  "neighbours_of_best",
  "neighbours_rank",
  "history_ease",
  "history_ease_rank",
  "history_walk",
  "history_text",
  "bought_before",
  "bought_count",
  "bought_share",
  "bought_decayed_30",
  "bought_decayed_180",
  "bought_days_ago",
  "sales_14",
  "sales_60",
  "sales_365",
  "sales_trend",
  "sales_short_trend",
  "age",
  "idle",
  "price_gap",
  "price",
  "code_gap",
  "history_code_gap",
  "basket_size",
  "has_history",
  "history_size",
  "history_days_ago",
  "ease_support",
  "customer_walk",
  "customer_walk_rank",
  "history_customer_walk",
  "season",
  "season_rate",
  ...KIND_FEATURES,
] as const;
export const FEATURE_COUNT = FEATURE_NAMES.length;

/** Keeps the blend of an item with negative weights above 0, so that a small catalogue still fills its ranking. */
const BLEND_FLOOR = 10;

interface CandidateFeatures {
  /** Item indices. */
  readonly candidates: number[];
  /** [candidates × FEATURE_COUNT] */
  readonly features: Float32Array;
  /** [items] the crude blend that picked them; higher is likelier. */
  readonly blend: Float32Array;
}

/**
 * Makes the features of a query's likeliest items.
 *
 * @param eligible items that may be candidates at all
 * @returns `describe` picks the `limit` strongest candidates of a crude blend and describes each. It reuses its
 *   memory: not reentrant
 */
export function openPurchaseFeatures(
  sources: FeatureSources,
  eligible: readonly number[],
): {
  describe(query: BehaviourQuery, limit: number, isExcluded: (item: number) => boolean): CandidateFeatures;
} {
  const { items, sales } = sources;
  const evidence = new QueryEvidence(items.length, sources.ease.items.length);
  const { logPrice } = sales;
  const own = describeItems(sales);
  const code = Float64Array.from(items, ({ key }) => leadingNumber(key));

  return {
    describe(query, limit, isExcluded) {
      evidence.clear();
      gatherBasket(sources, query.basket, evidence);
      const shopper = gatherHistory(sources, query, evidence);
      const best = {
        ease: 1e-6,
        walk: 1e-9,
        neighbours: 1e-6,
        historyEase: 1e-6,
        historyWalk: 1e-9,
        customerWalk: 1e-9,
        historyCustomerWalk: 1e-9,
        bridge: 1e-9,
      };
      for (const item of eligible) {
        best.ease = Math.max(best.ease, evidence.ease[item]!);
        best.walk = Math.max(best.walk, evidence.walk[item]!);
        best.neighbours = Math.max(best.neighbours, evidence.neighbours[item]!);
        best.historyEase = Math.max(best.historyEase, evidence.historyEase[item]!);
        best.historyWalk = Math.max(best.historyWalk, evidence.historyWalk[item]!);
        best.customerWalk = Math.max(best.customerWalk, evidence.customerWalk[item]!);
        best.historyCustomerWalk = Math.max(best.historyCustomerWalk, evidence.historyCustomerWalk[item]!);
        best.bridge = Math.max(best.bridge, evidence.textBridge[item]!);
      }
      for (const item of eligible) {
        evidence.blend[item] =
          BLEND_FLOOR +
          evidence.ease[item]! / best.ease +
          0.5 * (evidence.walk[item]! / best.walk) +
          0.5 * (evidence.neighbours[item]! / best.neighbours) +
          0.4 * (evidence.historyEase[item]! / best.historyEase) +
          0.3 * evidence.textSingle[item]! +
          0.3 * Math.max(0, evidence.textBridge[item]! / best.bridge) +
          0.3 * evidence.boughtDecayed180[item]! +
          0.02 * Math.log1p(sales.recentPerDay[1][item]!);
      }
      const inBasket = new Set(query.basket);
      const open = eligible.filter((item) => !inBasket.has(item) && !isExcluded(item));
      const candidates = strongest(open, evidence.blend, limit);
      const features = new Float32Array(candidates.length * FEATURE_COUNT);
      const easeRank = rankAmong(candidates, evidence.ease);
      const walkRank = rankAmong(candidates, evidence.walk);
      const neighbourRank = rankAmong(candidates, evidence.neighbours);
      const historyRank = rankAmong(candidates, evidence.historyEase);
      const customerRank = rankAmong(candidates, evidence.customerWalk);
      const season = openItemSeason(sources.weeklySales, query.atMs);
      const size = Math.max(1, query.basket.length);
      const basketLogPrice = mean(query.basket, logPrice);
      const basketCodes = sortedCodes(query.basket, code);
      const historyCodes = sortedCodes(shopper.taste, code);
      candidates.forEach((item, position) => {
        const orders = Math.max(1, shopper.orders);
        const isBought = evidence.boughtCount[item]! > 0;
        const ownAt = item * OWN_FEATURES;
        let at = position * FEATURE_COUNT;
        features[at++] = evidence.ease[item]!;
        features[at++] = evidence.ease[item]! / best.ease;
        features[at++] = easeRank[position]!;
        features[at++] = evidence.easeSingle[item]!;
        features[at++] = Math.log(1e-6 + evidence.walk[item]! / size);
        features[at++] = evidence.walk[item]! / best.walk;
        features[at++] = walkRank[position]!;
        features[at++] = Math.log(1e-6 + evidence.walkSingle[item]!);
        features[at++] = Math.sqrt(evidence.confidence[item]! / size);
        features[at++] = Math.sqrt(evidence.confidenceSingle[item]!);
        features[at++] = evidence.text[item]! / Math.sqrt(size);
        features[at++] = evidence.textSingle[item]!;
        features[at++] = evidence.neighbours[item]! / best.neighbours;
        features[at++] = neighbourRank[position]!;
        features[at++] = evidence.historyEase[item]!;
        features[at++] = historyRank[position]!;
        features[at++] = evidence.historyWalk[item]! / best.historyWalk;
        features[at++] = evidence.historyText[item]!;
        features[at++] = isBought ? 1 : 0;
        features[at++] = Math.log1p(evidence.boughtCount[item]!);
        features[at++] = evidence.boughtCount[item]! / (orders + 1);
        features[at++] = Math.log1p(evidence.boughtDecayed30[item]!);
        features[at++] = Math.log1p(evidence.boughtDecayed180[item]!);
        features[at++] = isBought ? Math.log1p(evidence.boughtDaysAgo[item]!) : 6;
        features[at++] = own[ownAt + 0]!;
        features[at++] = own[ownAt + 1]!;
        features[at++] = own[ownAt + 2]!;
        features[at++] = own[ownAt + 3]!;
        features[at++] = own[ownAt + 4]!;
        features[at++] = own[ownAt + 5]!;
        features[at++] = own[ownAt + 6]!;
        features[at++] = Math.abs(logPrice[item]! - basketLogPrice);
        features[at++] = own[ownAt + 7]!;
        features[at++] = nearness(code[item]!, basketCodes);
        features[at++] = nearness(code[item]!, historyCodes);
        features[at++] = Math.log(size);
        features[at++] = shopper.orders > 0 ? 1 : 0;
        features[at++] = Math.log1p(shopper.orders);
        features[at++] = Math.log1p(shopper.daysSinceLast);
        features[at++] = evidence.easeSupport[item]! / size;
        features[at++] = evidence.customerWalk[item]! / best.customerWalk;
        features[at++] = customerRank[position]!;
        features[at++] = evidence.historyCustomerWalk[item]! / best.historyCustomerWalk;
        const lastYear = season(item);
        features[at++] = lastYear.logRatio;
        features[at++] = lastYear.logRate;
      });
      describeKinds(
        sources,
        { basket: query.basket, candidates, evidence, bestBridge: best.bridge },
        features,
        FEATURE_COUNT,
      );
      return { candidates, features, blend: evidence.blend };
    },
  };
}

/** Features that depend on the item alone. */
const OWN_FEATURES = 8;

function describeItems(sales: ItemSales): Float32Array {
  const { logPrice } = sales;
  const own = new Float32Array(logPrice.length * OWN_FEATURES);
  const [recent14, recent60, recent365] = sales.recentPerDay;
  for (let item = 0; item < logPrice.length; item++) {
    const [perDay14, perDay60, perDay365] = [recent14[item]!, recent60[item]!, recent365[item]!];
    own.set(
      [
        Math.log(0.01 + perDay14),
        Math.log(0.01 + perDay60),
        Math.log(0.01 + perDay365),
        Math.log((0.01 + perDay60) / (0.01 + perDay365)),
        Math.log((0.03 + perDay14) / (0.03 + perDay60)),
        Math.log1p(sales.ageDays[item]!),
        Math.log1p(sales.idleDays[item]!),
        logPrice[item]!,
      ],
      item * OWN_FEATURES,
    );
  }
  return own;
}

function mean(items: readonly number[], values: Float32Array): number {
  return items.reduce((sum, item) => sum + values[item]!, 0) / Math.max(1, items.length);
}

/** The number that a product code starts with, or ends with; NaN without one. */
function leadingNumber(key: string): number {
  const match = /^(\d{1,15})/.exec(key) ?? /(\d{1,15})\D*$/.exec(key);
  return match ? Number(match[1]) : NaN;
}

function sortedCodes(items: readonly number[], code: Float64Array): Float64Array {
  return Float64Array.from(items.map((item) => code[item]!).filter((value) => !Number.isNaN(value))).sort();
}

/** 1 / (1 + distance) to the nearest code: codes are given in sequence, so that a range stands close together. */
function nearness(code: number, sorted: Float64Array): number {
  if (Number.isNaN(code) || sorted.length === 0) return 0;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < code) low = middle + 1;
    else high = middle;
  }
  const above = low < sorted.length ? sorted[low]! - code : Infinity;
  const below = low > 0 ? code - sorted[low - 1]! : Infinity;
  return 1 / (1 + Math.min(above, below));
}
