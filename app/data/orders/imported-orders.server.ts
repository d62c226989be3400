import type { Pool, PoolClient } from "pg";
import { openSkuMatcher, type SkuVariant } from "#app/domain/collect/product-facts.ts";
import type { OrderEvent } from "#app/domain/collect/order-event.ts";
import { endOrderImportWithin } from "./order-imports.server.ts";
import { writeOrders } from "./orders.server.ts";
import { WHOLE_FROM } from "#app/data/columns.ts";
import { inTransaction } from "#app/data/db.server.ts";

/** Every variant of the shop that has a SKU. */
export async function listSkuVariants(db: Pool | PoolClient, shop: string): Promise<SkuVariant[]> {
  const { rows } = await db.query<SkuVariant>(
    `SELECT "sku", "variantGid", "productGid" FROM "Variant" WHERE "shop" = $1 AND "sku" <> ''`,
    [shop],
  );
  return rows;
}

/**
 * The instant from which Shopify itself has reported every order of the shop; null if it has reported none. Orders of
 * an import from then on are duplicates, under names that do not lead to Shopify's gids.
 */
export async function findCoveredSince(db: Pool | PoolClient, shop: string): Promise<Date | null> {
  const { rows } = await db.query<{ since: number | null }>(
    `SELECT (extract(epoch FROM MIN("placedAt")) * 1000)::float8 AS "since" FROM "Order"
     WHERE "shop" = $1 AND "source" = 'shopify' AND "placedAt" >= (${WHOLE_FROM})`,
    [shop],
  );
  const since = rows[0]?.since ?? null;
  return since === null ? null : new Date(since);
}

/** Thrown if an import ended before its orders were written, for example because the merchant cancelled it. */
export class ImportEnded extends Error {
  override readonly name = "ImportEnded";
}

/**
 * Writes all batches of an import in one transaction, so that a failed import changes nothing. Replaces orders of an
 * earlier import, never those that Shopify reported. The same commit marks the import as done. A concurrent
 * cancellation or erasure either comes before, and nothing is written, or waits and sees the orders.
 *
 * @param importId absent for orders without a registered import
 * @param batches each order at most once over all batches
 * @throws ImportEnded if the import is no longer at work
 */
export async function saveImportedOrders(
  pool: Pool,
  { shop, importId, report }: { shop: string; importId?: string | undefined; report: object },
  batches: AsyncIterable<readonly OrderEvent[]>,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    let batchNumber = 0;
    for await (const batch of batches) {
      await writeOrders(client, shop, batch.map(toImported), "import");
      batchNumber += 1;
      // The table grows from nothing to many thousand rows here without statistics. The foreign key of every line would
      // then be checked by reading all orders of the shop.
      if (Number.isInteger(Math.log2(batchNumber))) await client.query(`ANALYZE (SKIP_LOCKED) "Order"`);
    }
    if (importId !== undefined) {
      const isEnd = await endOrderImportWithin(client, { shop, importId, state: "done", report });
      if (!isEnd) throw new ImportEnded(`import ${importId} of ${shop}`);
    }
  });
}

/**
 * Updates PostgreSQL's statistics after the first reading of a shop, or a file. Autovacuum does so some minutes later;
 * until then the planner expects almost empty tables, and pages take seconds. Skips tables that are locked or that the
 * app's role does not own.
 */
export async function countForPlanner(pool: Pool): Promise<void> {
  await pool.query(
    `ANALYZE (SKIP_LOCKED) "Product", "Variant", "InventoryLevel", "Order", "OrderLine", "Refund"`,
  );
}

const toImported = (event: OrderEvent) => ({ event, reportedAt: null });

/**
 * Joins an import with later data of Shopify: deletes imported orders of the time that Shopify covers, and sets the
 * variant of imported lines whose SKU is now in the catalogue. Idempotent. Sees only committed rows, so a caller that
 * writes either of the two calls this again afterwards.
 */
export async function joinImportToCatalogue(pool: Pool, shop: string): Promise<void> {
  await inTransaction(pool, async (client) => {
    const since = await findCoveredSince(client, shop);
    if (since) {
      await client.query(
        `DELETE FROM "Order" WHERE "shop" = $1 AND "source" = 'import' AND "placedAt" >= $2::timestamp(3)`,
        [shop, since.toISOString()],
      );
    }
    const findVariant = openSkuMatcher(await listSkuVariants(client, shop));
    const { rows } = await client.query<{ sku: string }>(
      `SELECT DISTINCT "sku" FROM "OrderLine" WHERE "shop" = $1 AND "variantGid" IS NULL AND "sku" <> ''`,
      [shop],
    );
    const named = rows.flatMap(({ sku }) => {
      const variant = findVariant(sku);
      return variant ? [{ ...variant, sku }] : [];
    });
    await client.query(
      `UPDATE "OrderLine" l SET "variantGid" = v."variantGid", "productGid" = v."productGid"
       FROM jsonb_to_recordset($2::jsonb) AS v("sku" text, "variantGid" text, "productGid" text)
       WHERE l."shop" = $1 AND l."variantGid" IS NULL AND l."sku" = v."sku"`,
      [shop, JSON.stringify(named)],
    );
  });
}
