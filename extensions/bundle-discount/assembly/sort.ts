let ranked: usize = memory.data(16384); // 2048 keys of 8 bytes
let spare: usize = memory.data(16384);
const COUNTS: usize = memory.data(1024); // number of keys per digit, 256 digits
/** Low bits of a key: the index of the ranked record. Its value, at most 2^52, is above them. */
const PLACE_BITS: u64 = 11;
const PLACES: u64 = (1 << PLACE_BITS) - 1;
/** Fewer keys are sorted by insertion. */
const FEW: i32 = 24;

let highest: u64 = 0;

/**
 * Adds a record to the ranking: its index and value, 0 to 2^52. `count` is the number before it; indices must ascend.
 */
export function noteWorth(count: i32, place: i32, worth: i64): void {
  if (count == 0) highest = 0;
  highest |= worth;
  store<u64>(ranked + (count << 3), ((<u64>worth) << PLACE_BITS) | place);
}

/** Index of the record at a rank, in descending order of value. */
export function placeAt(rank: i32): i32 {
  return <i32>(load<u64>(ranked + (rank << 3)) & PLACES);
}

/** Sorts the ranking, stable for equal values, so that the same cart always gives the same result. */
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

/** One stable pass of a radix sort, from the lowest digit to the highest. */
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
