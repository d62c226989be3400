const PAGE_BYTES = 65_536;

/**
 * The work of Shopify's own reader and writer, its provider module, in one run. The platform counts it too, and it is
 * most of the total. The reader is lazy. It creates a value for each key and each value up to the requested one, and
 * for everything before the next one. It looks a name up by comparing it with one key after the other.
 *
 * The figures are fitted, call by call, to that module with one opcode as one instruction and bulk copies as loops,
 * on the inputs of the benchmark (see `tests/bench/FIGURES.md`).
 */
export class ProviderWork {
  #instructions = 0;
  #values = 0;
  readonly #names = { bytes: 0, capacity: 8 };
  /** The position of each name, in eight bytes. */
  readonly #spans = { bytes: 0, capacity: 32 };
  #outputBytes = 0;

  /** Instructions so far. */
  get instructions(): number {
    return Math.round(this.#instructions);
  }

  /** Memory of the provider for an input of this many bytes. */
  memoryBytes(inputBytes: number): number {
    return (17 + Math.ceil((inputBytes + 72 * this.#values) / PAGE_BYTES)) * PAGE_BYTES;
  }

  openRoot(): void {
    this.#instructions += 500;
  }

  beginLookup(): void {
    this.#instructions += 285;
  }

  beginIndex(): void {
    this.#instructions += 212;
  }

  /** @param members number of members of an object or an array, null for anything else */
  makeValue(members: number | null): void {
    this.#values += 1;
    this.#instructions += 272 + (members === null ? 0 : members === 0 ? 120 : 220);
  }

  /** Visits a value to check that everything inside has been read. */
  visit(): void {
    this.#instructions += 62;
  }

  /** Compares a name with a key that was read before. */
  passKey(): void {
    this.#instructions += 43;
  }

  compare(bytes: number): void {
    this.#instructions += 22.5 * bytes;
  }

  readString(): void {
    this.#instructions += 51;
  }

  intern(bytes: number): void {
    this.#instructions += 121 + 13 * bytes;
    this.#append(this.#names, bytes);
    this.#append(this.#spans, 8);
  }

  writeString(bytes: number): void {
    this.#instructions += 187 + 13.4 * bytes;
    this.#growOutput(bytes);
  }

  writeInterned(bytes: number): void {
    this.#instructions += 265 + 30 * bytes;
    this.#growOutput(bytes);
  }

  writeScalar(): void {
    this.#instructions += 99;
  }

  openContainer(): void {
    this.#instructions += 125;
  }

  closeContainer(): void {
    this.#instructions += 62;
  }

  /** A full buffer moves to one of twice the size, byte by byte. */
  #append(held: { bytes: number; capacity: number }, bytes: number): void {
    if (held.bytes + bytes > held.capacity) {
      this.#instructions += 300 + 19 * held.bytes;
      held.capacity = Math.max(2 * held.capacity, held.bytes + bytes);
    }
    held.bytes += bytes;
  }

  /** The output moves once, to the end of the memory, where it has room to grow. */
  #growOutput(bytes: number): void {
    const room = 1_024;
    if (this.#outputBytes <= room && this.#outputBytes + bytes > room)
      this.#instructions += 300 + 19 * this.#outputBytes;
    this.#outputBytes += bytes;
  }
}
