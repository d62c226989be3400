import type { Pool } from "pg";
import type { Db } from "#app/data/db.server.ts";
import type { Views } from "#app/domain/behaviour/sessions/co-views.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { BrowseEvent } from "#app/domain/collect/browse-event.ts";

/** An event is repeated within moments, if at all. */
const REPEATED_WITHIN_MS = DAY_MS;

/** With a wrong device clock an event gets the time of its arrival, so a repeat has another time. */
const INSERT_EVENTS = `
  INSERT INTO "BrowseEvent" ("shop", "eventId", "visitorKey", "kind", "productGid", "variantGid", "bundleId", "arm",
    "occurredAt")
  SELECT $1, e."eventId", e."visitorKey", e."kind", e."productGid", e."variantGid", e."bundleId", e."arm",
    e."occurredAt"
  FROM jsonb_to_recordset($2::jsonb) AS e("eventId" text, "visitorKey" text, "kind" text, "productGid" text,
    "variantGid" text, "bundleId" text, "arm" text, "occurredAt" timestamp(3))
  WHERE NOT EXISTS (
    SELECT FROM "BrowseEvent" k
    WHERE k."shop" = $1 AND k."eventId" = e."eventId" AND k."occurredAt" >= $3::timestamp(3))
  ON CONFLICT DO NOTHING`;

/** Saves browsing events and skips event ids that the shop has had before. Returns the number of new ones. */
export async function saveBrowseEvents(
  pool: Pool,
  shop: string,
  events: readonly BrowseEvent[],
): Promise<number> {
  if (events.length === 0) return 0;
  const firstMs = Math.min(...events.map(({ occurredAt }) => Date.parse(occurredAt)));
  const since = new Date(firstMs - REPEATED_WITHIN_MS).toISOString();
  const { rowCount } = await pool.query(INSERT_EVENTS, [shop, JSON.stringify(events), since]);
  return rowCount ?? 0;
}

/**
 * Views without a ticket count as at most this share of those with one. Anybody can invent them: a pair of products
 * then gains at most a twentieth of what shoppers view. Some shoppers have no ticket either, for example when the
 * storefront's proxy is down; learning relies on the others.
 */
const UNVOUCHED_WEIGHT = 0.05;

/**
 * Not every theme sends a variant for a product page: it counts as the product's first one. The selection of views
 * without a ticket depends on the shop's secret, so that nobody can choose a key that is selected. If no view has a
 * ticket, all are read: there is nothing else to learn from, and no evidence to distort.
 */
const PRODUCT_VIEWS = `
  WITH viewed AS (
    SELECT e."shop", e."visitorKey", e."occurredAt", e."variantGid", e."productGid", e."arm", row_number() OVER (
        PARTITION BY e."arm" IS NULL
        ORDER BY hashtextextended(e."visitorKey" || s."customerKeySecret", 0), e."occurredAt"
      ) AS place,
      count(e."arm") OVER () AS vouched
    FROM "BrowseEvent" e JOIN "Shop" s ON s."shop" = e."shop"
    WHERE e."shop" = $1 AND e."kind" IN ('product_viewed', 'product_added_to_cart')
      AND e."occurredAt" >= $2::timestamp(3) AND e."occurredAt" < $3::timestamp(3)
  )
  SELECT dense_rank() OVER (ORDER BY e."visitorKey")::int, (extract(epoch FROM e."occurredAt") * 1000)::float8,
    COALESCE(e."variantGid", v."variantGid")
  FROM viewed e
  LEFT JOIN LATERAL (
    SELECT "variantGid" FROM "Variant"
    WHERE "shop" = e."shop" AND "productGid" = e."productGid" ORDER BY "position", "variantGid" LIMIT 1
  ) v ON e."variantGid" IS NULL
  WHERE COALESCE(e."variantGid", v."variantGid") IS NOT NULL
    AND (e."arm" IS NOT NULL OR e.vouched = 0 OR e.place <= e.vouched * ${UNVOUCHED_WEIGHT})`;

/**
 * A shop's product views in [from, to), in columns.
 *
 * @param indexOf number of a variant; views of others are skipped
 */
export async function readProductViews(
  pool: Pool,
  { shop, from, to }: { shop: string; from: Date; to: Date },
  indexOf: ReadonlyMap<string, number>,
): Promise<Views> {
  const views = { visitor: [] as number[], atMs: [] as number[], item: [] as number[] };
  // Columns hold UTC without a zone; a Date would be sent in the process's own zone.
  const { rows } = await pool.query<[number, number, string]>({
    text: PRODUCT_VIEWS,
    values: [shop, from.toISOString(), to.toISOString()],
    rowMode: "array",
  } as never);
  for (const [visitor, atMs, variantGid] of rows) {
    const item = indexOf.get(variantGid);
    if (item === undefined) continue;
    views.visitor.push(visitor);
    views.atMs.push(atMs);
    views.item.push(item);
  }
  return views;
}

/** When the storefront last reported an event of this kind; null if never. */
export async function findLastEventAt(
  db: Db,
  { shop, kind }: { shop: string; kind: string },
): Promise<Date | null> {
  const event = await db.browseEvent.findFirst({
    where: { shop, kind },
    orderBy: { occurredAt: "desc" },
    select: { occurredAt: true },
  });
  return event?.occurredAt ?? null;
}

const RECENT_VIEWS = 200;

/** Whether a recent visitor without a product view has an arm: on other pages only the theme's app embed draws one. */
export async function hasCountedElsewhere(pool: Pool, { shop }: { shop: string }): Promise<boolean> {
  const { rows } = await pool.query<{ isCounted: boolean }>(
    `SELECT EXISTS (
       SELECT 1 FROM (
         SELECT "visitorKey", arm FROM "BrowseEvent" WHERE shop = $1 AND kind = 'page_viewed'
         ORDER BY "occurredAt" DESC LIMIT $2
       ) AS viewed
       WHERE viewed.arm IS NOT NULL AND NOT EXISTS (
         SELECT 1 FROM "BrowseEvent" AS other
         WHERE other.shop = $1 AND other."visitorKey" = viewed."visitorKey" AND other.kind = 'product_viewed'
       )
     ) AS "isCounted"`,
    [shop, RECENT_VIEWS],
  );
  return rows[0]!.isCounted;
}
