/** Numbers in one growing block, because an array of 10 million numbers costs twice as much and moves as it grows. */
export class GrowingColumn<A extends Float64Array | Int32Array | Uint32Array | Int16Array> {
  #values: A;
  readonly #grow: (length: number) => A;

  /** @param grow makes a block of so many zeros */
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
