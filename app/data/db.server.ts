import { PrismaPg } from "@prisma/adapter-pg";
import pg, { type Pool, type PoolClient } from "pg";
import { PrismaClient, type Prisma } from "#app/data/generated/client.ts";
import { createPool } from "./pool.server.ts";
import type { Result } from "#app/domain/result.ts";

/** Prisma for rows, inside a transaction or outside of any. */
export type Db = Prisma.TransactionClient;
/** What begins transactions. */
export type DbClient = PrismaClient;

/** Prisma for rows, and the pool beneath it for the few statements that move many rows at once. */
export interface Database {
  readonly db: DbClient;
  readonly pool: Pool;
  close(): Promise<void>;
}

/** Nothing is undone because the machine is busy; these end what hangs. The longest decide on hundreds of bundles. */
const TRANSACTION_OPTIONS = { maxWait: 30_000, timeout: 60_000 };

export function openDatabase(url: string, maxConnections = 10): Database {
  const pool = createPool(url, maxConnections);
  const db = new PrismaClient({
    adapter: new PrismaPg(pool as never),
    transactionOptions: TRANSACTION_OPTIONS,
  });
  return {
    db,
    pool,
    async close() {
      await db.$disconnect();
      if (!pool.ended) await pool.end();
    },
  };
}

/** Runs `work` in one transaction: committed when it resolves, undone when it throws. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    client.release();
    return result;
  } catch (error) {
    // A connection that cannot even roll back is closed instead of going back to the pool.
    const isRolledBack = await client.query("ROLLBACK").then(
      () => true,
      () => false,
    );
    client.release(!isRolledBack);
    throw error;
  }
}

/**
 * Does `work` unless another process does work under the same name for this shop. Nobody waits here: a worker that
 * waited for one shop could do nothing for the others until then.
 *
 * The lock is a transaction's, so that it holds also where a pooler shares connections between transactions (PgBouncer).
 * It has a connection of its own. Were it one of the pool's, jobs that hold locks could have taken them all, and
 * the work inside would wait for ever for another. A process opens as many as its workers have jobs.
 *
 * Known weakness: when PostgreSQL restarts the lock is gone while `work` goes on; what it guards may be repeated.
 *
 * @returns reason "busy", with nothing done, while the other one works
 * @throws whatever `work` throws; the lock ends with the connection, also when the process dies
 */
export async function tryShopLock<T>(
  pool: pg.Pool,
  { shop, name }: { shop: string; name: string },
  work: () => Promise<T>,
): Promise<Result<T, "busy">> {
  // Work takes minutes, during which the transaction does nothing.
  const client = new pg.Client({ ...pool.options, idle_in_transaction_session_timeout: 0 });
  // A lost connection ends this process unless somebody hears of it; the pool's own report the outage.
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("BEGIN");
    const { rows } = await client.query<{ isMine: boolean }>(
      `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS "isMine"`,
      [`${name} ${shop}`],
    );
    if (!rows[0]!.isMine) return { ok: false, reason: "busy" };
    return { ok: true, value: await work() };
  } finally {
    await client.end().catch(() => {});
  }
}

/**
 * Locks what these gids of a shop name until the transaction ends: $1 the shop, $2 the gids. In one order for all, so
 * that two who lock several wait for each other at most.
 */
export const LOCK_GIDS = `
  SELECT count(pg_advisory_xact_lock(hashtextextended($1 || gid, 0)))::int AS held
  FROM (SELECT unnest($2::text[]) gid ORDER BY 1) g`;

/** Makes whoever else locks this shop's row wait until the transaction ends, so that decisions follow each other. */
export async function holdShopRow(tx: Db, shop: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM "Shop" WHERE shop = ${shop} FOR UPDATE`;
}

/** The same, and whether the shop is installed. */
export async function holdInstalledShopRow(tx: Db, shop: string): Promise<boolean> {
  const rows = await tx.$queryRaw<{ shop: string }[]>`
    SELECT shop FROM "Shop" WHERE shop = ${shop} AND "uninstalledAt" IS NULL FOR UPDATE`;
  return rows.length > 0;
}
