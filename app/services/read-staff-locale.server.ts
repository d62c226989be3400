import { findStaffLocale, saveStaffLocale } from "#app/data/staff-preferences.server.ts";
import type { Deps } from "#app/deps.server.ts";
import { matchLocale, pickLocale, type Locale } from "#app/locales/locales.ts";

/**
 * The language to answer a staff member in. Shopify's admin names it in the address of the first document only, so it
 * is kept for the requests that follow; a cookie would not be, inside a frame of another site.
 *
 * @param asked the address's `locale`; null where it has none
 */
export async function readStaffLocale(
  { db }: Deps,
  { shop, staffId, asked, now }: { shop: string; staffId: string; asked: string | null; now: Date },
): Promise<Locale> {
  const kept = await findStaffLocale(db, { shop, staffId });
  const wished = matchLocale(asked);
  if (!wished) return pickLocale(asked === null ? kept : asked);
  if (wished !== kept) await saveStaffLocale(db, { shop, staffId }, { locale: wished, now });
  return wished;
}
