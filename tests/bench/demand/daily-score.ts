import { DAY_MS } from "#app/domain/time.ts";
import { TAIL80 } from "#app/domain/numbers/statistics.ts";
import { countIntervalOf } from "#app/domain/trends/days/count-spread.ts";

const PEER_WEEKS = 8;
const POISSON = 0;

/** Forecast of one day: the expected orders, and how much more than Poisson's their count varies. */
interface DayForecast {
  readonly expected: number;
  readonly dispersion: number;
}

/**
 * The simple forecast of days: the mean of the same weekday over the last eight weeks, with Poisson spread.
 *
 * @param times instants of the orders, ascending
 */
export function meanOfWeekdays(times: readonly number[], originMs: number, days: number): DayForecast[] {
  const weekday = new Float64Array(7);
  for (const atMs of times) {
    const back = Math.floor((atMs - originMs) / DAY_MS);
    if (back < 0 && back >= -7 * PEER_WEEKS) weekday[(back + 7 * PEER_WEEKS) % 7]! += 1 / PEER_WEEKS;
  }
  return Array.from({ length: days }, (_, day) => ({ expected: weekday[day % 7]!, dispersion: POISSON }));
}

/** Orders of each of the days after an origin. */
export function countDays(times: readonly number[], originMs: number, days: number): Uint32Array {
  const came = new Uint32Array(days);
  for (const atMs of times) {
    const day = Math.floor((atMs - originMs) / DAY_MS);
    if (day >= 0 && day < days) came[day]! += 1;
  }
  return came;
}

/**
 * Chance of at most `count` orders, 0 for a count below 0. Each chance is the one before times `μ (1 + φ k) / ((1 + φ
 * μ) (k + 1))`. Uses logarithms to avoid underflow.
 */
export function chanceOfAtMost(dispersion: number, mean: number, count: number): number {
  if (!(mean > 0)) return count < 0 ? 0 : 1;
  const spread = Math.log1p(dispersion * mean);
  let log = dispersion > 0 ? -spread / dispersion : -mean;
  let sum = 0;
  for (let at = 0; at <= count; at++) {
    sum += Math.exp(log);
    log += Math.log(mean) + Math.log1p(dispersion * at) - spread - Math.log(at + 1);
  }
  return Math.min(1, sum);
}

/**
 * Scores daily forecasts. With rare orders, an interval of whole numbers holds more than it must. So in addition to
 * its coverage there is that of the middle 80 % of the probability integral transform, in which an outcome on the
 * edge counts by the part of its chance inside. That is 0.8 for a forecast with the right uncertainty. The pinball
 * loss is of both ends, relative to the orders.
 *
 * @see Czado, Gneiting and Held 2009, Predictive model assessment for count data
 */
export function openDailyScore() {
  let [cases, held, middle, loss, orders] = [0, 0, 0, 0, 0];
  return {
    add(came: number, { expected, dispersion }: DayForecast): void {
      const { low, high } = countIntervalOf(dispersion, expected);
      const [below, upTo] = [came - 1, came].map((count) => chanceOfAtMost(dispersion, expected, count));
      cases++;
      orders += came;
      if (low <= came && came <= high) held++;
      if (upTo! > below!) middle += (inMiddle(upTo!) - inMiddle(below!)) / (upTo! - below!);
      loss += pinball(came, low, TAIL80) + pinball(came, high, 1 - TAIL80);
    },
    cases: () => cases,
    coverage: () => held / cases,
    middleCoverage: () => middle / cases,
    pinball: () => loss / orders,
  };
}

function inMiddle(chance: number): number {
  return Math.min(1 - TAIL80, Math.max(TAIL80, chance));
}

function pinball(came: number, quantile: number, ratio: number): number {
  return came >= quantile ? ratio * (came - quantile) : (1 - ratio) * (quantile - came);
}
