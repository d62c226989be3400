import type { Random } from "./random.ts";

export const DAY_MS = 86_400_000;
const DAYS_A_YEAR = 365.25;

/** Orders on a weekday relative to an average day, Sunday first: people shop on Sunday evening and Monday. */
const WEEKDAY_FACTORS = [1.22, 1.14, 0.98, 0.95, 0.93, 0.82, 0.96];
/** Orders in each hour of the day relative to the hourly average. */
const HOUR_FACTORS = [
  0.35, 0.2, 0.12, 0.1, 0.12, 0.25, 0.5, 0.8, 1, 1.15, 1.25, 1.25, 1.3, 1.2, 1.1, 1.1, 1.15, 1.25, 1.4, 1.7, 1.9, 1.75,
  1.2, 0.7,
]; // prettier-ignore
/** The shop sells half as much again at the end of a year as at its start. */
const GROWTH_A_YEAR = 0.5;
/** The rise of a gift shop's sales in the weeks before Christmas. */
const CHRISTMAS = { peakDayOfYear: 344, widthDays: 16, amplitude: 1.7 };

/** Day of the year in UTC, 1 to 366. */
export function dayOfYear(atMs: number): number {
  const date = new Date(atMs);
  return Math.floor((atMs - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY_MS) + 1;
}

/** Days from a day of the year forward to the next peak, in [0, 365.25). */
export function daysFromPeak(day: number, peakDayOfYear: number): number {
  return (((peakDayOfYear - day) % DAYS_A_YEAR) + DAYS_A_YEAR) % DAYS_A_YEAR;
}

/**
 * Demand over off-season demand: a bell around the yearly peak, `1 + (amplitude - 1) · exp(-½ (d / width)²)`.
 *
 * @returns 1 off season, `amplitude` on the peak day
 */
export function seasonFactor(
  season: { readonly peakDayOfYear: number; readonly widthDays: number; readonly amplitude: number },
  atMs: number,
): number {
  const ahead = daysFromPeak(dayOfYear(atMs), season.peakDayOfYear);
  const distance = Math.min(ahead, DAYS_A_YEAR - ahead);
  return 1 + (season.amplitude - 1) * Math.exp(-0.5 * (distance / season.widthDays) ** 2);
}

/**
 * Times of a history's orders: exactly as many as requested, spread by growth, weekday, hour and season.
 *
 * @returns UTC milliseconds, ascending, in [endAtMs - days, endAtMs)
 */
export function drawOrderTimes(draw: {
  readonly random: Random;
  readonly days: number;
  readonly ordersTotal: number;
  readonly endAtMs: number;
}): number[] {
  const { random, days, ordersTotal, endAtMs } = draw;
  const startAtMs = endAtMs - days * DAY_MS;
  const hours = Math.max(1, Math.round(days * 24));
  const hourMs = (endAtMs - startAtMs) / hours;
  const cumulative = new Float64Array(hours);
  let total = 0;
  for (let hour = 0; hour < hours; hour++) {
    const atMs = startAtMs + hour * hourMs;
    const date = new Date(atMs);
    const growth = 1 + (GROWTH_A_YEAR * hour) / 24 / DAYS_A_YEAR;
    total +=
      growth *
      seasonFactor(CHRISTMAS, atMs) *
      WEEKDAY_FACTORS[date.getUTCDay()]! *
      HOUR_FACTORS[date.getUTCHours()]!;
    cumulative[hour] = total;
  }
  const times = Array.from({ length: ordersTotal }, () => {
    const hour = firstAbove(cumulative, random() * total);
    return Math.floor(startAtMs + (hour + random()) * hourMs);
  });
  return times.sort((a, b) => a - b);
}

function firstAbove(cumulative: Float64Array, value: number): number {
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cumulative[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
