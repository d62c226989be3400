import { NONE, findProduct, findVariant, placeOf, productAt, variantAt } from "./cart";
import { NO_CAP, unitsOf } from "./draw";
import { Item, Offer, itemAt } from "./offer";

// Lists of the variants that fill each part of the current offer: address, length, and units of the part.
const FILLED: usize = memory.data(48);
export let filledCount: i32 = 0;

export function filledList(part: i32): usize {
  return load<usize>(FILLED + part * 12);
}

export function filledLength(part: i32): i32 {
  return load<i32>(FILLED + part * 12, 4);
}

export function filledUnits(part: i32): i32 {
  return load<i32>(FILLED + part * 12, 8);
}

export let listFound: usize = 0;
export let lengthFound: i32 = 0;

/** Finds the variants that fill a part; false if the cart has none. */
export function findFilling(part: Item): bool {
  if (part.product == 0) {
    const variant = findVariant(part.variant);
    if (variant == NONE) return false;
    listFound = placeOf(variant);
    lengthFound = 1;
    return true;
  }
  const index = findProduct(part.product);
  if (index == NONE) return false;
  listFound = productAt(index).variants;
  lengthFound = productAt(index).variantCount;
  return lengthFound > 0;
}

/**
 * Finds the variants for all parts. A repeated part adds up its units.
 *
 * @returns the number of possible sets; 0 if a part is missing or two different parts could use the same variant
 */
export function fillParts(offer: Offer): i32 {
  filledCount = 0;
  for (let i = 0; i < offer.itemCount; i++) {
    const part = itemAt(offer, i);
    if (!findFilling(part)) return 0;
    const ofProduct = productOf(listFound);
    const isOpen = part.product != 0;
    let at = 0;
    while (at < filledCount && filledList(at) != listFound) {
      const list = filledList(at++);
      // A variant and its own product, whose units would count twice.
      if (productOf(list) == ofProduct && (isOpen || list == productAt(ofProduct).variants)) return 0;
    }
    const pointer = FILLED + at * 12;
    if (at == filledCount) {
      filledCount++;
      store<usize>(pointer, listFound);
      store<i32>(pointer, lengthFound, 4);
      store<i32>(pointer, part.units, 8);
    } else store<i32>(pointer, filledUnits(at) + part.units, 8);
  }
  let sets = offer.times;
  for (let at = 0; at < filledCount; at++)
    sets = min(sets, unitsOf(filledList(at), filledLength(at), NO_CAP) / filledUnits(at));
  return sets;
}

export function productOf(list: usize): i32 {
  return variantAt(load<i32>(list)).product;
}
