import { type ItemForecast, sumForecasts, sumDays, DailyForecast } from "#app/domain/trends/item-forecast.ts";
import { DAY_MS, toZonedDay, usableTimeZone } from "#app/domain/time.ts";
import { writeEstimate, type Writing } from "#app/locales/write-message.server.ts";

interface CoverRequest extends Writing {
  readonly components: readonly {
    readonly title: string;
    /** Variants that shoppers can choose from. */
    readonly variants: readonly { readonly inventoryQuantity: number | null }[];
    readonly forecasts: readonly Omit<ItemForecast, "item" | "trend" | "seasonIndex" | "seasonAhead">[];
  }[];
}

/** Longer covers are shown as "more than". */
const LONGEST_DAYS = 365;

/**
 * The forecast of each component against its stock, both summed over the variants that can fill it; null without a
 * forecast.
 *
 * Cover in days is `stock · horizon / (orders · unitsPerOrder)`. Its range comes from the upper and lower end of the
 * forecast.
 *
 * Known weakness: demand is that of the forecast's own window, however old it is, as the page says. The autopilot moves
 * it to today's season (`toForecastToday`) and can get another result.
 */
export function describeStockCover({ components, format, words }: CoverRequest) {
  const { t } = words;
  const rows = components.flatMap(({ title, variants, forecasts }) => {
    const forecast = sumForecasts(forecasts);
    if (!forecast) return [];
    const { horizonDays, ordersExpected, ordersLow, ordersHigh, unitsPerOrder } = forecast;
    const stockUnits = sumStock(variants);
    const lastsFor = (orders: number) =>
      Math.floor((Math.max(0, stockUnits ?? 0) * horizonDays) / Math.max(orders * unitsPerOrder, 1e-9));
    const writeDays = (orders: number) => {
      const days = lastsFor(orders);
      return days >= LONGEST_DAYS
        ? t("server:moreThan", { number: format.number(LONGEST_DAYS) })
        : format.number(days);
    };
    return [
      {
        title,
        horizonDays,
        ordersLow,
        ordersExpected,
        ordersHigh,
        expected: writeEstimate(
          { value: ordersExpected, low: ordersLow, high: ordersHigh },
          (orders) => format.number(orders),
          words,
        ),
        hasLimit: stockUnits !== null,
        stock: stockUnits === null ? t("server:stock.notTracked") : format.number(stockUnits),
        cover:
          stockUnits === null
            ? "–"
            : lastsFor(ordersHigh) >= LONGEST_DAYS
              ? t("server:coverLong", { days: format.number(LONGEST_DAYS) })
              : t("server:cover", {
                  days: writeDays(ordersExpected),
                  low: writeDays(ordersHigh),
                  high: writeDays(ordersLow),
                }),
      },
    ];
  });
  const days = rows[0]?.horizonDays;
  return days === undefined ? null : { time: format.days(days), rows };
}

/** Total units on hand; null if one variant has no stock limit, or there are no variants. */
export function sumStock(variants: readonly { readonly inventoryQuantity: number | null }[]): number | null {
  const units = variants.flatMap(({ inventoryQuantity }) => inventoryQuantity ?? []);
  if (units.length < Math.max(1, variants.length)) return null;
  return units.reduce((sum, own) => sum + Math.max(0, own), 0);
}

interface DailyRequest extends Writing {
  readonly components: readonly {
    readonly title: string;
    /** One per variant that can fill it, `daily` as stored; null if the run saved no days. */
    readonly forecasts: readonly { readonly daily: unknown }[];
  }[];
  readonly timeZone: string;
}

/**
 * The expected orders of each component per day, as numbers for a chart and as text with the range.
 *
 * @returns null if no component has daily forecasts
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
  // Counts calendar days, because 24-hour steps skip or repeat a date at a clock change.
  const firstDayMs = Date.parse(toZonedDay(first.firstNoonMs, usableTimeZone(timeZone)));
  // All forecasts are of one run and have the same days.
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
