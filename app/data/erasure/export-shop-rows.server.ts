import type { Pool } from "pg";
import { TABLES_OF_A_SHOP } from "./erasures.server.ts";

/** Tables with the shop's keys to Shopify, and with work that is half done. */
const LEFT_OUT: readonly string[] = ["Session", "TrainingCheckpoint"];
/** The secret that turns customers into codes: with it the codes could be turned back. */
const SECRET_COLUMNS = `'customerKeySecret'`;
/** Rows fetched at once; those that hold a model or a file are fetched one by one. */
const ROWS_AT_ONCE = 500;
const LARGE_ROWS: readonly string[] = ["Model", "DataRequest"];
/** Who stops listening must not hold the transaction open. */
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
 * Every row of a shop as of one instant, some hundred at a time, without secrets. Holds a connection of the pool until it
 * ends; the database ends it when nobody asks for more within two minutes.
 */
export async function* exportShopRows(pool: Pool, shop: string): AsyncGenerator<ExportedRows> {
  const client = await pool.connect();
  // A connection that the database ends tells so by the next query as well.
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
