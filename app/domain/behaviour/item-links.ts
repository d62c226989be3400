/**
 * A sparse item-to-item matrix: row `i` holds the entries `offsets[i]` to `offsets[i + 1]`, strongest first.
 * Keeping only the strongest partners of each item lets memory grow with the catalogue, not with its square.
 */
export interface ItemLinks {
  /** [items + 1] */
  readonly offsets: Uint32Array;
  /** [entries] item indices */
  readonly partner: Int32Array;
  /** [entries] positive */
  readonly weight: Float32Array;
}

/** Builds links row by row; rows must be added for item 0, 1, 2, … */
export class ItemLinksBuilder {
  readonly #limit: number;
  readonly #offsets: Uint32Array;
  #partner: Int32Array;
  #weight: Float32Array;
  #rows = 0;
  #used = 0;

  /** @param limit partners kept of each item */
  constructor(items: number, limit: number) {
    this.#limit = limit;
    this.#offsets = new Uint32Array(items + 1);
    this.#partner = new Int32Array(1_024);
    this.#weight = new Float32Array(1_024);
  }

  /**
   * @param touched items with a non-zero entry in `row`, each once
   * @param row [items] entries; only those of `touched` are read
   */
  addRow(touched: ArrayLike<number>, row: ArrayLike<number>): void {
    const kept = strongest(touched, row, this.#limit);
    if (this.#used + kept.length > this.#partner.length) this.#grow(kept.length);
    for (const item of kept) {
      this.#partner[this.#used] = item;
      this.#weight[this.#used] = row[item]!;
      this.#used++;
    }
    this.#rows++;
    this.#offsets[this.#rows] = this.#used;
  }

  finish(): ItemLinks {
    return {
      offsets: this.#offsets,
      partner: this.#partner.slice(0, this.#used),
      weight: this.#weight.slice(0, this.#used),
    };
  }

  #grow(by: number): void {
    const length = Math.max(this.#partner.length * 2, this.#used + by);
    const partner = new Int32Array(length);
    partner.set(this.#partner);
    this.#partner = partner;
    const weight = new Float32Array(length);
    weight.set(this.#weight);
    this.#weight = weight;
  }
}

/**
 * The `limit` items with the highest scores, highest first; equal scores by item index, so that a ranking is the
 * same on every run.
 *
 * @param among item indices, each once
 * @param floor only scores above it count; 0 by default, where a score is evidence and none is none
 */
export function strongest(
  among: ArrayLike<number>,
  scores: ArrayLike<number>,
  limit: number,
  floor = 0,
): number[] {
  // A heap whose root is the weakest item kept: most items are turned away by one comparison with it.
  const heap = new Int32Array(limit);
  let size = 0;
  const isWeaker = (a: number, b: number) => {
    const difference = scores[a]! - scores[b]!;
    return difference < 0 || (difference === 0 && a > b);
  };
  const sink = (item: number) => {
    let hole = 0;
    for (let child = 1; child < size; child = 2 * hole + 1) {
      if (child + 1 < size && isWeaker(heap[child + 1]!, heap[child]!)) child++;
      if (!isWeaker(heap[child]!, item)) break;
      heap[hole] = heap[child]!;
      hole = child;
    }
    heap[hole] = item;
  };
  for (let at = 0; at < among.length; at++) {
    const item = among[at]!;
    if (!(scores[item]! > floor)) continue;
    if (size < limit) {
      let hole = size++;
      for (
        let parent = (hole - 1) >> 1;
        hole > 0 && isWeaker(item, heap[parent]!);
        parent = (hole - 1) >> 1
      ) {
        heap[hole] = heap[parent]!;
        hole = parent;
      }
      heap[hole] = item;
    } else if (size > 0 && isWeaker(heap[0]!, item)) sink(item);
  }
  const kept = [...heap.subarray(0, size)];
  return kept.sort((a, b) => scores[b]! - scores[a]! || a - b);
}

/** Adds `factor` times the item's row to `into`. */
export function addLinkRow(links: ItemLinks, item: number, factor: number, into: Float32Array): void {
  const end = links.offsets[item + 1]!;
  for (let at = links.offsets[item]!; at < end; at++) {
    into[links.partner[at]!]! += factor * links.weight[at]!;
  }
}
