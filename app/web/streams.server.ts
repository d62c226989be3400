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

/** Proxies close a silent connection after 30 to 60 seconds. */
const HEARTBEAT_MS = 15_000;

interface StreamOptions {
  readonly signal: AbortSignal;
  readonly onEnd?: () => void;
}

/**
 * Answers with server-sent events: each item as one JSON message, and a comment now and then that keeps proxies from
 * taking the silence for a broken connection. The browser leaving ends the items; the items ending closes the answer.
 *
 * @param items must end soon after `signal` is aborted
 * @param signal aborted when the browser leaves or the process is to end
 * @param onEnd called once nothing more is sent, for whatever reason
 */
export function toEventStream(items: AsyncIterable<unknown>, { signal, onEnd }: StreamOptions): Response {
  const encoder = new TextEncoder();
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      const send = (text: string) => {
        if (!signal.aborted && !isCancelled) controller.enqueue(encoder.encode(text));
      };
      const heartbeat = setInterval(() => send(": here\n\n"), HEARTBEAT_MS);
      try {
        for await (const item of items) send(`data: ${JSON.stringify(item)}\n\n`);
        if (!isCancelled) controller.close();
      } catch (error) {
        if (!isCancelled) controller.error(error);
      } finally {
        clearInterval(heartbeat);
        onEnd?.();
      }
    },
    cancel() {
      isCancelled = true;
    },
  });
  return new Response(body, {
    headers: {
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-store, no-transform",
      // Some proxies gather an answer before they hand it on, unless told not to.
      "X-Accel-Buffering": "no",
    },
  });
}

interface TextStreamOptions {
  /** Aborted when the browser leaves. */
  readonly signal: AbortSignal;
  /** Resolves once the browser has taken what was sent; not waited for when absent. */
  readonly drained?: (() => Promise<void>) | undefined;
  /** Whether the browser takes gzip. */
  readonly isPacked: boolean;
  /** Called once nothing more is sent, for whatever reason. */
  readonly onEnd: () => void;
}

/**
 * The body of an answer that is read while it is sent: the next part is asked for once the browser has taken the last
 * one, so that only a few parts are in memory at once. A failure cuts the answer off.
 */
export function toTextStream(
  parts: AsyncIterable<string>,
  { signal, drained, isPacked, onEnd }: TextStreamOptions,
): ReadableStream<Uint8Array> {
  async function* encode(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const encoder = new TextEncoder();
    try {
      for await (const part of parts) {
        if (signal.aborted) return;
        yield encoder.encode(part);
        await drained?.();
      }
    } finally {
      onEnd();
    }
  }
  const bytes = encode();
  const text = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const { done, value } = await bytes.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await bytes.return(undefined);
    },
  });
  return isPacked ? text.pipeThrough(new CompressionStream("gzip")) : text;
}
