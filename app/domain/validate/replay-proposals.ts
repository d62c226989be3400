import { firstBasketAt, type Baskets } from "#app/domain/prepare/baskets.ts";
import { atEachEnd, totalOf, type Estimate } from "#app/domain/numbers/statistics.ts";
import type { BundleProposal, Refusal, ReplayResult } from "#app/domain/propose/proposal/bundle-proposal.ts";
import {
  countPoolOrders,
  expectedByChance,
  expectedOfCounts,
  learnChance,
  measureSizes,
  partnerRatio,
  type Chance,
} from "#app/domain/propose/together/by-chance.ts";
import {
  basketsOf,
  indexOccurrences,
  intersect,
  type Occurrences,
} from "#app/domain/propose/together/occurrences.ts";
import type { Random } from "#app/domain/numbers/random.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { explainReplay, LEAST_TOGETHER, speaksAgainst, unitsOf } from "./explain-replay.ts";
import type { VerdictMessage } from "./validate-messages.ts";

interface ReplayInput {
  readonly proposals: readonly BundleProposal[];
  /** The newest orders. */
  readonly laterBaskets: Baskets;
  /** Maximum number accepted. */
  readonly most?: number;
  readonly random: Random;
  /** UTC to the shop's clock, so that products sold at the same time of day do not count as sold together. */
  readonly toClockMs?: (atMs: number) => number;
}

export interface AcceptedProposal {
  readonly proposal: BundleProposal;
  readonly replay: ReplayResult;
}

interface ReplayOutput {
  /** In the order of the proposals. */
  readonly accepted: AcceptedProposal[];
  readonly refused: Refusal<VerdictMessage>[];
}

const RESAMPLES = 200;

/**
 * Step 6, validate: checks whether the newest orders, too, hold the components together more often than chance.
 * Intervals are 90 %, from a Poisson bootstrap over the shoppers with all their orders: a shopper who buys the same
 * pair every week counts once. The margin change assumes the proposal's own price response for every later order with
 * all components.
 *
 * A bundle that older orders proved is confirmed by at least 3 such orders and a lift with its low end above 1. The
 * others are accepted unless the newest orders speak against them: chance predicts at least 3, and hardly more came.
 * Few orders say little, a substitute was not in stock before, a season may lie ahead, and proposals to be tried were
 * found in these orders, too. In a set of three, each two products are tested, and the weakest pair decides.
 *
 * @see Chamandy, Muralidharan, Najmi, Naidu 2012 for the Poisson bootstrap
 */
export function replayProposals({
  proposals,
  laterBaskets,
  most = Infinity,
  random,
  toClockMs,
}: ReplayInput): ReplayOutput {
  const last = laterBaskets.placedAtMs[laterBaskets.placedAtMs.length - 1] ?? 0;
  const occurrences = indexOccurrences(laterBaskets, laterBaskets.placedAtMs[0] ?? 0, last + 1);
  const chance = learnChance(occurrences, toClockMs ? occurrences.placedAtMs.map(toClockMs) : null);
  const weights = drawWeights(occurrences, random);
  const sizeMoments = Array.from({ length: RESAMPLES }, (_, draw) =>
    measureSizes(occurrences, chance, sampleOf(weights, draw, occurrences.baskets)),
  );
  const accepted: AcceptedProposal[] = [];
  const refused: Refusal<VerdictMessage>[] = [];
  for (const proposal of proposals) {
    if (accepted.length >= most) break;
    const counted = countLater(proposal, laterBaskets, occurrences, chance);
    const replayed = { occurrences, chance, weights, sizeMoments };
    const { replay, items: components } = counted
      ? { replay: replayCounted(proposal, counted, replayed), items: itemsOf(proposal) }
      : replaySet(proposal, replayed);
    if (counted ? replay.isSupported : !speaksAgainst(replay)) {
      accepted.push({ proposal, replay });
      continue;
    }
    const { kind, terms } = proposal;
    const reason = explainReplay(replay, { kind, terms });
    refused.push({ components, reason });
  }
  return { accepted, refused };
}

/**
 * The accepted proposals with the highest expected margin, at most `most`. Sets and quantity offers are replayed
 * separately, because they are counted differently, and share one list.
 */
export function keepMostValuable(accepted: readonly AcceptedProposal[], most: number): AcceptedProposal[] {
  const worthOf = ({ proposal }: AcceptedProposal) => proposal.expected.extraMarginMinor.value;
  return [...accepted].sort((one, other) => worthOf(other) - worthOf(one)).slice(0, most);
}

interface Replayed {
  readonly occurrences: Occurrences;
  readonly chance: Chance;
  /** [resamples × baskets] */
  readonly weights: Uint8Array;
  /** [resamples] moments of the basket sizes. */
  readonly sizeMoments: readonly Float64Array[];
}

function sampleOf(weights: Uint8Array, draw: number, baskets: number): Uint8Array {
  return weights.subarray(draw * baskets, (draw + 1) * baskets);
}

function itemsOf({ components }: BundleProposal): readonly number[] {
  return components.map(({ item }) => item);
}

interface ReplayedSet {
  readonly replay: ReplayResult;
  /** Items of the counts: the components, or in a set of three the two that go together least. */
  readonly items: readonly number[];
}

function replaySet(proposal: BundleProposal, replayed: Replayed): ReplayedSet {
  const { pairs } = proposal;
  if (!pairs) {
    const items = itemsOf(proposal);
    return { replay: replayOne(proposal, items, replayed), items };
  }
  const each = pairs.map(({ items, expected }) => ({
    replay: replayOne({ ...proposal, expected }, items, replayed),
    items,
  }));
  const { replay, items } = each.reduce((weakest, one) => (isWeaker(one, weakest) ? one : weakest));
  const marginChangeMinor = atEachEnd((end) =>
    each.reduce((all, one) => all + one.replay.marginChangeMinor[end], 0),
  );
  return { replay: { ...replay, marginChangeMinor, isOfPairs: true }, items };
}

/** Order of strength: later orders speak against it, say little, or confirm it; then by the low end of the lift. */
function isWeaker({ replay: one }: ReplayedSet, { replay: other }: ReplayedSet): boolean {
  const rankOf = (replay: ReplayResult) => (speaksAgainst(replay) ? 0 : 1 + Number(replay.isSupported));
  return (rankOf(one) - rankOf(other) || one.lift.low - other.lift.low) < 0;
}

function replayOne(
  proposal: Pick<BundleProposal, "kind" | "isToTry" | "expected">,
  items: readonly number[],
  replayed: Replayed,
): ReplayResult {
  const { occurrences, chance, sizeMoments } = replayed;
  const lists = items.map((item) => basketsOf(occurrences, item));
  const all = lists.slice(1).reduce(intersect, lists[0]!);
  const { kind, isToTry } = proposal;
  const ratio = partnerRatio(chance, items);
  const measured = resample(
    proposal,
    { withAll: all.length, expectedByChance: expectedByChance(chance, items) },
    (sample, draw) => ({
      together: sumOf(sample, all),
      byChance:
        ratio *
        expectedOfCounts(
          lists.map((list) => sumByStratum(sample, list, chance)),
          sizeMoments[draw]!,
        ),
    }),
    replayed,
  );
  const isProved = !isToTry && all.length >= LEAST_TOGETHER && measured.lift.low > 1;
  return { ...measured, isSupported: isProved || (kind !== "complementary" && !speaksAgainst(measured)) };
}

/** A range must sell more often than chance; breaks no less than before, because chance predicts nothing for them. */
function replayCounted(
  proposal: BundleProposal,
  { reached, expected }: CountedLater,
  replayed: Replayed,
): ReplayResult {
  const withAll = totalOf(reached);
  const measured = resample(
    proposal,
    { withAll, expectedByChance: totalOf(expected) },
    (sample) => {
      let [together, byChance] = [0, 0];
      sample.forEach((times, basket) => {
        together += times * reached[basket]!;
        byChance += times * expected[basket]!;
      });
      return { together, byChance };
    },
    replayed,
  );
  const { low, high } = measured.lift;
  const holds = proposal.terms?.kind === "range" ? low > 1 : high >= 1;
  return { ...measured, isSupported: withAll >= LEAST_TOGETHER && holds };
}

/** The counts, with the intervals of lift and margin change from the resamples. */
function resample(
  { expected: { extraMarginMinor, ordersAnyway } }: Pick<BundleProposal, "expected">,
  { withAll, expectedByChance }: Pick<ReplayResult, "withAll" | "expectedByChance">,
  count: (sample: Uint8Array, draw: number) => { readonly together: number; readonly byChance: number },
  { occurrences: { baskets }, weights }: Replayed,
): Omit<ReplayResult, "isSupported"> {
  const marginAnOrder = ordersAnyway.value > 0 ? extraMarginMinor.value / ordersAnyway.value : 0;
  const lifts = new Float64Array(RESAMPLES);
  const margins = new Float64Array(RESAMPLES);
  for (let draw = 0; draw < RESAMPLES; draw++) {
    const { together, byChance } = count(sampleOf(weights, draw, baskets), draw);
    lifts[draw] = byChance > 0 ? together / byChance : 0;
    margins[draw] = together * marginAnOrder;
  }
  return {
    baskets,
    withAll,
    expectedByChance,
    lift: spanOf(expectedByChance > 0 ? withAll / expectedByChance : 0, lifts),
    marginChangeMinor: spanOf(withAll * marginAnOrder, margins),
  };
}

/** [resamples × baskets] weight of each shopper's baskets in each resample: Poisson with mean 1, by inversion. */
function drawWeights({ baskets, shopper }: Occurrences, random: Random): Uint8Array {
  const cumulative: number[] = [];
  for (let k = 0, mass = Math.exp(-1), sum = 0; k < 8; k++, mass /= k) cumulative.push((sum += mass));
  const shoppers = shopper.reduce((most, one) => Math.max(most, one + 1), 0);
  const times = new Uint8Array(shoppers);
  const weights = new Uint8Array(RESAMPLES * baskets);
  for (let resample = 0; resample < RESAMPLES; resample++) {
    for (let one = 0; one < shoppers; one++) {
      const draw = random();
      const drawn = cumulative.findIndex((limit) => draw < limit);
      times[one] = drawn === -1 ? 8 : drawn;
    }
    for (let basket = 0; basket < baskets; basket++)
      weights[resample * baskets + basket] = times[shopper[basket]!]!;
  }
  return weights;
}

function sumOf(weights: Uint8Array, baskets: Uint32Array): number {
  let sum = 0;
  for (const basket of baskets) sum += weights[basket]!;
  return sum;
}

function sumByStratum(
  weights: Uint8Array,
  baskets: Uint32Array,
  { strata, stratumOf }: Chance,
): Float64Array {
  const sums = new Float64Array(strata);
  for (const basket of baskets) sums[stratumOf[basket]!]! += weights[basket]!;
  return sums;
}

/** The value with the 5th and 95th percentile of the resamples, widened to include it. */
function spanOf(value: number, resamples: Float64Array): Estimate {
  const sorted = resamples.slice().sort();
  const at = (ratio: number) => sorted[Math.floor(ratio * (sorted.length - 1))]!;
  return { value, low: Math.min(value, at(0.05)), high: Math.max(value, at(0.95)) };
}

/** Counts of a replay: the orders that reach the offer, and the expectation for each order. */
interface CountedLater {
  /** [baskets] 1 if it reaches the offer, else 0. */
  readonly reached: Float64Array;
  /** [baskets] expected value of `reached`. */
  readonly expected: Float64Array;
}

const HORIZON_MS = 28 * DAY_MS;

/**
 * Later orders that hold the units of a range or of the first tier of quantity breaks. The expectation of a range is
 * chance; that of breaks is the earlier rate, spread evenly over the later orders.
 *
 * @returns null for a set, which is replayed by its parts
 */
function countLater(
  { terms, components, expected }: BundleProposal,
  laterBaskets: Baskets,
  occurrences: Occurrences,
  chance: Chance,
): CountedLater | null {
  const items = components.map(({ item }) => item);
  const least = unitsOf(terms);
  if (!terms || least === null) return null;
  if (terms.kind === "range") {
    const { held, byChance } = countPoolOrders(occurrences, chance, items, least);
    return { reached: Float64Array.from(held, (own) => Number(own >= least)), expected: byChance };
  }
  const { placedAtMs, baskets } = occurrences;
  const lastingMs = baskets === 0 ? 0 : Math.max(DAY_MS, placedAtMs[baskets - 1]! - placedAtMs[0]!);
  const each = baskets === 0 ? 0 : (expected.ordersAnyway.value * lastingMs) / HORIZON_MS / baskets;
  const reached = new Float64Array(baskets);
  const isOfOffer = new Set(items);
  // The log has oversized baskets; the index leaves them out and keeps the order of the others.
  let at = 0;
  for (let basket = firstBasketAt(laterBaskets, placedAtMs[0] ?? 0); at < baskets; basket++) {
    const [from, to] = [laterBaskets.offsets[basket]!, laterBaskets.offsets[basket + 1]!];
    if (to - from > occurrences.mostItems) continue;
    let units = 0;
    for (let line = from; line < to; line++)
      if (isOfOffer.has(laterBaskets.item[line]!)) units += laterBaskets.units[line]!;
    reached[at++] = Number(units >= least);
  }
  return { reached, expected: new Float64Array(baskets).fill(each) };
}
