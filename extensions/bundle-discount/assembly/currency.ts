import * as keys from "./keys";
import { SCRATCH, Value, property, readString } from "./wasm-api";

/** Currencies without coins below their unit, as the theme block and the app list them. */
const WHOLE_UNITS = "BIFCLPDJFGNFISKJPYKMFKRWMGAPYGRWFUGXVNDVUVXAFXOFXPF";

/** Hundredths in the smallest amount that the cart's currency can pay: 100 or 1. */
export function smallestPayable(cart: Value): i64 {
  const subtotal = property(property(cart, keys.COST), keys.SUBTOTAL_AMOUNT);
  if (readString(property(subtotal, keys.CURRENCY_CODE)) != 3) return 1;
  const first = <i32>load<u8>(SCRATCH);
  const second = <i32>load<u8>(SCRATCH, 1);
  const third = <i32>load<u8>(SCRATCH, 2);
  for (let at = 0; at < WHOLE_UNITS.length; at += 3) {
    if (WHOLE_UNITS.charCodeAt(at) != first || WHOLE_UNITS.charCodeAt(at + 1) != second) continue;
    if (WHOLE_UNITS.charCodeAt(at + 2) == third) return 100;
  }
  return 1;
}
