import type { Baskets } from "./baskets.ts";

/** [items] mean units in an order that holds the item; 1 where it was never sold. */
export function countUnitsPerOrder(baskets: Baskets): Float64Array {
  const units = new Float64Array(baskets.items.length);
  const orders = new Float64Array(baskets.items.length);
  for (let line = 0; line < baskets.item.length; line++) {
    units[baskets.item[line]!]! += baskets.units[line]!;
    orders[baskets.item[line]!]! += 1;
  }
  return units.map((total, item) => (orders[item]! > 0 ? total / orders[item]! : 1));
}
