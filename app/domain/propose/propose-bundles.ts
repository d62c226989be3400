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
  type MarketInput,
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
import { learnLifts } from "#app/domain/propose/together/pair-lift.ts";
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

export interface ProposeInput extends MarketInput {
  /**
   * Start of the replay. A pair that orders before it do not prove is proposed as worth a try, so the replay judges the
   * others by orders that had no part in finding them. Without it, nothing is replayed.
   */
  readonly replayFromMs?: number;
  /** Behaviour of visitors who saw the shop's offers so far, and of the holdout. */
  readonly outcomes?: readonly ShownOffer[] | undefined;
  /** Answers from the other shops of the installation that agreed to share. */
  readonly others?: readonly ShopAnswer[] | undefined;
  /** Keys of the combinations that the merchant rejected: they take no place from others. */
  readonly rejected?: ReadonlySet<string> | undefined;
}

export interface ProposeOutput {
  /** Best first. */
  readonly proposals: BundleProposal[];
  readonly refused: Refusal[];
  /** Basis of the discounts, from orders before `cutoffMs` only. */
  readonly response: ShopResponse["stated"];
  /** Estimate of the shop's shoppers from its own and other shops' offers; absent before the first offer. */
  readonly mix: ShopperMix | undefined;
  /** Result of the shop's own offers, for other shops; null before the first. */
  readonly answer: ShopAnswer | null;
}

/** At most this many blocked bundles are searched for a substitute. */
const MOST_SUBSTITUTED = 200;
/** Proposals per suggestion requested: the replay refuses some. */
const BEYOND_ASKED = 1.5;

/**
 * Step 5, propose: finds pairs that are bought together more often than by chance, are not two variants of one product,
 * have stock, and are expected to earn more than their discount gives away. Refuses substitutes: pairs that visitors
 * compare and then buy one of. A pair without enough orders to prove it is worth a try if its orders, names, category
 * and common views make it 80 % sure that it is bought together twice as often as by chance.
 *
 * A long list can hold sets of three (`joinPairs`): three products, every two of which go together at full price. The
 * merchant makes larger sets, and those with a discount.
 *
 * @returns more than requested if there is a replay, best first; fewer or none on thin data, with refusals that say why
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
  const lifts = learnLifts(surveyed, pairs);
  const before = indexOccurrences(baskets, firstMs, replayFromMs);
  const clockMs = input.toClockMs ? before.placedAtMs.map(input.toClockMs) : null;
  const beforeReplay = { occurrences: before, chance: learnChance(before, clockMs) };
  const related = findRelatedPairs({ ...surveyed, ...lifts }, { pairs, before: beforeReplay }, refusals);
  const attach = learnAttachElasticity(baskets, occurrences, related);
  const calibration = {
    response: judgeResponse(surveyed.response, { attach, occurrences }),
    expectedLift: lifts.expectedLift,
    likeNamed: countLikeNamed(surveyed, related),
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

  const isOpen = (offer: { readonly items: readonly number[] }) => !input.rejected?.has(keyOf(market, offer));
  const found = withoutRepeats([...accepted, ...substitutes]);
  const candidates = found.filter(isOpen);
  const maxProposals = Math.ceil(settings.maxProposals * (replayFromMs < cutoffMs ? BEYOND_ASKED : 1));
  const sets = joinPairs(candidates).filter(isOpen);
  const { chosen, beyondShare } = chooseOffers(candidates, { ...settings, maxProposals }, mix, sets);
  for (const { items, together } of beyondShare)
    refusals.add("beyond_share", items, together, {
      code: "refused.beyondShare",
      values: { together, shareRatio: MATCHING_SHARE },
    });
  const refused = refusals.list();
  if (chosen.length === 0 && refused.length === 0 && found.length === candidates.length)
    refused.push(explainNothing(market));
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

/** Refuses pairs that visitors choose between, with the reason. */
function refuseSubstitutes(viewedPairs: ViewedPairs | null, refusals: RefusalLog): void {
  for (const { a, b, sessions, orders, ordersByChance } of viewedPairs?.substitutes.values() ?? [])
    refusals.add("substitutes", [a, b], orders, {
      code: "refused.substitutes",
      values: { visits: sessions, orders, byChanceAbout: ordersByChance },
    });
}

/** For each item, the order counts with every other item that shares its name but is not a variant; descending. */
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
    // A candidate accepted for a coming season can also be out of stock today. A stand-in can fill that gap.
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

/** Keeps one candidate per combination. A pair proved by orders wins over a stand-in, a stand-in over one to try. */
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

function keyOf(market: NamedItems, { items }: { readonly items: readonly number[] }): string {
  return componentKeyOf(items.map((item) => ({ key: market.items[item]!.key, quantity: 1 })));
}

/** @param market the market of the bundle's window */
function toProposal(market: BundleMarket, candidate: BundleCandidate): BundleProposal {
  const bundle = { ...candidate, effect: beforeTax(candidate.effect, market.settings) };
  const components = bundle.items.map((item) => ({ item, quantity: 1 }));
  const { days } = bundle;
  return {
    componentKey: keyOf(market, bundle),
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
  const { settings, occurrences } = market;
  const effect = beforeTax(effectOfSet(set, occurrences), settings);
  return {
    componentKey: keyOf(market, set),
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
