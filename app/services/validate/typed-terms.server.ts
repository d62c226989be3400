import type { BundleRow } from "#app/data/bundles/bundles.server.ts";
import type { Db } from "#app/data/db.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import { OfferTitles, toOfferTerms } from "#app/domain/offer/offer.ts";
import type { EditProblem } from "#app/domain/validate/check-bundle-edit.ts";
import { toOfferFields, type OfferForm } from "#app/domain/validate/offer-fields.ts";
import { termsFormIn, toTermsField, type TermsField } from "#app/domain/validate/terms-form.ts";
import {
  openZonedClock,
  openZonedInstant,
  zonedDayEndMs,
  zonedDayStartMs,
  usableTimeZone,
} from "#app/domain/time.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";
import { writeValues } from "#app/locales/write-message.server.ts";
import type { Words } from "#app/locales/words.server.ts";

export interface FieldMessage {
  readonly field: TermsField;
  /** For tiers, the tier and its field, as "1.value"; else empty. */
  readonly part: string;
  readonly message: string;
}

/** Converts a form's terms to `BundleChanges` in the shop's time zone and currency, or returns its problems. */
export async function readTypedTerms(
  { db }: { readonly db: Db },
  { shop, typed, words }: { readonly shop: string; readonly typed: unknown; readonly words: Words },
) {
  const row = await findShop(db, shop);
  const currency = row?.currency ?? "USD";
  const timeZone = usableTimeZone(row?.timeZone ?? "UTC");
  const format = createShopFormat({ currency, timeZone }, words.locale);
  // A limit and a value just beyond it would read the same when rounded.
  const exactly = { ...format, percent: (ratio: number) => format.percent(ratio, 2) };
  const toMessage = ({ field, code, values = {} }: EditProblem): FieldMessage => ({
    ...toTermsField(field),
    message: words.t([`edit:${code}`, "edit:invalid"], writeValues(values, { format: exactly, words })),
  });
  const parsed = termsFormIn(currency).safeParse(typed);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) =>
      toMessage({ field: path.join("."), code: message }),
    );
    return { ok: false as const, problems };
  }
  const { startsOn, endsOn, offer, ...changes } = parsed.data;
  const value = {
    ...changes,
    ...(offer === undefined ? {} : { terms: offer }),
    startsAt: toInstant(startsOn, timeZone, zonedDayStartMs),
    endsAt: toInstant(endsOn, timeZone, zonedDayEndMs),
  };
  return { ok: true as const, value, currency, toMessage };
}

/** Null if the moment was cleared, undefined if it was left unchanged. */
function toInstant(
  moment: string | undefined,
  timeZone: string,
  ofDay: (day: string, timeZone: string) => number | null,
): Date | null | undefined {
  if (moment === undefined) return undefined;
  if (moment === "") return null;
  const ms = moment.includes("T")
    ? openZonedInstant(timeZone)(Date.parse(`${moment}Z`))
    : ofDay(moment, timeZone);
  return ms === null ? null : new Date(ms);
}

/** The terms of a bundle as typed. Amounts stay in the currency in which they were entered. */
export function toOfferForm(bundle: BundleRow, timeZone: string): OfferForm {
  const { title, placement, countries, letsShopperChoose, note, timesPerOrder } = bundle;
  return {
    title,
    titles: OfferTitles.parse(bundle.titles),
    offer: toOfferFields(toOfferTerms(bundle), bundle.currency),
    startsOn: toMoment(bundle.startsAt, "start", timeZone),
    endsOn: toMoment(bundle.endsAt, "end", timeZone),
    letsShopperChoose,
    placement,
    countries,
    timesPerOrder: timesPerOrder === null ? "" : String(timesPerOrder),
    note,
  };
}

/** The moment as a form shows it: the day alone if the moment is the day's start or end. */
export function toMoment(at: Date | null, edge: "start" | "end", zone: string): string {
  if (at === null) return "";
  const timeZone = usableTimeZone(zone);
  const clock = new Date(openZonedClock(timeZone)(at.getTime())).toISOString();
  const day = clock.slice(0, 10);
  const edgeMs = edge === "start" ? zonedDayStartMs(day, timeZone) : zonedDayEndMs(day, timeZone);
  return edgeMs === at.getTime() ? day : clock.slice(0, 16);
}
