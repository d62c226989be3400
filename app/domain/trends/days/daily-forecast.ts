import { z } from "zod";
import type { DailyDemand } from "./daily-demand.ts";

/** One product's days as they are stored beside its forecast; lists of one length, a day each. */
export const DailyForecast = z
  .object({
    /** Middle of the first day: it has the date of this instant on the shop's clock. */
    firstNoonMs: z.number(),
    expected: z.array(z.number().nonnegative()),
    low: z.array(z.number().nonnegative()),
    high: z.array(z.number().nonnegative()),
  })
  .refine(
    ({ expected, low, high }) => low.length === expected.length && high.length === expected.length,
    "every day has an expectation and an interval",
  );
export type DailyForecast = z.infer<typeof DailyForecast>;

/** The days of the forecast at a place, to a thousandth of an order. */
export function toDailyForecast(
  { days, firstNoonMs, expected, low, high }: DailyDemand,
  place: number,
): DailyForecast {
  const own = (column: Float32Array) => [...column.subarray(place * days, (place + 1) * days)];
  return {
    firstNoonMs,
    expected: own(expected).map((orders) => Math.round(1_000 * orders) / 1_000),
    low: own(low),
    high: own(high),
  };
}
