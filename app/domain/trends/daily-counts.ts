import { firstBasketAt, type Baskets } from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";

/** A stretch of days, by slots counted back from a cutoff: from slot `newest + days - 1`, the oldest, to `newest`. */
export interface DayWindow {
  readonly cutoffMs: number;
  /** Slot of the last day, at least 0: the days lie before the cutoff. */
  readonly newest: number;
  readonly days: number;
}

/**
 * Counts an item's orders into the cells that the days of a window are given.
 *
 * @param cells cells an item has
 * @param cellOf slot → the item's cell of that day, 0 to cells − 1; -1 leaves the day out
 * @returns [items × cells] orders that hold the item
 */
export function countByDay(
  baskets: Baskets,
  { cutoffMs, newest, days }: DayWindow,
  cells: number,
  cellOf: (slot: number) => number,
): Uint32Array {
  const counts = new Uint32Array(baskets.items.length * cells);
  const from = firstBasketAt(baskets, cutoffMs - (newest + days) * DAY_MS);
  const end = firstBasketAt(baskets, cutoffMs - newest * DAY_MS);
  for (let basket = from; basket < end; basket++) {
    const cell = cellOf(Math.floor((cutoffMs - baskets.placedAtMs[basket]! - 1) / DAY_MS));
    if (cell < 0) continue;
    for (let line = baskets.offsets[basket]!; line < baskets.offsets[basket + 1]!; line++)
      counts[baskets.item[line]! * cells + cell]! += 1;
  }
  return counts;
}
