import { exportShopRows } from "#app/data/erasure/export-shop-rows.server.ts";
import type { Deps } from "#app/services/deps.server.ts";

/** Changes when a reader of the file would have to. */
const FORMAT = 1;

/**
 * Everything that is kept of a shop, as the text of one file: a JSON object a line. The first says what it is, each
 * other `{ table, row }`, and the last how many rows there were, so that a file that was cut off is known by its end.
 * Neither keys to Shopify nor the secret behind the customers' codes are in it.
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
