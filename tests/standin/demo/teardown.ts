/** What was started and must be stopped, whenever the end comes: also in the middle of starting. */
export class Teardown {
  readonly #stops: (() => Promise<void>)[] = [];
  #running: Promise<void> | undefined;

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Remembers how to stop a part. One that comes up while all is being stopped is stopped at once. */
  async add(stop: () => Promise<void>): Promise<void> {
    if (this.isRunning) await stop();
    else this.#stops.push(stop);
  }

  /** Stops everything, the last started first; the second call waits for the first. */
  run(): Promise<void> {
    this.#running ??= (async () => {
      for (const stop of this.#stops.toReversed()) await stop();
    })();
    return this.#running;
  }
}
