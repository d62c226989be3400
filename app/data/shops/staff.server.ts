import type { Db } from "#app/data/db.server.ts";
import type { StaffRights } from "#app/domain/validate/staff-right.ts";
import type { Pool } from "pg";
import type { Prisma } from "#app/data/generated/client.ts";

interface StaffKey {
  readonly shop: string;
  /** The staff member's number, as the session token names them. */
  readonly staffId: string;
}

/** What was last known of a staff member's rights, and when; null when Shopify was never asked. */
export async function findStaffRights(
  db: Db,
  { shop, staffId }: StaffKey,
): Promise<(StaffRights & { readonly readAt: Date }) | null> {
  return db.staffRight.findUnique({ where: { shop_staffId: { shop, staffId } } });
}

/** Keeps what Shopify told of a staff member; the newest wins. */
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

/** The language that a staff member last opened the app in; null when they never did. */
export async function findStaffLocale(db: Db, { shop, staffId }: StaffKey): Promise<string | null> {
  const row = await db.staffPreference.findUnique({ where: { shop_staffId: { shop, staffId } } });
  return row?.locale ?? null;
}

/** Keeps the language of a staff member; the newest wins. */
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

/** More would be no help to find one. */
const MOST_VIEWS = 20;

/** The views that a shop's staff keep, in order of name. */
export async function listSavedViews(db: Db, shop: string) {
  return db.savedView.findMany({
    where: { shop },
    orderBy: { name: "asc" },
    take: MOST_VIEWS,
    select: { id: true, name: true, query: true },
  });
}

/** Keeps a view by its name; one of the same name is replaced. Returns false when there are as many as may be. */
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

/** Forgets a view. Returns false when the shop has none of that id. */
export async function deleteView(db: Db, { shop, id }: { shop: string; id: string }): Promise<boolean> {
  const { count } = await db.savedView.deleteMany({ where: { shop, id } });
  return count > 0;
}

/** What is kept of what people do, beside their decisions about bundles and models, which have logs of their own. */
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
  /** Numbers, names of settings and ids; never what a shopper typed. */
  readonly detail?: Prisma.InputJsonObject;
  readonly at: Date;
}

/** Adds to the log of what people did; nothing in the log is ever changed. */
export async function saveAuditEntry(db: Db, { detail = {}, ...entry }: NewAuditEntry): Promise<void> {
  await db.auditEntry.create({ data: { ...entry, detail } });
}

export interface ActivityRow {
  readonly id: string;
  /** Which log it is from. */
  readonly source: "bundle" | "model" | "app";
  readonly who: string;
  readonly action: string;
  readonly detail: unknown;
  readonly bundleId: string | null;
  readonly bundleTitle: string | null;
  readonly at: Date;
}

/** Where an entry stands in the order of all logs: by its instant, and within one by its id. */
export interface ActivityPlace {
  readonly at: Date;
  readonly id: string;
}

/**
 * The newest entries of all logs of a shop together, the newest first: decisions about bundles, choices of models, and
 * everything else. Each log is read no further than `limit`.
 *
 * @param after only what follows this entry, wherever it stands among those of its instant; null from the newest on
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
