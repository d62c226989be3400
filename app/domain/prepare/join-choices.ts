import { groupBy } from "#app/domain/group-by.ts";
import type { OrderLineRecord } from "#app/domain/collect/order-lines.ts";
import type { ListedVariant, ProductFacts } from "#app/domain/collect/product-facts.ts";
import { MOST_UNITS } from "./baskets.ts";

/** A variant of a product that shoppers choose a size or a colour of. */
interface ChoiceVariant {
  /** Of the variant that stands for all. */
  readonly itemKey: string;
  /** The variant's part of the product's units, above 0; those of one product sum to 1. */
  readonly share: number;
  /** Today's price of the one that stands for all over this one's. */
  readonly priceRatio: number;
}

export interface JoinedChoices {
  /** One for each choice, the others as they were, in the order of their first variants. */
  readonly products: readonly ProductFacts[];
  /** By the key of every variant that is part of a choice. */
  readonly choices: ReadonlyMap<string, ChoiceVariant>;
}

/**
 * Makes one item of the variants of a product that are one choice (`isOneChoice`), because the offer is open to all of
 * them: evidence that is split over six sizes is too thin for any, and six forecasts are worse than one. The item has
 * the product's title, the stock of all, and key, price and cost of the variant that stands for all: the one that a
 * bundle of the shop holds already, so that a decided bundle is not proposed again under another size, else the one
 * that sold most.
 *
 * `share = (units + 1) / (Σ units + variants)`, Laplace's rule of succession: what was never sold has a small part.
 *
 * @param variants each key once
 * @param unitsOf variant key → units sold in the window
 * @param bundled keys of the variants that bundles hold
 * @see app/decisions/prepare/048-what-shoppers-choose-among-is-one-item.md.
 *   Known weakness: a share counts the whole window, so a new colour's is too small
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

/**
 * Item key → units of all its lines that an order stands behind, of one line at most `MOST_UNITS`; what `joinChoices`
 * tells the shares by.
 */
export function sumUnits(lines: Iterable<OrderLineRecord>): ReadonlyMap<string, number> {
  const unitsOf = new Map<string, number>();
  for (const { itemKey, quantity, exclusion } of lines) {
    if (!exclusion && quantity > 0)
      unitsOf.set(itemKey, (unitsOf.get(itemKey) ?? 0) + Math.min(MOST_UNITS, quantity));
  }
  return unitsOf;
}

/**
 * The lines as lines of the joined items. A price is told as that of the variant that stands for all, by today's ratio
 * of the two: that sizes cost differently is no change of a price.
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

/** Variants further apart in price are other goods to the shopper: the evidence of one says nothing of another. */
const MOST_PRICE_FACTOR = 1.25;
/** The storefront's picker lists no more; what a shopper cannot pick is not one choice either. */
const MOST_VARIANTS = 50;

/**
 * Whether the variants of a product are one thing to choose a size or a colour of: two to fifty, all within 1.25 times
 * the cheapest's price.
 *
 * @param pricesMinor of every variant of the product; one without a price is not comparable
 */
export function isOneChoice(pricesMinor: readonly (number | null)[]): boolean {
  if (pricesMinor.length < 2 || pricesMinor.length > MOST_VARIANTS) return false;
  const known = pricesMinor.map((priceMinor) => priceMinor ?? 0);
  const cheapest = Math.min(...known);
  return cheapest > 0 && Math.max(...known) <= cheapest * MOST_PRICE_FACTOR;
}
