import type { Pool } from "pg";
import { ACTIVE_RUN_STATUSES } from "#app/domain/run-status.ts";
import type { DailyForecast } from "#app/domain/trends/days/daily-forecast.ts";
import type { ItemForecast } from "#app/domain/trends/item-forecast.ts";
import type { RunKey } from "./runs.server.ts";
import { toSqlList } from "#app/data/columns.ts";
import { inTransaction } from "#app/data/db.server.ts";

export interface VariantForecast extends Omit<ItemForecast, "item"> {
  readonly variantGid: string;
}

/**
 * Replaces a shop's forecasts by those of this run, in one transaction and one statement an array: a shop has
 * thousands. Does nothing once the run has ended. Repeats change nothing.
 */
export async function replaceForecasts(
  pool: Pool,
  { shop, runId }: RunKey,
  forecasts: readonly (VariantForecast & { readonly daily: DailyForecast })[],
): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      `SELECT 1 FROM "Run" WHERE id = $1 AND shop = $2 AND status IN (${toSqlList(ACTIVE_RUN_STATUSES)}) FOR SHARE`,
      [runId, shop],
    );
    if (rowCount === 0) return;
    await client.query('DELETE FROM "Forecast" WHERE shop = $1', [shop]);
    await client.query(
      `INSERT INTO "Forecast" (shop, "runId", "variantGid", "horizonDays", "ordersExpected", "ordersLow",
         "ordersHigh", trend, "seasonIndex", daily, "unitsPerOrder", "seasonAhead")
       SELECT $1, $2, * FROM unnest($3::text[], $4::int[], $5::float8[], $6::float8[], $7::float8[], $8::text[],
         $9::float8[], $10::jsonb[], $11::float8[], $12::jsonb[])`,
      [
        shop,
        runId,
        forecasts.map(({ variantGid }) => variantGid),
        forecasts.map(({ horizonDays }) => horizonDays),
        forecasts.map(({ ordersExpected }) => ordersExpected),
        forecasts.map(({ ordersLow }) => ordersLow),
        forecasts.map(({ ordersHigh }) => ordersHigh),
        forecasts.map(({ trend }) => trend),
        forecasts.map(({ seasonIndex }) => seasonIndex),
        forecasts.map(({ daily }) => JSON.stringify(daily)),
        forecasts.map(({ unitsPerOrder }) => unitsPerOrder),
        forecasts.map(({ seasonAhead }) => seasonAhead && JSON.stringify(seasonAhead)),
      ],
    );
  });
}

/** The forecasts that a run left, in no order. */
export async function listForecasts(pool: Pool, { shop, runId }: RunKey): Promise<VariantForecast[]> {
  const { rows } = await pool.query<VariantForecast & { seasonAhead: VariantForecast["seasonAhead"] | null }>(
    `SELECT "variantGid", "horizonDays", "ordersExpected", "ordersLow", "ordersHigh", trend, "seasonIndex",
       "unitsPerOrder", "seasonAhead"
     FROM "Forecast" WHERE shop = $1 AND "runId" = $2`,
    [shop, runId],
  );
  return rows.map(({ seasonAhead, ...forecast }) => ({
    ...forecast,
    ...(seasonAhead ? { seasonAhead } : {}),
  }));
}
