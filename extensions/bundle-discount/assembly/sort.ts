const RANKED: usize = memory.data(16384); // 2048 keys of 8 bytes
const MERGED: usize = memory.data(16384);
/** Bits of a key that hold the place of what it ranks; the worth of it, at most 2^52, lies above them. */
const PLACE_BITS: u64 = 11;
const PLACES: u64 = (1 << PLACE_BITS) - 1;

export const MAX_RANKED: i32 = 2048;

/** Notes what a thing at a place is worth, 0 to 2^52; it is the `count`-th that is noted. */
export function noteWorth(count: i32, place: i32, worth: i64): void {
  store<u64>(RANKED + (count << 3), ((<u64>worth) << PLACE_BITS) | (PLACES - place));
}

/** The place of the thing at a rank of the falling order of worth. */
export function placeAt(rank: i32): i32 {
  return <i32>(PLACES - (load<u64>(RANKED + (rank << 3)) & PLACES));
}

/** Ranks what was noted; equal worth keeps the order of the places, so that one cart always gets one answer. */
export function rankNoted(count: i32): void {
  let from = RANKED;
  let to = MERGED;
  for (let width = 1; width < count; width <<= 1) {
    for (let low = 0; low < count; low += width << 1) {
      const middle = min(low + width, count);
      mergeRuns(from, to, low << 3, middle << 3, min(low + (width << 1), count) << 3);
    }
    const merged = to;
    to = from;
    from = merged;
  }
  if (from != RANKED)
    for (let at = 0; at < count << 3; at += 8) store<u64>(RANKED + at, load<u64>(MERGED + at));
}

function mergeRuns(from: usize, to: usize, low: i32, middle: i32, high: i32): void {
  let left = from + low;
  let right = from + middle;
  const leftEnd = right;
  const rightEnd = from + high;
  let out = to + low;
  while (left < leftEnd && right < rightEnd) {
    const one = load<u64>(left);
    const other = load<u64>(right);
    const isLeft = one > other;
    store<u64>(out, isLeft ? one : other);
    if (isLeft) left += 8;
    else right += 8;
    out += 8;
  }
  for (; left < leftEnd; left += 8, out += 8) store<u64>(out, load<u64>(left));
  for (; right < rightEnd; right += 8, out += 8) store<u64>(out, load<u64>(right));
}
