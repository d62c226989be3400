import { z } from "zod";
import type { ItemForecast } from "#app/domain/trends/item-forecast.ts";
import { TRENDS } from "#app/domain/trends/item-forecast.ts";

/** A forecast on its way from one job to the next: by item key, because indices belong to one reading. */
const KeyedForecast = z.object({
  itemKey: z.string(),
  horizonDays: z.number(),
  ordersExpected: z.number(),
  ordersLow: z.number(),
  ordersHigh: z.number(),
  unitsPerOrder: z.number(),
  trend: z.enum(TRENDS),
  seasonIndex: z.number().nullable(),
  seasonAhead: z.array(z.number().nullable()).optional(),
});

export function encodeForecasts(
  forecasts: readonly ItemForecast[],
  keyOf: (item: number) => string,
): Uint8Array {
  const keyed = forecasts.map(({ item, ...forecast }) => ({ ...forecast, itemKey: keyOf(item) }));
  return new TextEncoder().encode(JSON.stringify(keyed));
}

/**
 * @param indexOf item key → index in the baskets at hand; forecasts of other items are left out
 * @throws ZodError when the bytes are of another version of the app
 */
export function decodeForecasts(bytes: Uint8Array, indexOf: ReadonlyMap<string, number>): ItemForecast[] {
  const keyed = z.array(KeyedForecast).parse(JSON.parse(new TextDecoder().decode(bytes)));
  return keyed.flatMap(({ itemKey, ...forecast }) => {
    const item = indexOf.get(itemKey);
    const { seasonAhead, ...rest } = forecast;
    return item === undefined ? [] : [{ ...rest, item, ...(seasonAhead ? { seasonAhead } : {}) }];
  });
}
