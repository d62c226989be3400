/** Why a well-formed line is excluded from learning. */
const LINE_EXCLUSIONS = ["cancelled", "test", "gift_card", "refunded", "no_product"] as const;
export type LineExclusion = (typeof LINE_EXCLUSIONS)[number];

/**
 * Prefix of the item key of a line whose variant Shopify does not know; such an item is never proposed. Its SKU follows
 * in upper case, because SKUs that differ only in case are one product.
 */
export const SKU_KEY_PREFIX = "sku:";

/** One line of an order, before cleaning. */
export interface OrderLineRecord {
  readonly orderId: string;
  readonly placedAtMs: number;
  /** Local time of the order minus UTC, minutes; 0 or absent if its time has no zone. */
  readonly clockOffsetMinutes?: number;
  /** A variant gid in the app, a SKU on the command line. */
  readonly itemKey: string;
  readonly title: string;
  /** Can be zero or negative in a log that books returns as lines. */
  readonly quantity: number;
  /** Price of one unit before discounts; can be zero or negative in a log that books corrections as lines. */
  readonly unitPriceMinor: number;
  /** Pseudonym of the customer; null for a guest. */
  readonly customerKey: string | null;
  readonly category?: string;
  /** When the ordered service takes place, such as a departure; null or absent if there is none. */
  readonly serviceAtMs?: number | null;
  /** Why the source excludes this line; absent or null if it does not. */
  readonly exclusion?: LineExclusion | null;
}

/** Numbers texts from 0 in order of first use. A log repeats few ids, keys and titles very often. */
export function openTextIndex() {
  const indexOf = new Map<string, number>();
  const texts: string[] = [];
  return {
    texts,
    add(text: string): number {
      let index = indexOf.get(text);
      if (index === undefined) {
        index = texts.length;
        indexOf.set(text, index);
        texts.push(text);
      }
      return index;
    },
  };
}

/** Numbers in one growing block. An array of 10 million numbers costs twice as much and moves as it grows. */
export class GrowingColumn<A extends Float64Array | Int32Array | Uint32Array | Int16Array> {
  #values: A;
  readonly #grow: (length: number) => A;

  /** @param grow makes a zeroed block of this length */
  constructor(grow: (length: number) => A) {
    this.#grow = grow;
    this.#values = grow(1_024);
  }

  set(index: number, value: number): void {
    if (index >= this.#values.length) {
      const larger = this.#grow(Math.max(index + 1, this.#values.length * 2));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[index] = value;
  }

  get(index: number): number {
    return this.#values[index]!;
  }
}

/** Order lines in columns, 54 bytes each, read back as records. Iteration keeps the order in which they were added. */
export class OrderLines implements Iterable<OrderLineRecord> {
  #count = 0;
  readonly #text = openTextIndex();
  readonly #orderId = new GrowingColumn((length) => new Int32Array(length));
  readonly #placedAtMs = new GrowingColumn((length) => new Float64Array(length));
  readonly #clockOffsetMinutes = new GrowingColumn((length) => new Int16Array(length));
  readonly #itemKey = new GrowingColumn((length) => new Int32Array(length));
  readonly #title = new GrowingColumn((length) => new Int32Array(length));
  readonly #category = new GrowingColumn((length) => new Int32Array(length));
  readonly #quantity = new GrowingColumn((length) => new Int32Array(length));
  readonly #unitPriceMinor = new GrowingColumn((length) => new Float64Array(length));
  readonly #customerKey = new GrowingColumn((length) => new Int32Array(length));
  readonly #serviceAtMs = new GrowingColumn((length) => new Float64Array(length));
  readonly #exclusion = new GrowingColumn((length) => new Int32Array(length));

  get count(): number {
    return this.#count;
  }

  add(line: OrderLineRecord): void {
    const index = this.#count++;
    this.#orderId.set(index, this.#text.add(line.orderId));
    this.#placedAtMs.set(index, line.placedAtMs);
    this.#clockOffsetMinutes.set(index, line.clockOffsetMinutes ?? 0);
    this.#itemKey.set(index, this.#text.add(line.itemKey));
    this.#title.set(index, this.#text.add(line.title));
    this.#category.set(index, this.#text.add(line.category ?? ""));
    this.#quantity.set(index, line.quantity);
    this.#unitPriceMinor.set(index, line.unitPriceMinor);
    this.#customerKey.set(index, line.customerKey === null ? -1 : this.#text.add(line.customerKey));
    this.#serviceAtMs.set(index, line.serviceAtMs ?? NaN);
    this.#exclusion.set(index, line.exclusion ? LINE_EXCLUSIONS.indexOf(line.exclusion) : -1);
  }

  *[Symbol.iterator](): IterableIterator<OrderLineRecord> {
    const { texts } = this.#text;
    for (let index = 0; index < this.#count; index++) {
      const customer = this.#customerKey.get(index);
      const serviceAtMs = this.#serviceAtMs.get(index);
      yield {
        orderId: texts[this.#orderId.get(index)]!,
        placedAtMs: this.#placedAtMs.get(index),
        clockOffsetMinutes: this.#clockOffsetMinutes.get(index),
        itemKey: texts[this.#itemKey.get(index)]!,
        title: texts[this.#title.get(index)]!,
        category: texts[this.#category.get(index)]!,
        quantity: this.#quantity.get(index),
        unitPriceMinor: this.#unitPriceMinor.get(index),
        customerKey: customer === -1 ? null : texts[customer]!,
        ...(Number.isNaN(serviceAtMs) ? {} : { serviceAtMs }),
        exclusion: LINE_EXCLUSIONS[this.#exclusion.get(index)] ?? null,
      };
    }
  }
}
