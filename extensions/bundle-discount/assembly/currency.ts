import * as keys from "./keys";
import { parseDecimal } from "./numbers";
import { SCRATCH, Value, property, readString } from "./wasm-api";

/** Currencies without coins below their unit, as the theme block and the app list them. */
const WHOLE_UNITS = "BIFCLPDJFGNFISKJPYKMFKRWMGAPYGRWFUGXVNDVUVXAFXOFXPF";

/** Hundredths in the smallest amount that the cart's currency can pay: 100 or 1. */
let step: i64 = 1;
/** Whole units of the cart's currency for one of the shop's, and the millionths beside them. */
let rateUnits: i64 = 0;
let rateMillionths: i64 = 0;

/** Reads what the cart is paid in. Must run before any price is counted. */
export function readCurrency(input: Value, cart: Value): void {
  const subtotal = property(property(cart, keys.COST), keys.SUBTOTAL_AMOUNT);
  step = readString(property(subtotal, keys.CURRENCY_CODE)) == 3 && isOfWholeUnits() ? 100 : 1;
  const rate = parseDecimal(readString(property(input, keys.PRESENTMENT_CURRENCY_RATE)), 6);
  if (rate <= 0) return;
  rateUnits = rate / 1_000_000;
  rateMillionths = rate % 1_000_000;
}

/** Whether the currency's code in SCRATCH is of one without small coins. */
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

/** Whether the input tells the rate; where it does not, no amount of the shop's currency can be paid. */
export function hasRate(): bool {
  return rateUnits > 0 || rateMillionths > 0;
}

/**
 * An amount of the shop's currency, at most 10^8 hundredths, in hundredths of the cart's: half up to what its coins can
 * pay, and at least one of these.
 */
export function toCart(hundredths: i64): i64 {
  // `2 · hundredths · rate + step` over `2 · step`, with the millionths apart, because together they pass 64 bits.
  const doubled = 2 * hundredths * rateUnits + step + (2 * hundredths * rateMillionths) / 1_000_000;
  return max<i64>(1, doubled / (2 * step)) * step;
}

/** `floor(total · basisPoints / 10000)` in what the coins can pay, for totals whose product passes 64 bits too. */
export function shareOf(total: i64, basisPoints: i64): i64 {
  const whole = 10_000 * step;
  return ((total / whole) * basisPoints + ((total % whole) * basisPoints) / whole) * step;
}
