import type { Pool } from "pg";
import { EACH_ORDER_ONCE } from "#app/data/columns.ts";
import { inTransaction } from "#app/data/db.server.ts";
import { OrderLines, SKU_KEY_PREFIX, type LineExclusion } from "#app/domain/collect/order-lines.ts";
import { isOnlyVariant, type ListedVariant } from "#app/domain/collect/product-facts.ts";

/** Rows per round trip: large enough that latency does not count, small enough to hold as objects. */
const FETCH_ROWS = 20_000;

/** Whether the item key is a variant of the shop, which can be offered. */
export function isVariantKey(itemKey: string): boolean {
  return !itemKey.startsWith(SKU_KEY_PREFIX);
}

/** The lines by the time of their orders; with a line's own title only if the catalogue has none. */
const LINES = `
  DECLARE basket_lines NO SCROLL CURSOR FOR
  SELECT o."orderGid", (extract(epoch FROM o."placedAt") * 1000)::float8, o."customerKey",
    CASE WHEN o."cancelledAt" IS NOT NULL THEN 'cancelled' WHEN o."isTest" THEN 'test'
      WHEN l."isGiftCard" THEN 'gift_card'
      WHEN l."quantity" > 0 AND l."refundedQuantity" >= l."quantity" THEN 'refunded'
      -- Typed by hand, or of a product that was gone when it was read: one cannot be told from another.
      WHEN COALESCE(l."variantGid", l."productGid", '') || l."sku" || l."title" = '' THEN 'no_product' END,
    COALESCE(l."variantGid", '${SKU_KEY_PREFIX}' || upper(COALESCE(NULLIF(l."sku", ''), l."title"))),
    CASE WHEN v."variantGid" IS NULL THEN l."title" END, l."quantity", l."unitPriceMinor",
    (extract(epoch FROM o."serviceAt") * 1000)::float8
  FROM "Order" o
  JOIN "OrderLine" l ON l."shop" = o."shop" AND l."orderGid" = o."orderGid"
  LEFT JOIN "Variant" v ON v."shop" = l."shop" AND v."variantGid" = l."variantGid"
  WHERE o."shop" = $1 AND o."currency" = $2 AND o."placedAt" >= $3::timestamp(3) AND o."placedAt" < $4::timestamp(3)
    AND ${EACH_ORDER_ONCE}
  ORDER BY o."placedAt", o."orderGid", l."position"`;

type LineRow = [
  orderId: string,
  placedAtMs: number,
  customerKey: string | null,
  exclusion: LineExclusion | null,
  itemKey: string,
  title: string | null,
  quantity: number,
  unitPriceMinor: number,
  serviceAtMs: number | null,
];

/**
 * All order lines of a shop in [fromMs, toMs), uncleaned, in columns. Leaves out orders in another currency than the
 * shop's present one, because their prices cannot be compared.
 *
 * @param titleOf title of a variant of the catalogue
 */
export async function readOrderLines(
  pool: Pool,
  { shop, currency, fromMs, toMs }: { shop: string; currency: string; fromMs: number; toMs: number },
  titleOf: ReadonlyMap<string, string>,
): Promise<OrderLines> {
  const lines = new OrderLines();
  await inTransaction(pool, async (client) => {
    await client.query(LINES, [shop, currency, toTimestamp(fromMs), toTimestamp(toMs)]);
    for (;;) {
      const { rows } = await client.query<LineRow>({
        text: `FETCH ${FETCH_ROWS} FROM basket_lines`,
        rowMode: "array",
      } as never);
      for (const [
        orderId,
        placedAtMs,
        customerKey,
        exclusion,
        itemKey,
        title,
        quantity,
        unitPriceMinor,
        serviceAtMs,
      ] of rows) {
        lines.add({
          orderId,
          placedAtMs,
          itemKey,
          title: title ?? titleOf.get(itemKey) ?? "",
          quantity,
          unitPriceMinor,
          customerKey,
          serviceAtMs,
          exclusion,
        });
      }
      if (rows.length < FETCH_ROWS) return;
    }
  });
  return lines;
}

/** Every variant of a shop's catalogue, by gid. */
export async function listCatalogue(pool: Pool, shop: string): Promise<ListedVariant[]> {
  const { rows } = await pool.query<Omit<ListedVariant, "title"> & { variantTitle: string }>(
    `SELECT v."variantGid" AS "key", p."productGid" AS "productKey", p."title" AS "productTitle", v."title" AS "variantTitle",
       p."productType" AS "category", v."priceMinor", v."costMinor", v."inventoryQuantity" AS "stockUnits",
       p."status" = 'active' AND p."deletedAt" IS NULL AS "isActive"
     FROM "Variant" v JOIN "Product" p ON p."shop" = v."shop" AND p."productGid" = v."productGid"
     WHERE v."shop" = $1 ORDER BY v."variantGid"`,
    [shop],
  );
  return rows.map(({ variantTitle, ...facts }) => ({
    ...facts,
    title: isOnlyVariant(variantTitle) ? facts.productTitle : `${facts.productTitle} - ${variantTitle}`,
  }));
}

/** Clamps open ends to the years 1901 to 9999, because PostgreSQL and JavaScript have different ranges. */
function toTimestamp(atMs: number): string {
  const clamped = Math.min(Math.max(atMs, Date.UTC(1, 0)), Date.UTC(9999, 0));
  return new Date(clamped).toISOString();
}

/** Counting stops here: a page must not read a million rows to say "many". */
export const COUNT_LIMIT = 100_000;

/** Number of a shop's order lines and variants, which determine the cost of learning. */
export async function readHistorySize(
  pool: Pool,
  shop: string,
): Promise<{ lines: number; products: number }> {
  const { rows } = await pool.query<{ lines: number; products: number }>(
    `SELECT (SELECT count(*) FROM "OrderLine" WHERE "shop" = $1) AS "lines",
            (SELECT count(*) FROM "Variant" WHERE "shop" = $1) AS "products"`,
    [shop],
  );
  return rows[0]!;
}

/** Orders that are neither tests nor cancelled, each once. $1 shop. */
const VALID_ORDERS = `FROM "Order" o WHERE shop = $1 AND "cancelledAt" IS NULL AND NOT "isTest" AND ${EACH_ORDER_ONCE}`;

/** Size of the shop's history without test and cancelled orders. Counts stop at `COUNT_LIMIT + 1`. */
interface HistoryCounts {
  readonly orders: number;
  readonly products: number;
  readonly firstOrderAt: Date | null;
  readonly lastOrderAt: Date | null;
}

export async function readHistoryCounts(pool: Pool, { shop }: { shop: string }): Promise<HistoryCounts> {
  const { rows } = await pool.query<HistoryCounts>(
    `SELECT
       (SELECT count(*) FROM (SELECT 1 ${VALID_ORDERS} ORDER BY "placedAt" LIMIT $2) AS counted)::int AS orders,
       (SELECT count(*) FROM (SELECT 1 FROM "Product" WHERE shop = $1 AND "deletedAt" IS NULL LIMIT $2) AS counted)::int AS products,
       (SELECT min("placedAt") AT TIME ZONE 'UTC' ${VALID_ORDERS}) AS "firstOrderAt",
       (SELECT max("placedAt") AT TIME ZONE 'UTC' ${VALID_ORDERS}) AS "lastOrderAt"`,
    [shop, COUNT_LIMIT + 1],
  );
  return rows[0]!;
}
