import { expectedViews, viewsTogether } from "#app/domain/behaviour/sessions/co-views.ts";
import { openTextIndex } from "#app/domain/collect/order-lines.ts";
import { factorMatrix, solveFactored } from "#app/domain/numbers/factor-matrix.ts";
import type { Item } from "#app/domain/prepare/baskets.ts";
import { isProductWord } from "#app/domain/propose/titles/title-words.ts";
import { expectedByChance, expectedOfCounts, type Chance, type CountedOrders } from "./by-chance.ts";
import { basketsOf, intersect, type PairCounts, type Occurrences } from "./occurrences.ts";
import type { ViewedPairs } from "./viewed-pairs.ts";

/** What is known of pairs beside their counts. */
export interface PairTraits {
  readonly items: readonly Item[];
  /** [items] words of its title. */
  readonly words: readonly ReadonlySet<string>[];
  /** What visitors looked at together; null when no browsing is known. */
  readonly viewedPairs: ViewedPairs | null;
}

/** Orders that hold a pair, and how many would by chance. */
interface CountedPair {
  readonly together: number;
  readonly byChance: number;
}

/**
 * How many times more often than by chance other orders than those counted hold a pair: its own count, drawn towards
 * what pairs of such names, categories and looks do. Above 0.
 */
export type ExpectedLift = (a: number, b: number, counted: CountedPair) => number;

/** What a shop's pairs tell of how they are bought together. */
export interface PairLifts {
  readonly expectedLift: ExpectedLift;
  /**
   * What is expected of a pair whose own orders are not counted, by its category, looks and names. A word that both
   * titles have tells the more the rarer it is: one in every k-th title makes it √k times as likely.
   */
  readonly priorLift: ExpectedLift;
}

/** Nothing learned: every count is taken at its word. */
export const COUNTED_LIFTS: PairLifts = {
  expectedLift: (_a, _b, { together, byChance }) => together / byChance,
  priorLift: () => 1,
};

/** Pairs learned from, spread evenly over all; more change the third digit. */
const MOST_PAIRS = 20_000;
/** Orders that a pair's count is drawn to chance by: little, and much; what comes again decides between the two. */
const PRIOR_ORDERS = [1, 6] as const;
/** The same of all pairs of two words or categories. */
const PRIOR_OF_KIN = 10;
const PRIOR_VIEWS = 2;
/** What the counts of one pair vary by beyond chance: variance over mean grows with a tenth of the mean. */
const OVERDISPERSION = 0.1;
/** Coefficients before anything was learned, and the certainty of each in cases: the count well shrunk, nothing else. */
const PRIOR_MEAN = [0, 0, 1, 0, 0, 0];
const PRIOR_CASES = [0.1, 20, 20, 20, 20, 20];
const TRAITS = PRIOR_MEAN.length;
const MOST_ROUNDS = 30;
const NOT_COUNTED: CountedPair = { together: 0, byChance: 0 };
/**
 * Power of the rarity of the words that two titles share in how often they are bought together: on pieces of 200 and
 * 1,000 orders of one real shop .3 to .5 found most pairs that its other orders bear out. From the shop itself nothing of it
 * can be learned where it matters, in a few hundred orders.
 */
const RARITY_POWER = 0.5;

/**
 * Learns from the shop's own pairs how much of a count comes again, and what else says that two products go together:
 * the orders are divided by shopper into two halves; from what one half counts of a pair, and from all other pairs of
 * the same words and categories, and from visitors' looks, a Poisson regression tells the other half's count over chance.
 * Rare pairs were in part lucky, and their luck does not come again; where a few hundred orders hold each pair once, it is
 * the kin that tells pairs apart.
 *
 * @param pairs complete from their least count on
 * @see Jelinek and Mercer 1985, held-out estimation; DuMouchel 1999, on shrinking counts over chance
 * Known weakness: the halves share their years; what goes out of fashion is the replay's to find.
 */
export function learnLifts(counted: CountedOrders & PairTraits, pairs: PairCounts): PairLifts {
  const { occurrences, chance, items, viewedPairs } = counted;
  const wordNumbers = numberAll(counted.words.map((own) => [...own].filter(isProductWord)));
  const categoryNumbers = numberAll(items.map(({ category }) => (category === "" ? [] : [category])));
  const kinByWords = poolKin(chance, pairs, wordNumbers);
  const kinByCategory = poolKin(chance, pairs, categoryNumbers);
  const views = (a: number, b: number) =>
    viewedPairs
      ? Math.log(
          (viewsTogether(viewedPairs.coViews, a, b) + PRIOR_VIEWS) /
            (expectedViews(viewedPairs.coViews, a, b) + PRIOR_VIEWS),
        )
      : 0;
  const traitsOf = (a: number, b: number, all: CountedPair): readonly [number, number, number] => [
    kinByCategory(a, b, all),
    kinByWords(a, b, all),
    views(a, b),
  ];

  const cases: Case[] = [];
  const step = Math.max(1, Math.ceil(pairs.count / MOST_PAIRS));
  for (let pair = 0; pair < pairs.count; pair += step) {
    const [a, b] = [pairs.a[pair]!, pairs.b[pair]!];
    const together = pairs.together[pair]!;
    const byChance = expectedByChance(chance, [a, b]);
    const traits = traitsOf(a, b, { together, byChance });
    for (const { orders, shoppers } of halve(occurrences, a, b)) {
      // A pair is among those looked at by what one half alone holds.
      if (orders < pairs.least) continue;
      const half = byChance / 2;
      const x = toRegressors({ together: shoppers, byChance: (half * shoppers) / orders }, traits);
      cases.push({ x, byChance: half, came: together - orders });
    }
  }
  const coefficients = fitCounts(cases);
  const rarity = weighCommonWords(wordNumbers);
  return {
    expectedLift: (a, b, pair) => Math.exp(dot(coefficients, toRegressors(pair, traitsOf(a, b, pair)))),
    priorLift: (a, b, pair) => {
      // Kin by words is the strongest of many: without counts of its own, that is mostly the luck of another pair.
      const [ofCategory, , ofViews] = traitsOf(a, b, pair);
      const logLift = dot(coefficients, toRegressors(NOT_COUNTED, [ofCategory, 0, ofViews]));
      return Math.exp(logLift + RARITY_POWER * rarity(a, b));
    },
  };
}

interface Case {
  readonly x: readonly number[];
  readonly byChance: number;
  readonly came: number;
}

function toRegressors({ together, byChance }: CountedPair, traits: readonly number[]): number[] {
  const counts = PRIOR_ORDERS.map((prior) => Math.log((together + prior) / (byChance + prior)));
  return [1, ...counts, ...traits];
}

/** Poisson regression on chance as exposure, by Fisher scoring from the prior's mean, overdispersed cases weighing less. */
function fitCounts(cases: readonly Case[]): number[] {
  const coefficients = [...PRIOR_MEAN];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const gradient = coefficients.map((own, row) => PRIOR_CASES[row]! * (PRIOR_MEAN[row]! - own));
    const information = new Float64Array(TRAITS * TRAITS);
    PRIOR_CASES.forEach((certainty, row) => (information[row * TRAITS + row] = certainty));
    for (const { x, byChance, came } of cases) {
      const expected = byChance * Math.exp(Math.min(8, dot(coefficients, x)));
      const weight = 1 / (1 + OVERDISPERSION * expected);
      for (let row = 0; row < TRAITS; row++) {
        gradient[row]! += weight * (came - expected) * x[row]!;
        for (let column = 0; column < TRAITS; column++)
          information[row * TRAITS + column]! += weight * expected * x[row]! * x[column]!;
      }
    }
    const factor = factorMatrix(information, TRAITS);
    if (!factor) break;
    const moves = solveFactored(factor, gradient);
    const longest = Math.max(...moves.map(Math.abs));
    moves.forEach((move, row) => (coefficients[row]! += move * Math.min(1, 1 / longest)));
    if (longest < 1e-4) break;
  }
  return coefficients;
}

/** Σ over the words that two items share of the logarithm of "items over items that have the word", at least 0. */
function weighCommonWords(wordNumbers: readonly (readonly number[])[]) {
  const having = new Map<number, number>();
  for (const own of wordNumbers) for (const word of own) having.set(word, (having.get(word) ?? 0) + 1);
  return (a: number, b: number): number =>
    wordNumbers[a]!.filter((word) => wordNumbers[b]!.includes(word)).reduce(
      (sum, word) => sum + Math.log(wordNumbers.length / having.get(word)!),
      0,
    );
}

/** Numbers the groups that items belong to from 0. */
function numberAll(groupsOf: readonly (readonly string[])[]): number[][] {
  const index = openTextIndex();
  return groupsOf.map((groups) => groups.map((group) => index.add(group)));
}

/**
 * How often over chance all other pairs of the same two groups are bought together, the strongest of the groups that the
 * two belong to: logarithm of `(Σ together + 10) / (Σ by chance + 10)`; 0 where one belongs to none.
 */
function poolKin(chance: Chance, pairs: PairCounts, groupsOf: readonly (readonly number[])[]) {
  const { strata, orders, sizeMoments, weights } = chance;
  const groups = groupsOf.reduce((most, own) => Math.max(most, ...own.map((group) => group + 1)), 0);
  const keyOf = (u: number, v: number) => Math.min(u, v) * groups + Math.max(u, v);
  const ordersOf = new Float64Array(groups * strata);
  const weightsOf = new Float64Array(groups * strata);
  const squaresOf = new Float64Array(groups);
  groupsOf.forEach((own, item) => {
    for (const group of own)
      for (let stratum = 0; stratum < strata; stratum++) {
        const weight = weights[item * strata + stratum]!;
        ordersOf[group * strata + stratum]! += orders[item * strata + stratum]!;
        weightsOf[group * strata + stratum]! += weight;
        squaresOf[group]! += weight ** 2;
      }
  });
  const together = new Map<number, number>();
  for (let pair = 0; pair < pairs.count; pair++)
    for (const u of groupsOf[pairs.a[pair]!]!)
      for (const v of groupsOf[pairs.b[pair]!]!) {
        const key = keyOf(u, v);
        together.set(key, (together.get(key) ?? 0) + pairs.together[pair]!);
      }
  const byChance = new Map<number, number>();
  const chanceOf = (u: number, v: number) => {
    const key = keyOf(u, v);
    const known = byChance.get(key);
    if (known !== undefined) return known;
    const rows = [u, v].map((group) => ordersOf.subarray(group * strata, (group + 1) * strata));
    let apart = u === v ? -squaresOf[u]! : 0;
    for (let stratum = 0; stratum < strata; stratum++)
      apart += weightsOf[u * strata + stratum]! * weightsOf[v * strata + stratum]!;
    // Of a group with itself each pair would be counted from both ends.
    const expected = Math.min(apart, expectedOfCounts(rows, sizeMoments)) / (u === v ? 2 : 1);
    byChance.set(key, expected);
    return expected;
  };
  return (a: number, b: number, own: CountedPair): number => {
    let strongest: number | null = null;
    for (const u of groupsOf[a]!)
      for (const v of groupsOf[b]!) {
        const others = Math.max(0, (together.get(keyOf(u, v)) ?? 0) - own.together);
        const expected = Math.max(0, chanceOf(u, v) - own.byChance);
        const logLift = Math.log((others + PRIOR_OF_KIN) / (expected + PRIOR_OF_KIN));
        if (strongest === null || logLift > strongest) strongest = logLift;
      }
    return strongest ?? 0;
  };
}

/** Orders with both of each half of the shoppers, and how many shoppers placed them. */
function halve(occurrences: Occurrences, a: number, b: number) {
  const halves = [0, 1].map(() => ({ orders: 0, of: new Set<number>() }));
  for (const basket of intersect(basketsOf(occurrences, a), basketsOf(occurrences, b))) {
    const shopper = occurrences.shopper[basket]!;
    const half = halves[shopper & 1]!;
    half.orders++;
    half.of.add(shopper);
  }
  return halves.map(({ orders, of }) => ({ orders, shoppers: of.size }));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, own, at) => sum + own * b[at]!, 0);
}
