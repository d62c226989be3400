import type { Forecasted } from "./calibration.ts";
import { strongest } from "#app/domain/behaviour/item-links.ts";
import type {
  BehaviourModel,
  BehaviourQuery,
  CompletionTask,
} from "#app/domain/behaviour/behaviour-model.ts";
import { isClearlyBetter, meanOf } from "#app/domain/numbers/statistics.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import type { Random } from "#app/domain/numbers/random.ts";
import { openPurchaseHistories } from "#app/domain/behaviour/methods/purchase-histories.ts";

/** A later basket with products hidden, and the hidden products. */
export interface CompletionCase {
  readonly query: BehaviourQuery;
  readonly bought: readonly number[];
  /** Excludes the customer's earlier purchases, as `rank --explore` does. */
  readonly isExplore: boolean;
}

/**
 * Draws cases from the baskets `from` to `to`. A cart hides one product, a product page all but one.
 *
 * @param isKnown items that a model can know; others are removed from the baskets
 * @param perBasket cases drawn per basket with at least two known items
 */
export function drawCompletionCases(
  baskets: Baskets,
  { from, to, task, perBasket }: { from: number; to: number; task: CompletionTask; perBasket: number },
  isKnown: (item: number) => boolean,
  random: Random,
): CompletionCase[] {
  const histories = openPurchaseHistories(baskets);
  const cases: CompletionCase[] = [];
  for (let basket = from; basket < to; basket++) {
    const items = [...baskets.item.subarray(baskets.offsets[basket], baskets.offsets[basket + 1])].filter(
      isKnown,
    );
    if (items.length < 2) continue;
    const atMs = baskets.placedAtMs[basket]!;
    const history = histories.before(baskets.customer[basket]!, atMs);
    for (let draw = 0; draw < Math.min(perBasket, items.length); draw++) {
      const chosen = items[Math.floor(random() * items.length)]!;
      const others = items.filter((item) => item !== chosen);
      const [basketLeft, bought] = task === "cart" ? [others, [chosen]] : [[chosen], others];
      cases.push({ query: { basket: basketLeft, atMs, history }, bought, isExplore: false });
    }
  }
  return cases;
}

/**
 * Expands each case into its variants: as the customer, as a guest without history, and as explore when the customer
 * bought something new. Variants of one case are adjacent and share their basket array. A model that serves all three
 * learns most from all three, and a variant costs less than another draw and is worth as much.
 *
 * @see app/decisions/behaviour/050-networks-and-ease-learn-from-all-that-tells-of-a-pair.md
 */
export function askEveryWay(cases: readonly CompletionCase[]): CompletionCase[] {
  return cases.flatMap((asked) => {
    const { query, bought } = asked;
    if (query.history.length === 0) return [asked];
    const news = leaveOut(bought, query.history);
    return [
      asked,
      ...(news.length > 0 ? [{ query, bought: news, isExplore: true }] : []),
      { query: { ...query, history: [] }, bought, isExplore: false },
    ];
  });
}

function leaveOut(items: readonly number[], history: BehaviourQuery["history"]): number[] {
  const bought = new Set(history.map(({ item }) => item));
  return items.filter((item) => !bought.has(item));
}

type Scorer = Pick<BehaviourModel, "score">;

interface RankingRequest {
  /** Item indices to rank, each once. */
  readonly eligible: readonly number[];
  /** Number of all items. */
  readonly items: number;
  readonly k: number;
  /** Excludes the customer's earlier purchases. */
  readonly isExplore: boolean;
  /** [items] buffer that receives the scores; -Infinity for excluded items. */
  readonly scores?: Float32Array;
}

/**
 * Ranks the items most likely to complete a query, best first, without the basket's own items.
 *
 * @returns `k` items, or fewer when fewer are eligible
 */
export function rankItems(
  model: Scorer,
  query: BehaviourQuery,
  { eligible, items, k, isExplore, scores = new Float32Array(items) }: RankingRequest,
): number[] {
  const left = new Set(query.basket);
  if (isExplore) for (const { item } of query.history) left.add(item);
  model.score(query, scores, left);
  for (const item of left) scores[item] = -Infinity;
  return strongest(eligible, scores, k, -Infinity);
}

/** Hit rate and normalised discounted cumulative gain at 10 over cases, each 0 to 1. */
export interface RankingMeasure {
  /** [cases] gain of each case, 0 to 1; `ndcg10` is their mean. */
  readonly gains: Float64Array;
  readonly hr10: number;
  readonly ndcg10: number;
}

const DEPTH = 10;

/** The best items of one case by one model, with their scores. */
export interface RankedCase {
  readonly items: readonly number[];
  readonly scores: readonly number[];
}

interface Universe {
  readonly eligible: readonly number[];
  readonly items: number;
  /** Called regularly to yield to other work; an error it throws aborts the ranking. */
  readonly pause?: (() => Promise<void>) | undefined;
}

/**
 * Ranks the ten best items of every case by each model. It goes case by case, so models that share evidence gather it
 * once.
 *
 * @returns one list per model, in their order, with one entry per case
 */
export async function rankCases(
  models: readonly Scorer[],
  cases: readonly CompletionCase[],
  { pause, ...universe }: Universe,
): Promise<RankedCase[][]> {
  const ranked: RankedCase[][] = models.map(() => []);
  const scores = new Float32Array(universe.items);
  for (const [at, { query, isExplore }] of cases.entries()) {
    models.forEach((model, index) => {
      const items = rankItems(model, query, { ...universe, k: DEPTH, isExplore, scores });
      ranked[index]!.push({ items, scores: items.map((item) => scores[item]!) });
    });
    if (at % 64 === 63) await pause?.();
  }
  return ranked;
}

/**
 * Measures rankings of the same cases. Binary gains; the ideal ranking has `min(10, bought)` hits.
 *
 * @see Järvelin & Kekäläinen 2002
 */
export function measureRanking(
  ranked: readonly RankedCase[],
  cases: readonly CompletionCase[],
): RankingMeasure {
  const gains = new Float64Array(cases.length);
  let hits = 0;
  cases.forEach(({ bought }, at) => {
    const wanted = new Set(bought);
    let ideal = 0;
    for (let rank = 0; rank < Math.min(DEPTH, wanted.size); rank++) ideal += 1 / Math.log2(rank + 2);
    let gain = 0;
    ranked[at]!.items.forEach((item, rank) => {
      if (wanted.has(item)) gain += 1 / Math.log2(rank + 2);
    });
    if (gain > 0) hits++;
    gains[at] = gain / ideal;
  });
  const count = Math.max(1, cases.length);
  return { gains, hr10: hits / count, ndcg10: gains.reduce((sum, gain) => sum + gain, 0) / count };
}

/** `measureRanking` for each model. */
export async function measureRankings(
  models: readonly Scorer[],
  cases: readonly CompletionCase[],
  universe: Universe,
): Promise<RankingMeasure[]> {
  return (await rankCases(models, cases, universe)).map((ranked) => measureRanking(ranked, cases));
}

/**
 * Forecasts for the ten best items of each case, and whether each was bought.
 *
 * @param ranked by a model that scores by the logarithm of the purchase probability
 * @returns [cases] lists of at most ten
 */
export function forecastTop(ranked: readonly RankedCase[], cases: readonly CompletionCase[]): Forecasted[][] {
  return cases.map(({ bought }, at) =>
    ranked[at]!.items.map((item, rank) => ({
      probability: Math.exp(ranked[at]!.scores[rank]!),
      isBought: bought.includes(item),
    })),
  );
}

/**
 * Standard errors by which a method must beat the default to replace it. One is a low bar: of about nine methods that
 * are no better, the best passes in more than one of six shops. It is then as good as the default, so the switch costs
 * nothing.
 */
const CHOICE_ERRORS = 1;

/**
 * Picks the method with the highest mean gain if it is clearly better than the default on the same cases, else the
 * default.
 *
 * @param measured at least one; the first of equal ones wins
 * @param gainsOf [cases] gain of a method in each
 */
export function chooseMeasured<T>(measured: readonly T[], usual: T, gainsOf: (one: T) => Float64Array): T {
  const best = measured.reduce((a, b) => (meanOf(gainsOf(b)) > meanOf(gainsOf(a)) ? b : a));
  const other = gainsOf(usual);
  const gains = gainsOf(best).map((gain, at) => gain - other[at]!);
  return isClearlyBetter(gains, CHOICE_ERRORS) ? best : usual;
}
