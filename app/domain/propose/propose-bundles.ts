import { pairKey, type CoViews } from "#app/domain/behaviour/sessions/co-views.ts";
import type { Neighbours } from "#app/domain/behaviour/behaviour-model.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import {
  assessBundle,
  assessThroughYear,
  type BundleCandidate,
  type CandidateMarket,
} from "#app/domain/propose/profit/bundle-candidate.ts";
import { nearestRelation, type NamedItems } from "#app/domain/propose/profit/component-relation.ts";
import {
  coverDays,
  isSellable,
  surveyMarket,
  withCalibration,
  type Browsing,
  type BundleMarket,
  type ThroughYear,
} from "#app/domain/propose/profit/bundle-market.ts";
import {
  type BundleProposal,
  type Refusal,
  componentKeyOf,
} from "#app/domain/propose/proposal/bundle-proposal.ts";
import { expectedByChance, type CountedOrders } from "#app/domain/propose/together/by-chance.ts";
import { chooseBySize, MATCHING_SHARE } from "#app/domain/propose/choice/choose-by-size.ts";
import { countPairs, type PairCounts } from "#app/domain/propose/together/count-pairs.ts";
import { effectiveSampleSize } from "#app/domain/propose/together/effective-sample-size.ts";
import {
  explainFewShoppers,
  explainNothing,
  explainProblem,
  openRefusals,
  type RefusalLog,
} from "#app/domain/propose/choice/explain-no-bundle.ts";
import { explainProposal } from "#app/domain/propose/evidence/explain-proposal.ts";
import { replaceMissing } from "#app/domain/propose/profit/find-substitute.ts";
import { byWorth, growBundles, type Partners, type Seed } from "#app/domain/propose/profit/grow-bundles.ts";
import { findNextView } from "#app/domain/propose/profit/next-view.ts";
import { countOrders, indexOccurrences } from "#app/domain/propose/together/occurrences.ts";
import { discoveryThreshold, surpriseOf } from "#app/domain/propose/together/pair-statistics.ts";
import { learnRecurrence } from "#app/domain/propose/together/recurrence.ts";
import { learnShopResponse, type ShopResponse } from "#app/domain/propose/profit/shop-response.ts";
import { splitByToday } from "#app/domain/propose/choice/split-by-today.ts";
import { titleBundle } from "#app/domain/propose/titles/title-likeness.ts";
import type { ViewedPairs } from "#app/domain/propose/together/viewed-pairs.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { ItemForecast } from "#app/domain/trends/item-forecast.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";

export interface ProposeInput {
  /** Baskets to count in; those at or after `cutoffMs` are not looked at. */
  readonly baskets: Baskets;
  readonly neighbours: Neighbours;
  /** Newest forecasts of the coming weeks: what the expected effects and the stock's cover are stated by. */
  readonly forecasts: readonly ItemForecast[];
  /**
   * Forecasts of the same weeks from orders before `cutoffMs` alone: what bundles, discounts and their order are
   * chosen by, so that the replay judges a choice that had not seen its orders. Without them `forecasts` serve.
   */
  readonly forecastsAtCutoff?: readonly ItemForecast[];
  readonly settings: ShopSettings;
  /** Counting ends here; leave later orders for the replay. */
  readonly cutoffMs: number;
  /** UTC to the shop's own clock; without it, nothing is said of hours and weekdays. */
  readonly toClockMs?: (atMs: number) => number;
  /** What visitors looked at together before `cutoffMs`; without it, orders alone speak. */
  readonly coViews?: CoViews | undefined;
  /** What a visitor looks at after each product, from looks before `cutoffMs`. */
  readonly nextViews?: Neighbours | undefined;
}

export interface ProposeOutput {
  /** Most promising first. */
  readonly proposals: BundleProposal[];
  readonly refused: Refusal[];
  /** What the discounts rest on, from orders before `cutoffMs` alone. */
  readonly response: ShopResponse["stated"];
}

/** Of the pairs called complements, at most this share may be chance. */
const FALSE_DISCOVERY_SHARE = 0.05;
/** Pairs priced: the ones with the most orders times price, far more than are ever proposed. */
const MOST_PRICED = 30_000;
/** Blocked bundles that a substitute is looked for. */
const MOST_SUBSTITUTED = 200;

/**
 * Step 5, propose: bundles of two to four components that are bought together more often than chance, are not one
 * product in two variants, have stock, and are expected to earn more than their discount gives away. Pairs that
 * visitors compare and then buy one of are refused; a pair that visitors look at one after the other is worth trying
 * with half the orders that are asked for.
 *
 * @returns fewer or no proposals on thin data, with refusals that say what is missing
 */
export function proposeBundles(input: ProposeInput): ProposeOutput {
  const { baskets, settings, cutoffMs } = input;
  const firstMs = Math.max(cutoffMs - settings.windowDays * DAY_MS, baskets.placedAtMs[0] ?? cutoffMs);
  const occurrences = indexOccurrences(baskets, firstMs, cutoffMs);
  const response = learnShopResponse(baskets, firstMs, cutoffMs);
  const survey = { ...input, occurrences, response, windowMs: cutoffMs - firstMs };
  const surveyed = surveyMarket({ ...survey, forecasts: input.forecastsAtCutoff ?? input.forecasts });
  const refusals = openRefusals();

  refuseSubstitutes(surveyed.viewedPairs, refusals);
  const significant = findSignificantPairs(surveyed, refusals);
  const recurrence = learnRecurrence(surveyed, significant, {
    leastTogether: leastCounted(settings),
    significance: significant.threshold,
  });
  const calibration = { recurrence, likeNamed: countLikeNamed(surveyed, significant) };
  const market = withCalibration(surveyed, calibration);
  const { accepted, blocked, partners, seeds } = pricePairs(market, significant, refusals);
  const grown = growBundles(market, seeds, partners, significant.threshold);
  const substitutes = byWorth(blocked)
    .slice(0, MOST_SUBSTITUTED)
    .flatMap((bundle) => replaceMissing(market, bundle) ?? []);

  const candidates = withoutRepeats([...accepted, ...grown, ...substitutes]);
  const { chosen, beyondShare } = chooseBySize(candidates, settings);
  for (const { items, together } of beyondShare)
    refusals.add("beyond_share", items, together, {
      code: "refused.beyondShare",
      values: { together, shareRatio: MATCHING_SHARE },
    });
  const refused = refusals.list();
  if (chosen.length === 0 && refused.length === 0) refused.push(explainNothing(market));
  const today = input.forecastsAtCutoff ? withCalibration(surveyMarket(survey), calibration) : market;
  const { stated, waiting } = splitByToday(today, chosen);
  return {
    proposals: stated.map((one) => toProposal(one.market, one.bundle)),
    refused: [...refused, ...waiting],
    response: response.stated,
  };
}

/** Says of each pair that visitors choose between why it is no bundle. */
function refuseSubstitutes(viewedPairs: ViewedPairs | null, refusals: RefusalLog): void {
  for (const { a, b, sessions, orders, ordersByChance } of viewedPairs?.substitutes.values() ?? [])
    refusals.add("substitutes", [a, b], orders, {
      code: "refused.substitutes",
      values: { visits: sessions, orders, byChanceAbout: ordersByChance },
    });
}

interface SignificantPairs extends PairCounts {
  /** Indices of the pairs that are, also by their shoppers, most orders × price first; no more than are priced. */
  readonly ranked: number[];
  /** Largest p-value that is. */
  readonly threshold: number;
}

/** Half the support is counted too: a refusal can then say how many orders are missing, and visitors' looks stand in. */
function leastCounted({ minSupportOrders }: ShopSettings): number {
  return Math.max(1, Math.ceil(minSupportOrders / 2));
}

function findSignificantPairs(
  market: CountedOrders & Browsing & Pick<BundleMarket, "items" | "settings">,
  refusals: RefusalLog,
): SignificantPairs {
  const { occurrences, settings, items } = market;
  const pairs = countPairs(occurrences, leastCounted(settings));
  const pValues = new Float64Array(pairs.count);
  for (let pair = 0; pair < pairs.count; pair++) {
    const byChance = expectedByChance(market.chance, [pairs.a[pair]!, pairs.b[pair]!]);
    pValues[pair] = surpriseOf(pairs.together[pair]!, byChance);
  }
  const tests = (pairs.frequentItems * (pairs.frequentItems - 1)) / 2;
  const threshold = discoveryThreshold(pValues, tests, FALSE_DISCOVERY_SHARE);

  const ranked: number[] = [];
  for (let pair = 0; pair < pairs.count; pair++) {
    if (pValues[pair]! > threshold) continue;
    const key = pairKey(items.length, pairs.a[pair]!, pairs.b[pair]!);
    if (market.viewedPairs?.substitutes.has(key)) continue;
    const together = pairs.together[pair]!;
    const short = settings.minSupportOrders - together;
    if (short <= 0 || findNextView(market, pairs.a[pair]!, pairs.b[pair]!)) ranked.push(pair);
    else
      refusals.add("thin", [pairs.a[pair]!, pairs.b[pair]!], together, {
        code: "refused.thin",
        values: { count: short, together, asked: settings.minSupportOrders },
      });
  }
  const turnover = (pair: number) =>
    pairs.together[pair]! * (items[pairs.a[pair]!]!.priceMinor + items[pairs.b[pair]!]!.priceMinor);
  ranked.sort((x, y) => turnover(y) - turnover(x));
  const bySeveral = ranked.slice(0, MOST_PRICED).filter((pair) => {
    const [a, b, together] = [pairs.a[pair]!, pairs.b[pair]!, pairs.together[pair]!];
    const effectiveSize = effectiveSampleSize(occurrences, [a, b]);
    // The p-value again, of the shoppers that the orders are worth instead of the orders.
    const byChance = (expectedByChance(market.chance, [a, b]) * effectiveSize) / together;
    if (surpriseOf(effectiveSize, byChance) <= threshold) return true;
    refusals.add("repeated", [a, b], together, explainFewShoppers(together, effectiveSize));
    return false;
  });
  return { ...pairs, ranked: bySeveral, threshold };
}

/** Orders of each item with each other one that shares its name and differs by more than a variant, most first. */
function countLikeNamed(names: NamedItems, pairs: SignificantPairs): Map<number, number[]> {
  const counts = new Map<number, number[]>();
  for (const pair of pairs.ranked) {
    const items = [pairs.a[pair]!, pairs.b[pair]!];
    if (nearestRelation(names, items) !== "related") continue;
    for (const item of items) {
      const own = counts.get(item);
      if (own) own.push(pairs.together[pair]!);
      else counts.set(item, [pairs.together[pair]!]);
    }
  }
  for (const own of counts.values()) own.sort((a, b) => b - a);
  return counts;
}

function pricePairs(market: ThroughYear<CandidateMarket>, pairs: SignificantPairs, refusals: RefusalLog) {
  const accepted: BundleCandidate[] = [];
  const blocked: BundleCandidate[] = [];
  const seeds: Seed[] = [];
  const links = new Map<number, { item: number; together: number }[]>();
  const link = (from: number, item: number, together: number) => {
    const own = links.get(from);
    if (own) own.push({ item, together });
    else links.set(from, [{ item, together }]);
  };
  for (const pair of pairs.ranked) {
    const items = [pairs.a[pair]!, pairs.b[pair]!];
    const together = pairs.together[pair]!;
    const withoutOne = [items[1]!, items[0]!].map((item) => countOrders(market.occurrences, item));
    const assessed = assessThroughYear(market, items, together, withoutOne);
    if (assessed.ok || assessed.reason === "no_discount_pays") {
      link(items[0]!, items[1]!, together);
      link(items[1]!, items[0]!, together);
      seeds.push({ items, together });
    }
    // Also what is accepted for a season to come may have a gap today, which a stand-in can fill.
    const hasGap = items.some((item) => isSellable(market.items[item]!) && coverDays(market, item) === 0);
    if (hasGap && together >= market.settings.minSupportOrders) {
      const asIfInStock = assessBundle(market, items, together, withoutOne, "ignored");
      if (asIfInStock.ok) blocked.push(asIfInStock.value);
    }
    if (assessed.ok) {
      accepted.push(assessed.value);
      continue;
    }
    refusals.add(
      assessed.reason,
      items,
      together,
      explainProblem(assessed.reason, together, market.settings),
    );
  }
  const partners: Partners = new Map(
    [...links].map(([item, own]) => [
      item,
      own.sort((x, y) => y.together - x.together || x.item - y.item).map((one) => one.item),
    ]),
  );
  return { accepted, blocked, partners, seeds };
}

/** One candidate for each combination, the most promising one. */
function withoutRepeats(candidates: readonly BundleCandidate[]): BundleCandidate[] {
  const best = new Map<string, BundleCandidate>();
  for (const candidate of candidates) {
    const key = [...candidate.items].sort((a, b) => a - b).join(",");
    const known = best.get(key);
    if (!known || (known.kind === "substitute" && candidate.kind !== "substitute")) best.set(key, candidate);
  }
  return [...best.values()];
}

/** @param market that of the bundle's window */
function toProposal(market: BundleMarket, bundle: BundleCandidate): BundleProposal {
  const components = bundle.items.map((item) => ({ item, quantity: 1 }));
  const { days } = bundle;
  return {
    componentKey: componentKeyOf(bundle.items.map((item) => ({ key: market.items[item]!.key, quantity: 1 }))),
    kind: bundle.kind,
    title: titleBundle(bundle.items.map((item) => market.items[item]!.title || market.items[item]!.key)),
    components,
    discountRatio: bundle.discountRatio,
    expected: bundle.effect,
    evidence: explainProposal(market, bundle),
    ...(days ? { days } : {}),
  };
}
