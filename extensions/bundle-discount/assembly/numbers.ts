import { SCRATCH } from "./wasm-api";

const ZERO: u32 = 0x30;
const DOT: u32 = 0x2e;
const DASH: u32 = 0x2d;
const SLASH: u32 = 0x2f;

/** Bytes of a word: the digit zero, one, and the top bit. */
export const ZEROS: u64 = 0x3030_3030_3030_3030;
export const ONES: u64 = 0x0101_0101_0101_0101;
export const TOPS: u64 = 0x8080_8080_8080_8080;

/** Number of digits of the last read. */
export let digitCount: u32 = 0;

/** Parses up to eight digits at an address, all at once for speed, because ids are long. */
export function readDigits(place: usize): u64 {
  const word = load<u64>(place) ^ ZEROS;
  // Sets the top bit of each byte that is not a digit. A carry only affects later bytes.
  const others = ((word + ONES * 0x76) | word) & TOPS;
  digitCount = others == 0 ? 8 : <u32>(ctz(others) >> 3);
  if (digitCount == 0) return 0;
  const digits = word << (64 - (digitCount << 3));
  const pairs = digits * 10 + (digits >> 8);
  const low = (pairs & 0x0000_00ff_0000_00ff) * 0x000f_4240_0000_0064;
  const high = ((pairs >> 16) & 0x0000_00ff_0000_00ff) * 0x0000_2710_0000_0001;
  return (low + high) >> 32;
}

/** Parses digits at an address. For more than 19, only `digitCount` is valid. */
export function readLongDigits(place: usize): u64 {
  let id: u64 = 0;
  let count: u32 = 0;
  while (true) {
    const eight = readDigits(place + count);
    count += digitCount;
    if (digitCount < 8 || count > 19) {
      id = id * powerOfTen(digitCount) + eight;
      break;
    }
    id = id * 100_000_000 + eight;
  }
  digitCount = count;
  return id;
}

const POWERS: StaticArray<u64> = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

function powerOfTen(digits: u32): u64 {
  return unchecked(POWERS[digits]);
}

/**
 * Parses a decimal with at most 12 integer digits, such as "12.5", from SCRATCH, times ten to the power of `digits`.
 * Truncates further decimals. Returns -1 for any other text.
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

/** The id at the end of a gid in SCRATCH, at most 19 digits; 0 if there is none. */
export function parseGid(length: u32): u64 {
  let start = length;
  if (length > VARIANT_DIGITS && isSlash(VARIANT_DIGITS)) start = VARIANT_DIGITS;
  else if (length > PRODUCT_DIGITS && isSlash(PRODUCT_DIGITS)) start = PRODUCT_DIGITS;
  while (start > 0 && !isSlash(start)) start--;
  if (start == 0) return 0;
  store<u8>(SCRATCH + length, 0);
  const id = readLongDigits(SCRATCH + start);
  return digitCount == length - start && digitCount <= 19 ? id : 0;
}

/** Where the digits start in a variant's and a product's gid; tried first. */
const VARIANT_DIGITS: u32 = 29;
const PRODUCT_DIGITS: u32 = 22;

function isSlash(before: u32): bool {
  return load<u8>(SCRATCH + before - 1) == SLASH;
}

/** Parses the date "2026-12-24" in SCRATCH to the number 20261224; 0 for any other text. */
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

/** Writes hundredths as a decimal with two digits to SCRATCH and returns its length. `amount` is not negative. */
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
