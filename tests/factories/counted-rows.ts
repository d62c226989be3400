import type { Pool } from "pg";

/** The planner's row estimate and the actual row count of each table. */
export async function readCountedRows(pool: Pool, tables: readonly string[]) {
  const counted = [];
  for (const table of tables) {
    const { rows } = await pool.query<{ planned: number; held: number }>(
      `SELECT (SELECT reltuples FROM pg_class WHERE oid = $1::regclass)::int AS planned,
         (SELECT count(*)::int FROM "${table}") AS held`,
      [`"${table}"`],
    );
    counted.push({ table, ...rows[0]! });
  }
  return counted;
}
