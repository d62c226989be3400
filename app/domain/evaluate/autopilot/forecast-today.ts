import { SEASON_TRUST } from "#app/domain/trends/methods/demand-candidates.ts";
import { SEASON_STEP_WEEKS } from "#app/domain/trends/item-forecast.ts";
import { seasonChange } from "#app/domain/trends/methods/season.ts";

/** What a forecast told of a variant when it was made. */
interface StatedForecast {
  readonly ordersADay: number;
  /** Season index of its own window, then of those that start 2, 4 … weeks later; null where it is not known. */
  readonly seasons: readonly (number | null)[];
}

/** What it says of today. */
export interface ForecastToday {
  readonly ordersADay: number;
  /** Of the window that starts nearest to today; null where the forecast did not tell of it. */
  readonly seasonIndex: number | null;
}

/**
 * A forecast as it holds so many days after it was made: runs may be months apart, and by then its own window is over.
 * Orders move with the season as far as it is believed, and stay those of the forecast where today's is not known.
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
