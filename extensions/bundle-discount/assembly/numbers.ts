import { SCRATCH } from "./wasm-api";

const ZERO: u8 = 0x30;
const DOT: u8 = 0x2e;
const DASH: u8 = 0x2d;
const SLASH: u8 = 0x2f;

/** A decimal string of at most 15 digits before its point, such as "12.5", in hundredths; digits beyond the second are dropped. -1 if it is anything else. */
export function parseHundredths(length: u32): i64 {
  let total: i64 = 0;
  let whole: u32 = 0;
  let fraction: i32 = -1;
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(SCRATCH + i);
    if (byte == DOT) {
      if (fraction >= 0 || whole == 0) return -1;
      fraction = 0;
      continue;
    }
    const digit = <u32>(byte - ZERO);
    if (byte < ZERO || digit > 9) return -1;
    if (fraction < 0) {
      if (++whole > 15) return -1;
    } else if (++fraction > 2) continue;
    total = total * 10 + digit;
  }
  if (whole == 0 || fraction == 0) return -1;
  if (fraction < 0) return total * 100;
  return fraction == 1 ? total * 10 : total;
}

/** The id at the end of a gid, after its last slash; 0 if there is none. */
export function parseGid(length: u32): u64 {
  let start = length;
  while (start > 0 && load<u8>(SCRATCH + start - 1) != SLASH) start--;
  return parseDigits(start, length);
}

/** The day "2026-12-24" as the number 20261224; 0 if the text in SCRATCH is anything else. */
export function parseDay(length: u32): i32 {
  if (length != 10) return 0;
  let day: i32 = 0;
  for (let i: u32 = 0; i < 10; i++) {
    const byte = load<u8>(SCRATCH + i);
    if (i == 4 || i == 7) {
      if (byte != DASH) return 0;
      continue;
    }
    if (byte < ZERO || byte > ZERO + 9) return 0;
    day = day * 10 + (byte - ZERO);
  }
  return day;
}

/** The id that the text from `start` to `end` spells in at most 19 digits; 0 if it is anything else. */
export function parseDigits(start: u32, end: u32): u64 {
  if (start == end || end - start > 19) return 0;
  let id: u64 = 0;
  for (let i = start; i < end; i++) {
    const byte = load<u8>(SCRATCH + i);
    if (byte < ZERO || byte > ZERO + 9) return 0;
    id = id * 10 + (byte - ZERO);
  }
  return id;
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
    store<u8>(SCRATCH + i, ZERO + <u8>(rest % 10));
    rest /= 10;
  }
  return length;
}
