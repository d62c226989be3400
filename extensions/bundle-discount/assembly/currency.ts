import * as keys from "./keys";
import { parseDecimal } from "./numbers";
import { SCRATCH, Value, property, readString } from "./wasm-api";

/** Currencies without minor units, the same list as in the theme block and the app. */
const WHOLE_UNITS = "BIFCLPDJFGNFISKJPYKMFKRWMGAPYGRWFUGXVNDVUVXAFXOFXPF";

/** Hundredths of the smallest amount in the cart's currency: 100 or 1. */
let step: i64 = 1;
/** Exchange rate from the shop's to the cart's currency: whole units, and millionths. */
let rateUnits: i64 = 0;
let rateMillionths: i64 = 0;

/** Reads the cart's currency. Must run before any pricing. */
export function readCurrency(input: Value, cart: Value): void {
  const subtotal = property(property(cart, keys.COST), keys.SUBTOTAL_AMOUNT);
  step = readString(property(subtotal, keys.CURRENCY_CODE)) == 3 && isOfWholeUnits() ? 100 : 1;
  const rate = parseDecimal(readString(property(input, keys.PRESENTMENT_CURRENCY_RATE)), 6);
  if (rate <= 0) return;
  rateUnits = rate / 1_000_000;
  rateMillionths = rate % 1_000_000;
}

/** Whether the currency code in SCRATCH has no minor units. */
function isOfWholeUnits(): bool {
  const first = <i32>load<u8>(SCRATCH);
  const second = <i32>load<u8>(SCRATCH, 1);
  const third = <i32>load<u8>(SCRATCH, 2);
  for (let at = 0; at < WHOLE_UNITS.length; at += 3) {
    if (WHOLE_UNITS.charCodeAt(at) != first || WHOLE_UNITS.charCodeAt(at + 1) != second) continue;
    if (WHOLE_UNITS.charCodeAt(at + 2) == third) return true;
  }
  return false;
}

/** Whether the input has the exchange rate. Without it, amounts of the shop's currency cannot be used. */
export function hasRate(): bool {
  return rateUnits > 0 || rateMillionths > 0;
}

/**
 * Converts an amount of the shop's currency, below 2 · 10^9 hundredths, to hundredths of the cart's currency. Rounds half
 * up to the currency's smallest amount, and returns at least that.
 */
export function toCart(hundredths: i64): i64 {
  // `(2 · hundredths · rate + step) / (2 · step)`. Millionths are separate, because the product would exceed 64 bits.
  const doubled = 2 * hundredths * rateUnits + step + (2 * hundredths * rateMillionths) / 1_000_000;
  return max<i64>(1, doubled / (2 * step)) * step;
}

/** `floor(total · basisPoints / 10000)` in the currency's smallest amounts, without overflow for large totals. */
export function shareOf(total: i64, basisPoints: i64): i64 {
  const whole = 10_000 * step;
  return ((total / whole) * basisPoints + ((total % whole) * basisPoints) / whole) * step;
}
