let ranked: usize = memory.data(16384); // 2048 keys of 8 bytes
let spare: usize = memory.data(16384);
const COUNTS: usize = memory.data(1024); // how many keys have each of 256 digits
/** Bits of a key that hold the place of what it ranks; the worth of it, at most 2^52, lies above them. */
const PLACE_BITS: u64 = 11;
const PLACES: u64 = (1 << PLACE_BITS) - 1;
/** Fewer keys than this are put in order one by one. */
const FEW: i32 = 24;

let highest: u64 = 0;

/** Notes what a thing at a place is worth, 0 to 2^52; it is the `count`-th that is noted, places in rising order. */
export function noteWorth(count: i32, place: i32, worth: i64): void {
  if (count == 0) highest = 0;
  highest |= worth;
  store<u64>(ranked + (count << 3), ((<u64>worth) << PLACE_BITS) | place);
}

/** The place of the thing at a rank of the falling order of worth. */
export function placeAt(rank: i32): i32 {
  return <i32>(load<u64>(ranked + (rank << 3)) & PLACES);
}

/** Ranks what was noted; equal worth keeps the order of the places, so that one cart always gets one answer. */
export function rankNoted(count: i32): void {
  if (count < FEW) insertEach(count);
  else for (let shift = PLACE_BITS; highest > 0; shift += 8, highest >>= 8) orderByDigit(count, shift);
}

function insertEach(count: i32): void {
  const end = ranked + (count << 3);
  for (let next = ranked + 8; next < end; next += 8) {
    const key = load<u64>(next);
    let at = next;
    while (at > ranked && load<u64>(at - 8) >> PLACE_BITS < key >> PLACE_BITS) {
      store<u64>(at, load<u64>(at - 8));
      at -= 8;
    }
    store<u64>(at, key);
  }
}

/** One pass of a radix sort, which keeps the order of equal digits: lowest first, the last pass has all in order. */
function orderByDigit(count: i32, shift: u64): void {
  for (let at = 0; at < 1024; at += 8) store<u64>(COUNTS + at, 0);
  const end = ranked + (count << 3);
  for (let from = ranked; from < end; from += 8) {
    const counter = COUNTS + (((<u32>(load<u64>(from) >> shift)) & 255) << 2);
    store<i32>(counter, load<i32>(counter) + 8);
  }
  let place = spare;
  for (let at = 1020; at >= 0; at -= 4) {
    const bytes = load<i32>(COUNTS + at);
    store<i32>(COUNTS + at, <i32>place);
    place += bytes;
  }
  for (let from = ranked; from < end; from += 8) {
    const key = load<u64>(from);
    const counter = COUNTS + (((<u32>(key >> shift)) & 255) << 2);
    const to = load<usize>(counter);
    store<u64>(to, key);
    store<usize>(counter, to + 8);
  }
  const held = ranked;
  ranked = spare;
  spare = held;
}
