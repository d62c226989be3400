import { meanOf, totalOf, upperMedian } from "#app/domain/numbers/statistics.ts";
import { DAY_MS } from "#app/domain/time.ts";

/** Days are slots counted back from the cutoff: slot 0 is the 24 hours before it, slot -1 the 24 hours after it. */
export interface OpenDays {
  /** [7] share of an ordinary week's orders on the slots congruent to the index modulo 7; sums to 1. */
  readonly weekdayShare: Float64Array;
  /** [slots] 1 for a closed day: almost no orders although some were expected. */
  readonly isClosed: Uint8Array;
  /** Slots since the first order, at least a week; earlier ones are before the shop. */
  readonly knownSlots: number;
  readonly cutoffMs: number;
}

/** A day expected to have fewer orders can be empty by chance: at 5, the chance is 0.7 %. */
const LEAST_EXPECTED = 5;
/** A day with at most this share of its usual orders is closed, despite stray orders. A round guess; not tuned. */
const CLOSED_SHARE = 1 / 20;
/** Same weekdays on either side that give a day's usual orders. */
const WEEKS_AROUND = 6;

/** A longer silence is a season, not a closure. */
const LONGEST_CLOSURE_DAYS = 84;
/** The same limit at the cutoff, where a longer silence is probably the end of the shop. */
const LONGEST_OPEN_END_DAYS = 42;
/** A silence less likely than this, given the surrounding days, is a closure. */
const LEAST_CHANCE = 1e-5;
/** Shortest run of days without orders that counts as a long gap. A round guess; not tuned. */
const SHORTEST_GAP_DAYS = 7;
/** Maximum quiet days between two closed ones that belong to the closure, as a weekend. A round guess; not tuned. */
const MOST_BRIDGED_DAYS = 2;
/**
 * Newest days that define the weekday shares: half a year, 26 of each weekday. Older days can have another rhythm. A
 * round guess; not tuned.
 */
const WEEKDAY_DAYS = 182;
/** Days before and after a long gap that give its expected orders. */
const DAYS_AROUND = 28;

/**
 * Finds the days on which a shop was closed. A single day is closed if it has at most 1 in 20 of its usual orders, and
 * these are at least five: the median of the same weekday in the six weeks before and after. A gap of 7 to 84 days
 * without orders (42 at the cutoff) is closed if the 28 days on each side have at least five orders a day, or too few
 * days without orders for the gap to be chance. Quiet days between two closed days belong to the closure.
 *
 * @param dailyOrders [slots] orders of each day, slot 0 newest
 * @returns no single closed days for a shop with fewer than five orders a day. Known weakness: an outage of the shop's
 *   order feed looks like a holiday.
 */
export function findOpenDays(dailyOrders: Float64Array, cutoffMs: number): OpenDays {
  const slots = dailyOrders.length;
  const expected = new Float64Array(slots);
  for (let slot = 0; slot < slots; slot++) expected[slot] = usualOrders(dailyOrders, slot);

  const isClosed = new Uint8Array(slots);
  for (let slot = 0; slot < slots; slot++) {
    const usual = expected[slot]!;
    if (usual >= LEAST_EXPECTED && dailyOrders[slot]! <= usual * CLOSED_SHARE) isClosed[slot] = 1;
  }
  bridgeQuietDays(isClosed, expected, dailyOrders);
  closeLongGaps(isClosed, dailyOrders);
  const sinceFirst = dailyOrders.subarray(0, dailyOrders.findLastIndex((orders) => orders > 0) + 1);
  return {
    weekdayShare: shareByWeekday(sinceFirst, isClosed),
    isClosed,
    knownSlots: Math.max(7, sinceFirst.length),
    cutoffMs,
  };
}

/** Median of the same weekday in the surrounding weeks, without the day itself: robust to a closed fortnight. */
function usualOrders(dailyOrders: Float64Array, slot: number): number {
  const around: number[] = [];
  for (let week = -WEEKS_AROUND; week <= WEEKS_AROUND; week++) {
    const other = slot + 7 * week;
    if (week !== 0 && other >= 0 && other < dailyOrders.length) around.push(dailyOrders[other]!);
  }
  return upperMedian(around.sort((a, b) => a - b)) ?? 0;
}

function bridgeQuietDays(isClosed: Uint8Array, expected: Float64Array, dailyOrders: Float64Array): void {
  let lastClosed = -1;
  for (let slot = 0; slot < isClosed.length; slot++) {
    if (isClosed[slot]) {
      if (lastClosed >= 0 && slot - lastClosed - 1 <= MOST_BRIDGED_DAYS) isClosed.fill(1, lastClosed, slot);
      lastClosed = slot;
    } else if (expected[slot]! >= LEAST_EXPECTED || dailyOrders[slot]! > 0) {
      lastClosed = -1;
    }
  }
}

/** Closes long gaps. The median cannot find them, because the surrounding weekdays are closed too. */
function closeLongGaps(isClosed: Uint8Array, dailyOrders: Float64Array): void {
  let from = 0;
  for (let slot = 0; slot <= dailyOrders.length; slot++) {
    if (slot < dailyOrders.length && dailyOrders[slot] === 0) continue;
    const length = slot - from;
    const isGap =
      length >= SHORTEST_GAP_DAYS && length <= (from === 0 ? LONGEST_OPEN_END_DAYS : LONGEST_CLOSURE_DAYS);
    const before = dailyOrders.subarray(slot, slot + DAYS_AROUND);
    const after = dailyOrders.subarray(Math.max(0, from - DAYS_AROUND), from);
    const sides = after.length < DAYS_AROUND ? [before] : [before, after];
    if (isGap && sides.every((side) => isNoChance(side, length))) isClosed.fill(1, from, slot);
    from = slot + 1;
  }
}

/** Counts days, not orders: the orders of one busy day say little about the next. */
function isNoChance(side: Float64Array, silentDays: number): boolean {
  if (side.length === 0) return false;
  const silentShare = side.filter((orders) => orders === 0).length / side.length;
  return (
    meanOf(side) >= LEAST_EXPECTED ||
    (side.length >= DAYS_AROUND && silentShare ** silentDays <= LEAST_CHANCE)
  );
}

function shareByWeekday(dailyOrders: Float64Array, isClosed: Uint8Array): Float64Array {
  const sum = new Float64Array(7);
  const days = new Float64Array(7);
  for (let slot = 0; slot < Math.min(dailyOrders.length, WEEKDAY_DAYS); slot++) {
    if (isClosed[slot]) continue;
    sum[slot % 7]! += dailyOrders[slot]!;
    days[slot % 7]! += 1;
  }
  const usual = totalOf(sum) / totalOf(days);
  const mean = sum.map((total, weekday) => (days[weekday]! > 0 ? total / days[weekday]! : usual));
  const week = totalOf(mean);
  return week > 0 ? mean.map((value) => value / week) : mean.fill(1 / 7);
}

/** A past day's share of an ordinary week: its weekday's share, 0 when closed or before the shop. */
export function openWeight({ weekdayShare, isClosed, knownSlots }: OpenDays, slot: number): number {
  return isClosed[slot] || slot >= knownSlots ? 0 : weekdayShare[slot % 7]!;
}

/** A closure at least this long recurs on its date; a shorter one on its weekday. A round guess; not tuned. */
const LONG_CLOSURE_DAYS = 5;
/** Days around Easter Sunday that move with it: from before Good Friday to after Easter Monday. */
const EASTER_REACH_DAYS = 3;
/** 52 weeks: the same weekday a year before. */
const WEEKDAY_YEAR_DAYS = 364;

/**
 * How many ordinary weeks the `days` days after an instant are worth, based on the closures of the year before. A long
 * closure recurs on the same dates (Christmas to New Year), one around Easter moves with Easter, a short one recurs 52
 * weeks later (bank holidays). The days themselves are not read, so a back-test can call this. Known weakness: a single
 * holiday with a fixed date is expected on the wrong day of its week.
 *
 * @param fromSlot slot of the first day; -1 starts at the cutoff
 */
export function openWeightAhead(openDays: OpenDays, fromSlot: number, days: number): number {
  let weight = 0;
  for (let step = 0; step < days; step++) weight += openWeightOn(openDays, fromSlot - step);
  return weight;
}

/** A future day's share of an ordinary week; 0 when a closure is expected as in `openWeightAhead`. */
export function openWeightOn(openDays: OpenDays, slot: number): number {
  return isClosureExpected(openDays, slot) ? 0 : openDays.weekdayShare[((slot % 7) + 7) % 7]!;
}

function isClosureExpected(openDays: OpenDays, slot: number): boolean {
  const date = new Date(openDays.cutoffMs - slot * DAY_MS - DAY_MS / 2);
  const year = date.getUTCFullYear();
  const sameDate = slotOf(openDays, Date.UTC(year - 1, date.getUTCMonth(), date.getUTCDate(), 12));
  if (closureLength(openDays, sameDate) >= LONG_CLOSURE_DAYS) return true;

  const fromEaster = Math.floor((date.getTime() - easterMs(year)) / DAY_MS);
  if (Math.abs(fromEaster) <= EASTER_REACH_DAYS)
    return closureLength(openDays, slotOf(openDays, easterMs(year - 1) + (fromEaster + 0.5) * DAY_MS)) > 0;

  const sameWeekday = slot + WEEKDAY_YEAR_DAYS;
  const length = closureLength(openDays, sameWeekday);
  return length > 0 && length < LONG_CLOSURE_DAYS && !isNearEaster(openDays, sameWeekday);
}

function slotOf({ cutoffMs }: OpenDays, atMs: number): number {
  return Math.floor((cutoffMs - atMs) / DAY_MS);
}

function isNearEaster({ cutoffMs }: OpenDays, slot: number): boolean {
  const atMs = cutoffMs - slot * DAY_MS - DAY_MS / 2;
  return (
    Math.abs(Math.floor((atMs - easterMs(new Date(atMs).getUTCFullYear())) / DAY_MS)) <= EASTER_REACH_DAYS
  );
}

/** Length in days of the closure that holds the slot; 0 for an open or unknown one. */
function closureLength({ isClosed, knownSlots }: OpenDays, slot: number): number {
  if (slot < 0 || slot >= knownSlots || !isClosed[slot]) return 0;
  let first = slot;
  let last = slot;
  while (isClosed[first - 1]) first--;
  while (isClosed[last + 1]) last++;
  return last - first + 1;
}

/** Western Easter Sunday, 00:00 UTC. @see Meeus, Astronomical Algorithms, 1991, chapter 8 */
function easterMs(year: number): number {
  const a = year % 19;
  const century = Math.floor(year / 100);
  const d = Math.floor(century / 4);
  const e = century % 4;
  const g = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const h = (19 * a + century - d - g + 15) % 30;
  const i = Math.floor((year % 100) / 4);
  const l = (32 + 2 * e + 2 * i - h - (year % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const monthAndDay = h + l - 7 * m + 114;
  return Date.UTC(year, Math.floor(monthAndDay / 31) - 1, (monthAndDay % 31) + 1);
}
