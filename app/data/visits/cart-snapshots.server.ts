import type { PoolClient } from "pg";
import type { Db } from "#app/data/db.server.ts";
import { toCartEvents, type CartSnapshot } from "#app/domain/collect/messages/cart-events.ts";
import type { BrowseEvent } from "#app/domain/collect/browse-event.ts";

/** States of one cart that are compared; who changes a cart more often is no shopper. */
const MAX_SNAPSHOTS = 200;

const UPSERT_EVENTS = `
  INSERT INTO "BrowseEvent" ("shop", "eventId", "visitorKey", "kind", "productGid", "variantGid", "arm", "occurredAt")
  SELECT $1, e."eventId", e."visitorKey", e."kind", e."productGid", e."variantGid", e."arm", e."occurredAt"
  FROM jsonb_to_recordset($2::jsonb) AS e("eventId" text, "visitorKey" text, "kind" text, "productGid" text,
    "variantGid" text, "arm" text, "occurredAt" timestamp(3))
  ON CONFLICT ("shop", "eventId", "occurredAt") DO UPDATE SET "visitorKey" = EXCLUDED."visitorKey", "arm" = EXCLUDED."arm"`;

const INSERT_SNAPSHOTS = `
  INSERT INTO "CartSnapshot"
    ("shop", "webhookId", "cartKey", "stage", "updatedAt", "triggeredAt", "visitorKey", "arm", "lines")
  SELECT $1, s."webhookId", s."cartKey", s."stage", s."updatedAt", s."triggeredAt", s."visitorKey", s."arm", s."lines"
  FROM jsonb_to_recordset($2::jsonb) AS s("webhookId" text, "cartKey" text, "stage" text, "updatedAt" timestamp(3),
    "triggeredAt" timestamp(3), "visitorKey" text, "arm" text, "lines" jsonb)
  ON CONFLICT DO NOTHING
  RETURNING "webhookId"`;

/** Each cart's first so many states. */
const READ_SNAPSHOTS = `
  SELECT s.* FROM unnest($2::text[]) AS k("cartKey"), LATERAL (
    SELECT "webhookId", "cartKey", "stage", "visitorKey", "arm", "lines",
      to_char("updatedAt", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "updatedAt",
      to_char("triggeredAt", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "triggeredAt"
    FROM "CartSnapshot" WHERE "shop" = $1 AND "cartKey" = k."cartKey" LIMIT ${MAX_SNAPSHOTS}) s`;

/**
 * Keeps states of carts and brings each cart's browsing events to what all its states tell, inside the caller's
 * transaction. A repeat of a webhook changes nothing.
 */
export async function saveCartSnapshots(
  client: PoolClient,
  shop: string,
  snapshots: readonly CartSnapshot[],
): Promise<void> {
  const cartKeys = [...new Set(snapshots.map(({ cartKey }) => cartKey))];
  // Two states of a cart may be applied by two workers at once; whoever comes second must see the first's.
  await client.query(
    `SELECT count(pg_advisory_xact_lock(hashtextextended($1 || "cartKey", 0)))
     FROM (SELECT unnest($2::text[]) "cartKey" ORDER BY 1) k`,
    [shop, cartKeys],
  );
  const known = await client.query<CartSnapshot>(READ_SNAPSHOTS, [shop, cartKeys]);
  const inserted = await client.query<{ webhookId: string }>(INSERT_SNAPSHOTS, [
    shop,
    JSON.stringify(snapshots),
  ]);
  const isNew = new Set(inserted.rows.map(({ webhookId }) => webhookId));
  const knownOf = groupByCart(known.rows);
  const newOf = groupByCart(snapshots.filter(({ webhookId }) => isNew.has(webhookId)));
  const events = new Map<string, BrowseEvent>();
  const unreported = new Set<string>();
  for (const [cartKey, added] of newOf) {
    const before = knownOf.get(cartKey) ?? [];
    const all = [...before, ...added.slice(0, MAX_SNAPSHOTS - before.length)];
    if (all.length === before.length) continue;
    for (const { eventId } of toCartEvents(before)) unreported.add(eventId);
    for (const event of toCartEvents(all)) {
      events.set(event.eventId, event);
      unreported.delete(event.eventId);
    }
  }
  if (unreported.size > 0) {
    await client.query(`DELETE FROM "BrowseEvent" WHERE "shop" = $1 AND "eventId" = ANY($2)`, [
      shop,
      [...unreported],
    ]);
  }
  if (events.size > 0) await client.query(UPSERT_EVENTS, [shop, JSON.stringify([...events.values()])]);
}

function groupByCart(snapshots: readonly CartSnapshot[]): Map<string, CartSnapshot[]> {
  const byCart = new Map<string, CartSnapshot[]>();
  for (const snapshot of snapshots) {
    const known = byCart.get(snapshot.cartKey);
    if (known) known.push(snapshot);
    else byCart.set(snapshot.cartKey, [snapshot]);
  }
  return byCart;
}

/** Forgets a shop's cart states from before the instant; returns how many there were. */
export async function deleteCartSnapshotsBefore(db: Db, shop: string, before: Date): Promise<number> {
  const { count } = await db.cartSnapshot.deleteMany({ where: { shop, updatedAt: { lt: before } } });
  return count;
}
