import { lowerBound } from "#app/domain/numbers/statistics.ts";
import type { Item } from "#app/domain/prepare/baskets.ts";
import { toNameWords } from "./title-words.ts";
import { isProductWord } from "./variant-words.ts";

/** From so many products of one word at one price on they are a range. */
const LEAST_IN_RANGE = 4;
/**
 * Gap up to which two products of a range cost the same, of the higher price: medians of what was paid differ by this
 * much where one list price is paid with different rebates for quantity.
 */
const RANGE_PRICE_GAP = 0.1;

/**
 * Ranges that each title belongs to: a shop that sells one product in many designs begins or ends all their titles
 * alike and asks one price ("doormat hearts", "doormat union flag"; "bathroom metal sign", "garden metal sign"). A
 * range is the first or the last word of a title that may say what the product is, where at least four products of
 * the catalogue share it in that place at the same price.
 *
 * @returns [items] names of the ranges, the place with the word; empty for most
 * Known weakness: four products of one theme or brand at one price, and otherwise different, are taken for a range.
 */
export function findRanges(
  items: readonly Pick<Item, "title" | "priceMinor">[],
): readonly ReadonlySet<string>[] {
  const ends = items.map(({ title }) => endsOf(title));
  const pricesOf = new Map<string, number[]>();
  ends.forEach((own, item) => {
    for (const end of own) {
      const known = pricesOf.get(end);
      if (known) known.push(items[item]!.priceMinor);
      else pricesOf.set(end, [items[item]!.priceMinor]);
    }
  });
  for (const prices of pricesOf.values()) prices.sort((a, b) => a - b);
  return ends.map((own, item) => {
    const { priceMinor } = items[item]!;
    const isRange = (end: string) => isCrowded(pricesOf.get(end)!, priceMinor);
    return new Set(priceMinor > 0 ? own.filter(isRange) : []);
  });
}

function endsOf(title: string): string[] {
  const words = toNameWords(title).filter(isProductWord);
  // A title of one such word begins and ends with it, in the range of either place.
  return words.length === 0 ? [] : [`first:${words[0]!}`, `last:${words.at(-1)!}`];
}

/** Whether the price is one of at least so many of these that are the same. @param prices ascending */
export function isCrowded(prices: readonly number[], priceMinor: number): boolean {
  const least = priceMinor * (1 - RANGE_PRICE_GAP);
  const low = lowerBound(prices.length, (at) => prices[at]! < least);
  const last = prices[low + LEAST_IN_RANGE - 1];
  return last !== undefined && isOnePrice(last, priceMinor, RANGE_PRICE_GAP);
}

/** Whether the two belong to one range: a word in the same place, at the same price. */
export function areOfOneRange(a: RangedProduct, b: RangedProduct): boolean {
  if (!isOnePrice(a.priceMinor, b.priceMinor, RANGE_PRICE_GAP)) return false;
  return [...(a.ranges ?? [])].some((range) => b.ranges?.has(range));
}

interface RangedProduct {
  readonly ranges?: ReadonlySet<string>;
  readonly priceMinor: number;
}

/** @param gapRatio largest difference, of the higher price */
export function isOnePrice(a: number, b: number, gapRatio: number): boolean {
  return Math.abs(a - b) <= gapRatio * Math.max(a, b);
}
