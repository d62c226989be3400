import { expectedViews, viewsTogether } from "#app/domain/behaviour/sessions/co-views.ts";
import { openTextIndex } from "#app/domain/collect/order-lines.ts";
import { dot, factorMatrix, solveFactored } from "#app/domain/numbers/factor-matrix.ts";
import type { Item } from "#app/domain/prepare/baskets.ts";
import { isProductWord } from "#app/domain/propose/titles/title-words.ts";
import { expectedByChance, expectedOfCounts, type Chance, type CountedOrders } from "./by-chance.ts";
import { basketsOf, intersect, type PairCounts, type Occurrences } from "./occurrences.ts";
import type { ViewedPairs } from "./viewed-pairs.ts";

/** Traits of pairs in addition to their counts. */
export interface PairTraits {
  readonly items: readonly Item[];
  /** [items] words of its title. */
  readonly words: readonly ReadonlySet<string>[];
  /** Products viewed together; null without browsing data. */
  readonly viewedPairs: ViewedPairs | null;
}

/** Joint orders of a pair, counted and by chance. */
interface CountedPair {
  readonly together: number;
  readonly byChance: number;
}

/**
 * Expected lift of a pair in orders other than the counted ones: its own count, shrunk towards pairs with similar
 * names, categories and views. Above 0.
 */
export type ExpectedLift = (a: number, b: number, counted: CountedPair) => number;

/** Lifts learned from a shop's pairs. */
export interface PairLifts {
  readonly expectedLift: ExpectedLift;
  /**
   * Expected lift without the pair's own orders, by its category, views and names. A shared title word counts more if
   * it is rare: a word in every k-th title multiplies the lift by √k.
   */
  readonly priorLift: ExpectedLift;
}

/** Without learning: each count is taken as it is. */
export const COUNTED_LIFTS: PairLifts = {
  expectedLift: (_a, _b, { together, byChance }) => together / byChance,
  priorLift: () => 1,
};

/** Pairs in the training set, spread evenly over all; more pairs change the third digit. */
const MOST_PAIRS = 20_000;
/** Prior orders at chance level that shrink a pair's count: little, and much. The regression weighs the two. */
const PRIOR_ORDERS = [1, 6] as const;
/** The same for all pairs of two words or categories, and for views. */
const PRIOR_OF_KIN = 10;
const PRIOR_VIEWS = 2;
/** Variation of one pair's counts beyond chance: variance over mean grows by a tenth of the mean. */
const OVERDISPERSION = 0.1;
/** Prior coefficients, and the precision of each in cases: the well-shrunk count, nothing else. */
const PRIOR_MEAN = [0, 0, 1, 0, 0, 0];
const PRIOR_CASES = [0.1, 20, 20, 20, 20, 20];
const TRAITS = PRIOR_MEAN.length;
const MOST_ROUNDS = 30;
const NOT_COUNTED: CountedPair = { together: 0, byChance: 0 };
/**
 * Exponent on the rarity of shared title words. On samples of 200 and 1,000 orders of one real shop, 0.3 to 0.5 found
 * most pairs that its other orders confirm. It cannot be learned from the few hundred orders of a shop where it
 * matters.
 */
const RARITY_POWER = 0.5;

/**
 * Learns from the shop's own pairs how much of a count recurs, and what else indicates that two products go together.
 * The orders are split by shopper into two halves. A Poisson regression predicts one half's count over chance from the
 * other half's count, from all other pairs of the same words and categories, and from views. Rare pairs were partly
 * lucky, and luck does not recur. If a few hundred orders hold each pair once, the related pairs tell them apart.
 *
 * @param pairs complete from their least count on
 * @see Jelinek and Mercer 1985, held-out estimation; DuMouchel 1999, on shrinking counts over chance
 * Known weakness: the halves cover the same years; the replay has to find what goes out of fashion.
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
      // One half alone decides whether the pair is included.
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
      // Kin by words is the maximum of many: without the pair's own counts, it is mostly the luck of another pair.
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

/** Poisson regression with chance as exposure, by Fisher scoring from the prior mean; overdispersion lowers weights. */
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

/** Σ over the words that two items share of log(items / items with the word), at least 0. */
function weighCommonWords(wordNumbers: readonly (readonly number[])[]) {
  const having = new Map<number, number>();
  for (const own of wordNumbers) for (const word of own) having.set(word, (having.get(word) ?? 0) + 1);
  return (a: number, b: number): number =>
    wordNumbers[a]!.filter((word) => wordNumbers[b]!.includes(word)).reduce(
      (sum, word) => sum + Math.log(wordNumbers.length / having.get(word)!),
      0,
    );
}

/** Numbers the items' groups from 0. */
function numberAll(groupsOf: readonly (readonly string[])[]): number[][] {
  const index = openTextIndex();
  return groupsOf.map((groups) => groups.map((group) => index.add(group)));
}

/**
 * Log lift of all other pairs of the same two groups, `ln((Σ together + 10) / (Σ by chance + 10))`, the maximum over
 * the groups of the two items; 0 if one has no group.
 */
function poolKin(chance: Chance, pairs: PairCounts, groupsOf: readonly (readonly number[])[]) {
  const { strata, orders, sizeMoments, weights } = chance;
  const groups = groupsOf.reduce((most, own) => Math.max(most, ...own.map((group) => group + 1)), 0);
  const keyOf = (u: number, v: number) => Math.min(u, v) * groups + Math.max(u, v);
  const ordersOf = new Float64Array(groups * strata);
  const weightsOf = new Float64Array(groups * strata);
  // By `keyOf`: what items in both groups would pair with themselves.
  const squaresOf = new Map<number, number>();
  groupsOf.forEach((own, item) => {
    for (const group of own)
      for (let stratum = 0; stratum < strata; stratum++) {
        ordersOf[group * strata + stratum]! += orders[item * strata + stratum]!;
        weightsOf[group * strata + stratum]! += weights[item * strata + stratum]!;
      }
    const squares = weights
      .subarray(item * strata, (item + 1) * strata)
      .reduce((sum, weight) => sum + weight ** 2, 0);
    own.forEach((u, at) => {
      for (const v of own.slice(at)) squaresOf.set(keyOf(u, v), (squaresOf.get(keyOf(u, v)) ?? 0) + squares);
    });
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
    let apart = -(squaresOf.get(key) ?? 0);
    for (let stratum = 0; stratum < strata; stratum++)
      apart += weightsOf[u * strata + stratum]! * weightsOf[v * strata + stratum]!;
    // A group paired with itself counts each pair twice.
    const expected = Math.min(apart, expectedOfCounts(rows, sizeMoments)) / (u === v ? 2 : 1);
    byChance.set(key, expected);
    return expected;
  };
  return (a: number, b: number, own: CountedPair): number => {
    let strongest: number | null = null;
    for (const u of groupsOf[a]!)
      for (const v of groupsOf[b]!) {
        // Two different groups that both items are in count the pair twice.
        const times = u !== v && groupsOf[a]!.includes(v) && groupsOf[b]!.includes(u) ? 2 : 1;
        const others = Math.max(0, (together.get(keyOf(u, v)) ?? 0) - times * own.together);
        const expected = Math.max(0, chanceOf(u, v) - times * own.byChance);
        const logLift = Math.log((others + PRIOR_OF_KIN) / (expected + PRIOR_OF_KIN));
        if (strongest === null || logLift > strongest) strongest = logLift;
      }
    return strongest ?? 0;
  };
}

/** Joint orders in each half of the shoppers, and the number of shoppers who placed them. */
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
