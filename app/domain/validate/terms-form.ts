import { z } from "zod";
import { countTitleBytes, MAX_TITLES_BYTES } from "#app/domain/offer/offer-rule.ts";
import { BundleChanges } from "./check-bundle-edit.ts";
import { offerFieldsIn, toNumber } from "./offer-fields.ts";

const { title, components, collectionGid, placement, countries, note, timesPerOrder } = BundleChanges.shape;
const Components = components.unwrap();

/** A day in the shop's time zone, "2026-12-24", or a minute, "2026-12-24T18:30"; empty for none. */
const Moment = z.union(
  [
    z.literal(""),
    z.iso.date("noSuchDay"),
    z.iso.datetime({ local: true, precision: -1, error: "noSuchDay" }),
  ],
  "noSuchDay",
);

/**
 * The terms of an offer as typed; unchanged fields are absent. Parses to `BundleChanges`, but with moments of the
 * shop's clock instead of instants, because those need its time zone. The message of an issue is its code, as there.
 *
 * @param currency ISO code of the shop's currency, in which amounts are typed
 */
export function termsFormIn(currency: string) {
  return z
    .object({
      title: title.unwrap(),
      /** By Shopify's code; a language without a title shows the shop's own. */
      titles: z
        .record(z.string(), z.string().trim().max(120, "titleLong"))
        .transform((all) => Object.fromEntries(Object.entries(all).filter(([, text]) => text !== "")))
        .refine((all) => countTitleBytes(all) <= MAX_TITLES_BYTES, "titlesLong"),
      offer: offerFieldsIn(currency),
      startsOn: Moment,
      /** A day counts to its end. */
      endsOn: Moment,
      letsShopperChoose: z.boolean(),
      placement: placement.unwrap(),
      countries: countries.unwrap(),
      timesPerOrder: z
        .string()
        .transform((text) => (text.trim() === "" ? null : toNumber(text)))
        .pipe(timesPerOrder.unwrap()),
      note: note.unwrap(),
      collectionGid: collectionGid.unwrap(),
      components: z
        .array(
          z.object({
            variantGid: z.string(),
            quantity: z.string().transform(toNumber),
            isGift: z.boolean().default(false),
          }),
        )
        .transform((all): z.input<typeof Components> => all)
        .pipe(Components),
    })
    .partial()
    .refine(({ startsOn, endsOn }) => !startsOn || !endsOn || firstMinute(startsOn) < lastMinute(endsOn), {
      path: ["endsOn"],
      message: "endsBeforeStart",
    });
}

function firstMinute(moment: string): string {
  return moment.includes("T") ? moment : `${moment}T00:00`;
}

function lastMinute(moment: string): string {
  return moment.includes("T") ? moment : `${moment}T24:00`;
}

/** Fields of the form that can show a problem. */
const TERMS_FIELDS = [
  "title", "titles", "reward", "units", "tiers", "spend", "gift", "components", "startsOn", "endsOn",
  "letsShopperChoose", "placement", "countries", "timesPerOrder", "note",
] as const; // prettier-ignore
export type TermsField = (typeof TERMS_FIELDS)[number];

const BESIDE: Readonly<Record<string, TermsField>> = {
  discountRatio: "reward",
  terms: "reward",
  startsAt: "startsOn",
  endsAt: "endsOn",
  quantities: "components",
};

/**
 * The field that shows a problem: "offer.tiers" the tiers, "quantities.1" the products. `part` is the place within the
 * tiers, as "1.value"; empty for all of them and in other fields.
 */
export function toTermsField(path: string): { readonly field: TermsField; readonly part: string } {
  const [name = "", ...parts] = path.replace(/^offer\./, "").split(".");
  const field = BESIDE[name] ?? TERMS_FIELDS.find((one) => one === name) ?? "title";
  return { field, part: field === "tiers" ? parts.join(".") : "" };
}
