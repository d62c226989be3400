/** The endpoint refuses larger batches. */
const MAX_BATCH = 20;
/** Long enough for the events of one page load to share a request. */
const WAIT_MS = 1_000;

/** Sends events in batches: after a second, at once when a batch is full or the shopper may be about to leave. */
export class EventQueue<E> {
  #waiting: E[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #send: (events: E[]) => void;

  constructor(send: (events: E[]) => void) {
    this.#send = send;
  }

  add(event: E, isUrgent: boolean): void {
    this.#waiting.push(event);
    if (isUrgent || this.#waiting.length >= MAX_BATCH) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), WAIT_MS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    while (this.#waiting.length > 0) this.#send(this.#waiting.splice(0, MAX_BATCH));
  }

  /** Forgets what was not sent yet, for a visitor who withdrew consent. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = [];
  }
}
