import { NONE, variantAt } from "./cart";
import { hasRate, shareOf, toCart } from "./currency";
import { Offer, addDraw } from "./offer";

export const NO_CAP: i32 = i32.MAX_VALUE;
export const PERCENT: i32 = 0x25;
const MINUS: i32 = 0x2d;

// The sum since the last `beginTotal`: its price, and whether all units of each list cost the same.
let total: i64 = 0;
let areAlike: bool = true;
/** The gift's variant, which cannot be drawn. */
export let excluded: i32 = NONE;

export function exclude(variant: i32): void {
  excluded = variant;
}

export function beginTotal(): void {
  total = 0;
  areAlike = true;
}

export function addToTotal(hundredths: i64): void {
  total += hundredths;
}

export function unitsOf(list: usize, length: i32, cap: i32): i32 {
  let units = 0;
  for (let at = list; at < list + (length << 2); at += 4) {
    const index = load<i32>(at);
    if (index != excluded) units += min(variantAt(index).units, cap);
  }
  return units;
}

/**
 * Adds the `count` most expensive units of a list to the total, at most `cap` per variant. The list must have that
 * many.
 *
 * @param drawer the offer that draws the units; null to only sum them
 */
export function takeDearest(list: usize, count: i32, cap: i32, drawer: Offer | null): void {
  let rest = count;
  let price: i64 = -1;
  for (let at = list; rest > 0; at += 4) {
    const index = load<i32>(at);
    if (index == excluded) continue;
    const variant = variantAt(index);
    const units = min(rest, min(variant.units, cap));
    if (price >= 0 && price != variant.unitHundredths) areAlike = false;
    price = variant.unitHundredths;
    total += price * units;
    if (drawer) addDraw(drawer, index, units);
    rest -= units;
  }
}

/** The saving of a reward on the summed sets; 0 or less means none. */
export function rewardOf(reward: i32, worth: i32, sets: i32): i64 {
  if (reward == PERCENT) {
    if (!areAlike || sets == 1) return shareOf(total, worth);
    return shareOf(total / sets, worth) * sets;
  }
  if (!hasRate()) return 0;
  const paid = toCart(worth) * sets;
  return reward == MINUS ? min(total, paid) : total - paid;
}
