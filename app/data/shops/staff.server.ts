import type { Db } from "#app/data/db.server.ts";
import type { StaffRights } from "#app/domain/validate/staff-right.ts";

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

/** The language that anyone of the shop's staff opened the app in last; null when nobody ever did. */
export async function findMerchantLocale(db: Db, { shop }: Pick<StaffKey, "shop">): Promise<string | null> {
  const row = await db.staffPreference.findFirst({ where: { shop }, orderBy: { savedAt: "desc" } });
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
