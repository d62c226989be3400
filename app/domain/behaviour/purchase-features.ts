import type { BehaviourQuery } from "./behaviour-model.ts";
import { strongest } from "./item-links.ts";
import type { ItemSales } from "./item-sales.ts";
import { openItemSeason } from "./item-season.ts";
import { leadingNumber, nearness, sortedCodes } from "./code-nearness.ts";
import { describeKinds, KIND_FEATURES } from "./kind-features.ts";
import {
  gatherBasket,
  gatherHistory,
  QueryEvidence,
  type FeatureSources,
  type Shopper,
} from "./query-evidence.ts";

/** What each of the features is; their order is the network's input. */
const FEATURE_NAMES = [
  "ease",
  "ease_of_best",
  "ease_single",
  "walk",
  "walk_of_best",
  "walk_single",
  "confidence",
  "confidence_single",
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
  "sales_14",
  "sales_60",
  "sales_365",
  "sales_trend",
  "sales_short_trend",
  "age",
  "idle",
  "code_gap",
  "history_code_gap",
  "basket_size",
  "has_history",
  "history_size",
  "history_days_ago",
  "repeat_ratio",
  "ease_support",
  "season",
  "season_rate",
  ...KIND_FEATURES,
] as const;
export const FEATURE_COUNT = FEATURE_NAMES.length;
/** What is known besides where there is browsing, before the last `KIND_FEATURES`. */
const VIEW_FEATURES = ["co_view", "co_view_of_best", "co_view_single"] as const;

/** Keeps the blend of an item with negative weights above 0, so that a small catalogue still fills its ranking. */
const BLEND_FLOOR = 10;

interface Candidates {
  /** Item indices, the likeliest by the blend first. */
  readonly candidates: readonly number[];
  /** [items] the crude blend that picked them; higher is likelier. */
  readonly blend: Float32Array;
  /**
   * @param positions of candidates, all of them when absent
   * @returns [positions × width]
   */
  describe(positions?: readonly number[]): Float32Array;
}

/** A query whose evidence is gathered and whose candidates are chosen. */
interface Picked {
  readonly query: BehaviourQuery;
  readonly shopper: Shopper;
  readonly candidates: readonly number[];
  /** The highest evidence of each kind of any item that may be a candidate, above 0. */
  readonly best: Readonly<
    Record<"ease" | "walk" | "neighbours" | "historyEase" | "historyWalk" | "bridge" | "coViews", number>
  >;
}

/**
 * Makes the features of a query's likeliest items.
 *
 * @param eligible items that may be candidates at all
 * @returns `pick` takes the `limit` strongest candidates of a crude blend, which can then be described. It reuses its
 *   memory: what it returned before is lost
 */
export function openPurchaseFeatures(
  sources: FeatureSources,
  eligible: readonly number[],
): {
  /** Features of an item. */
  readonly width: number;
  pick(query: BehaviourQuery, limit: number, excluded: ReadonlySet<number>): Candidates;
} {
  const { items, sales } = sources;
  const evidence = new QueryEvidence(sources);
  const width = FEATURE_COUNT + (sources.coViews ? VIEW_FEATURES.length : 0);
  const own = describeItems(sales);
  const code = Float64Array.from(items, ({ key }) => leadingNumber(key));
  const popularity = sales.recentPerDay[1].map((perDay) => 0.02 * Math.log1p(perDay));
  const among = Int32Array.from(eligible);
  const hasBridge = sources.textBridge.vectors.terms > 0;

  const describe = (
    positions: readonly number[],
    { query, shopper, candidates, best }: Picked,
  ): Float32Array => {
    const features = new Float32Array(positions.length * width);
    const season = openItemSeason(sources.weeklySales, query.atMs);
    const size = Math.max(1, query.basket.length);
    const basketCodes = sortedCodes(query.basket, code);
    const historyCodes = sortedCodes(shopper.taste, code);
    positions.forEach((position, row) => {
      const item = candidates[position]!;
      const orders = Math.max(1, shopper.orders);
      // Words are among the evidence of EASE where it knows the item.
      const isSold = sources.ease.rowOf[item]! >= 0;
      const isBought = evidence.boughtCount[item]! > 0;
      const ownAt = item * OWN_FEATURES;
      let at = row * width;
      features[at++] = evidence.ease[item]!;
      features[at++] = evidence.ease[item]! / best.ease;
      features[at++] = evidence.easeSingle[item]!;
      features[at++] = Math.log(1e-6 + evidence.walk[item]! / size);
      features[at++] = evidence.walk[item]! / best.walk;
      features[at++] = Math.log(1e-6 + evidence.walkSingle[item]!);
      features[at++] = Math.sqrt(evidence.confidence[item]! / size);
      features[at++] = Math.sqrt(evidence.confidenceSingle[item]!);
      features[at++] = isSold ? 0 : evidence.text[item]! / Math.sqrt(size);
      features[at++] = isSold ? 0 : evidence.textSingle[item]!;
      features[at++] = evidence.neighbours[item]! / best.neighbours;
      features[at++] = evidence.historyEase[item]!;
      features[at++] = evidence.historyWalk[item]! / best.historyWalk;
      features[at++] = evidence.historyText[item]!;
      features[at++] = isBought ? 1 : 0;
      features[at++] = Math.log1p(evidence.boughtCount[item]!);
      features[at++] = evidence.boughtCount[item]! / (orders + 1);
      features[at++] = Math.log1p(evidence.boughtDecayed30[item]!);
      features[at++] = Math.log1p(evidence.boughtDecayed180[item]!);
      features[at++] = isBought ? Math.log1p(evidence.boughtDaysAgo[item]!) : 6;
      features[at++] = evidence.repeatsMost[item]!;
      features[at++] = evidence.repeatsSum[item]!;
      features[at++] = evidence.repeatsLast[item]!;
      features[at++] = own[ownAt + 0]!;
      features[at++] = own[ownAt + 1]!;
      features[at++] = own[ownAt + 2]!;
      features[at++] = own[ownAt + 3]!;
      features[at++] = own[ownAt + 4]!;
      features[at++] = own[ownAt + 5]!;
      features[at++] = own[ownAt + 6]!;
      features[at++] = nearness(code[item]!, basketCodes);
      features[at++] = nearness(code[item]!, historyCodes);
      features[at++] = Math.log(size);
      features[at++] = shopper.orders > 0 ? 1 : 0;
      features[at++] = Math.log1p(shopper.orders);
      features[at++] = Math.log1p(shopper.daysSinceLast);
      features[at++] = shopper.repeatRatio;
      features[at++] = evidence.easeSupport[item]! / size;
      const lastYear = season(item);
      features[at++] = lastYear.logRatio;
      features[at++] = lastYear.logRate;
      if (sources.coViews) {
        features[at++] = evidence.coViews[item]! / Math.sqrt(size);
        features[at++] = evidence.coViews[item]! / best.coViews;
        features[at++] = evidence.coViewsSingle[item]!;
      }
      // A network would learn of shifted columns without a word.
      if (at !== (row + 1) * width - KIND_FEATURES.length)
        throw new Error(`feature ${at % width} has no name`);
    });
    describeKinds(
      sources,
      { basket: query.basket, candidates, positions, evidence, bestBridge: best.bridge },
      features,
      width,
    );
    return features;
  };

  return {
    width,
    pick(query, limit, excluded) {
      evidence.clear();
      gatherBasket(sources, query.basket, evidence);
      const shopper = gatherHistory(sources, query, evidence);
      const hasTaste = shopper.taste.length > 0;
      const best = {
        ease: highest(evidence.ease, among, 1e-6),
        walk: highest(evidence.walk, among, 1e-9),
        neighbours: highest(evidence.neighbours, among, 1e-6),
        historyEase: hasTaste ? highest(evidence.historyEase, among, 1e-6) : 1,
        historyWalk: hasTaste ? highest(evidence.historyWalk, among, 1e-9) : 1,
        bridge: hasBridge ? highest(evidence.textBridge, among, 1e-9) : 1,
        coViews: sources.coViews ? highest(evidence.coViews, among, 1e-9) : 1,
      };
      for (const item of among) {
        evidence.blend[item] =
          BLEND_FLOOR +
          evidence.ease[item]! / best.ease +
          0.5 * (evidence.walk[item]! / best.walk) +
          0.5 * (evidence.neighbours[item]! / best.neighbours) +
          0.4 * (evidence.historyEase[item]! / best.historyEase) +
          0.3 * evidence.textSingle[item]! +
          0.3 * Math.max(0, evidence.textBridge[item]! / best.bridge) +
          0.3 * evidence.boughtDecayed180[item]! +
          popularity[item]!;
        if (sources.coViews) evidence.blend[item]! += 0.4 * (evidence.coViews[item]! / best.coViews);
      }
      // Below the floor of `strongest`, so that they are no candidates.
      for (const item of query.basket) evidence.blend[item] = 0;
      for (const item of excluded) evidence.blend[item] = 0;
      const candidates = strongest(among, evidence.blend, limit);
      return {
        candidates,
        blend: evidence.blend,
        describe: (positions = [...candidates.keys()]) =>
          describe(positions, { query, shopper, candidates, best }),
      };
    },
  };
}

/** Features that depend on the item alone. */
const OWN_FEATURES = 7;

function describeItems(sales: ItemSales): Float32Array {
  const [recent14, recent60, recent365] = sales.recentPerDay;
  const own = new Float32Array(recent14.length * OWN_FEATURES);
  for (let item = 0; item < recent14.length; item++) {
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
      ],
      item * OWN_FEATURES,
    );
  }
  return own;
}

function highest(values: Float32Array, among: Int32Array, floor: number): number {
  let most = floor;
  for (const item of among) if (values[item]! > most) most = values[item]!;
  return most;
}
