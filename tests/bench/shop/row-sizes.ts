import { createPool } from "#app/data/pool.server.ts";
import { printFigure } from "#tests/bench/bench-data.ts";
import { migrate } from "#tests/setup/migrate.ts";
import { startPostgres } from "#tests/setup/services.ts";

/** Bytes on disk per row, indexes included, for each growing table: the basis of the cost per shop and year. */
const ROWS = 100_000;
const SHOP = "demo-shop.myshopify.com";
const INSERTS: Readonly<Record<string, string>> = {
  Order: `INSERT INTO "Order" ("shop", "orderGid", "placedAt", "sourceUpdatedAt", "currency", "customerKey", "sourceDigest")
    SELECT $1, 'gid://shopify/Order/' || (5000000000000 + n), now() - n * interval '1 minute', now(), 'EUR',
      md5(n::text), md5(n::text) || md5(n::text) FROM generate_series(1, $2) n`,
  OrderLine: `INSERT INTO "OrderLine" ("shop", "orderGid", "position", "lineGid", "variantGid", "productGid", "title",
      "quantity", "unitPriceMinor")
    SELECT $1, 'gid://shopify/Order/' || (5000000000000 + n), 0, 'gid://shopify/LineItem/' || (13000000000000 + n),
      'gid://shopify/ProductVariant/' || (43000000000000 + n % 2000), 'gid://shopify/Product/' || (8000000000000 + n % 500),
      'Jug of striped glass, large', 1, 1295 FROM generate_series(1, $2) n`,
  BrowseEvent: `INSERT INTO "BrowseEvent" ("shop", "eventId", "visitorKey", "kind", "productGid", "occurredAt")
    SELECT $1, gen_random_uuid()::text, md5((n / 8)::text), 'product_viewed',
      'gid://shopify/Product/' || (8000000000000 + n % 500), now() - n * interval '1 second' FROM generate_series(1, $2) n`,
  InboxEvent: `INSERT INTO "InboxEvent" ("shop", "webhookId", "topic", "triggeredAt", "payload", "appliedAt")
    SELECT $1, gen_random_uuid()::text, 'orders/create', now(), '{}', now() FROM generate_series(1, $2) n`,
};

const postgres = await startPostgres();
await migrate(postgres.url);
const pool = createPool(postgres.url, 1);
await pool.query(`INSERT INTO "Shop" ("shop", "customerKeySecret", "holdoutSalt") VALUES ($1, 's', 'salt')`, [
  SHOP,
]);
for (const [table, insert] of Object.entries(INSERTS)) {
  await pool.query(insert, [SHOP, ROWS]);
  const { rows } = await pool.query<{ bytes: number }>(
    `SELECT sum(pg_total_relation_size(relid))::bigint AS bytes
     FROM (SELECT $1::regclass AS relid UNION SELECT relid FROM pg_partition_tree($1::regclass)) parts`,
    [`"${table}"`],
  );
  printFigure({ name: `row_sizes.${table}`, value: Math.round(rows[0]!.bytes / ROWS), unit: "bytes" });
}
await pool.end();
await postgres.stop();
