import type { Pool } from "pg";
import { inTransaction } from "#app/data/db.server.ts";

const MONTHS_AHEAD = 2;
/** Waiting for a table lock blocks everyone behind it, so the work is rather left for the next night. */
const LONGEST_WAIT = "SET LOCAL lock_timeout = '3s'";

/**
 * Maintains the monthly partitions of visits: creates those of coming months, and drops those with nothing younger than
 * the instant, which is fast whatever they hold. Moves rows that came for a month without a partition.
 *
 * @param forgetBefore null drops none
 * @throws the driver's error if a table is in use for seconds; the next night tries again
 * @see app/decisions/house/060-work-and-visits-lie-in-postgresql.md
 */
export async function keepMonthsOfVisits(
  pool: Pool,
  { now, forgetBefore }: { now: Date; forgetBefore: Date | null },
): Promise<void> {
  const { rows } = await pool.query<{ name: string; until: string }>(
    `SELECT c.relname::text AS name, substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \\(''([^'']+)') AS until
     FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = '"BrowseEvent"'::regclass AND pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT'`,
  );
  const months = rows.map(({ name, until }) => ({ name, until: new Date(`${until.replace(" ", "T")}Z`) }));
  for (const { name, until } of months) {
    if (forgetBefore === null || until > forgetBefore) continue;
    await inTransaction(pool, (client) => client.query(`${LONGEST_WAIT}; DROP TABLE "${name}"`));
  }
  const thisMonth = toMonth(now, 0);
  const end = new Date(Math.max(thisMonth.getTime(), ...months.map(({ until }) => until.getTime())));
  for (let from = end; from <= toMonth(now, MONTHS_AHEAD); from = toMonth(from, 1))
    await makeMonth(pool, from);
  // Autovacuum analyses each partition, but never the whole table, whose statistics plan joins.
  await pool.query(`ANALYZE "BrowseEvent"`);
}

async function makeMonth(pool: Pool, from: Date): Promise<void> {
  const [first, next] = [from.toISOString(), toMonth(from, 1).toISOString()];
  const early = `"BrowseEvent_default" WHERE "occurredAt" >= '${first}' AND "occurredAt" < '${next}'`;
  await inTransaction(pool, (client) =>
    client.query(
      `${LONGEST_WAIT};
       LOCK TABLE "BrowseEvent" IN ACCESS EXCLUSIVE MODE;
       CREATE TEMP TABLE early ON COMMIT DROP AS SELECT * FROM ${early};
       DELETE FROM ${early};
       CREATE TABLE "BrowseEvent_${first.slice(0, 7).replace("-", "_")}" PARTITION OF "BrowseEvent"
         FOR VALUES FROM ('${first}') TO ('${next}');
       INSERT INTO "BrowseEvent" SELECT * FROM early`,
    ),
  );
}

/** The first instant of the month `later` months later. */
function toMonth(at: Date, later: number): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + later));
}
