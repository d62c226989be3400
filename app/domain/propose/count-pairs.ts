import { basketsOf, countOrders, type Occurrences } from "#app/domain/propose/occurrences.ts";

/** Pairs of items in columns, `a < b`. */
export interface PairCounts {
  readonly count: number;
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  /** Baskets that hold both. */
  readonly together: Uint32Array;
  /** Items in at least `leastTogether` baskets, and so the pairs that could have been found. */
  readonly frequentItems: number;
}

/**
 * Counts the baskets that hold both items of each pair and keeps the pairs in at least `leastTogether`. One item at
 * a time over an inverted index: memory is that of the answer, time the sum of squared basket sizes.
 */
export function countPairs(occurrences: Occurrences, leastTogether: number): PairCounts {
  const { items, basketOffsets, itemOf } = occurrences;
  const isFrequent = new Uint8Array(items);
  let frequentItems = 0;
  for (let item = 0; item < items; item++) {
    if (countOrders(occurrences, item) < leastTogether) continue;
    isFrequent[item] = 1;
    frequentItems++;
  }

  const pairs = openPairs();
  const together = new Uint32Array(items);
  const touched: number[] = [];
  for (let a = 0; a < items; a++) {
    if (!isFrequent[a]) continue;
    touched.length = 0;
    for (const basket of basketsOf(occurrences, a)) {
      for (let line = basketOffsets[basket]!; line < basketOffsets[basket + 1]!; line++) {
        const b = itemOf[line]!;
        if (b <= a || !isFrequent[b]) continue;
        if (together[b] === 0) touched.push(b);
        together[b]! += 1;
      }
    }
    for (const b of touched) {
      if (together[b]! >= leastTogether) pairs.add(a, b, together[b]!);
      together[b] = 0;
    }
  }
  return { ...pairs.close(), frequentItems };
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
