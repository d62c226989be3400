import type { CoViews } from "#app/domain/behaviour/sessions/co-views.ts";
import type { Neighbours } from "#app/domain/behaviour/behaviour-model.ts";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import {
  assessBundle,
  assessThroughYear,
  extraOf,
  marketOf,
  type BundleCandidate,
  type CandidateMarket,
  type RelatedPair,
} from "#app/domain/propose/profit/bundle-candidate.ts";
import { relationOfNames, type NamedItems } from "#app/domain/propose/profit/component-relation.ts";
import {
  coverDays,
  isSellable,
  surveyMarket,
  withCalibration,
  type BundleMarket,
  type ThroughYear,
} from "#app/domain/propose/profit/bundle-market.ts";
import {
  asItWillCome,
  beforeTax,
  type BundleProposal,
  type Refusal,
  componentKeyOf,
} from "#app/domain/propose/proposal/bundle-proposal.ts";
import { learnChance } from "#app/domain/propose/together/by-chance.ts";
import { chooseOffers, MATCHING_SHARE } from "#app/domain/propose/choice/choose-offers.ts";
import {
  explainNothing,
  explainProblem,
  openRefusals,
  type RefusalLog,
} from "#app/domain/propose/choice/explain-no-bundle.ts";
import { explainProposal } from "#app/domain/propose/evidence/explain-proposal.ts";
import { explainSet } from "#app/domain/propose/evidence/explain-set.ts";
import { effectOfSet, joinPairs, type SetOfThree } from "#app/domain/propose/profit/set-of-three.ts";
import { replaceMissing } from "#app/domain/propose/profit/find-substitute.ts";
import { indexOccurrences, countPairs } from "#app/domain/propose/together/occurrences.ts";
import { COUNTED_LIFTS, learnLifts } from "#app/domain/propose/together/pair-lift.ts";
import { findRelatedPairs, leastCounted } from "#app/domain/propose/choice/related-pairs.ts";
import { learnDeviations } from "#app/domain/propose/profit/offer-deviations.ts";
import { answerOf, learnShoppers, toOutcomes } from "#app/domain/propose/profit/learned-response.ts";
import type { ShopAnswer } from "#app/domain/propose/profit/other-shops.ts";
import { learnAttachElasticity } from "#app/domain/propose/profit/attach-elasticity.ts";
import {
  judgeResponse,
  learnShopResponse,
  type ShopResponse,
} from "#app/domain/propose/profit/shop-response.ts";
import { isPoolOffer, toPoolOutcomes, type ShownOffer } from "#app/domain/propose/quantity/pool-outcomes.ts";
import type { ShopperMix } from "#app/domain/propose/profit/shopper-kinds.ts";
import type { ViewedPairs } from "#app/domain/propose/together/viewed-pairs.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { ItemForecast } from "#app/domain/trends/item-forecast.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";

export interface ProposeInput {
  /** Baskets to count in; those at or after `cutoffMs` are not looked at. */
  readonly baskets: Baskets;
  readonly neighbours: Neighbours;
  /** Forecasts of the coming weeks: what the expected effects and the stock's cover are stated by. */
  readonly forecasts: readonly ItemForecast[];
  readonly settings: ShopSettings;
  /** Counting ends here. */
  readonly cutoffMs: number;
  /**
   * Where the replay begins: what orders before it do not bear out is proposed as worth a try, so that the replay judges
   * the rest by orders that had no part in finding it. Absent, nothing is replayed.
   */
  readonly replayFromMs?: number;
  /** UTC to the shop's own clock; without it, nothing is said of hours and weekdays. */
  readonly toClockMs?: (atMs: number) => number;
  /** What visitors looked at together before `cutoffMs`; without it, orders alone speak. */
  readonly coViews?: CoViews | undefined;
  /** What visitors did who met the shop's offers so far, and who were held out. */
  readonly outcomes?: readonly ShownOffer[] | undefined;
  /** What the other shops of the installation tell that agreed to. */
  readonly others?: readonly ShopAnswer[] | undefined;
  /** Parts to do without, for measuring what each is worth. */
  readonly without?: ReadonlySet<string> | undefined;
}

export interface ProposeOutput {
  /** Most promising first. */
  readonly proposals: BundleProposal[];
  readonly refused: Refusal[];
  /** What the discounts rest on, from orders before `cutoffMs` alone. */
  readonly response: ShopResponse["stated"];
  /** What the shop's own offers and others have shown of its shoppers; absent before the first. */
  readonly mix: ShopperMix | undefined;
  /** What the shop's own offers have to tell other shops; null before there are some. */
  readonly answer: ShopAnswer | null;
}

/** Blocked bundles that a substitute is looked for. */
const MOST_SUBSTITUTED = 200;
/** Times as many as are asked for, as the replay refuses some. */
const BEYOND_ASKED = 1.5;

/**
 * Step 5, propose: pairs that are bought together more often than chance, are not one product in two variants, have
 * stock, and are expected to earn more than their discount gives away. Those that visitors compare and then buy one of
 * are refused. A pair that too few orders hold to prove it is worth a try where its orders, names, category and visitors'
 * looks together make it four in five sure to be bought twice as often as by chance.
 *
 * Where more pairs go together at full price than are asked for, three products any two of which do are one offer
 * (`joinPairs`). Larger sets, and those with a discount, are the merchant's to make.
 *
 * @returns more than are asked for, as the replay refuses some, best first; fewer or none
 *   on thin data, with refusals that say what is missing
 */
export function proposeBundles(input: ProposeInput): ProposeOutput {
  const { baskets, settings, cutoffMs, replayFromMs = cutoffMs } = input;
  const firstMs = Math.max(cutoffMs - settings.windowDays * DAY_MS, baskets.placedAtMs[0] ?? cutoffMs);
  const occurrences = indexOccurrences(baskets, firstMs, cutoffMs);
  const surveyed = surveyMarket({
    ...input,
    occurrences,
    response: learnShopResponse(baskets, firstMs, cutoffMs),
    windowMs: cutoffMs - firstMs,
  });
  const refusals = openRefusals();

  refuseSubstitutes(surveyed.viewedPairs, refusals);
  const pairs = countPairs(occurrences, leastCounted(occurrences, settings));
  const without = input.without ?? new Set<string>();
  const lifts = without.has("lift regression") ? COUNTED_LIFTS : learnLifts(surveyed, pairs);
  const before = indexOccurrences(baskets, firstMs, replayFromMs);
  const clockMs = input.toClockMs ? before.placedAtMs.map(input.toClockMs) : null;
  const beforeReplay = { occurrences: before, chance: learnChance(before, clockMs) };
  const related = findRelatedPairs({ ...surveyed, ...lifts }, { pairs, before: beforeReplay }, refusals);
  const attach = learnAttachElasticity(baskets, occurrences, related);
  const calibration = {
    response: judgeResponse(surveyed.response, { attach, occurrences }),
    expectedLift: lifts.expectedLift,
    likeNamed: without.has("like names") ? new Map<number, number[]>() : countLikeNamed(surveyed, related),
  };
  const calibrated = withCalibration(surveyed, calibration);
  const shown = input.outcomes ?? [];
  const inWindow = { baskets, fromMs: firstMs, toMs: cutoffMs, response: surveyed.response };
  const ofParts = shown.filter((offer) => !isPoolOffer(offer));
  const ofSets = toOutcomes(calibrated, ofParts);
  const outcomes = [...ofSets, ...toPoolOutcomes(inWindow, shown)];
  const mix = learnShoppers(outcomes, input.others) ?? undefined;
  const mixOf = mix && learnDeviations(ofSets, mix, (item) => baskets.items[item]!.category);
  const response = { ...calibration.response, mixOf };
  const market = withCalibration(calibrated, { ...calibration, response });
  const { accepted, blocked } = pricePairs(market, related, refusals);
  const substitutes = blocked
    .toSorted((a, b) => extraOf(b) - extraOf(a) || a.items[0] - b.items[0] || a.items[1] - b.items[1])
    .slice(0, MOST_SUBSTITUTED)
    .flatMap((bundle) => replaceMissing(market, bundle) ?? []);

  const candidates = withoutRepeats([...accepted, ...substitutes]);
  const maxProposals = Math.ceil(settings.maxProposals * (replayFromMs < cutoffMs ? BEYOND_ASKED : 1));
  const sets = without.has("sets of three") ? [] : joinPairs(candidates);
  const { chosen, beyondShare } = chooseOffers(candidates, { ...settings, maxProposals }, mix, sets);
  for (const { items, together } of beyondShare)
    refusals.add("beyond_share", items, together, {
      code: "refused.beyondShare",
      values: { together, shareRatio: MATCHING_SHARE },
    });
  const refused = refusals.list();
  if (chosen.length === 0 && refused.length === 0) refused.push(explainNothing(market));
  return {
    proposals: chosen.map((choice) =>
      "pairs" in choice ? setToProposal(market, choice) : toProposal(marketOf(market, choice), choice),
    ),
    refused,
    response: market.response.stated,
    mix,
    answer: answerOf(outcomes),
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

/** Orders of each item with each other one that shares its name and differs by more than a variant, most first. */
function countLikeNamed(names: NamedItems, pairs: readonly RelatedPair[]): Map<number, number[]> {
  const counts = new Map<number, number[]>();
  for (const { items, together } of pairs) {
    if (relationOfNames(names, items) !== "related") continue;
    for (const item of items) {
      const own = counts.get(item);
      if (own) own.push(together);
      else counts.set(item, [together]);
    }
  }
  for (const own of counts.values()) own.sort((a, b) => b - a);
  return counts;
}

function pricePairs(
  market: ThroughYear<CandidateMarket>,
  pairs: readonly RelatedPair[],
  refusals: RefusalLog,
) {
  const accepted: BundleCandidate[] = [];
  const blocked: BundleCandidate[] = [];
  for (const pair of pairs) {
    const { items, together, isToTry } = pair;
    const assessed = assessThroughYear(market, pair);
    // Also what is accepted for a season to come may have a gap today, which a stand-in can fill.
    const hasGap = items.some((item) => isSellable(market.items[item]!) && coverDays(market, item) === 0);
    if (hasGap && !isToTry) {
      const asIfInStock = assessBundle(market, pair, "ignored");
      if (asIfInStock.ok) blocked.push(asIfInStock.value);
    }
    if (assessed.ok) {
      accepted.push(assessed.value);
      continue;
    }
    refusals.add(assessed.reason, items, together, explainProblem(assessed.reason, pair, market));
  }
  return { accepted, blocked };
}

/** One candidate for each combination: what orders prove before a stand-in, and that before what is to be tried. */
function withoutRepeats(candidates: readonly BundleCandidate[]): BundleCandidate[] {
  const best = new Map<string, BundleCandidate>();
  for (const candidate of candidates) {
    const key = [...candidate.items].sort((a, b) => a - b).join(",");
    const known = best.get(key);
    if (!known || certaintyOf(candidate) > certaintyOf(known)) best.set(key, candidate);
  }
  return [...best.values()];
}

function certaintyOf({ kind, isToTry }: BundleCandidate): number {
  if (isToTry) return 0;
  return kind === "substitute" ? 1 : 2;
}

/** @param market that of the bundle's window */
function toProposal(market: BundleMarket, candidate: BundleCandidate): BundleProposal {
  const bundle = { ...candidate, effect: beforeTax(candidate.effect, market.settings) };
  const components = bundle.items.map((item) => ({ item, quantity: 1 }));
  const { days } = bundle;
  return {
    componentKey: componentKeyOf(bundle.items.map((item) => ({ key: market.items[item]!.key, quantity: 1 }))),
    kind: bundle.kind,
    components,
    discountRatio: bundle.discountRatio,
    expected: asItWillCome(bundle.effect),
    evidence: explainProposal(market, bundle),
    isToTry: bundle.isToTry,
    ...(days ? { days } : {}),
  };
}

function setToProposal(market: BundleMarket, set: SetOfThree): BundleProposal {
  const { items, settings, occurrences } = market;
  const effect = beforeTax(effectOfSet(set, occurrences), settings);
  return {
    componentKey: componentKeyOf(set.items.map((item) => ({ key: items[item]!.key, quantity: 1 }))),
    kind: "complementary",
    components: set.items.map((item) => ({ item, quantity: 1 })),
    pairs: set.pairs.map((pair) => ({
      items: pair.items,
      expected: asItWillCome(beforeTax(pair.effect, settings)),
    })),
    discountRatio: 0,
    expected: asItWillCome(effect),
    evidence: explainSet(market, set, effect),
    isToTry: false,
  };
}
