import { logGamma } from "#app/domain/numbers/statistics.ts";

export const WEEKDAYS = 7;

/** Orders by weekday, the slot modulo 7, and the days that could have had some. */
export interface WeekdayCounts {
  /** [items × 7] orders that hold the item. */
  readonly orders: Uint32Array;
  /** [7] days of each weekday that the shop was open. */
  readonly openDays: Uint32Array;
  /** [items] number of the item's category, from 0; -1 where it has none. */
  readonly categoryOf: Int32Array;
}

/**
 * How many orders of its own the wider profile is worth to a narrower one: from a product that sells on its own days to
 * one that does as all others do.
 */
const STRENGTHS = [8, 32, 128, 512, 2_048, 8_192, 32_768, 131_072] as const;
/** Fewer orders than this on a weekday, were all alike, leave a weekday without any unremarkable, as for closed days. */
const LEAST_EXPECTED = 5;

/**
 * How an item's orders are spread over the weekdays, learned from what it sold and shrunk item → category → shop. With
 * `n_w` the orders of a weekday, `N` their sum and `a_w` what the wider group's profile gives of them on the days that
 * were open, the share is the mean of a Dirichlet posterior, `(n_w + k·a_w) / (N + k)`; over the open days of the
 * weekday it is a rate. Both strengths k, of the shop among categories and of those among items, are the ones under
 * which the counts are likeliest (Dirichlet-multinomial), so a shop whose products share their weekdays says so itself.
 *
 * @returns [items × 7] orders on an open day of the weekday, over those of an ordinary day: at least 0, mean 1. A
 *   weekday on which the shop never sold, though five orders and more were due, is 0
 * @see Minka 2000, Estimating a Dirichlet distribution
 * Known weakness: weekdays are taken not to change within the counted time, nor with the season.
 */
export function learnWeekdayProfile({ orders, openDays, categoryOf }: WeekdayCounts): Float32Array {
  const items = categoryOf.length;
  const shop = shopShares(sumGroups(orders, new Int32Array(items), 1), openDays);
  const categories = categoryOf.reduce((most, category) => Math.max(most, category + 1), 0);
  const ofCategory = sumGroups(orders, categoryOf, categories);
  const toShop = new Int32Array(categories);
  const categoryShares = shrinkShares(ofCategory, toShop, shop);

  // The shop's own shares stand last, for items without a category.
  const wider = Float64Array.of(...categoryShares, ...shop);
  const widerOf = categoryOf.map((category) => (category < 0 ? categories : category));
  const shares = shrinkShares(orders, widerOf, wider);

  const profile = new Float32Array(items * WEEKDAYS);
  for (let item = 0; item < items; item++) {
    let sum = 0;
    for (let day = 0; day < WEEKDAYS; day++) {
      const at = item * WEEKDAYS + day;
      profile[at] = openDays[day]! > 0 ? shares[at]! / openDays[day]! : 0;
      sum += profile[at];
    }
    for (let day = 0; day < WEEKDAYS; day++) profile[item * WEEKDAYS + day]! *= sum > 0 ? WEEKDAYS / sum : 0;
  }
  return profile;
}

/** [7] one order a day added, so that a shop of few orders is not thought closed by chance. */
function shopShares(orders: Float64Array, openDays: Uint32Array): Float64Array {
  const days = openDays.reduce((sum, one) => sum + one, 0);
  if (days === 0) return new Float64Array(WEEKDAYS);
  const total = orders.reduce((sum, one) => sum + one, 0);
  const shares = orders.map((sold, day) => {
    const even = openDays[day]! / days;
    return sold === 0 && total * even >= LEAST_EXPECTED ? 0 : sold + WEEKDAYS * even;
  });
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => share / sum);
}

/** [groups × 7] sums; an item of group -1 counts in none. */
function sumGroups(orders: Uint32Array, groupOf: Int32Array, groups: number): Float64Array {
  const sums = new Float64Array(groups * WEEKDAYS);
  groupOf.forEach((group, item) => {
    if (group < 0) return;
    for (let day = 0; day < WEEKDAYS; day++) sums[group * WEEKDAYS + day]! += orders[item * WEEKDAYS + day]!;
  });
  return sums;
}

/** [groups × 7] each group's shares drawn towards those of its wider group, by the strength that is likeliest. */
function shrinkShares(
  orders: Uint32Array | Float64Array,
  widerOf: Int32Array,
  wider: Float64Array,
): Float64Array {
  const strength = likeliestStrength(orders, widerOf, wider);
  const shares = new Float64Array(orders.length);
  widerOf.forEach((wide, group) => {
    let total = 0;
    for (let day = 0; day < WEEKDAYS; day++) total += orders[group * WEEKDAYS + day]!;
    for (let day = 0; day < WEEKDAYS; day++) {
      const at = group * WEEKDAYS + day;
      shares[at] = (orders[at]! + strength * wider[wide * WEEKDAYS + day]!) / (total + strength);
    }
  });
  return shares;
}

function likeliestStrength(
  orders: Uint32Array | Float64Array,
  widerOf: Int32Array,
  wider: Float64Array,
): number {
  const logLikelihood = (strength: number) => {
    let sum = 0;
    widerOf.forEach((wide, group) => {
      let total = 0;
      for (let day = 0; day < WEEKDAYS; day++) {
        const sold = orders[group * WEEKDAYS + day]!;
        const expected = strength * wider[wide * WEEKDAYS + day]!;
        if (sold === 0 || expected === 0) continue;
        total += sold;
        sum += logGamma(expected + sold) - logGamma(expected);
      }
      if (total > 0) sum += logGamma(strength) - logGamma(strength + total);
    });
    return sum;
  };
  let best = { strength: STRENGTHS.at(-1)! as number, logLikelihood: -Infinity };
  for (const strength of STRENGTHS) {
    const own = { strength, logLikelihood: logLikelihood(strength) };
    if (own.logLikelihood > best.logLikelihood) best = own;
  }
  return best.strength;
}
