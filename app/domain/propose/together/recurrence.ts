import { expectedViews, viewsTogether } from "#app/domain/behaviour/sessions/co-views.ts";
import type { Item } from "#app/domain/prepare/baskets.ts";
import type { PairCounts } from "./count-pairs.ts";
import { expectedByChance, type CountedOrders } from "./by-chance.ts";
import { basketsOf, intersect, type Occurrences } from "./occurrences.ts";
import { surpriseOf } from "./pair-statistics.ts";
import { isProductWord } from "#app/domain/propose/titles/variant-words.ts";
import { LEAST_SESSIONS, type ViewedPairs } from "./viewed-pairs.ts";

/** What is known of pairs beside their counts. */
export interface PairTraits {
  readonly items: readonly Item[];
  /** [items] words of its title. */
  readonly words: readonly ReadonlySet<string>[];
  /** What visitors looked at together; null when no browsing is known. */
  readonly viewedPairs: ViewedPairs | null;
}

/** How much of a count comes again in orders that it was not counted in. */
export interface Recurrence {
  /** Upper bounds of the counts, ascending, the last infinite, and the share that comes again of each. */
  readonly bounds: readonly number[];
  readonly shares: readonly number[];
  /** Factors on that share, by whether the names or categories have something in common, or visitors look at both. */
  readonly byText: Factors;
  readonly byViews: Factors;
}

interface Factors {
  readonly without: number;
  readonly with: number;
}

/** Nothing learned: every count is taken at its word. */
export const NO_RECURRENCE: Recurrence = {
  bounds: [Infinity],
  shares: [1],
  byText: { without: 1, with: 1 },
  byViews: { without: 1, with: 1 },
};

/** Pairs looked at, spread evenly over all; more change the third digit. */
const MOST_PAIRS = 20_000;
/** Each group of counts reaches this much further than the one before. */
const GROUP_GROWTH = 1.5;
const GROUPS = 8;
/** Orders that "comes again in full", or "as the others", is worth against what was seen. */
const PRIOR_ORDERS = 100;

/**
 * Shrinkage for rare pairs, by held-out estimation: the orders are halved by turns; of the pairs that one half alone
 * calls a discovery, how many orders does the other half hold, for each that the first held? Rare pairs were in part
 * lucky, and their luck does not come again. What names and visitors say beside the count is a factor on the share,
 * `(Σ came + 100) / (Σ expected + 100)`, so near 1 where little is known.
 *
 * @param pairs complete from `leastTogether` on, so a half's count of at least that cannot have been left out
 * @param significance largest p-value of a discovery
 * @see Jelinek and Mercer 1985, held-out estimation
 * Known weakness: the halves share their years; what goes out of fashion is the replay's to find.
 */
export function learnRecurrence(
  counted: CountedOrders & PairTraits,
  pairs: PairCounts,
  { leastTogether, significance }: { readonly leastTogether: number; readonly significance: number },
): Recurrence {
  const cases = listCases(counted, pairs, { leastTogether, significance });
  const bounds = Array.from({ length: GROUPS }, (_, group) =>
    group === GROUPS - 1 ? Infinity : leastTogether * GROUP_GROWTH ** (group + 1),
  );
  const shares = bounds.map((bound, group) => {
    const least = group === 0 ? 0 : bounds[group - 1]!;
    const own = cases.filter(({ counted }) => counted >= least && counted < bound);
    return Math.min(
      1,
      ratioOf(own, ({ counted }) => counted),
    );
  });
  const expected = ({ counted }: Case) => counted * shares[groupOf(bounds, counted)]!;
  const factors = (isWith: (one: Case) => boolean): Factors => ({
    without: ratioOf(
      cases.filter((one) => !isWith(one)),
      expected,
    ),
    with: ratioOf(cases.filter(isWith), expected),
  });
  return {
    bounds,
    shares,
    byText: factors(({ isAlike }) => isAlike),
    byViews: counted.viewedPairs ? factors(({ isViewed }) => isViewed) : NO_RECURRENCE.byViews,
  };
}

/** What the count of a combination is to be multiplied by, in three factors: its size, names, visitors' looks. */
export function recurrenceOf(
  known: PairTraits & { readonly recurrence: Recurrence },
  items: readonly number[],
  together: number,
) {
  const { bounds, shares, byText, byViews } = known.recurrence;
  const pairs = items.flatMap((a, place) => items.slice(place + 1).map((b) => [a, b] as const));
  const meanOf = (factors: Factors, isWith: (a: number, b: number) => boolean) =>
    Math.exp(
      pairs.reduce((sum, [a, b]) => sum + Math.log(isWith(a, b) ? factors.with : factors.without), 0) /
        pairs.length,
    );
  return {
    size: shares[groupOf(bounds, together)]!,
    text: meanOf(byText, (a, b) => isAlikeByText(known, a, b)),
    views: meanOf(byViews, (a, b) => isViewedTogether(known.viewedPairs, a, b)),
  };
}

interface Case {
  /** Orders of one half that hold the pair, and of the other. */
  readonly counted: number;
  readonly came: number;
  readonly isAlike: boolean;
  readonly isViewed: boolean;
}

function listCases(
  { occurrences, chance, ...traits }: CountedOrders & PairTraits,
  pairs: PairCounts,
  { leastTogether, significance }: { readonly leastTogether: number; readonly significance: number },
): Case[] {
  const cases: Case[] = [];
  const step = Math.max(1, Math.ceil(pairs.count / MOST_PAIRS));
  for (let pair = 0; pair < pairs.count; pair += step) {
    const [a, b] = [pairs.a[pair]!, pairs.b[pair]!];
    if (pairs.together[pair]! < leastTogether) continue;
    const halves = halve(occurrences, a, b);
    const byChance = expectedByChance(chance, [a, b]);
    for (const [counted, came] of [halves, [halves[1], halves[0]] as const]) {
      if (counted < leastTogether || surpriseOf(counted, byChance / 2) > significance) continue;
      const [isAlike, isViewed] = [isAlikeByText(traits, a, b), isViewedTogether(traits.viewedPairs, a, b)];
      cases.push({ counted, came, isAlike, isViewed });
    }
  }
  return cases;
}

function halve(occurrences: Occurrences, a: number, b: number): readonly [number, number] {
  const both = intersect(basketsOf(occurrences, a), basketsOf(occurrences, b));
  const odd = both.reduce((sum, basket) => sum + (basket & 1), 0);
  return [both.length - odd, odd];
}

function ratioOf(cases: readonly Case[], expected: (one: Case) => number): number {
  const came = cases.reduce((sum, one) => sum + one.came, 0);
  return (came + PRIOR_ORDERS) / (cases.reduce((sum, one) => sum + expected(one), 0) + PRIOR_ORDERS);
}

function groupOf(bounds: readonly number[], counted: number): number {
  return bounds.findIndex((bound) => counted < bound);
}

/** Of one category, or with a word in common that may say what a product is. */
function isAlikeByText({ items, words }: Pick<PairTraits, "items" | "words">, a: number, b: number): boolean {
  if (items[a]!.category !== "" && items[a]!.category === items[b]!.category) return true;
  return [...words[a]!].some((word) => words[b]!.has(word) && isProductWord(word));
}

/** Whether visitors look at both more often than by chance. */
function isViewedTogether(viewedPairs: ViewedPairs | null, a: number, b: number): boolean {
  if (!viewedPairs) return false;
  const sessions = viewsTogether(viewedPairs.coViews, a, b);
  return sessions >= LEAST_SESSIONS && sessions > expectedViews(viewedPairs.coViews, a, b);
}
