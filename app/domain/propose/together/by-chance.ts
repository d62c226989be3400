import { type Occurrences, basketsOf } from "./occurrences.ts";
import { DAY_MS, HOUR_MS } from "#app/domain/time.ts";

/** What shoppers would hold together if they chose independently: the null that combinations are tested against. */
export interface Chance {
  readonly strata: number;
  /** [baskets] stretch of time that each basket belongs to. */
  readonly stratumOf: Uint16Array;
  /** [items × strata] baskets that hold the item. */
  readonly orders: Uint32Array;
  /** [strata] Σ s² / (Σ s)² over the basket sizes s of each. */
  readonly sizeMoments: Float64Array;
  /** [items × strata] a: two items meet in `f · a_i · a_j` baskets where shoppers draw partners (`drawPartners`). */
  readonly weights: Float64Array;
  /** [strata] f, near 1. */
  readonly factors: Float64Array;
}

/** The orders that are counted in, and what chance would put together in them. */
export interface CountedOrders {
  readonly occurrences: Occurrences;
  readonly chance: Chance;
}

/** Stretches of the log that a season is seen in, and the baskets that each needs before its shares mean anything. */
const MOST_BLOCKS = 24;
const BASKETS_A_BLOCK = 1_000;
/** Hours at which a part of the day ends: morning, noon, afternoon, evening with the night. */
const PART_ENDS = [5, 11, 15, 18, 24] as const;
const PARTS = 4;
/** A part of fewer baskets joins its block's largest: in a handful everything meets by its presence alone. */
const LEAST_IN_STRATUM = 200;

/**
 * Divides the baskets by when they were placed: up to 24 stretches of the log with equally many baskets, each by four
 * parts of the day. Mulled wine and gingerbread are both bought in December, steak and cocktails both at night: what
 * two products share because of their season is no reason to sell them together, and is counted as chance.
 *
 * @param clockMs [baskets] what the shop's clock showed; null when its time zone is not known
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

/** In each stretch at least so many are drawn from all lines, lest the only pair of a small shop be its own measure. */
const LEAST_PRIOR = 100;
const MOST_ROUNDS = 30;

/**
 * How often each item is what is bought with another one: weights a with `Σ_{j≠i} a_i · a_j` = m_i, the lines that
 * baskets hold beside item i. No product meets itself, and of an order of one product nothing meets. Half of m are the
 * lines counted, half as many that would be if shoppers drew them two by two from all lines, `x(1 − x)` of an item with
 * the share x: by the first alone, the pairs that most orders of several products hold leave so little for the others
 * that chance looks like a pair; by the second alone, what is added to orders of anything goes with all of it.
 *
 * @returns the weights, and by how much a product of two of them is multiplied so that all of them come to the pairs of
 *   products that the baskets hold
 * @see Goodman 1968, The analysis of cross-classified data: quasi-independence, a table whose diagonal is empty
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

/** Solves `a_i · Σ_{j≠i} a_j = m_i` by turns. */
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

/** Sum of the product of the weights over all pairs of the places. */
function sumProducts(weights: Float64Array, places: readonly number[]): number {
  let [sum, products] = [0, 0];
  for (const place of places) {
    products += sum * weights[place]!;
    sum += weights[place]!;
  }
  return products;
}

/**
 * Second moments of the basket sizes of each stretch.
 *
 * @param times [baskets] how often each basket counts, as in a resample; once when absent
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
 * Baskets that would hold two items if shoppers filled each basket to its size but chose independently, among what
 * sells at that time: the smaller of two counts, summed over the stretches t.
 *
 * `Σ_t n_it · n_jt · Σ s² / (Σ s)²` takes every basket for as many draws as it has lines. With equal basket sizes in one
 * stretch it is the usual `n_i · n_j / n`; with unequal ones it is larger, because large baskets hold any pair
 * sooner. It lets a product meet itself and counts the lines of baskets that hold nothing else: in shops of few
 * products, or where most orders are of one, it is two or three times what could meet.
 *
 * `Σ_t f_t · a_it · a_jt` draws partners alone (`drawPartners`). Where nearly all orders of several products are of one
 * pair, that pair is its own measure, and the first count the smaller.
 *
 * Known weakness: what is added to orders of anything ("gift wrap") meets each up to twice as often as by the second,
 * and so do one of several main courses and one of several drinks where each order has both. Whether an offer of them
 * pays is left to how many lack the one, and anything of its type.
 *
 * @param items two
 * @see Chung and Lu 2002 (random graphs with given degrees), as null model for co-occurrence
 */
export function expectedByChance(chance: Chance, items: readonly number[]): number {
  const { weights, factors } = chance;
  return Math.min(expectedBySizes(chance, items), sumStrata(chance, items, weights, factors));
}

/** What could meet at all of what the sizes of the baskets alone let expect, 0 to 1. */
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
 * What the sizes of a resample's baskets alone let expect; times `partnerRatio` it is what chance puts together there.
 *
 * @param counts [items][strata] baskets with each of two items
 * @param sizeMoments of the resample's own baskets, from `measureSizes`: with another's, a resample that happens to be
 *   larger would be taken for one that holds more by chance
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

/** Orders that hold several products of a pool, beside those that would by chance. */
export interface PoolOrders {
  /** [baskets] products of the pool in each. */
  readonly held: Uint16Array;
  /** [baskets] the chance that each holds at least so many. */
  readonly byChance: Float64Array;
}

/**
 * How many products of a pool each order holds, and the chance that it held at least `least` if shoppers filled their
 * orders to their sizes but chose independently among what sells at that time: a Poisson number with the mean `s · q`,
 * s the size of the order and q the pool's share of all lines of its stretch.
 *
 * @param pool indices into `Baskets.items`, each once
 * @see by-chance.ts for the stretches. The Poisson number is the limit of many products that are each rarely bought
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

/** The chance of `least` or more where the mean is so much. */
function poissonTail(mean: number, least: number): number {
  let [term, below] = [Math.exp(-mean), 0];
  for (let count = 0; count < least; count++) {
    below += term;
    term *= mean / (count + 1);
  }
  return Math.max(0, 1 - below);
}
