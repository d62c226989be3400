import { firstBasketAt, type Baskets } from "./baskets.ts";

/** [items] mean units in an order before the cutoff that holds the item; 1 where none does. */
export function countUnitsPerOrder(baskets: Baskets, cutoffMs: number): Float64Array {
  const units = new Float64Array(baskets.items.length);
  const orders = new Float64Array(baskets.items.length);
  const lines = baskets.offsets[firstBasketAt(baskets, cutoffMs)]!;
  for (let line = 0; line < lines; line++) {
    units[baskets.item[line]!]! += baskets.units[line]!;
    orders[baskets.item[line]!]! += 1;
  }
  return units.map((total, item) => (orders[item]! > 0 ? total / orders[item]! : 1));
}
