import { CATALOGUE, type CatalogueCategory, type CatalogueEntry } from "./catalogue.ts";
import { SEASONS } from "./planted.ts";
import { integerBetween, type Random } from "./random.ts";
import type { HistoryProduct, HistoryVariant } from "./shop-history.ts";

/** A product with facts that the simulator knows and a shop does not. */
export interface StockedProduct {
  readonly code: string;
  readonly categoryIndex: number;
  readonly product: HistoryProduct;
  readonly demand: number;
  /** Share of each variant in the product's sales. */
  readonly variantShares: readonly number[];
  readonly season: {
    readonly peakDayOfYear: number;
    readonly widthDays: number;
    readonly amplitude: number;
  } | null;
}

/** Names of the ranges that a bigger shop has in addition to the first. */
const RANGES = [
  "",
  "Harbour",
  "Meadow",
  "Nordic",
  "Orchard",
  "Coastline",
  "Heritage",
  "Studio",
  "Alpine",
  "Cottage",
];
const GIFT_CARD_VALUES_MINOR = [2_500, 5_000, 10_000];

/** Code of the product that belongs to no planted group. */
export const GIFT_CARD_CODE = "CARD-01";

/**
 * The catalogue of a simulated shop: the first `count` entries, taken from all categories in turn, then a gift card.
 * Above 120 the same products come again in further ranges, which belong to no planted group.
 *
 * @param count 1 to 1200
 * @throws RangeError for any other count
 */
export function buildCatalogue(count: number, random: Random): StockedProduct[] {
  const perRange = CATALOGUE.reduce((sum, category) => sum + category.entries.length, 0);
  if (!Number.isInteger(count) || count < 1 || count > perRange * RANGES.length) {
    throw new RangeError(`products: ${count} is not a whole number from 1 to ${perRange * RANGES.length}`);
  }
  const stocked: StockedProduct[] = [];
  for (let index = 0; index < count; index++) {
    const range = Math.floor(index / perRange);
    const place = index % perRange;
    const categoryIndex = place % CATALOGUE.length;
    const category = CATALOGUE[categoryIndex]!;
    const entryIndex = Math.floor(place / CATALOGUE.length);
    stocked.push(stockEntry(category, categoryIndex, entryIndex, range, random));
  }
  return [...stocked, giftCard()];
}

function stockEntry(
  category: CatalogueCategory,
  categoryIndex: number,
  entryIndex: number,
  range: number,
  random: Random,
): StockedProduct {
  const entry = category.entries[entryIndex]!;
  const baseCode = `${category.code}-${String(entryIndex + 1).padStart(2, "0")}`;
  const code = range === 0 ? baseCode : `${baseCode}-R${range}`;
  const title = range === 0 ? entry.title : `${RANGES[range]} ${entry.title}`;
  const season = range === 0 ? (SEASONS.find((one) => one.code === code) ?? null) : null;
  const values = entry.option?.values ?? [{ value: "Default Title", priceRatio: 1 }];
  const variants = values.map((value, index): HistoryVariant => {
    const priceMinor = roundToFifty(entry.priceMinor * value.priceRatio);
    return {
      sku: values.length === 1 ? code : `${code}-${index + 1}`,
      title: value.value,
      optionValues: entry.option ? [value.value] : [],
      priceMinor,
      compareAtMinor: null,
      costMinor: Math.round(priceMinor * (category.costRatio + (random() - 0.5) * 0.08)),
      stock: integerBetween(random, 40, 240),
    };
  });
  const shares = values.map((_, index) => 0.6 ** index);
  const shareTotal = shares.reduce((sum, share) => sum + share, 0);
  return {
    code,
    categoryIndex,
    demand: entry.demand * (range === 0 ? 1 : 0.4 + 0.6 * random()),
    variantShares: shares.map((share) => share / shareTotal),
    season,
    product: {
      handle: toHandle(title),
      title,
      category: category.name,
      vendor: category.vendor,
      tags: [category.name.toLowerCase(), ...(season ? ["seasonal"] : [])],
      descriptionHtml: describe(entry, category),
      optionNames: entry.option ? [entry.option.name] : [],
      variants,
      isGiftCard: false,
    },
  };
}

function giftCard(): StockedProduct {
  return {
    code: GIFT_CARD_CODE,
    categoryIndex: -1,
    demand: 0,
    variantShares: [0.5, 0.35, 0.15],
    season: null,
    product: {
      handle: "gift-card",
      title: "Gift card",
      category: "Gift cards",
      vendor: "Bundlesmith Market",
      tags: ["gift card"],
      descriptionHtml: "<p>A gift card by e-mail. It never runs out.</p>",
      optionNames: ["Value"],
      variants: GIFT_CARD_VALUES_MINOR.map((valueMinor, index) => ({
        sku: `${GIFT_CARD_CODE}-${index + 1}`,
        title: `$${valueMinor / 100}`,
        optionValues: [`$${valueMinor / 100}`],
        priceMinor: valueMinor,
        compareAtMinor: null,
        costMinor: null,
        stock: 10_000,
      })),
      isGiftCard: true,
    },
  };
}

function describe(entry: CatalogueEntry, category: CatalogueCategory): string {
  const choice = entry.option ? ` Comes in ${entry.option.values.map(({ value }) => value).join(", ")}.` : "";
  return `<p>${entry.title} by ${category.vendor}, made in small batches and chosen by us for everyday use.${choice}</p><p>Ships within two working days; thirty days to change your mind.</p>`;
}

/** Shopify's handle of a title: lower case letters and digits, joined by single hyphens. */
export function toHandle(title: string): string {
  return title
    .normalize("NFKD")
    .replace(/[\u0300-\u036f']/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

function roundToFifty(minor: number): number {
  return Math.max(50, Math.round(minor / 50) * 50);
}
