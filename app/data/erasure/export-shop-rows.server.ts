import type { Pool } from "pg";
import { TABLES_OF_A_SHOP } from "./erasures.server.ts";

/** Tables with the shop's tokens for Shopify, and with unfinished work. */
const LEFT_OUT: readonly string[] = ["Session", "TrainingCheckpoint"];
/** The secret that turns customers into pseudonyms; it could reverse them. */
const SECRET_COLUMNS = `'customerKeySecret'`;
/** Rows per fetch; rows with a model or a file are fetched one by one. */
const ROWS_AT_ONCE = 500;
const LARGE_ROWS: readonly string[] = ["Model", "DataRequest"];
/** A reader that stops must not hold the transaction open. */
const LONGEST_PAUSE = "2min";

interface ExportedRows {
  readonly table: string;
  /** Each row as JSON text; instants are UTC, bytes are hexadecimal. */
  readonly rows: readonly string[];
}

/** The tables of an export in its order, parents before children. */
export const EXPORTED_TABLES: readonly string[] = TABLES_OF_A_SHOP.toReversed().filter(
  (table) => !LEFT_OUT.includes(table),
);

/**
 * Every row of a shop as of one instant, in batches, without secrets. Holds a connection of the pool until it ends; the
 * database ends it if nobody reads on for two minutes.
 */
export async function* exportShopRows(pool: Pool, shop: string): AsyncGenerator<ExportedRows> {
  const client = await pool.connect();
  // The next query reports a connection that the database ended, too.
  const ignore = () => {};
  client.on("error", ignore);
  let isBroken = true;
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await client.query(`SET LOCAL idle_in_transaction_session_timeout = '${LONGEST_PAUSE}'`);
    for (const table of EXPORTED_TABLES) {
      await client.query(
        `DECLARE exported NO SCROLL CURSOR FOR
         SELECT (to_jsonb(t) - ${SECRET_COLUMNS})::text AS row FROM "${table}" t WHERE "shop" = $1`,
        [shop],
      );
      const atOnce = LARGE_ROWS.includes(table) ? 1 : ROWS_AT_ONCE;
      for (;;) {
        const { rows } = await client.query<{ row: string }>(`FETCH ${atOnce} FROM exported`);
        if (rows.length > 0) yield { table, rows: rows.map(({ row }) => row) };
        if (rows.length < atOnce) break;
      }
      await client.query("CLOSE exported");
    }
    isBroken = false;
  } finally {
    const isRolledBack = await client.query("ROLLBACK").then(
      () => true,
      () => false,
    );
    client.off("error", ignore);
    client.release(isBroken && !isRolledBack);
  }
}
