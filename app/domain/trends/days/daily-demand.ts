import { type Baskets, firstBasketAt } from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { BackTest } from "#app/domain/trends/accuracy/back-test.ts";
import { countIntervalOf, learnCountSpread, type CountSpread } from "./count-spread.ts";
import { type DemandPast, type DemandSeries, toWeeks } from "#app/domain/trends/demand-series.ts";
import type { DailyDemand, ItemForecast } from "#app/domain/trends/item-forecast.ts";
import { isClosureExpected, WEEKDAY_DAYS, type OpenDays } from "#app/domain/trends/open-days.ts";
import { logGamma } from "#app/domain/numbers/statistics.ts";

const COVERAGE = 0.8;

/**
 * Spreads each item's forecast over the days of its horizon: `F · p_w(d) · o_d / Σ p_w · o`, with p the item's weekday
 * profile and o 0 on days that the shop is expected to be closed on, else 1. The interval is that of a negative binomial
 * count whose dispersion is fitted to what the chosen method's back-tested forecasts, spread in the same way by the
 * profile of their time, missed by the day.
 *
 * @param forecasts of the days that follow, all of one horizon
 * @returns with what the intervals are read from
 * @see `learnWeekdayProfile`, `learnCountSpread`
 * Known weakness: within the horizon only weekdays and closures move the days; a season that rises within it does not.
 */
export function forecastDays(
  { baskets, past, tested }: { baskets: Baskets; past: DemandPast; tested: BackTest },
  forecasts: readonly ItemForecast[],
): DailyDemand & { readonly spread: CountSpread } {
  const { series } = past;
  const { openDays } = series;
  const days = forecasts[0]?.horizonDays ?? 0;
  const spread = learnDailySpread(baskets, past, tested, days);
  const profile = profileBefore(baskets, series);
  const share = new Float64Array(days);
  const expected = new Float32Array(forecasts.length * days);
  const [low, high] = [expected.slice(), expected.slice()];
  const isOpen = listOpenDays(openDays, -1, days);
  forecasts.forEach(({ item, ordersExpected }, place) => {
    shareDays(profile, item, -1, isOpen, share);
    for (let day = 0; day < days; day++) {
      const at = place * days + day;
      expected[at] = ordersExpected * share[day]!;
      ({ low: low[at], high: high[at] } = countIntervalOf(spread, expected[at], COVERAGE));
    }
  });
  const firstNoonMs = openDays.cutoffMs + 0.5 * DAY_MS;
  return { days, firstNoonMs, expected, low, high, spread };
}

/** What the days of the back-tested forecasts came to, origin by origin, each by the profile known at it. */
function learnDailySpread(
  baskets: Baskets,
  { series, at }: DemandPast,
  tested: BackTest,
  horizonDays: number,
): CountSpread {
  const { cutoffMs } = series.openDays;
  const days = toWeeks(horizonDays) * WEEKDAYS;
  const cases = tested.forecasts.length;
  const expected = new Float32Array(cases * days);
  const came = new Uint32Array(cases * days);
  const share = new Float64Array(days);
  for (let from = 0, to = 0; from < cases; from = to) {
    const origin = tested.origins[from]!;
    while (to < cases && tested.origins[to] === origin) to++;
    const after = (series.weeks - origin) * WEEKDAYS;
    const asOf = at(origin);
    const profile = profileBefore(baskets, asOf);
    const isOpen = listOpenDays(asOf.openDays, -1, days);
    const counts = countByDay(
      baskets,
      { cutoffMs, newest: after - days, days },
      days,
      (slot) => after - 1 - slot,
    );
    for (let index = from; index < to; index++) {
      const item = tested.items[index]!;
      shareDays(profile, item, -1, isOpen, share);
      for (let day = 0; day < days; day++) {
        expected[index * days + day] = tested.forecasts[index]! * share[day]!;
        came[index * days + day] = counts[item * days + day]!;
      }
    }
  }
  return learnCountSpread(expected, came);
}

/** [items × 7] weekday profiles by the half year before the series ends. */
function profileBefore(baskets: Baskets, { openDays, categoryOf }: DemandSeries): Float32Array {
  const { cutoffMs, isClosed } = openDays;
  const days = Math.min(WEEKDAY_DAYS, isClosed.length);
  const orders = countByDay(baskets, { cutoffMs, newest: 0, days }, WEEKDAYS, (slot) =>
    isClosed[slot] ? -1 : slot % WEEKDAYS,
  );
  const open = new Uint32Array(WEEKDAYS);
  for (let slot = 0; slot < days; slot++) if (!isClosed[slot]) open[slot % WEEKDAYS]! += 1;
  return learnWeekdayProfile({ orders, openDays: open, categoryOf });
}

function listOpenDays(openDays: OpenDays, fromSlot: number, days: number): Uint8Array {
  return Uint8Array.from({ length: days }, (_, day) => (isClosureExpected(openDays, fromSlot - day) ? 0 : 1));
}

/** Shares of an item's days, which sum to 1; all are 0 where no day is open. */
function shareDays(
  profile: Float32Array,
  item: number,
  fromSlot: number,
  isOpen: Uint8Array,
  into: Float64Array,
): void {
  let sum = 0;
  for (let day = 0; day < into.length; day++) {
    const weekday = (((fromSlot - day) % WEEKDAYS) + WEEKDAYS) % WEEKDAYS;
    into[day] = isOpen[day]! * profile[item * WEEKDAYS + weekday]!;
    sum += into[day]!;
  }
  for (let day = 0; day < into.length; day++) into[day] = sum > 0 ? into[day]! / sum : 0;
}

/** A stretch of days, by slots counted back from a cutoff: from slot `newest + days - 1`, the oldest, to `newest`. */
interface DayWindow {
  readonly cutoffMs: number;
  /** Slot of the last day, at least 0: the days lie before the cutoff. */
  readonly newest: number;
  readonly days: number;
}

/**
 * Counts an item's orders into the cells that the days of a window are given.
 *
 * @param cells cells an item has
 * @param cellOf slot → the item's cell of that day, 0 to cells − 1; -1 leaves the day out
 * @returns [items × cells] orders that hold the item
 */
function countByDay(
  baskets: Baskets,
  { cutoffMs, newest, days }: DayWindow,
  cells: number,
  cellOf: (slot: number) => number,
): Uint32Array {
  const counts = new Uint32Array(baskets.items.length * cells);
  const from = firstBasketAt(baskets, cutoffMs - (newest + days) * DAY_MS);
  const end = firstBasketAt(baskets, cutoffMs - newest * DAY_MS);
  for (let basket = from; basket < end; basket++) {
    const cell = cellOf(Math.floor((cutoffMs - baskets.placedAtMs[basket]! - 1) / DAY_MS));
    if (cell < 0) continue;
    for (let line = baskets.offsets[basket]!; line < baskets.offsets[basket + 1]!; line++)
      counts[baskets.item[line]! * cells + cell]! += 1;
  }
  return counts;
}

export const WEEKDAYS = 7;

/** Orders by weekday, the slot modulo 7, and the days that could have had some. */
interface WeekdayCounts {
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
