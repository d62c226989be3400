import { type Occurrences, basketsOf } from "./occurrences.ts";
import { DAY_MS, HOUR_MS } from "#app/domain/time.ts";

/** Joint orders if shoppers chose independently: the null hypothesis for combinations. */
export interface Chance {
  readonly strata: number;
  /** [baskets] time stratum of each basket. */
  readonly stratumOf: Uint16Array;
  /** [items × strata] baskets that hold the item. */
  readonly orders: Uint32Array;
  /** [strata] Σ s² / (Σ s)² over the basket sizes s. */
  readonly sizeMoments: Float64Array;
  /** [items × strata] a: two items share `f · a_i · a_j` baskets if shoppers draw partners (`drawPartners`). */
  readonly weights: Float64Array;
  /** [strata] f, near 1. */
  readonly factors: Float64Array;
}

/** Counted orders, and their null hypothesis. */
export interface CountedOrders {
  readonly occurrences: Occurrences;
  readonly chance: Chance;
}

/** Maximum number of blocks of the log, and baskets that each needs for its shares to mean anything. */
const MOST_BLOCKS = 24;
const BASKETS_A_BLOCK = 1_000;
/** Hours at which night, morning, noon, afternoon and evening end; evening and night are one part. */
const PART_ENDS = [5, 11, 15, 18, 24] as const;
const PARTS = 4;
/** A smaller part joins its block's largest part: in a handful of baskets, any two items meet by presence alone. */
const LEAST_IN_STRATUM = 200;

/**
 * Divides the baskets by time: up to 24 blocks of the log with equally many baskets, each by four parts of the day.
 * Mulled wine and gingerbread both sell in December, steak and cocktails both at night. Co-occurrence due to a shared
 * season is no reason to sell two products together, so it counts as chance.
 *
 * @param clockMs [baskets] local time of the shop; null if its time zone is unknown
 * @see Mantel and Haenszel 1959, Statistical aspects of the analysis of data from retrospective studies of disease
 */
export function learnChance(occurrences: Occurrences, clockMs: Float64Array | null): Chance {
  const { baskets, items, basketOffsets, itemOf } = occurrences;
  const blocks = Math.min(MOST_BLOCKS, Math.max(1, Math.floor(baskets / BASKETS_A_BLOCK)));
  const strata = blocks * PARTS;
  const stratumOf = Uint16Array.from({ length: baskets }, (_, basket) => {
    const block = Math.floor((basket * blocks) / baskets);
    return block * PARTS + (clockMs ? partOfDay(clockMs[basket]!) : 0);
  });
  joinSmallParts(stratumOf, blocks);

  const orders = new Uint32Array(items * strata);
  for (let basket = 0; basket < baskets; basket++) {
    for (let line = basketOffsets[basket]!; line < basketOffsets[basket + 1]!; line++)
      orders[itemOf[line]! * strata + stratumOf[basket]!]! += 1;
  }
  const sizeMoments = measureSizes(occurrences, { strata, stratumOf });
  return {
    strata,
    stratumOf,
    orders,
    sizeMoments,
    ...drawPartners(occurrences, { strata, stratumOf, orders }),
  };
}

/** Least prior pairings per stratum; otherwise the only pair of a small shop would be its own expectation. */
const LEAST_PRIOR = 100;
const MOST_ROUNDS = 30;

/**
 * Weights a of items as partners of others, with `Σ_{j≠i} a_i · a_j` = m_i, the lines that baskets hold next to item i.
 * No product pairs with itself, and an order of one product has no pairs. Half of m is counted lines (less if
 * `LEAST_PRIOR` applies). The rest is drawn in pairs from all lines, `x(1 − x)` for an item with the share x. With
 * counted lines alone, a pair in most orders of several products leaves so little for the others that chance looks like
 * a relation. With drawn lines alone, products added to any order seem related to all of them.
 *
 * @returns the weights, and the factors that scale their products to the number of product pairs in the baskets
 * @see Goodman 1968, The analysis of cross-classified data: quasi-independence, a table with an empty diagonal
 */
function drawPartners(
  { baskets, items, basketOffsets, itemOf }: Occurrences,
  { strata, stratumOf, orders }: Pick<Chance, "strata" | "stratumOf" | "orders">,
): Pick<Chance, "weights" | "factors"> {
  const partners = new Float64Array(items * strata);
  // [strata] Σ s and Σ s(s − 1) over the basket sizes s
  const [linesOf, pairingsOf] = [new Float64Array(strata), new Float64Array(strata)];
  for (let basket = 0; basket < baskets; basket++) {
    const [from, to] = [basketOffsets[basket]!, basketOffsets[basket + 1]!];
    const [stratum, size] = [stratumOf[basket]!, to - from];
    for (let line = from; line < to; line++) partners[itemOf[line]! * strata + stratum]! += size - 1;
    linesOf[stratum]! += size;
    pairingsOf[stratum]! += size * (size - 1);
  }
  const weights = new Float64Array(items * strata);
  const factors = new Float64Array(strata);
  for (let stratum = 0; stratum < strata; stratum++) {
    const [lines, pairings] = [linesOf[stratum]!, pairingsOf[stratum]!];
    if (pairings === 0) continue;
    const sold: number[] = [];
    for (let at = stratum; at < orders.length; at += strata) if (orders[at]! > 0) sold.push(at);
    const drawn = sold.map((at) => (orders[at]! / lines) * (1 - orders[at]! / lines));
    const allDrawn = drawn.reduce((sum, own) => sum + own, 0);
    const prior = Math.max(LEAST_PRIOR, pairings);
    const asCounted = pairings / (pairings + prior);
    sold.forEach((at, n) => {
      partners[at] = asCounted * (partners[at]! + (prior * drawn[n]!) / allDrawn);
    });
    solveWeights(sold, partners, { weights, pairings });
    const products = sumProducts(weights, sold);
    if (products > 0) factors[stratum] = pairings / (2 * products);
  }
  return { weights, factors };
}

/** Solves `a_i · Σ_{j≠i} a_j = m_i` one weight at a time. */
function solveWeights(
  places: readonly number[],
  partners: Float64Array,
  { weights, pairings }: { readonly weights: Float64Array; readonly pairings: number },
): void {
  let sum = 0;
  for (const place of places) sum += weights[place] = partners[place]! / Math.sqrt(pairings);
  for (let round = 0; round < MOST_ROUNDS; round++)
    for (const place of places) {
      const others = sum - weights[place]!;
      weights[place] = partners[place]! / others;
      sum = others + weights[place]!;
    }
}

/** Sum of the products of weights over all pairs of places. */
function sumProducts(weights: Float64Array, places: readonly number[]): number {
  let [sum, products] = [0, 0];
  for (const place of places) {
    products += sum * weights[place]!;
    sum += weights[place]!;
  }
  return products;
}

/**
 * Second moments of the basket sizes of each stratum.
 *
 * @param times [baskets] multiplicity of each basket in a resample; 1 if absent
 * @returns as `Chance.sizeMoments`
 */
export function measureSizes(
  { baskets, basketOffsets }: Pick<Occurrences, "baskets" | "basketOffsets">,
  { strata, stratumOf }: Pick<Chance, "strata" | "stratumOf">,
  times?: Uint8Array,
): Float64Array {
  const [lines, squares] = [new Float64Array(strata), new Float64Array(strata)];
  for (let basket = 0; basket < baskets; basket++) {
    const size = basketOffsets[basket + 1]! - basketOffsets[basket]!;
    const counted = (times ? times[basket]! : 1) * size;
    lines[stratumOf[basket]!]! += counted;
    squares[stratumOf[basket]!]! += counted * size;
  }
  return squares.map((sum, stratum) => (sum > 0 ? sum / lines[stratum]! ** 2 : 0));
}

/**
 * Baskets that would hold two items if shoppers filled each basket to its size but chose independently among the
 * products sold at that time: the smaller of two counts, summed over the strata t.
 *
 * `Σ_t n_it · n_jt · Σ s² / (Σ s)²` treats every basket as one draw per line. With equal basket sizes in one stratum it
 * is the usual `n_i · n_j / n`; with unequal sizes it is larger, because large baskets hold any pair sooner. It lets a
 * product pair with itself and includes single-product baskets. In shops with few products or mostly single-product
 * orders, it is two or three times too large.
 *
 * `Σ_t f_t · a_it · a_jt` draws partners only (`drawPartners`). If nearly all orders of several products hold one pair,
 * that pair is its own expectation, and the first count is smaller.
 *
 * Known weakness: products added to any order ("gift wrap") co-occur with each up to twice as often as the second
 * count, and so do one of several main courses and one of several drinks if each order has both. The number of shoppers
 * who lack one, and anything of its type, decides whether an offer of them pays.
 *
 * @param items two
 * @see Chung and Lu 2002 (random graphs with given degrees), as null model for co-occurrence
 */
export function expectedByChance(chance: Chance, items: readonly number[]): number {
  const { weights, factors } = chance;
  return Math.min(expectedBySizes(chance, items), sumStrata(chance, items, weights, factors));
}

/** `expectedByChance` relative to the count by basket sizes alone, 0 to 1. */
export function partnerRatio(chance: Chance, items: readonly number[]): number {
  const bySizes = expectedBySizes(chance, items);
  return bySizes > 0 ? expectedByChance(chance, items) / bySizes : 1;
}

function expectedBySizes(chance: Chance, items: readonly number[]): number {
  return sumStrata(chance, items, chance.orders, chance.sizeMoments);
}

function sumStrata(
  { strata }: Chance,
  items: readonly number[],
  weights: Uint32Array | Float64Array,
  factors: Float64Array,
): number {
  let sum = 0;
  for (let stratum = 0; stratum < strata; stratum++) {
    let product = factors[stratum]!;
    for (const item of items) product *= weights[item * strata + stratum]!;
    sum += product;
  }
  return sum;
}

/**
 * Expected count by the basket sizes of a resample alone; multiply by `partnerRatio` for the count by chance.
 *
 * @param counts [items][strata] baskets with each of two items
 * @param sizeMoments of the resample's own baskets, from `measureSizes`: with another's, a larger resample would seem
 *   to hold more by chance
 */
export function expectedOfCounts(counts: readonly Float64Array[], sizeMoments: Float64Array): number {
  let expected = 0;
  for (let stratum = 0; stratum < counts[0]!.length; stratum++)
    expected += counts.reduce((product, own) => product * own[stratum]!, sizeMoments[stratum]!);
  return expected;
}

function partOfDay(clockMs: number): number {
  const hour = Math.floor((((clockMs % DAY_MS) + DAY_MS) % DAY_MS) / HOUR_MS);
  return PART_ENDS.findIndex((end) => hour < end) % PARTS;
}

function joinSmallParts(stratumOf: Uint16Array, blocks: number): void {
  const sizes = new Uint32Array(blocks * PARTS);
  for (const stratum of stratumOf) sizes[stratum]! += 1;
  const joined = Uint16Array.from(sizes, (size, stratum) => {
    if (size >= LEAST_IN_STRATUM) return stratum;
    const first = stratum - (stratum % PARTS);
    const own = sizes.subarray(first, first + PARTS);
    return first + own.indexOf(Math.max(...own));
  });
  stratumOf.forEach((stratum, basket) => (stratumOf[basket] = joined[stratum]!));
}

/** Products of a pool in each order, observed and by chance. */
export interface PoolOrders {
  /** [baskets] number of pool products. */
  readonly held: Uint16Array;
  /** [baskets] probability of at least `least` pool products. */
  readonly byChance: Float64Array;
}

/**
 * Counts the products of a pool in each order, and the probability of at least `least` if shoppers filled their orders
 * to their sizes but chose independently among the products sold at that time. The number is Poisson with mean `s · q`,
 * s the size of the order and q the pool's share of all lines in its stratum.
 *
 * @param pool indices into `Baskets.items`, each once
 * @see `learnChance` for the strata. Poisson is the limit for many products, each rarely bought
 */
export function countPoolOrders(
  occurrences: Occurrences,
  { strata, stratumOf }: Pick<Chance, "strata" | "stratumOf">,
  pool: readonly number[],
  least: number,
): PoolOrders {
  const { baskets, basketOffsets } = occurrences;
  const held = new Uint16Array(baskets);
  for (const item of pool) for (const basket of basketsOf(occurrences, item)) held[basket]! += 1;
  const [lines, own] = [new Float64Array(strata), new Float64Array(strata)];
  for (let basket = 0; basket < baskets; basket++) {
    lines[stratumOf[basket]!]! += basketOffsets[basket + 1]! - basketOffsets[basket]!;
    own[stratumOf[basket]!]! += held[basket]!;
  }
  const byChance = Float64Array.from({ length: baskets }, (_, basket) => {
    const stratum = stratumOf[basket]!;
    const size = basketOffsets[basket + 1]! - basketOffsets[basket]!;
    return lines[stratum] === 0 ? 0 : poissonTail((size * own[stratum]!) / lines[stratum]!, least);
  });
  return { held, byChance };
}

/** P(N ≥ least) for a Poisson count. */
function poissonTail(mean: number, least: number): number {
  let [term, below] = [Math.exp(-mean), 0];
  for (let count = 0; count < least; count++) {
    below += term;
    term *= mean / (count + 1);
  }
  return Math.max(0, 1 - below);
}
