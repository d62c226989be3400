import type { Db } from "#app/data/db.server.ts";
import type { StaffRights } from "#app/domain/validate/staff-right.ts";
import type { Pool } from "pg";
import type { Prisma } from "#app/data/generated/client.ts";

interface StaffKey {
  readonly shop: string;
  /** The staff member's id in the session token. */
  readonly staffId: string;
}

/** A staff member's rights as last read, and when; null if Shopify was never asked. */
export async function findStaffRights(
  db: Db,
  { shop, staffId }: StaffKey,
): Promise<(StaffRights & { readonly readAt: Date }) | null> {
  return db.staffRight.findUnique({ where: { shop_staffId: { shop, staffId } } });
}

/** Saves a staff member's rights from Shopify; the newest wins. */
export async function saveStaffRights(
  db: Db,
  { shop, staffId }: StaffKey,
  { isOwner, scopes, readAt }: StaffRights & { readonly readAt: Date },
): Promise<void> {
  const rights = { isOwner, scopes: [...scopes], readAt };
  await db.staffRight.upsert({
    where: { shop_staffId: { shop, staffId } },
    create: { shop, staffId, ...rights },
    update: rights,
  });
}

/** The language in which a staff member last opened the app; null if never. */
export async function findStaffLocale(db: Db, { shop, staffId }: StaffKey): Promise<string | null> {
  const row = await db.staffPreference.findUnique({ where: { shop_staffId: { shop, staffId } } });
  return row?.locale ?? null;
}

/** Saves a staff member's language; the newest wins. */
export async function saveStaffLocale(
  db: Db,
  { shop, staffId }: StaffKey,
  { locale, now }: { locale: string; now: Date },
): Promise<void> {
  const saved = { locale, savedAt: now };
  await db.staffPreference.upsert({
    where: { shop_staffId: { shop, staffId } },
    create: { shop, staffId, ...saved },
    update: saved,
  });
}

/** More would not be easy to choose from. */
const MOST_VIEWS = 20;

/** The saved views of a shop, by name. */
export async function listSavedViews(db: Db, shop: string) {
  return db.savedView.findMany({
    where: { shop },
    orderBy: { name: "asc" },
    take: MOST_VIEWS,
    select: { id: true, name: true, query: true },
  });
}

/** Saves a view, or replaces one with the same name. Returns false at `MOST_VIEWS`. */
export async function saveView(
  db: Db,
  { shop, name, query }: { shop: string; name: string; query: string },
): Promise<boolean> {
  const others = await db.savedView.count({ where: { shop, name: { not: name } } });
  if (others >= MOST_VIEWS) return false;
  await db.savedView.upsert({
    where: { shop_name: { shop, name } },
    create: { shop, name, query },
    update: { query },
  });
  return true;
}

/** Deletes a view. Returns false if the shop has none with that id. */
export async function deleteView(db: Db, { shop, id }: { shop: string; id: string }): Promise<boolean> {
  const { count } = await db.savedView.deleteMany({ where: { shop, id } });
  return count > 0;
}

/** Actions in the audit log. Decisions about bundles and models have their own logs. */
type AuditAction =
  | "settings"
  | "pause-all"
  | "autopilot-on"
  | "autopilot-off"
  | "switch-off"
  | "switch-on"
  | "allow-stand-ins"
  | "refuse-stand-ins"
  | "run-start"
  | "run-stop"
  | "retry"
  | "orders-import"
  | "days-left-out"
  | "days-taken-back"
  | "results-export"
  | "offers-export"
  | "offers-import"
  | "customer-data"
  | "shop-export"
  | "shop-erase"
  | "view-save"
  | "view-delete"
  | "plan"
  | "guide-hide"
  | "guide-show";

export interface NewAuditEntry {
  readonly shop: string;
  readonly staffId: string;
  readonly action: AuditAction;
  /** Numbers, setting names and ids; never text typed by a shopper. */
  readonly detail?: Prisma.InputJsonObject;
  readonly at: Date;
}

/** Appends to the audit log, which is append-only. */
export async function saveAuditEntry(db: Db, { detail = {}, ...entry }: NewAuditEntry): Promise<void> {
  await db.auditEntry.create({ data: { ...entry, detail } });
}

export interface ActivityRow {
  readonly id: string;
  /** The log of the entry. */
  readonly source: "bundle" | "model" | "app";
  readonly who: string;
  readonly action: string;
  readonly detail: unknown;
  readonly bundleId: string | null;
  readonly bundleTitle: string | null;
  readonly at: Date;
}

/** Cursor in the order of all logs: by instant, then by id. */
export interface ActivityPlace {
  readonly at: Date;
  readonly id: string;
}

/**
 * The newest entries of all logs of a shop, the newest first: decisions about bundles, choices of models, everything
 * else. Reads at most `limit` entries of each log.
 *
 * @param after only the entries after this one; null from the newest on
 */
export async function listActivity(
  pool: Pool,
  { shop, after, limit }: { shop: string; after: ActivityPlace | null; limit: number },
): Promise<ActivityRow[]> {
  const { rows } = await pool.query<ActivityRow>(
    `SELECT * FROM (
       (SELECT d."id", 'bundle' AS source, d."decidedBy" AS who, d."action", d."detail", d."bundleId",
          b."title" AS "bundleTitle", d."decidedAt" AT TIME ZONE 'UTC' AS at
        FROM "Decision" d JOIN "Bundle" b ON b."shop" = d."shop" AND b."id" = d."bundleId"
        WHERE d."shop" = $1 AND d."decidedBy" <> 'system' AND d."decidedAt" <= $2::timestamp(3)
          AND (d."decidedAt" < $2::timestamp(3) OR d."id" > $4)
        ORDER BY d."decidedAt" DESC, d."id" LIMIT $3)
       UNION ALL
       (SELECT "id", 'model', "decidedBy", "action", jsonb_build_object('version', "version"), NULL, NULL,
          "decidedAt" AT TIME ZONE 'UTC'
        FROM "ModelDecision" WHERE "shop" = $1 AND "decidedAt" <= $2::timestamp(3)
          AND ("decidedAt" < $2::timestamp(3) OR "id" > $4)
        ORDER BY "decidedAt" DESC, "id" LIMIT $3)
       UNION ALL
       (SELECT "id", 'app', "staffId", "action", "detail", NULL, NULL, "at" AT TIME ZONE 'UTC'
        FROM "AuditEntry" WHERE "shop" = $1 AND "at" <= $2::timestamp(3)
          AND ("at" < $2::timestamp(3) OR "id" > $4)
        ORDER BY "AuditEntry"."at" DESC, "id" LIMIT $3)
     ) AS every ORDER BY at DESC, "id" LIMIT $3`,
    [shop, after?.at.toISOString() ?? "9999-01-01", limit, after?.id ?? ""],
  );
  return rows;
}
