import { openTextIndex } from "#app/domain/collect/order-lines.ts";
import type { Item } from "#app/domain/prepare/baskets.ts";
import { basketsOf, intersect, type Occurrences } from "./occurrences.ts";

/**
 * Share (0 to 1) of the orders with all items but the one at `place` that hold nothing else of its type: shoppers who
 * took another product of its type lack none. One lacking order is added, so that a few orders cannot give 0.
 */
export type LackingRatio = (items: readonly number[], place: number) => number;

const NO_TYPE = -1;

interface TypedOrders {
  readonly occurrences: Occurrences;
  readonly items: readonly Pick<Item, "category">[];
  /** [items] noun of each item, from `findNouns`. */
  readonly nouns: readonly (string | undefined)[];
}

/**
 * Opens order counts by product type. Two products have the same type if they share a category and a noun.
 *
 * Caches the counts next to one item, so all pairs together take the time of one count: the sum of squared basket
 * sizes.
 *
 * Known weakness: types with different nouns ("espresso beans", "filter coffee") are two. A shop without categories has
 * none, because words alone also join products that are no alternatives ("jam making set", "tea set").
 */
export function openTypeOrders({ occurrences, items, nouns }: TypedOrders): LackingRatio {
  const types = openTextIndex();
  const typeOf = Int32Array.from(items, ({ category }, item) => {
    const noun = nouns[item];
    return category === "" || noun === undefined ? NO_TYPE : types.add(`${noun} in ${category}`);
  });
  const besideOne = new Map<number, ReadonlyMap<number, number>>();
  const countBeside = (others: readonly number[], baskets: Uint32Array) => {
    const only = others.length === 1 ? others[0]! : null;
    const known = only === null ? undefined : besideOne.get(only);
    if (known) return known;
    const counts = countTypes(occurrences, { baskets, except: others, typeOf });
    if (only !== null) besideOne.set(only, counts);
    return counts;
  };
  return (asked, place) => {
    const type = typeOf[asked[place]!]!;
    if (type === NO_TYPE) return 1;
    const others = asked.filter((_, at) => at !== place);
    const baskets = others.map((item) => basketsOf(occurrences, item)).reduce(intersect);
    const together = intersect(baskets, basketsOf(occurrences, asked[place]!)).length;
    const instead = (countBeside(others, baskets).get(type) ?? 0) - together;
    return 1 - Math.max(0, instead) / (baskets.length - together + 1);
  };
}

/** Type → baskets that hold something of it other than the excepted items. */
function countTypes(
  { basketOffsets, itemOf }: Occurrences,
  {
    baskets,
    except,
    typeOf,
  }: { readonly baskets: Uint32Array; readonly except: readonly number[]; readonly typeOf: Int32Array },
): Map<number, number> {
  const counts = new Map<number, number>();
  const held: number[] = [];
  for (const basket of baskets) {
    held.length = 0;
    for (let line = basketOffsets[basket]!; line < basketOffsets[basket + 1]!; line++) {
      const type = typeOf[itemOf[line]!]!;
      if (type !== NO_TYPE && !held.includes(type) && !except.includes(itemOf[line]!)) held.push(type);
    }
    for (const type of held) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
}
