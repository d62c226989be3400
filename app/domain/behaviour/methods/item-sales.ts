import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { ItemBaskets } from "#app/domain/behaviour/item-baskets.ts";

/** What the orders before the cutoff say of each item alone. */
export interface ItemSales {
  /** [items] baskets with the item. */
  readonly baskets: Uint32Array;
  /** [items] baskets with the item in the last 14, 60 and 365 days before the cutoff, a day. */
  readonly recentPerDay: readonly [Float32Array, Float32Array, Float32Array];
  /** [items] days from the item's first sale to the cutoff; 0 when never sold. */
  readonly ageDays: Float32Array;
  /** [items] days from the item's last sale to the cutoff; the whole span when never sold. */
  readonly idleDays: Float32Array;
}

const SPANS_DAYS = [14, 60, 365] as const;

/** Counts the items of baskets that all lie before the cutoff. */
export function countItemSales(baskets: Baskets, index: ItemBaskets, cutoffMs: number): ItemSales {
  const items = baskets.items.length;
  const recentPerDay = [new Float32Array(items), new Float32Array(items), new Float32Array(items)] as const;
  const ageDays = new Float32Array(items);
  const idleDays = new Float32Array(items);
  const spanDays = Math.max(1, (cutoffMs - (baskets.placedAtMs[0] ?? cutoffMs)) / DAY_MS);
  const counts = new Uint32Array(items);
  for (let item = 0; item < items; item++) {
    const from = index.offsets[item]!;
    const end = index.offsets[item + 1]!;
    counts[item] = end - from;
    if (end === from) {
      idleDays[item] = spanDays;
      continue;
    }
    ageDays[item] = (cutoffMs - baskets.placedAtMs[index.basket[from]!]!) / DAY_MS;
    idleDays[item] = (cutoffMs - baskets.placedAtMs[index.basket[end - 1]!]!) / DAY_MS;
    for (let at = from; at < end; at++) {
      const daysAgo = (cutoffMs - baskets.placedAtMs[index.basket[at]!]!) / DAY_MS;
      SPANS_DAYS.forEach((days, span) => {
        // A log shorter than the span is divided by its own length.
        if (daysAgo <= days) recentPerDay[span]![item]! += 1 / Math.min(days, spanDays);
      });
    }
  }
  return { baskets: counts, recentPerDay, ageDays, idleDays };
}
