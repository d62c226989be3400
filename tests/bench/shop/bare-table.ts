import type { Pool } from "pg";

/**
 * Millions of rows are written much faster into a table without indexes. The returned function creates the same
 * indexes afterwards.
 */
export async function dropIndexes(pool: Pool, table: string): Promise<() => Promise<void>> {
  const { rows } = await pool.query<{ drop: string; make: string }>(
    `SELECT CASE WHEN c.oid IS NULL THEN format('DROP INDEX %s', i.indexrelid::regclass)
         ELSE format('ALTER TABLE %s DROP CONSTRAINT %I', i.indrelid::regclass, c.conname) END AS drop,
       CASE WHEN c.oid IS NULL THEN replace(pg_get_indexdef(i.indexrelid), ' ON ONLY ', ' ON ')
         ELSE format('ALTER TABLE %s ADD CONSTRAINT %I %s', i.indrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) END
         AS make
     FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid
     WHERE i.indrelid = $1::regclass`,
    [`"${table}"`],
  );
  for (const { drop } of rows) await pool.query(drop);
  return async () => {
    await pool.query(`SET maintenance_work_mem = '512MB'`);
    for (const { make } of rows) await pool.query(make);
  };
}
