/**
 * How many answers may stay open at once. Each reads the database when its shop has something new, and browsers open one
 * a tab; who finds no place asks for the page again now and then, which works as well.
 */
interface StreamLimits {
  readonly perShop: number;
  readonly perProcess: number;
}

/** Counts the open streams of this process. */
export class StreamPlaces {
  readonly #limits: StreamLimits;
  readonly #taken = new Map<string, number>();
  #takenInAll = 0;

  constructor(limits: StreamLimits) {
    this.#limits = limits;
  }

  /**
   * Takes a place for a shop.
   *
   * @returns what gives the place back, which may be called twice; null when all are taken
   */
  take(shop: string): (() => void) | null {
    const { perShop, perProcess } = this.#limits;
    const ofShop = this.#taken.get(shop) ?? 0;
    if (ofShop >= perShop || this.#takenInAll >= perProcess) return null;
    this.#taken.set(shop, ofShop + 1);
    this.#takenInAll += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#takenInAll -= 1;
      const left = (this.#taken.get(shop) ?? 1) - 1;
      if (left > 0) this.#taken.set(shop, left);
      // A process that lives for months meets many shops.
      else this.#taken.delete(shop);
    };
  }
}
