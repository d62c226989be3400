import { exportShopRows } from "#app/data/erasure/export-shop-rows.server.ts";
import type { Deps } from "#app/services/deps.server.ts";

/** Changes when readers of the file must change. */
const FORMAT = 1;

/**
 * All data of a shop as the text of one file, one JSON object per line. The first describes the file, each other has a
 * table and a row, and the last has the number of rows, so that a truncated file is recognized. Contains neither tokens
 * for Shopify nor the secret behind the customers' pseudonyms.
 *
 * @param now written into the first line
 */
export async function* exportShopData(
  { pool }: Pick<Deps, "pool">,
  { shop, now }: { shop: string; now: Date },
): AsyncGenerator<string> {
  yield `${JSON.stringify({ export: { shop, at: now.toISOString(), format: FORMAT } })}\n`;
  let count = 0;
  for await (const { table, rows } of exportShopRows(pool, shop)) {
    count += rows.length;
    yield rows.map((row) => `{"table":"${table}","row":${row}}\n`).join("");
  }
  yield `${JSON.stringify({ end: { rows: count } })}\n`;
}
