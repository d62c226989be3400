import { turnLinks } from "#app/domain/behaviour/features/backward-evidence.ts";
import { gatherEvidence } from "#app/domain/behaviour/methods/ease-evidence.ts";
import { linkByEase } from "#app/domain/behaviour/methods/ease-weights.ts";
import { openBasketNeighbours, decayWeights, indexItemSets } from "#app/domain/behaviour/item-baskets.ts";
import { countItemSales, countWeeklySales } from "#app/domain/behaviour/methods/item-sales.ts";
import { fitTextBridge, fitEase } from "#app/learning/ease/fit-ease.ts";
import { scorePairs, countCategoryPairs } from "#app/domain/behaviour/methods/pair-scores.ts";
import type { FeatureSources } from "#app/domain/behaviour/features/query-evidence.ts";
import { NO_TEXT_BRIDGE } from "#app/domain/behaviour/methods/text-bridge.ts";
import { isUndated, type Baskets } from "#app/domain/prepare/baskets.ts";

/** Half-lives of a basket's weight, days; chosen on later orders of a two-year log of a gift shop. */
const HALF_LIFE_DAYS = { pairs: 180, neighbours: 90 };

/** Partners kept per item for history features; the rest of a row is near zero. */
const EASE_LINKS = 150;

/** The fitted part: plain data that can be sent to another thread. */
export type FittedSources = Omit<FeatureSources, "items" | "addNeighbours" | "backward" | keyof OtherLinks>;

/** Knowledge about items apart from the orders. */
export type OtherLinks = Pick<FeatureSources, "text" | "coViews">;

export interface FittingRun {
  readonly onProgress?: (ratio: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Fits everything that the behaviour features are made of.
 *
 * @param baskets only baskets before `cutoffMs`
 * @param links `text` from `linkByText`, made once because it needs no orders; `coViews` from page views before
 *   `cutoffMs`
 * @throws DOMException AbortError when aborted
 */
export async function fitFeatureSources(
  baskets: Baskets,
  cutoffMs: number,
  links: OtherLinks,
  run: FittingRun,
): Promise<FeatureSources> {
  return openFeatureSources(await fitSources(baskets, cutoffMs, run), baskets, links);
}

/** The slow part of `fitFeatureSources`. */
export async function fitSources(
  baskets: Baskets,
  cutoffMs: number,
  run: FittingRun,
): Promise<FittedSources> {
  const index = indexItemSets(baskets, baskets.items.length);
  const weights = decayWeights(baskets, cutoffMs, HALF_LIFE_DAYS.pairs);
  const pairs = scorePairs(baskets, index, weights);
  const sales = countItemSales(baskets, index, cutoffMs);
  const ease = await fitEase(gatherEvidence(baskets, cutoffMs), sales.baskets, run);
  return {
    // In a dated log, the network has the shopper's purchases and later orders, and the bridge gained nothing on the
    // next two months (carts ±.000, guests +.002, news −.003 ndcg10, SE .002).
    textBridge: isUndated(baskets)
      ? await fitTextBridge(baskets, weights, run.signal ? { signal: run.signal } : {})
      : NO_TEXT_BRIDGE,
    categoryPairs: countCategoryPairs(baskets, weights),
    cutoffMs,
    sales,
    pairs,
    weeklySales: countWeeklySales(baskets, cutoffMs),
    ease,
    easeLinks: linkByEase(ease, EASE_LINKS),
  };
}

/** @param baskets those that `fitted` was fitted on */
export function openFeatureSources(
  fitted: FittedSources,
  baskets: Baskets,
  links: OtherLinks,
): FeatureSources {
  const weights = decayWeights(baskets, fitted.cutoffMs, HALF_LIFE_DAYS.neighbours);
  return {
    ...fitted,
    items: baskets.items,
    ...links,
    backward: turnLinks(fitted),
    addNeighbours: openBasketNeighbours(baskets, indexItemSets(baskets, baskets.items.length), weights),
  };
}
