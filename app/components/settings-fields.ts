/** One setting as the form shows it. Ratios are typed as percent. */
export interface SettingField {
  readonly name: string;
  readonly label: string;
  readonly help: string;
  readonly unit: "percent" | "count" | "days";
  readonly min: number;
  readonly max: number;
}

interface SettingGroup {
  readonly title: string;
  readonly text: string;
  readonly fields: readonly SettingField[];
}

/** Every setting of a shop, grouped by what a merchant would look for. The names are those of `ShopSettings`. */
export const SETTING_GROUPS: readonly SettingGroup[] = [
  {
    title: "Discounts and margin",
    text: "Limits that no suggestion may cross. You can still go beyond them by hand, and are told when you do.",
    fields: [
      {
        name: "maxDiscountRatio",
        label: "Highest discount",
        help: "Above a quarter, shoppers learn to wait for the bundle.",
        unit: "percent",
        min: 0,
        max: 90,
      },
      {
        name: "marginFloorRatio",
        label: "Lowest margin",
        help: "What a bundle must leave of its price after the discount and the cost of the goods.",
        unit: "percent",
        min: 0,
        max: 95,
      },
      {
        name: "assumedMarginRatio",
        label: "Margin where the cost is unknown",
        help: "Used for products without a cost per item in Shopify.",
        unit: "percent",
        min: 1,
        max: 99,
      },
    ],
  },
  {
    title: "Evidence",
    text: "How sure the app must be before it proposes anything.",
    fields: [
      {
        name: "minSupportOrders",
        label: "Orders that must hold all products",
        help: "Fewer give more suggestions and less certainty.",
        unit: "count",
        min: 1,
        max: 10_000,
      },
      {
        name: "windowDays",
        label: "How far back it learns",
        help: "Older orders are left out. At least a year lets it see seasons.",
        unit: "days",
        min: 30,
        max: 3_650,
      },
      {
        name: "maxProposals",
        label: "Suggestions at a time",
        help: "The best ones come first.",
        unit: "count",
        min: 1,
        max: 5_000,
      },
    ],
  },
  {
    title: "Storefront",
    text: "How offers are shown and measured.",
    fields: [
      {
        name: "maxOffersPerProduct",
        label: "Offers on one product page",
        help: "A longer list is not read.",
        unit: "count",
        min: 1,
        max: 5,
      },
      {
        name: "holdoutRatio",
        label: "Visitors who are shown no offer",
        help: "They are what the results are compared with. With 0 nothing can be proved.",
        unit: "percent",
        min: 0,
        max: 50,
      },
    ],
  },
];
