import { RETRAINING } from "./retraining.ts";

/** A numeric setting as the form shows it, texts under its name. Ratios are entered as percent. */
interface SettingField {
  readonly name: string;
  readonly unit: "percent" | "count" | "days";
  readonly min: number;
  readonly max: number;
}

/** A setting that is on or off. */
interface ChoiceField {
  readonly name: string;
  readonly unit: "choice";
}

/** A setting with a few named values; each has its own text. */
interface WordField {
  readonly name: string;
  readonly unit: "word";
  readonly words: readonly string[];
}

export type AnyField = SettingField | ChoiceField | WordField;

/** A refused field, with the reason. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

export interface SettingGroup {
  readonly name: string;
  readonly fields: readonly AnyField[];
}

/** Settings that decide on offers, grouped for the merchant; names from `ShopSettings`. */
export const SETTING_GROUPS: readonly SettingGroup[] = [
  {
    name: "margin",
    fields: [
      { name: "minDiscountRatio", unit: "percent", min: 1, max: 90 },
      { name: "maxDiscountRatio", unit: "percent", min: 1, max: 90 },
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

/** Settings of the search for bundles. */
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

/** How long data is kept. */
export const RETENTION_GROUPS: readonly SettingGroup[] = [
  {
    name: "retention",
    fields: [
      { name: "browseKeptDays", unit: "days", min: 120, max: 730 },
      { name: "ordersKeptDays", unit: "days", min: 120, max: 3_650 },
    ],
  },
];

/** Lists of what is never proposed, and the kind of resource picked for each. */
export const EXCLUSIONS = [
  { name: "excludedProductGids", kind: "product" },
  { name: "excludedCollectionGids", kind: "collection" },
  { name: "excludedTags", kind: "tag" },
] as const;

/** Field values of some groups: ratios as percent, without binary rounding errors. */
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
