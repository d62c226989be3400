import { type Baskets, firstBasketAt } from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { BackTest } from "#app/domain/trends/accuracy/back-test.ts";
import { countIntervalOf, learnDispersion } from "./count-spread.ts";
import { type DemandPast, toWeeks } from "#app/domain/trends/demand-series.ts";
import type { DailyDemand, ItemForecast } from "#app/domain/trends/item-forecast.ts";
import { openWeightOn, type OpenDays } from "#app/domain/trends/open-days.ts";

/**
 * Spreads each item's forecast over the days of its horizon: `F · w_d / Σ w`, with w the day's share of an ordinary
 * week's orders, 0 when the shop is expected to be closed. The interval is that of a negative binomial count. Its
 * dispersion comes from the chosen method's back-tested forecasts, spread in the same way with the data known at their
 * time.
 *
 * @param forecasts for the days after the cutoff, all of one horizon
 * @returns the days and the dispersion of their intervals
 * @see `learnDispersion`. Known weakness: within the horizon only weekdays and closures move the days, not a rising
 *   season. All products share the shop's weekdays.
 */
export function forecastDays(
  { baskets, past, tested }: { baskets: Baskets; past: DemandPast; tested: BackTest },
  forecasts: readonly ItemForecast[],
): DailyDemand & { readonly dispersion: number } {
  const { openDays } = past.series;
  const days = forecasts[0]?.horizonDays ?? 0;
  const dispersion = learnDailyDispersion(baskets, past, tested, days);
  const share = shareOfDays(openDays, days);
  const expected = new Float32Array(forecasts.length * days);
  const [low, high] = [expected.slice(), expected.slice()];
  forecasts.forEach(({ ordersExpected }, place) => {
    for (let day = 0; day < days; day++) {
      const at = place * days + day;
      expected[at] = ordersExpected * share[day]!;
      ({ low: low[at], high: high[at] } = countIntervalOf(dispersion, expected[at]));
    }
  });
  const firstNoonMs = openDays.cutoffMs + 0.5 * DAY_MS;
  return { days, firstNoonMs, expected, low, high, dispersion };
}

/** Dispersion of the back-tested forecasts by day, each spread by the weekdays known at its origin. */
function learnDailyDispersion(
  baskets: Baskets,
  { at }: DemandPast,
  tested: BackTest,
  horizonDays: number,
): number {
  const days = toWeeks(horizonDays) * 7;
  const cases = tested.forecasts.length;
  const expected = new Float32Array(cases * days);
  const came = new Uint32Array(cases * days);
  for (let from = 0, to = 0; from < cases; from = to) {
    const origin = tested.origins[from]!;
    while (to < cases && tested.origins[to] === origin) to++;
    const asOf = at(origin).openDays;
    const share = shareOfDays(asOf, days);
    const counts = countByDay(baskets, asOf.cutoffMs + days * DAY_MS, days);
    for (let index = from; index < to; index++) {
      const item = tested.items[index]!;
      for (let day = 0; day < days; day++) {
        expected[index * days + day] = tested.forecasts[index]! * share[day]!;
        came[index * days + day] = counts[item * days + day]!;
      }
    }
  }
  return learnDispersion(expected, came);
}

/** Shares of the days after the cutoff, which sum to 1; all 0 if no day is open. */
function shareOfDays(openDays: OpenDays, days: number): Float64Array {
  const weights = Float64Array.from({ length: days }, (_, day) => openWeightOn(openDays, -1 - day));
  const sum = weights.reduce((all, one) => all + one, 0);
  return weights.map((weight) => (sum > 0 ? weight / sum : 0));
}

/** [items × days] orders with each item on each day before an instant, oldest day first. */
function countByDay(baskets: Baskets, endMs: number, days: number): Uint32Array {
  const counts = new Uint32Array(baskets.items.length * days);
  const end = firstBasketAt(baskets, endMs);
  for (let basket = firstBasketAt(baskets, endMs - days * DAY_MS); basket < end; basket++) {
    const day = days - 1 - Math.floor((endMs - baskets.placedAtMs[basket]! - 1) / DAY_MS);
    for (let line = baskets.offsets[basket]!; line < baskets.offsets[basket + 1]!; line++)
      counts[baskets.item[line]! * days + day]! += 1;
  }
  return counts;
}
