import { z } from "zod";
import { BundleChanges } from "./check-bundle-edit.ts";

const { title, discountRatio, components, placement, countries, note } = BundleChanges.shape;

/** A day of the shop's own calendar, "2026-12-24"; empty for none. */
const Day = z.union([z.literal(""), z.iso.date("noSuchDay")], "noSuchDay");

/**
 * The terms of a bundle as they are typed, checked alike in the browser and on the server; a field that was left as it
 * was is not among them. It gives what `BundleChanges` asks for but days in the place of instants, which only the shop's
 * time zone can tell. The message of an issue is its code, as there.
 */
export const TermsForm = z
  .object({
    title: title.unwrap(),
    /** "12" is 12 %. */
    discountPercent: z
      .string()
      .transform((text) => toNumber(text) / 100)
      .pipe(discountRatio.unwrap()),
    startsOn: Day,
    /** Counts whole. */
    endsOn: Day,
    letsShopperChoose: z.boolean(),
    placement: placement.unwrap(),
    countries: countries.unwrap(),
    note: note.unwrap(),
    components: z
      .array(z.object({ variantGid: z.string(), quantity: z.string().transform(toNumber) }))
      .pipe(components.unwrap()),
  })
  .partial()
  .refine(({ startsOn, endsOn }) => !startsOn || !endsOn || startsOn <= endsOn, {
    path: ["endsOn"],
    message: "endsBeforeStart",
  });
export type TermsInput = z.input<typeof TermsForm>;

/** An empty field is no number, though `Number("")` is 0. */
function toNumber(text: string): number {
  return text.trim() === "" ? NaN : Number(text);
}
