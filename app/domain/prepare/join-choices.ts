import { groupBy } from "#app/domain/group-by.ts";
import type { OrderLineRecord } from "#app/domain/collect/order-lines.ts";
import type { ListedVariant, ProductFacts } from "#app/domain/collect/product-facts.ts";
import { MOST_UNITS } from "./baskets.ts";

/** A variant of a product in which shoppers choose a size or a colour. */
interface ChoiceVariant {
  /** Key of the variant that represents the product. */
  readonly itemKey: string;
  /** The variant's share of the product's units, above 0; shares of one product sum to 1. */
  readonly share: number;
  /** Today's price of the representing variant over this one's. */
  readonly priceRatio: number;
}

export interface JoinedChoices {
  /** One for each choice, the others unchanged, in the order of their first variants. */
  readonly products: readonly ProductFacts[];
  /** By the key of every variant that is part of a choice. */
  readonly choices: ReadonlyMap<string, ChoiceVariant>;
}

/**
 * Makes one item of a product's variants that are one choice (`isOneChoice`), because the offer is open to all of them.
 * Evidence split over six sizes is too thin for any, and six forecasts are worse than one. The item has the product's
 * title, the stock of all, and the key, price and cost of one representing variant: the one in an existing bundle, so
 * that a decided bundle is not proposed again in another size, else the best seller.
 *
 * `share = (units + 1) / (Σ units + variants)`, Laplace's rule of succession, so a share is never 0.
 *
 * @param variants each key once
 * @param unitsOf variant key → units sold in the window
 * @param bundled keys of the variants that bundles hold
 * @see app/decisions/prepare/048-what-shoppers-choose-among-is-one-item.md
 * Known weakness: a share counts the whole window, so a new colour's is too small.
 */
export function joinChoices(
  variants: readonly ListedVariant[],
  unitsOf: ReadonlyMap<string, number>,
  bundled: ReadonlySet<string>,
): JoinedChoices {
  const byProduct = groupBy(variants, ({ productKey }) => productKey);
  const choices = new Map<string, ChoiceVariant>();
  const products = [...byProduct.values()].flatMap((siblings): readonly ProductFacts[] => {
    if (!isOneChoice(siblings.map(({ priceMinor }) => priceMinor))) return siblings.map(toProduct);
    const units = siblings.map(({ key }) => unitsOf.get(key) ?? 0);
    const stands = siblings[placeOfFirst(siblings, units, bundled)]!;
    const sum = units.reduce((total, own) => total + own, siblings.length);
    siblings.forEach(({ key, priceMinor }, at) => {
      const priceRatio = stands.priceMinor! / priceMinor!;
      choices.set(key, { itemKey: stands.key, share: (units[at]! + 1) / sum, priceRatio });
    });
    const stock = siblings.map(({ stockUnits }) => stockUnits);
    const joined: ProductFacts = {
      ...toProduct(stands),
      title: stands.productTitle,
      stockUnits: stock.includes(null)
        ? null
        : stock.reduce<number>((all, own) => all + Math.max(0, own!), 0),
      isActive: siblings.some(({ isActive }) => isActive),
    };
    return [joined];
  });
  return { products, choices };
}

/** Bundled before unbundled, then most units, then first in the list. */
function placeOfFirst(
  siblings: readonly ListedVariant[],
  units: readonly number[],
  bundled: ReadonlySet<string>,
): number {
  const bundledFirst = (at: number) => (bundled.has(siblings[at]!.key) ? 1 : 0);
  return [...siblings.keys()].reduce((best, at) => {
    const order = bundledFirst(at) - bundledFirst(best) || units[at]! - units[best]!;
    return order > 0 ? at : best;
  });
}

function toProduct({
  productKey: _productKey,
  productTitle: _productTitle,
  ...facts
}: ListedVariant): ProductFacts {
  return facts;
}

/** Item key → the keys of the variants that share the item, in the catalogue's order. */
export function listVariants(choices: JoinedChoices["choices"]): ReadonlyMap<string, readonly string[]> {
  return groupBy(choices.keys(), (key) => choices.get(key)!.itemKey);
}

/** Item key → units of all its lines that are not excluded, at most `MOST_UNITS` per line; input of `joinChoices`. */
export function sumUnits(lines: Iterable<OrderLineRecord>): ReadonlyMap<string, number> {
  const unitsOf = new Map<string, number>();
  for (const { itemKey, quantity, exclusion } of lines) {
    if (!exclusion && quantity > 0)
      unitsOf.set(itemKey, (unitsOf.get(itemKey) ?? 0) + Math.min(MOST_UNITS, quantity));
  }
  return unitsOf;
}

/**
 * Maps lines to the joined items. A price is scaled to the representing variant by today's price ratio of the two, so a
 * difference between sizes does not look like a price change.
 */
export function* joinLines(
  lines: Iterable<OrderLineRecord>,
  choices: JoinedChoices["choices"],
): IterableIterator<OrderLineRecord> {
  for (const line of lines) {
    const choice = choices.get(line.itemKey);
    if (!choice) yield line;
    else {
      const { itemKey, priceRatio } = choice;
      const unitPriceMinor =
        priceRatio === 1 ? line.unitPriceMinor : Math.round(line.unitPriceMinor * priceRatio);
      yield { ...line, itemKey, unitPriceMinor };
    }
  }
}

/** Variants further apart in price are different products to the shopper, so their evidence is not shared. */
const MOST_PRICE_FACTOR = 1.25;
/** The storefront's picker lists no more. */
const MOST_VARIANTS = 50;

/**
 * Whether the variants of a product differ only in size or colour: two to fifty, all within 1.25 times the cheapest's
 * price.
 *
 * @param pricesMinor of every variant of the product; one without a price is not comparable
 */
export function isOneChoice(pricesMinor: readonly (number | null)[]): boolean {
  if (pricesMinor.length < 2 || pricesMinor.length > MOST_VARIANTS) return false;
  const known = pricesMinor.map((priceMinor) => priceMinor ?? 0);
  const cheapest = Math.min(...known);
  return cheapest > 0 && Math.max(...known) <= cheapest * MOST_PRICE_FACTOR;
}
