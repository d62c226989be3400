import { SCRATCH } from "./wasm-api";

const ZERO: u32 = 0x30;
const DOT: u32 = 0x2e;
const DASH: u32 = 0x2d;
const SLASH: u32 = 0x2f;

/**
 * A decimal string of at most 12 digits before its point, such as "12.5", times ten to the power of `digits`; what stands
 * behind them is dropped. -1 if the text in SCRATCH is anything else.
 */
export function parseDecimal(length: u32, digits: i32): i64 {
  let total: i64 = 0;
  let whole: u32 = 0;
  let fraction: i32 = -1;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(SCRATCH + i);
    const digit = byte - ZERO;
    if (digit > 9) {
      if (byte != DOT || fraction >= 0 || whole == 0) return -1;
      fraction = 0;
      continue;
    }
    if (fraction < 0) {
      if (++whole > 12) return -1;
    } else if (++fraction > digits) continue;
    total = total * 10 + digit;
  }
  if (whole == 0 || fraction == 0) return -1;
  for (let at = max(fraction, 0); at < digits; at++) total *= 10;
  return total;
}

/** The id at the end of a gid in SCRATCH, at most 19 digits after its last slash; 0 if there is none. */
export function parseGid(length: u32): u64 {
  let id: u64 = 0;
  let power: u64 = 1;
  const first = length > 19 ? length - 19 : 0;
  for (let i = length; i-- > first;) {
    const digit = <u32>load<u8>(SCRATCH + i) - ZERO;
    if (digit > 9) return digit == SLASH - ZERO ? id : 0;
    id += digit * power;
    power *= 10;
  }
  return first > 0 && load<u8>(SCRATCH + first - 1) == SLASH ? id : 0;
}

/** The day "2026-12-24" as the number 20261224; 0 if the text in SCRATCH is anything else. */
export function parseDay(length: u32): i32 {
  if (length != 10) return 0;
  let day: i32 = 0;
  for (let i: u32 = 0; i < 10; i++) {
    const byte = <u32>load<u8>(SCRATCH + i);
    if (i == 4 || i == 7) {
      if (byte != DASH) return 0;
      continue;
    }
    if (byte - ZERO > 9) return 0;
    day = day * 10 + (byte - ZERO);
  }
  return day;
}

/** Writes hundredths as a decimal with two digits to SCRATCH and returns its length; `amount` is not negative. */
export function formatHundredths(amount: i64): u32 {
  let length: u32 = 4;
  for (let rest = amount / 1000; rest > 0; rest /= 10) length++;
  let rest = amount;
  for (let i = length; i-- > 0;) {
    if (i == length - 3) {
      store<u8>(SCRATCH + i, DOT);
      continue;
    }
    store<u8>(SCRATCH + i, ZERO + <u32>(rest % 10));
    rest /= 10;
  }
  return length;
}
