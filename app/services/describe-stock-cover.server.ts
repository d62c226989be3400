import type { CatalogueVariant } from "#app/data/read-bundles.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { ShopFormat } from "./shop-format.server.ts";

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
    readonly variantGid: string;
    readonly variant: CatalogueVariant | undefined;
  }[];
  readonly forecasts: ReadonlyMap<string, ForecastOfVariant>;
  readonly format: ShopFormat;
  readonly words: Words;
}

/** What lies longer than this is not a question of stock. */
const LONGEST_DAYS = 365;

/**
 * The forecast of each component against its stock; null when none has a forecast.
 *
 * Cover in days is `stock · horizon / (orders · units an order)`, with the range from the forecast's upper to its lower
 * end.
 *
 * Known weakness: demand is that of the forecast's own window, however long ago that was, as the page tells it; the
 * autopilot moves it to the season of today (`toForecastToday`) and may see another end.
 */
export function describeStockCover({ components, forecasts, format, words: { t } }: CoverRequest) {
  const rows = components.flatMap(({ title, variantGid, variant }) => {
    const forecast = forecasts.get(variantGid);
    if (!forecast) return [];
    const { horizonDays, ordersExpected, ordersLow, ordersHigh, unitsPerOrder } = forecast;
    const stockUnits = variant?.inventoryQuantity ?? null;
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
        stockUnits,
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
