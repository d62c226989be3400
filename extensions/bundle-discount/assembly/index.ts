import { findCandidates } from "./candidates";
import { readCart } from "./cart";
import { chooseCandidates } from "./choose";
import { smallestPayable } from "./currency";
import * as keys from "./keys";
import { parseDay } from "./numbers";
import { writeResult } from "./result";
import { SCRATCH, Value, arrayLength, element, inputGet, property, readString } from "./wasm-api";

/**
 * Gives the cart the bundles that save the shopper the most: for each set of a bundle `floor(total · bp / 10000)` in
 * what the cart's currency can pay, as one amount over the lines that hold its components.
 * An offer whose last day is over, or that is for other countries, gives none. Visitors of the holdout get none; subscriptions and gift cards serve no bundle.
 */
export function cartLinesDiscountsGenerateRun(): void {
  keys.internInputKeys();
  const input = inputGet();
  const cart = property(input, keys.CART);
  if (givesProductDiscounts(input) && !isHeldOut(cart)) {
    readCart(cart);
    findCandidates(smallestPayable(cart), readToday(input), readCountry(input));
    chooseCandidates();
  }
  writeResult();
}

/** The day in the shop's time zone as the number 20261224; 0 where the input does not tell. */
function readToday(input: Value): i32 {
  return parseDay(readString(property(property(property(input, keys.SHOP), keys.LOCAL_TIME), keys.DATE)));
}

/** The two letters of the country that the shopper shops in; 0 where the input does not tell. */
function readCountry(input: Value): u16 {
  const country = property(property(input, keys.LOCALIZATION), keys.COUNTRY);
  return readString(property(country, keys.ISO_CODE)) == 2 ? load<u16>(SCRATCH) : 0;
}

/** Whether the merchant's discount is of class PRODUCT; an operation of another class would be refused. */
function givesProductDiscounts(input: Value): bool {
  const classes = property(property(input, keys.DISCOUNT), keys.DISCOUNT_CLASSES);
  const count = arrayLength(classes);
  for (let i: u32 = 0; i < count; i++) {
    // Compared as the bytes "PROD" and "UCT".
    if (readString(element(classes, i)) != 7) continue;
    if (load<u32>(SCRATCH) == 0x444f_5250 && (load<u32>(SCRATCH + 4) & 0xff_ffff) == 0x54_4355) return true;
  }
  return false;
}

/** Whether the cart attribute names the holdout: `h:VISITOR`. */
function isHeldOut(cart: Value): bool {
  const length = readString(property(property(cart, keys.ATTRIBUTE), keys.VALUE));
  return length >= 2 && load<u16>(SCRATCH) == 0x3a68;
}
