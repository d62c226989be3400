import { PrismaPg } from "@prisma/adapter-pg";
import type { Pool, PoolClient } from "pg";
import { PrismaClient } from "#app/data/generated/client.ts";
import { createPool } from "./pool.server.ts";

export type Db = PrismaClient;

/** Prisma for rows, and the pool beneath it for the few statements that move many rows at once. */
export interface Database {
  readonly db: Db;
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
