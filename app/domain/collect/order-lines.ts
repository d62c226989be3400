import { GrowingColumn } from "#app/domain/numbers/growing-column.ts";

/** Why a line may not be learned from although it is well formed. */
export const LINE_EXCLUSIONS = ["cancelled", "test", "gift_card", "refunded"] as const;
export type LineExclusion = (typeof LINE_EXCLUSIONS)[number];

/** One line of an order, before cleaning. */
export interface OrderLineRecord {
  readonly orderId: string;
  readonly placedAtMs: number;
  /** What the clock showed where the order was placed, less UTC, minutes; 0 or absent where its time names no zone. */
  readonly clockOffsetMinutes?: number;
  /** A variant gid in the app, a SKU on the command line. */
  readonly itemKey: string;
  readonly title: string;
  /** May be zero or negative in a log that books returns as lines. */
  readonly quantity: number;
  /** Price of one unit before discounts; may be zero or negative in a log that books corrections as lines. */
  readonly unitPriceMinor: number;
  /** Pseudonym of the customer; null for a guest. */
  readonly customerKey: string | null;
  readonly category?: string;
  /** When what was ordered is to happen, as a journey's departure; null or absent where it is the order itself. */
  readonly serviceAtMs?: number | null;
  /** What the source says against this line; absent or null when nothing. */
  readonly exclusion?: LineExclusion | null;
}

/** Equal texts once: a log repeats few order ids, SKUs and titles very often. */
class TextPool {
  readonly #indexOf = new Map<string, number>();
  readonly texts: string[] = [];

  intern(text: string): number {
    let index = this.#indexOf.get(text);
    if (index === undefined) {
      index = this.texts.length;
      this.texts.push(text);
      this.#indexOf.set(text, index);
    }
    return index;
  }
}

/**
 * Order lines in columns, 54 bytes each, read back as records. Add in any order; iteration keeps that order.
 */
export class OrderLines implements Iterable<OrderLineRecord> {
  #count = 0;
  readonly #text = new TextPool();
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
    this.#orderId.set(index, this.#text.intern(line.orderId));
    this.#placedAtMs.set(index, line.placedAtMs);
    this.#clockOffsetMinutes.set(index, line.clockOffsetMinutes ?? 0);
    this.#itemKey.set(index, this.#text.intern(line.itemKey));
    this.#title.set(index, this.#text.intern(line.title));
    this.#category.set(index, this.#text.intern(line.category ?? ""));
    this.#quantity.set(index, line.quantity);
    this.#unitPriceMinor.set(index, line.unitPriceMinor);
    this.#customerKey.set(index, line.customerKey === null ? -1 : this.#text.intern(line.customerKey));
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
