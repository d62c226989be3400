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
 * Since when Shopify itself has told every order of the shop; null when it has told none. An import's orders from
 * then on are the same orders again, under names that Shopify's gids do not tell.
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

/** Thrown where an import was ended, by the merchant for one, before its orders were written. */
export class ImportEnded extends Error {
  override readonly name = "ImportEnded";
}

/**
 * Writes all batches of an import in one transaction, so that an import that fails changes nothing. An order that
 * Shopify told is never replaced; one of an earlier import is. The import is done with the same commit: whoever ends it
 * or erases orders either comes before, and nothing is written, or waits and sees what was written.
 *
 * @param importId none for orders that no import of the shop's is at work with
 * @param batches each order at most once over all batches
 * @throws ImportEnded
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
      // The table grows from nothing to many thousand rows in here while its statistics know of nothing. Every
      // line's foreign key would then be looked up by reading all orders of the shop.
      if (Number.isInteger(Math.log2(batchNumber))) await client.query(`ANALYZE (SKIP_LOCKED) "Order"`);
    }
    if (importId !== undefined) {
      const isEnd = await endOrderImportWithin(client, { shop, importId, state: "done", report });
      if (!isEnd) throw new ImportEnded(`import ${importId} of ${shop}`);
    }
  });
}

/**
 * Has PostgreSQL count what the first reading of a shop, or a file, has filled: it does so by itself some minutes
 * later, until when it plans for tables that hold next to nothing, and pages take seconds. A table that another counts
 * already is left to it, and so is one that the app's role does not own.
 */
export async function countForPlanner(pool: Pool): Promise<void> {
  await pool.query(
    `ANALYZE (SKIP_LOCKED) "Product", "Variant", "InventoryLevel", "Order", "OrderLine", "Refund"`,
  );
}

const toImported = (event: OrderEvent) => ({ event, reportedAt: null });

/**
 * Joins an import to what Shopify has told since: deletes imported orders of the time that Shopify covers, and names
 * the variant of imported lines whose SKU the catalogue has come to know. Idempotent. It sees what is committed: where one
 * of the two is being written, whoever writes it calls this again after that.
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
