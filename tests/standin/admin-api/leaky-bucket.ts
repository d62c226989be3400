interface ThrottleStatus {
  readonly maximumAvailable: number;
  readonly currentlyAvailable: number;
  readonly restoreRate: number;
}

/** The points that one app has left at one shop; they refill at a constant rate. */
export class LeakyBucket {
  readonly #maximum: number;
  readonly #perSecond: number;
  readonly #now: () => number;
  #available: number;
  #readAtMs: number;

  /** @param now a clock that never goes back, milliseconds */
  constructor(maximum: number, perSecond: number, now: () => number = () => performance.now()) {
    this.#maximum = maximum;
    this.#perSecond = perSecond;
    this.#now = now;
    this.#available = maximum;
    this.#readAtMs = now();
  }

  /** Takes points if there are enough; false leaves the bucket unchanged. */
  take(points: number): boolean {
    this.#restore();
    if (points > this.#available) return false;
    this.#available -= points;
    return true;
  }

  /** Returns points that a query requested and did not use. */
  giveBack(points: number): void {
    this.#restore();
    this.#available = Math.min(this.#maximum, this.#available + points);
  }

  status(): ThrottleStatus {
    this.#restore();
    return {
      maximumAvailable: this.#maximum,
      currentlyAvailable: Math.floor(this.#available),
      restoreRate: this.#perSecond,
    };
  }

  #restore(): void {
    const nowMs = this.#now();
    this.#available = Math.min(
      this.#maximum,
      this.#available + ((nowMs - this.#readAtMs) / 1_000) * this.#perSecond,
    );
    this.#readAtMs = nowMs;
  }
}
