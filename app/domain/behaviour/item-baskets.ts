import { countBaskets, type Baskets } from "#app/domain/prepare/baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";

/** For every item the baskets that hold it, in order of time: row `i` is `offsets[i]` to `offsets[i + 1]`. */
export interface ItemBaskets {
  /** [items + 1] */
  readonly offsets: Uint32Array;
  /** [lines] basket indices */
  readonly basket: Uint32Array;
}

export function indexItemBaskets(baskets: Baskets): ItemBaskets {
  const offsets = new Uint32Array(baskets.items.length + 1);
  for (const item of baskets.item) offsets[item + 1]!++;
  for (let item = 0; item < baskets.items.length; item++) offsets[item + 1]! += offsets[item]!;
  const next = offsets.slice();
  const basket = new Uint32Array(baskets.item.length);
  for (let b = 0; b < countBaskets(baskets); b++) {
    for (let line = baskets.offsets[b]!; line < baskets.offsets[b + 1]!; line++) {
      basket[next[baskets.item[line]!]!++] = b;
    }
  }
  return { offsets, basket };
}

/**
 * Weight of each basket by its age, `0.5 ^ (age / halfLife)`: what sold together last month says more about the
 * coming one than what did last year.
 *
 * @param halfLifeDays above 0; Infinity weighs all alike
 * @returns [baskets] in (0, 1]
 */
export function decayWeights(baskets: Baskets, cutoffMs: number, halfLifeDays: number): Float32Array {
  return Float32Array.from(baskets.placedAtMs, (atMs) =>
    Math.pow(0.5, Math.max(0, cutoffMs - atMs) / (halfLifeDays * DAY_MS)),
  );
}
