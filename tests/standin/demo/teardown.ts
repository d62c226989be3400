/** The parts that were started and must be stopped at the end, even if the end comes during the start. */
export class Teardown {
  readonly #stops: (() => Promise<void>)[] = [];
  #running: Promise<void> | undefined;

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Registers how to stop a part. A part that starts during the teardown is stopped at once. */
  async add(stop: () => Promise<void>): Promise<void> {
    if (this.isRunning) await stop();
    else this.#stops.push(stop);
  }

  /** Stops everything, the last started first; a second call waits for the first. */
  run(): Promise<void> {
    this.#running ??= (async () => {
      for (const stop of this.#stops.toReversed()) await stop();
    })();
    return this.#running;
  }
}
