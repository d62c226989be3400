import { z } from "zod";
import { COUNTRY_CODES, MOST_COUNTRIES } from "./countries.ts";
import { Placement, MAX_POOL, OfferTerms, OfferTitles } from "#app/domain/offer/offer.ts";
import { keepsMargin, type ShopSettings } from "#app/domain/shop-settings.ts";

const Units = z.number("noNumber").int("unitsWhole").min(1, "unitsLow").max(9, "unitsHigh");
/** A whole pool and the gift; `checkTerms` knows the limit of each kind. */
const MOST_COMPONENTS = MAX_POOL + 1;
/** The countries of an offer in alphabetical order; none for everywhere. The message of an issue is its code. */
const Countries = z
  .array(z.enum(COUNTRY_CODES as [string, ...string[]], "noSuchCountry"))
  .max(MOST_COUNTRIES, "countriesMany")
  .transform((codes) => [...new Set(codes)].sort());

/** A merchant's changes of a bundle. The message of an issue is its code; the pages have a sentence for each. */
export const BundleChanges = z.strictObject({
  title: z.string().trim().min(1, "titleMissing").max(120, "titleLong").optional(),
  /** For a set, 0 to 1; whole basis points. */
  discountRatio: z
    .number("noNumber")
    .min(0.01, "discountLow")
    .max(0.9, "discountHigh")
    .refine((ratio) => Math.abs(ratio * 10_000 - Math.round(ratio * 10_000)) < 1e-7, "discountFine")
    .optional(),
  /** Must have the bundle's kind. */
  terms: OfferTerms.optional(),
  timesPerOrder: z
    .number("noNumber")
    .int("unitsWhole")
    .min(1, "unitsLow")
    .max(99, "unitsMany")
    .nullable()
    .optional(),
  titles: OfferTitles.optional(),
  startsAt: z.coerce.date().nullable().optional(),
  endsAt: z.coerce.date().nullable().optional(),
  /** Units per component, anchor first. */
  quantities: z.array(Units).min(1).max(MOST_COMPONENTS).optional(),
  /** All components, anchor first, to replace the present ones. */
  components: z
    .array(z.object({ variantGid: z.string().min(1), quantity: Units, isGift: z.boolean().default(false) }))
    .max(MOST_COMPONENTS, "productsMany")
    .optional(),
  /** The collection that the components follow; null if each was chosen. */
  collectionGid: z
    .string()
    .regex(/^gid:\/\/shopify\/Collection\/\d+$/)
    .nullable()
    .optional(),
  /** Whether shoppers may take another variant of a component's product. */
  letsShopperChoose: z.boolean().optional(),
  placement: Placement.optional(),
  countries: Countries.optional(),
  /** Internal, for the shop's staff. */
  note: z.string().trim().max(2_000, "noteLong").optional(),
});
export type BundleChanges = z.infer<typeof BundleChanges>;

/** The changes that restore earlier terms: their discount, even none, need not be one that can be typed. */
export const ReturnedTerms = BundleChanges.extend({ discountRatio: z.number().min(0).max(0.9).optional() });

/** A problem of an edit, or a warning. */
export interface EditProblem {
  /** Field of `BundleChanges`, "quantities.1" for one of several. */
  readonly field: string;
  /** Code of the sentence for the merchant. */
  readonly code: string;
  /** Values of the sentence; names end in their unit. */
  readonly values?: Readonly<Record<string, number>>;
}

export interface EditedBundle {
  readonly discountRatio: number;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  /** Whether the edit sets `endsAt`: a past last day does not prevent other changes. */
  readonly setsEnd: boolean;
  /** Price paid and cost of the goods at each tier, minor units. */
  readonly steps: readonly { readonly afterMinor: number; readonly costMinor: number }[];
}

/**
 * Checks a bundle as it would be after the edit.
 *
 * @returns problems, which prevent the edit, and warnings, which the merchant can overrule: a discount above the shop's
 *   own limit, and a margin `(price − discount − cost) / (price − discount)` of the worst tier below its floor
 */
export function checkBundleEdit(
  bundle: EditedBundle,
  settings: Pick<ShopSettings, "maxDiscountRatio" | "marginFloorRatio">,
  now: Date,
): { problems: EditProblem[]; warnings: EditProblem[] } {
  const problems: EditProblem[] = [];
  const warnings: EditProblem[] = [];
  const { discountRatio, startsAt, endsAt, setsEnd, steps } = bundle;
  if (endsAt !== null && startsAt !== null && endsAt <= startsAt) {
    problems.push({ field: "endsAt", code: "endsBeforeStart" });
  } else if (setsEnd && endsAt !== null && endsAt <= now) {
    problems.push({ field: "endsAt", code: "endsInPast" });
  }
  if (discountRatio > settings.maxDiscountRatio + 1e-9) {
    warnings.push({
      field: "discountRatio",
      code: "overLimit",
      values: { limitRatio: settings.maxDiscountRatio },
    });
  }
  const marginRatio = Math.min(
    ...steps.map(({ afterMinor, costMinor }) => (afterMinor > 0 ? (afterMinor - costMinor) / afterMinor : 0)),
  );
  if (!steps.every((step) => keepsMargin(step, settings))) {
    warnings.push({
      field: "discountRatio",
      code: "belowFloor",
      values: { marginRatio, floorRatio: settings.marginFloorRatio },
    });
  }
  return { problems, warnings };
}
