/** One setting as the form shows it, its texts under its name. Ratios are typed as percent. */
export interface SettingField {
  readonly name: string;
  readonly unit: "percent" | "count" | "days";
  readonly min: number;
  readonly max: number;
}

/** One setting that is on or off. */
export interface ChoiceField {
  readonly name: string;
  readonly unit: "choice";
}

interface SettingGroup {
  readonly name: string;
  readonly fields: readonly (SettingField | ChoiceField)[];
}

/** Every setting of a shop, grouped by what a merchant would look for. The names are those of `ShopSettings`. */
export const SETTING_GROUPS: readonly SettingGroup[] = [
  {
    name: "margin",
    fields: [
      {
        name: "maxDiscountRatio",
        unit: "percent",
        min: 0,
        max: 90,
      },
      {
        name: "marginFloorRatio",
        unit: "percent",
        min: 0,
        max: 95,
      },
      {
        name: "assumedMarginRatio",
        unit: "percent",
        min: 1,
        max: 99,
      },
    ],
  },
  {
    name: "evidence",
    fields: [
      {
        name: "minSupportOrders",
        unit: "count",
        min: 1,
        max: 10_000,
      },
      {
        name: "windowDays",
        unit: "days",
        min: 30,
        max: 3_650,
      },
      {
        name: "maxProposals",
        unit: "count",
        min: 1,
        max: 5_000,
      },
    ],
  },
  {
    name: "storefront",
    fields: [
      {
        name: "maxOffersPerProduct",
        unit: "count",
        min: 1,
        max: 5,
      },
      {
        name: "holdoutRatio",
        unit: "percent",
        min: 0,
        max: 50,
      },
      { name: "countsSubscriptions", unit: "choice" },
    ],
  },
];
