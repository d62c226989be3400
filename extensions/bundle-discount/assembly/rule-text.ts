import { ONES, TOPS, ZEROS, digitCount, readDigits, readLongDigits } from "./numbers";
import { findPool } from "./pool-ids";
import { Item, MAX_OFFERS, Offer, itemAt, keepOffers, offerAt, offerCount } from "./offer";

/*
 * Parses the rules of a product; the app's `offer-rule.ts` has the grammar. A text with any error has no offers,
 * because a half-read rule could promise something else.
 */

const BAR: u32 = 0x7c;
const TILDE: u32 = 0x7e;
const CARET: u32 = 0x5e;
const COMMA: u32 = 0x2c;
const PERCENT: u32 = 0x25;
const MINUS: u32 = 0x2d;
const EQUALS: u32 = 0x3d;
const NO_LIMIT: i32 = i32.MAX_VALUE;
const MAX_TITLES_BYTES: usize = 4_000;

let at: usize = 0;
let end: usize = 0;

/**
 * Appends the offers of a text.
 *
 * @param from start of the text; at least eight zero bytes follow `to`
 * @param today the shop's date as the number 20261224
 * @param country the two letters of the shopper's country, 0 if unknown
 */
export function readRules(from: usize, to: usize, today: i32, country: u32): void {
  at = from;
  end = to;
  if (!take(0x32)) return;
  take(0x73);
  take(0x63);
  const before = offerCount;
  while (at < end) {
    if (offerCount == MAX_OFFERS) return;
    const offer = offerAt(offerCount);
    if (!take(TILDE) || !readOffer(offer, today, country)) {
      keepOffers(before);
      return;
    }
    keepOffers(offerCount + 1);
  }
}

function readOffer(offer: Offer, today: i32, country: u32): bool {
  const kind = <i32>load<u8>(at++);
  if (!take(BAR)) return false;
  offer.kind = kind;
  offer.id = at;
  offer.hundredths = 0;
  offer.isChosen = 0;
  offer.lastMember = 0;
  offer.poolSize = 0;
  offer.spend = 0;
  offer.itemCount = 0;
  if (!takeUuid()) return false;
  if (takeKnown(offer)) return true;
  if (!take(BAR)) return false;
  const place = <u32>load<u8>(at);
  if (place == 0x70 || place == 0x66 || place == 0x63) at++;
  if (!take(BAR)) return false;
  offer.isOpen = 1;
  if (!take(BAR)) {
    const lastDay = takeNumber(2000_01_01, 9999_12_31);
    if (lastDay < 0 || !take(BAR)) return false;
    if (lastDay < today) offer.isOpen = 0;
  }
  if (!take(BAR)) {
    if (!takeCountries(country)) offer.isOpen = 0;
    if (!take(BAR)) return false;
  }
  offer.times = NO_LIMIT;
  if (!take(BAR)) {
    offer.times = takeNumber(1, 99);
    if (offer.times < 0 || !take(BAR)) return false;
  }
  if (kind == 0x73) {
    if (!takeRewardOrNone(offer) || !takeParts(offer) || offer.itemCount < 2) return false;
  } else if (kind == 0x72) {
    if (!takeRewardOrNone(offer)) return false;
    offer.units = takeNumber(2, 12);
    if (offer.units < 0) return false;
    offer.isDistinct = i32(take(0x64));
  } else if (kind == 0x62) {
    if (!take(BAR) || !takeTiers(offer)) return false;
    return take(BAR) && takeTitles(offer);
  } else if (kind == 0x67) {
    if (!takeReward(10_000) || reward != PERCENT || !take(BAR)) return false;
    if (take(0x24)) {
      offer.spend = takeAmount();
      if (offer.spend == 0) return false;
    } else if (!takeParts(offer)) return false;
    if (!take(0x3e) || !takePart(itemAt(offer, offer.itemCount))) return false;
  } else return false;
  offer.reward = reward;
  offer.worth = worth;
  return take(BAR) && takeTitles(offer);
}

function take(byte: u32): bool {
  if (<u32>load<u8>(at) != byte) return false;
  at++;
  return true;
}

/** An integer in the range, without a leading zero; -1 for anything else. `low` is above 0. */
function takeNumber(low: i32, high: i32): i32 {
  const digit = <i32>load<u8>(at) - 0x30;
  if (digit <= 0 || digit > 9) return -1;
  let number = digit;
  if (<u32>load<u8>(at, 1) - 0x30 > 9) at++;
  else {
    number = <i32>readDigits(at);
    at += digitCount;
  }
  return number >= low && number <= high ? number : -1;
}

/** An id of at most 19 digits without a leading zero; 0 for anything else. */
function takeId(): u64 {
  if (load<u8>(at) == 0x30) return 0;
  const id = readLongDigits(at);
  at += digitCount;
  return digitCount > 19 ? 0 : id;
}

/** Hundredths, as an id; 0 for anything else, or if they are 20 million units or more. */
function takeAmount(): i32 {
  const amount = takeId();
  return amount < 2_000_000_000 ? <i32>amount : 0;
}

/** A UUID of 36 characters with a valid version and variant. */
function takeUuid(): bool {
  if (at + 36 > end) return false;
  const second = load<u64>(at, 8);
  const third = load<u64>(at, 16);
  // Dashes are the bytes 8, 13, 18 and 23. They are replaced by zeros, so that all bytes must be hex digits.
  if ((second & 0x0000_ff00_0000_00ff) != 0x0000_2d00_0000_002d) return false;
  if ((third & 0xff00_0000_00ff_0000) != 0x2d00_0000_002d_0000) return false;
  const strange =
    notHex(load<u64>(at)) |
    notHex(second ^ 0x0000_1d00_0000_001d) |
    notHex(third ^ 0x1d00_0000_001d_0000) |
    notHex(load<u64>(at, 24)) |
    notHex((<u64>load<u32>(at, 32)) | (ZEROS << 32));
  const version = <u32>load<u8>(at, 14) - 0x31;
  const variant = (<u32>load<u8>(at, 19)) | 0x20;
  at += 36;
  return strange == 0 && version < 8 && (variant - 0x38 < 2 || variant - 0x61 < 2);
}

/** The top bit of each byte that is not a hex digit. */
function notHex(bytes: u64): u64 {
  const digit = bytes ^ ZEROS;
  const letter = (bytes | (ONES * 0x20)) ^ (ONES * 0x60);
  const notDigit = digit + ONES * 0x76;
  const notLetter = (letter + ONES * 0x79) | ~(letter + ONES * 0x7f);
  return ((notDigit & notLetter) | bytes) & TOPS;
}

/** Reads two-letter codes up to the next other character; returns whether one is the country. */
function takeCountries(country: u32): bool {
  let isNamed = false;
  while (isLetter(load<u8>(at)) && isLetter(load<u8>(at, 1))) {
    if (<u32>load<u16>(at) == country) isNamed = true;
    at += 2;
  }
  return isNamed;
}

function isLetter(byte: u32): bool {
  return byte - 0x41 < 26;
}

let reward: i32 = 0;
let worth: i32 = 0;

function takeReward(mostBasisPoints: i32): bool {
  const sign = <u32>load<u8>(at++);
  if (sign != PERCENT && sign != MINUS && sign != EQUALS) return false;
  reward = sign;
  worth = sign == PERCENT ? takeNumber(1, mostBasisPoints) : takeAmount();
  return worth > 0;
}

/** Skips a pool rule that an earlier product carries word for word, without another offer. */
function takeKnown(offer: Offer): bool {
  const held = findPool(offer.id);
  if (held < 0 || offerAt(held).kind != offer.kind) return false;
  let other = offerAt(held).id + 36;
  const bytes = offerAt(held).titlesEnd - other;
  const ends = at + bytes;
  if (ends > end || (ends < end && load<u8>(ends) != TILDE)) return false;
  for (let here = at; here < ends; here += 8, other += 8) {
    const differ = load<u64>(here) ^ load<u64>(other);
    // In the last word, compares only the bytes before the end.
    if ((ends - here >= 8 ? differ : differ << ((8 - (ends - here)) << 3)) != 0) return false;
  }
  offer.spend = offerAt(held).spend;
  offer.isOpen = 0;
  at = ends;
  return true;
}

/** A reward with its bar. Without one, the products are only shown together and the offer saves nothing. */
function takeRewardOrNone(offer: Offer): bool {
  if (!take(BAR)) return takeReward(9_000) && take(BAR);
  offer.isOpen = 0;
  return true;
}

function takeParts(offer: Offer): bool {
  do {
    if (offer.itemCount == 4 || !takePart(itemAt(offer, offer.itemCount))) return false;
    offer.itemCount++;
  } while (take(COMMA));
  return true;
}

function takePart(part: Item): bool {
  part.variant = takeId();
  if (part.variant == 0 || !take(0x2a)) return false;
  part.units = takeNumber(1, 9);
  part.product = 0;
  if (take(0x40)) {
    part.product = takeId();
    if (part.product == 0) return false;
  }
  return part.units > 0;
}

function takeTiers(offer: Offer): bool {
  offer.scope = <i32>load<u8>(at++);
  if (offer.scope != 0x76 && offer.scope != 0x70 && offer.scope != 0x6f) return false;
  do {
    if (offer.itemCount == 6) return false;
    const tier = itemAt(offer, offer.itemCount++);
    tier.units = takeNumber(2, 99);
    if (tier.units < 0 || !take(0x3a) || !takeReward(9_000)) return false;
    tier.reward = reward;
    tier.worth = worth;
  } while (take(COMMA));
  return true;
}

/** A title, then pairs of language and title, up to the next offer or the end. */
function takeTitles(offer: Offer): bool {
  offer.titles = at;
  let carets = 0;
  while (true) {
    // Eight bytes at once while none is "|", "~" or "^", which become "~" with these two bits set.
    while (at + 8 <= end) {
      const letters = (load<u64>(at) | (ONES * 0x22)) ^ (ONES * TILDE);
      if (((letters - ONES) & ~letters & TOPS) != 0) break;
      at += 8;
    }
    while (at < end) {
      const byte = <u32>load<u8>(at);
      if (byte == TILDE || byte == BAR || byte == CARET) break;
      at++;
    }
    if (at == offer.titles) return false;
    if (at == end || load<u8>(at) != CARET) break;
    carets++;
    at++;
  }
  offer.titlesEnd = at;
  return (at == end || load<u8>(at) == TILDE) && (carets & 1) == 0 && at - offer.titles <= MAX_TITLES_BYTES;
}
