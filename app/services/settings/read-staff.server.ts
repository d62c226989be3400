import {
  findStaffRights,
  saveStaffRights,
  findStaffLocale,
  saveStaffLocale,
} from "#app/data/shops/staff.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { HOUR_MS } from "#app/domain/time.ts";
import type { StaffRights } from "#app/domain/validate/staff-right.ts";
import { AppError } from "#app/process/errors.ts";
import { matchLocale, pickLocale, type Locale } from "#app/locales/translate.ts";

/** So long a right that was taken away in Shopify may still hold here. */
const KEPT_MS = HOUR_MS;

/**
 * What a staff member may do, as Shopify said within the last hour.
 *
 * @param ask asks Shopify, with the token of the request at hand
 * @returns what was known before when Shopify cannot be reached; null when nothing was, and then nothing may be done
 */
export async function readStaffRights(
  { db, log }: Pick<Deps, "db" | "log">,
  { shop, staffId, ask, now }: { shop: string; staffId: string; ask: () => Promise<StaffRights>; now: Date },
): Promise<StaffRights | null> {
  const known = await findStaffRights(db, { shop, staffId });
  if (known && now.getTime() - known.readAt.getTime() < KEPT_MS) return known;
  try {
    const rights = await ask();
    await saveStaffRights(db, { shop, staffId }, { ...rights, readAt: now });
    return rights;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    log.warn("pages.rights_not_read", { shop, error });
    return known;
  }
}

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
