import { PrismaPg } from "@prisma/adapter-pg";
import pg, { type Pool, type PoolClient } from "pg";
import { PrismaClient, type Prisma } from "#app/data/generated/client.ts";
import { createPool } from "./pool.server.ts";
import type { Result } from "#app/domain/result.ts";

/** Prisma for rows, inside or outside a transaction. */
export type Db = Prisma.TransactionClient;
/** Prisma that can begin transactions. */
export type DbClient = PrismaClient;

/** Prisma for rows, and its pool for the few statements that move many rows at once. */
export interface Database {
  readonly db: DbClient;
  readonly pool: Pool;
  close(): Promise<void>;
}

/** These end what hangs, not what a busy machine delays. The longest decides on hundreds of bundles. */
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

/** Runs `work` in one transaction: commits when it resolves, rolls back when it throws. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    client.release();
    return result;
  } catch (error) {
    // Closes a connection that cannot even roll back instead of returning it to the pool.
    const isRolledBack = await client.query("ROLLBACK").then(
      () => true,
      () => false,
    );
    client.release(!isRolledBack);
    throw error;
  }
}

/**
 * Runs `work` unless another process holds the lock of this name for this shop. Does not wait: a worker that waited for
 * one shop could do nothing for the others.
 *
 * The lock belongs to a transaction, so it also holds behind a pooler that shares connections between transactions
 * (PgBouncer). It has its own connection. With connections of the pool, jobs that hold locks could take them all, and
 * the work inside would wait for ever. A process opens as many as its workers have jobs.
 *
 * Known weakness: when PostgreSQL restarts, the lock is lost while `work` goes on; the guarded work can run twice.
 *
 * @returns reason "busy", with nothing done, while another process holds the lock
 * @throws whatever `work` throws; the lock ends with the connection, also when the process dies
 */
export async function tryShopLock<T>(
  pool: pg.Pool,
  { shop, name }: { shop: string; name: string },
  work: () => Promise<T>,
): Promise<Result<T, "busy">> {
  const client = new pg.Client(pool.options);
  // Without a listener, a lost connection would end this process; the pool's own connections report the outage.
  client.on("error", () => {});
  try {
    await client.connect();
    // The transaction is idle while `work` runs, for minutes. As an option of the connection, 0 would not be sent.
    await client.query("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0");
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

/** Locks these gids of a shop until the transaction ends: $1 the shop, $2 the gids. The order prevents deadlocks. */
export const LOCK_GIDS = `
  SELECT count(pg_advisory_xact_lock(hashtextextended($1 || gid, 0)))::int AS held
  FROM (SELECT unnest($2::text[]) gid ORDER BY 1) g`;

/** Locks the shop's row until the transaction ends, so that decisions run one after another. */
export async function holdShopRow(tx: Db, shop: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM "Shop" WHERE shop = ${shop} FOR UPDATE`;
}

/** Locks the row of an installed shop. @returns whether the shop is installed */
export async function holdInstalledShopRow(tx: Db, shop: string): Promise<boolean> {
  const rows = await tx.$queryRaw<{ shop: string }[]>`
    SELECT shop FROM "Shop" WHERE shop = ${shop} AND "uninstalledAt" IS NULL FOR UPDATE`;
  return rows.length > 0;
}
