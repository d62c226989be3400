import { readCart } from "./cart";
import { chooseOffers } from "./choose";
import { readCurrency } from "./currency";
import { findOffers } from "./find-offers";
import * as keys from "./keys";
import { readLanguage } from "./message";
import { parseDay } from "./numbers";
import { writeResult } from "./result";
import {
  SCRATCH,
  Value,
  arrayLength,
  element,
  inputGet,
  property,
  readString,
  stringLength,
} from "./wasm-api";

/**
 * Applies the offers that save the shopper the most, each as one amount over the lines that it draws from. Visitors of
 * the holdout and visitors with an invalid mark get none.
 *
 * Calls `inputGet` once, because Shopify parses the cart on each call.
 */
export function cartLinesDiscountsGenerateRun(): void {
  keys.internInputKeys();
  const input = inputGet();
  const cart = property(input, keys.CART);
  if (!isHeldOut(cart) && givesProductDiscounts(input)) {
    const localization = property(input, keys.LOCALIZATION);
    readCurrency(input, cart);
    readLanguage(localization);
    readCart(cart);
    findOffers(readToday(input), readCountry(localization));
    chooseOffers();
  }
  writeResult(input);
}

/** The date in the shop's time zone as the number 20261224; 0 if unknown. */
function readToday(input: Value): i32 {
  return parseDay(readString(property(property(property(input, keys.SHOP), keys.LOCAL_TIME), keys.DATE)));
}

/** The two letters of the shopper's country; 0 if unknown. */
function readCountry(localization: Value): u32 {
  const country = property(localization, keys.COUNTRY);
  return readString(property(country, keys.ISO_CODE)) == 2 ? load<u16>(SCRATCH) : 0;
}

/** Whether the discount has the class PRODUCT; Shopify refuses operations of other classes. */
function givesProductDiscounts(input: Value): bool {
  const classes = property(property(input, keys.DISCOUNT), keys.DISCOUNT_CLASSES);
  const count = arrayLength(classes);
  for (let i: u32 = 0; i < count; i++) {
    // Compares the bytes "PROD" and "UCT".
    if (readString(element(classes, i)) != 7) continue;
    if (load<u32>(SCRATCH) == 0x444f_5250 && (load<u32>(SCRATCH + 4) & 0xff_ffff) == 0x54_4355) return true;
  }
  return false;
}

/**
 * Whether the cart has a mark other than that of a treated visitor: `t:` and 32 lower-case hex digits. A tampered mark
 * counts as holdout, so that it cannot unlock offers.
 */
function isHeldOut(cart: Value): bool {
  const mark = property(property(cart, keys.ATTRIBUTE), keys.VALUE);
  if (stringLength(mark) == 0) return false;
  if (readString(mark) != 34 || load<u16>(SCRATCH) != 0x3a74) return true;
  for (let i = 2; i < 34; i++) {
    const byte = <u32>load<u8>(SCRATCH + i);
    if (byte - 0x30 > 9 && byte - 0x61 > 5) return true;
  }
  return false;
}
