import { SEASON_TRUST } from "#app/domain/trends/methods/demand-candidates.ts";
import { SEASON_STEP_WEEKS } from "#app/domain/trends/item-forecast.ts";
import { seasonChange } from "#app/domain/trends/methods/season.ts";

/** A variant's forecast when it was made. */
interface StatedForecast {
  readonly ordersADay: number;
  /** Season index of the forecast's own window, then of those that start 2, 4 … weeks later; null if unknown. */
  readonly seasons: readonly (number | null)[];
}

/** The forecast for today. */
export interface ForecastToday {
  readonly ordersADay: number;
  /** Of the window that starts closest to today; null if the forecast does not cover it. */
  readonly seasonIndex: number | null;
}

/**
 * Moves a forecast to today, because runs can be months apart. Orders move with the season as far as it is trusted, and
 * stay as forecast if today's season is unknown.
 *
 * @param ageDays days from the run's cutoff until today
 */
export function toForecastToday({ ordersADay, seasons }: StatedForecast, ageDays: number): ForecastToday {
  const step = Math.max(0, Math.round(ageDays / (7 * SEASON_STEP_WEEKS)));
  const own = seasons[0] ?? null;
  const seasonIndex = seasons[step] ?? null;
  if (own === null || seasonIndex === null) return { ordersADay, seasonIndex };
  return { ordersADay: ordersADay * seasonChange(own, seasonIndex, SEASON_TRUST), seasonIndex };
}
