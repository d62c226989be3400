import pg from "pg";

/**
 * Does `work` while no other process does work under the same name for this shop; waits for its turn.
 *
 * The lock has a connection of its own. Were it one of the pool's, jobs that hold or await locks could have taken
 * them all, and the work inside would wait for ever for another. A process opens as many as its workers have jobs.
 *
 * Known weakness: when PostgreSQL restarts the lock is gone while `work` goes on; what it guards may be repeated.
 *
 * @throws whatever `work` throws; the lock ends with the connection, also when the process dies
 */
export async function withShopLock<T>(
  pool: pg.Pool,
  { shop, name }: { shop: string; name: string },
  work: () => Promise<T>,
): Promise<T> {
  const client = new pg.Client(pool.options);
  // A lost connection ends this process unless somebody hears of it; the pool's own report the outage.
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query("SELECT pg_advisory_lock(hashtextextended($1, 0))", [`${name} ${shop}`]);
    return await work();
  } finally {
    await client.end().catch(() => {});
  }
}
