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

/** A right that was revoked in Shopify can be valid here for this long. */
const KEPT_MS = HOUR_MS;

/**
 * A staff member's rights, as Shopify reported them within the last hour.
 *
 * @param ask asks Shopify with the token of the current request
 * @returns the last known rights if Shopify cannot be reached; null without any, which permits nothing
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
 * The language for a staff member. Shopify's admin sends it only in the URL of the first document, so it is saved for
 * later requests; a cookie would not work inside a frame of another site.
 *
 * @param asked `locale` of the URL; null without one
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
