import type { Pool } from "pg";

/**
 * Does `work` while no other process does work under the same name for this shop; waits for its turn.
 *
 * @throws whatever `work` throws; the lock is given back also then, and by PostgreSQL when the process dies
 */
export async function withShopLock<T>(
  pool: Pool,
  { shop, name }: { shop: string; name: string },
  work: () => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("SELECT pg_advisory_lock(hashtextextended($1, 0))::text", [`${name} ${shop}`]);
    try {
      return await work();
    } finally {
      await client.query("SELECT pg_advisory_unlock(hashtextextended($1, 0))", [`${name} ${shop}`]);
    }
  } finally {
    client.release();
  }
}
