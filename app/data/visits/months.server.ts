import type { Pool } from "pg";
import { inTransaction } from "#app/data/db.server.ts";

const MONTHS_AHEAD = 2;
/** Whoever waits for a table holds up all who come after: rather none of it tonight. */
const LONGEST_WAIT = "SET LOCAL lock_timeout = '3s'";

/**
 * Keeps the partitions of visits: those of months to come are made ahead, and those that hold nothing younger than the
 * instant are dropped, which takes no time whatever they hold. What came for a month that had none is moved there. See
 * app/decisions/house/060-work-and-visits-lie-in-postgresql.md.
 *
 * @param forgetBefore null drops none
 * @throws the driver's error when a table is in use for seconds; the next night does it then
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
  // PostgreSQL does so by itself for each partition, and never for them together, by which joins are planned.
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

/** The first instant of the month so many months later. */
function toMonth(at: Date, later: number): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + later));
}
