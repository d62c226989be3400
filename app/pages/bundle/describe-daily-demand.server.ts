import { DailyForecast } from "#app/domain/trends/days/daily-forecast.ts";
import { sumDays } from "#app/domain/trends/days/variant-demand.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { toZonedDay } from "#app/domain/zoned-day.ts";
import type { Words } from "#app/locales/words.server.ts";
import { usableTimeZone, type ShopFormat } from "#app/locales/shop-format.server.ts";

interface DailyRequest {
  readonly components: readonly {
    readonly title: string;
    /** Of the variants that may fill it, `daily` as stored; null where the run did not tell of days. */
    readonly forecasts: readonly { readonly daily: unknown }[];
  }[];
  readonly timeZone: string;
  readonly format: ShopFormat;
  readonly words: Words;
}

/**
 * The orders expected of each component on each day, as numbers to draw and as text with the range.
 *
 * @returns null when no component's days are known
 */
export function describeDailyDemand({ components, timeZone, format, words }: DailyRequest) {
  const known = components.flatMap(({ title, forecasts }) => {
    const daily = sumDays(
      forecasts.flatMap((forecast) => DailyForecast.safeParse(forecast.daily).data ?? []),
    );
    return daily && daily.expected.length > 0 ? [{ title, daily }] : [];
  });
  const first = known[0]?.daily;
  if (!first) return null;
  const label = new Intl.DateTimeFormat(words.locale, {
    weekday: "short",
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
  // Days of 24 hours miss a date, or meet one twice, where the shop's clock is changed: its calendar is counted on.
  const firstDayMs = Date.parse(toZonedDay(first.firstNoonMs, usableTimeZone(timeZone)));
  // All forecasts are of one run, so that their days are the same.
  return {
    days: first.expected.map((_, day) => ({
      label: label.format(firstDayMs + day * DAY_MS),
      orders: known.map(({ daily: { expected, low, high } }) =>
        words.t("server:estimate", {
          value: format.number(expected[day] ?? 0, 1),
          low: format.number(low[day] ?? 0),
          high: format.number(high[day] ?? 0),
        }),
      ),
    })),
    series: known.map(({ title, daily }) => ({ name: title, values: daily.expected })),
  };
}
