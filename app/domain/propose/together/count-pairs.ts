import { basketsOf, countOrders, type Occurrences } from "./occurrences.ts";

/** Pairs of items in columns, `a < b`. */
export interface PairCounts {
  readonly count: number;
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  /** Baskets that hold both. */
  readonly together: Uint32Array;
  /** Pairs in fewer baskets were passed over. */
  readonly least: number;
  /** Items in at least `least` baskets, and so the pairs that could have been found. */
  readonly frequentItems: number;
}

/** Above so many possible pairs of frequent items, a counter for each would take more than 64 MB. */
const MOST_COUNTERS = 2 ** 24;

/**
 * Counts the baskets that hold both items of each pair and keeps the pairs in at least `leastTogether`, by item. An
 * item in fewer baskets is in no such pair and is passed over (Agrawal & Srikant 1994). Time is the sum of squared
 * basket sizes; memory is one counter a possible pair where that is little, else that of the answer.
 *
 * @param mostCounters for tests of the other way
 */
export function countPairs(
  occurrences: Occurrences,
  leastTogether: number,
  mostCounters = MOST_COUNTERS,
): PairCounts {
  const frequent: number[] = [];
  for (let item = 0; item < occurrences.items; item++)
    if (countOrders(occurrences, item) >= leastTogether) frequent.push(item);
  const rankOf = new Int32Array(occurrences.items).fill(-1);
  frequent.forEach((item, rank) => (rankOf[item] = rank));

  const pairs = openPairs();
  const possible = (frequent.length * (frequent.length - 1)) / 2;
  if (possible <= mostCounters) countAll(occurrences, leastTogether, frequent, rankOf, pairs);
  else countByItem(occurrences, leastTogether, frequent, rankOf, pairs);
  return { ...pairs.close(), least: leastTogether, frequentItems: frequent.length };
}

type PairList = ReturnType<typeof openPairs>;

/** One pass over the baskets; the counters of an item's pairs with the items before it stand in a row. */
function countAll(
  { baskets, basketOffsets, itemOf }: Occurrences,
  leastTogether: number,
  frequent: readonly number[],
  rankOf: Int32Array,
  pairs: PairList,
): void {
  const rowOf = (rank: number) => (rank * (rank - 1)) / 2;
  const together = new Uint32Array(rowOf(frequent.length));
  const own = new Int32Array(frequent.length);
  for (let basket = 0; basket < baskets; basket++) {
    let size = 0;
    for (let line = basketOffsets[basket]!; line < basketOffsets[basket + 1]!; line++) {
      const rank = rankOf[itemOf[line]!]!;
      if (rank >= 0) own[size++] = rank;
    }
    own.subarray(0, size).sort();
    for (let i = 1; i < size; i++) {
      const row = rowOf(own[i]!);
      for (let j = 0; j < i; j++) together[row + own[j]!]! += 1;
    }
  }
  for (let a = 0; a < frequent.length; a++)
    for (let b = a + 1; b < frequent.length; b++) {
      const count = together[rowOf(b) + a]!;
      if (count >= leastTogether && count > 0) pairs.add(frequent[a]!, frequent[b]!, count);
    }
}

/** One item at a time over an inverted index. */
function countByItem(
  occurrences: Occurrences,
  leastTogether: number,
  frequent: readonly number[],
  rankOf: Int32Array,
  pairs: PairList,
): void {
  const { basketOffsets, itemOf } = occurrences;
  const together = new Uint32Array(frequent.length);
  const touched: number[] = [];
  frequent.forEach((item, a) => {
    touched.length = 0;
    for (const basket of basketsOf(occurrences, item)) {
      for (let line = basketOffsets[basket]!; line < basketOffsets[basket + 1]!; line++) {
        const b = rankOf[itemOf[line]!]!;
        if (b <= a) continue;
        if (together[b] === 0) touched.push(b);
        together[b]! += 1;
      }
    }
    for (const b of touched.sort((x, y) => x - y)) {
      if (together[b]! >= leastTogether) pairs.add(item, frequent[b]!, together[b]!);
      together[b] = 0;
    }
  });
}

function openPairs() {
  let columns = [new Uint32Array(4_096), new Uint32Array(4_096), new Uint32Array(4_096)] as const;
  let count = 0;
  const resize = (length: number) => {
    columns = columns.map((column) => {
      const resized = new Uint32Array(length);
      resized.set(column.subarray(0, count));
      return resized;
    }) as unknown as typeof columns;
  };
  return {
    add(a: number, b: number, together: number): void {
      if (count === columns[0].length) resize(count * 2);
      columns[0][count] = a;
      columns[1][count] = b;
      columns[2][count] = together;
      count++;
    },
    close() {
      resize(count);
      return { count, a: columns[0], b: columns[1], together: columns[2] };
    },
  };
}
