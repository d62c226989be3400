/**
 * A sparse item-to-item matrix: row `i` holds the entries `offsets[i]` to `offsets[i + 1]`, unordered. It keeps only
 * the strongest partners of each item, so memory grows linearly with the catalogue.
 */
export interface ItemLinks {
  /** [items + 1] */
  readonly offsets: Uint32Array;
  /** [entries] item indices */
  readonly partner: Int32Array;
  /** [entries] positive */
  readonly weight: Float32Array;
}

/** Builds links row by row: add item 0, 1, 2, … in this order. */
export class ItemLinksBuilder {
  readonly #limit: number;
  readonly #offsets: Uint32Array;
  #partner: Int32Array;
  #weight: Float32Array;
  #rows = 0;
  #used = 0;

  /** @param limit partners kept per item */
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
    const kept = pickStrongest(touched, row, this.#limit);
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

/** The items of `strongest`, unordered. On a large row this takes less than half the time. */
function pickStrongest(among: ArrayLike<number>, scores: ArrayLike<number>, limit: number): Int32Array {
  const items = new Int32Array(among.length);
  const values = new Float64Array(among.length);
  let size = 0;
  for (let at = 0; at < among.length; at++) {
    const score = scores[among[at]!]!;
    if (!(score > 0)) continue;
    items[size] = among[at]!;
    values[size++] = score;
  }
  const positive = items.subarray(0, size);
  if (size <= limit) return positive;
  const least = selectInPlace(values.subarray(0, size), size - limit);
  const equal: number[] = [];
  let kept = 0;
  for (let at = 0; at < size; at++) {
    const item = items[at]!;
    const score = scores[item]!;
    if (score > least) items[kept++] = item;
    else if (score === least) equal.push(item);
  }
  equal.sort((a, b) => a - b).forEach((item, place) => (items[kept + place] = item));
  return items.subarray(0, limit);
}

/**
 * The value at this place in ascending order. Reorders the values.
 *
 * @see Hoare 1961, "Algorithm 65: Find"
 */
function selectInPlace(values: Float64Array, place: number): number {
  let [from, to] = [0, values.length - 1];
  while (from < to) {
    const pivot = values[(from + to) >> 1]!;
    let [low, high] = [from, to];
    while (low <= high) {
      while (values[low]! < pivot) low++;
      while (values[high]! > pivot) high--;
      if (low > high) break;
      const lower = values[low]!;
      values[low++] = values[high]!;
      values[high--] = lower;
    }
    if (place <= high) to = high;
    else if (place >= low) from = low;
    else break;
  }
  return values[place]!;
}

/**
 * The `limit` items with the highest scores, highest first. Ties are broken by item index, so a ranking is
 * deterministic.
 *
 * @param among item indices, each once
 * @param floor only scores above it count; 0 by default, where a score of 0 means no evidence
 */
export function strongest(
  among: ArrayLike<number>,
  scores: ArrayLike<number>,
  limit: number,
  floor = 0,
): number[] {
  // A heap whose root is the weakest kept item: one comparison with it rejects most items. The heap holds its own copy
  // of the scores, because reading `scores` is slow: its array type varies between callers.
  const heap: Heap = {
    items: new Int32Array(Math.min(limit, among.length)),
    scores: new Float64Array(Math.min(limit, among.length)),
    size: 0,
  };
  const room = heap.items.length;
  for (let at = 0; at < among.length; at++) {
    const item = among[at]!;
    const score = scores[item]!;
    if (!(score > floor)) continue;
    if (heap.size < room) rise(heap, item, score);
    else if (room > 0 && isWeaker(heap.scores[0]!, heap.items[0]!, score, item)) sink(heap, item, score);
  }
  const kept = new Array<number>(heap.size);
  while (heap.size > 0) {
    kept[--heap.size] = heap.items[0]!;
    sink(heap, heap.items[heap.size]!, heap.scores[heap.size]!);
  }
  return kept;
}

interface Heap {
  readonly items: Int32Array;
  readonly scores: Float64Array;
  size: number;
}

function isWeaker(score: number, item: number, otherScore: number, otherItem: number): boolean {
  return score < otherScore || (score === otherScore && item > otherItem);
}

/** Appends an item and moves it up to its place. */
function rise(heap: Heap, item: number, score: number): void {
  const { items, scores } = heap;
  let hole = heap.size++;
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    if (!isWeaker(score, item, scores[parent]!, items[parent]!)) break;
    items[hole] = items[parent]!;
    scores[hole] = scores[parent]!;
    hole = parent;
  }
  items[hole] = item;
  scores[hole] = score;
}

/** Replaces the root by an item and moves it down to its place. */
function sink({ items, scores, size }: Heap, item: number, score: number): void {
  let hole = 0;
  for (let child = 1; child < size; child = 2 * hole + 1) {
    const right = child + 1;
    if (right < size && isWeaker(scores[right]!, items[right]!, scores[child]!, items[child]!)) child = right;
    if (!isWeaker(scores[child]!, items[child]!, score, item)) break;
    items[hole] = items[child]!;
    scores[hole] = scores[child]!;
    hole = child;
  }
  items[hole] = item;
  scores[hole] = score;
}

/** Adds `factor` times the item's row to `into`. */
export function addLinkRow(links: ItemLinks, item: number, factor: number, into: Float32Array): void {
  const end = links.offsets[item + 1]!;
  for (let at = links.offsets[item]!; at < end; at++) {
    into[links.partner[at]!]! += factor * links.weight[at]!;
  }
}

/** Adds the item's row to `sum` and takes the elementwise maximum with `max`. */
export function addSumAndMax(links: ItemLinks, item: number, sum: Float32Array, max: Float32Array): void {
  const { offsets, partner: partners, weight: weights } = links;
  const end = offsets[item + 1]!;
  for (let at = offsets[item]!; at < end; at++) {
    const partner = partners[at]!;
    const weight = weights[at]!;
    sum[partner]! += weight;
    if (weight > max[partner]!) max[partner] = weight;
  }
}
