import type { Pool, PoolClient } from "pg";

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
