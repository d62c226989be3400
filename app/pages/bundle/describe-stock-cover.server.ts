import { sumForecasts } from "#app/domain/trends/days/variant-demand.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { ShopFormat } from "#app/locales/shop-format.server.ts";

interface ForecastOfVariant {
  readonly horizonDays: number;
  readonly ordersExpected: number;
  readonly ordersLow: number;
  readonly ordersHigh: number;
  readonly unitsPerOrder: number;
}

interface CoverRequest {
  readonly components: readonly {
    readonly title: string;
    /** Those of which shoppers may take any. */
    readonly variants: readonly { readonly inventoryQuantity: number | null }[];
    readonly forecasts: readonly ForecastOfVariant[];
  }[];
  readonly format: ShopFormat;
  readonly words: Words;
}

/** What lies longer than this is not a question of stock. */
const LONGEST_DAYS = 365;

/**
 * The forecast of each component against its stock, both of all variants that may fill it; null when none has a forecast.
 *
 * Cover in days is `stock · horizon / (orders · units an order)`, with the range from the forecast's upper to its lower
 * end.
 *
 * Known weakness: demand is that of the forecast's own window, however long ago that was, as the page tells it; the
 * autopilot moves it to the season of today (`toForecastToday`) and may see another end.
 */
export function describeStockCover({ components, format, words: { t } }: CoverRequest) {
  const rows = components.flatMap(({ title, variants, forecasts }) => {
    const forecast = sumForecasts(forecasts);
    if (!forecast) return [];
    const { horizonDays, ordersExpected, ordersLow, ordersHigh, unitsPerOrder } = forecast;
    const stockUnits = sumStock(variants);
    const daysAt = (orders: number) =>
      stockUnits === null
        ? 0
        : Math.min(
            LONGEST_DAYS,
            (Math.max(0, stockUnits) * horizonDays) / Math.max(orders * unitsPerOrder, 1e-9),
          );
    const lastsFor = (orders: number) => Math.floor(daysAt(orders));
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
        expected: t("server:estimate", {
          value: format.number(ordersExpected),
          low: format.number(ordersLow),
          high: format.number(ordersHigh),
        }),
        stock: stockUnits === null ? t("server:stock.notTracked") : format.number(stockUnits),
        cover:
          stockUnits === null
            ? t("server:unknown")
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

/** Units on hand of all of them; null where one of them is without a limit, or there is none. */
export function sumStock(variants: readonly { readonly inventoryQuantity: number | null }[]): number | null {
  const units = variants.flatMap(({ inventoryQuantity }) => inventoryQuantity ?? []);
  if (units.length < Math.max(1, variants.length)) return null;
  return units.reduce((sum, own) => sum + Math.max(0, own), 0);
}
