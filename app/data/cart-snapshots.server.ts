import type { Pool, PoolClient } from "pg";
import type { Db } from "#app/db.server.ts";
import { toCartEvents, type CartSnapshot } from "#app/domain/collect/cart-events.ts";
import type { BrowseEvent } from "#app/domain/collect/browse-event.ts";
import { inTransaction } from "./transaction.server.ts";

/** States of one cart that are compared; who changes a cart more often is no shopper. */
const MAX_SNAPSHOTS = 200;

const UPSERT_EVENTS = `
  INSERT INTO "BrowseEvent" ("shop", "eventId", "visitorKey", "kind", "productGid", "variantGid", "arm", "occurredAt")
  SELECT $1, e."eventId", e."visitorKey", e."kind", e."productGid", e."variantGid", e."arm", e."occurredAt"
  FROM jsonb_to_recordset($2::jsonb) AS e("eventId" text, "visitorKey" text, "kind" text, "productGid" text,
    "variantGid" text, "arm" text, "occurredAt" timestamp(3))
  ON CONFLICT ("shop", "eventId") DO UPDATE SET "visitorKey" = EXCLUDED."visitorKey", "arm" = EXCLUDED."arm"`;

/**
 * Keeps one state of a cart and brings the cart's browsing events to what all its states tell, all or nothing. A
 * repeat of the webhook changes nothing.
 */
export async function saveCartSnapshot(pool: Pool, shop: string, snapshot: CartSnapshot): Promise<void> {
  await inTransaction(pool, async (client) => {
    // Two states of a cart may be applied by two workers at once; whoever comes second must see the first's.
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [
      `${shop}${snapshot.cartKey}`,
    ]);
    const before = await readSnapshots(client, shop, snapshot.cartKey);
    const { rowCount } = await client.query(
      `INSERT INTO "CartSnapshot"
         ("shop", "webhookId", "cartKey", "stage", "updatedAt", "triggeredAt", "visitorKey", "arm", "lines")
       VALUES ($1, $2, $3, $4, $5::timestamp(3), $6::timestamp(3), $7, $8, $9::jsonb)
       ON CONFLICT DO NOTHING`,
      [
        shop,
        snapshot.webhookId,
        snapshot.cartKey,
        snapshot.stage,
        snapshot.updatedAt,
        snapshot.triggeredAt,
        snapshot.visitorKey,
        snapshot.arm,
        JSON.stringify(snapshot.lines),
      ],
    );
    if (rowCount === 0 || before.length >= MAX_SNAPSHOTS) return;
    const events = toCartEvents([...before, snapshot]);
    await replaceEvents(client, shop, { before: toCartEvents(before), events });
  });
}

async function readSnapshots(client: PoolClient, shop: string, cartKey: string): Promise<CartSnapshot[]> {
  const { rows } = await client.query<CartSnapshot>(
    `SELECT "webhookId", "cartKey", "stage", "visitorKey", "arm", "lines",
       to_char("updatedAt", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "updatedAt",
       to_char("triggeredAt", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "triggeredAt"
     FROM "CartSnapshot" WHERE "shop" = $1 AND "cartKey" = $2 LIMIT ${MAX_SNAPSHOTS}`,
    [shop, cartKey],
  );
  return rows;
}

async function replaceEvents(
  client: PoolClient,
  shop: string,
  { before, events }: { before: readonly BrowseEvent[]; events: readonly BrowseEvent[] },
): Promise<void> {
  const told = new Set(events.map(({ eventId }) => eventId));
  const untold = before.map(({ eventId }) => eventId).filter((eventId) => !told.has(eventId));
  if (untold.length > 0) {
    await client.query(`DELETE FROM "BrowseEvent" WHERE "shop" = $1 AND "eventId" = ANY($2)`, [shop, untold]);
  }
  await client.query(UPSERT_EVENTS, [shop, JSON.stringify(events)]);
}

/** Forgets a shop's cart states from before the instant; returns how many there were. */
export async function deleteCartSnapshotsBefore(db: Db, shop: string, before: Date): Promise<number> {
  const { count } = await db.cartSnapshot.deleteMany({ where: { shop, updatedAt: { lt: before } } });
  return count;
}
