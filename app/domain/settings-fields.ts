import { RETRAINING } from "./retraining.ts";

/** One setting as the form shows it, its texts under its name. Ratios are typed as percent. */
interface SettingField {
  readonly name: string;
  readonly unit: "percent" | "count" | "days";
  readonly min: number;
  readonly max: number;
}

/** One setting that is on or off. */
interface ChoiceField {
  readonly name: string;
  readonly unit: "choice";
}

/** One setting that is one of a few words; each has a text of its own. */
interface WordField {
  readonly name: string;
  readonly unit: "word";
  readonly words: readonly string[];
}

export type AnyField = SettingField | ChoiceField | WordField;

/** A field that was refused and why. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

export interface SettingGroup {
  readonly name: string;
  readonly fields: readonly AnyField[];
}

/** What decides on offers, grouped as a merchant would look for it; names of `ShopSettings`. */
export const SETTING_GROUPS: readonly SettingGroup[] = [
  {
    name: "margin",
    fields: [
      { name: "minDiscountRatio", unit: "percent", min: 1, max: 90 },
      { name: "maxDiscountRatio", unit: "percent", min: 0, max: 90 },
      { name: "marginFloorRatio", unit: "percent", min: 0, max: 95 },
      { name: "usesShopifyCosts", unit: "choice" },
      { name: "assumedMarginRatio", unit: "percent", min: 1, max: 99 },
    ],
  },
  {
    name: "storefront",
    fields: [
      { name: "maxOffersPerProduct", unit: "count", min: 1, max: 5 },
      { name: "holdoutRatio", unit: "percent", min: 0, max: 50 },
      { name: "holdoutRampDays", unit: "days", min: 0, max: 60 },
      { name: "countsSubscriptions", unit: "choice" },
    ],
  },
  {
    name: "combining",
    fields: [
      { name: "combinesWithOrders", unit: "choice" },
      { name: "combinesWithProducts", unit: "choice" },
      { name: "combinesWithShipping", unit: "choice" },
      { name: "rejectsCodes", unit: "choice" },
    ],
  },
  { name: "together", fields: [{ name: "learnsWithOthers", unit: "choice" }] },
];

/** How the app looks for bundles by itself. */
export const SEARCH_GROUPS: readonly SettingGroup[] = [
  {
    name: "search",
    fields: [
      { name: "retrainEvery", unit: "word", words: RETRAINING },
      { name: "maxProposals", unit: "count", min: 1, max: 5_000 },
      { name: "minSupportOrders", unit: "count", min: 1, max: 10_000 },
      { name: "windowDays", unit: "days", min: 30, max: 3_650 },
    ],
  },
];

/** How long data are kept. */
export const RETENTION_GROUPS: readonly SettingGroup[] = [
  {
    name: "retention",
    fields: [
      { name: "browseKeptDays", unit: "days", min: 120, max: 730 },
      { name: "ordersKeptDays", unit: "days", min: 120, max: 3_650 },
    ],
  },
];

/** The lists of what is never proposed, and what is looked for to fill each. */
export const EXCLUSIONS = [
  { name: "excludedProductGids", kind: "product" },
  { name: "excludedCollectionGids", kind: "collection" },
  { name: "excludedTags", kind: "tag" },
] as const;

/** What stands in the fields of some groups: ratios as percent, without the dust of binary fractions. */
export function toFieldTexts(
  groups: readonly SettingGroup[],
  settings: Readonly<Record<string, unknown>>,
): Record<string, string> {
  return Object.fromEntries(
    groups.flatMap(({ fields }) =>
      fields.map(({ name, unit }) => {
        const value = settings[name];
        return [name, unit === "percent" ? String(Number((Number(value) * 100).toFixed(4))) : String(value)];
      }),
    ),
  );
}
