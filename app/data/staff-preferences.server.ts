import type { Db } from "../db.server.ts";

interface StaffKey {
  readonly shop: string;
  /** The staff member's number, as the session token names them. */
  readonly staffId: string;
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
