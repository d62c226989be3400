import { ReadableStream } from "node:stream/web";

/** Limits the open streams of this process: one per shop, and a maximum in total. */
export class StreamPlaces {
  readonly #most: number;
  readonly #taken = new Map<string, symbol>();

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Takes a place for a shop.
   *
   * @returns releases the place, idempotent; null if there is none
   */
  take(shop: string): (() => void) | null {
    if (this.#taken.has(shop) || this.#taken.size >= this.#most) return null;
    const place = Symbol(shop);
    this.#taken.set(shop, place);
    return () => {
      if (this.#taken.get(shop) === place) this.#taken.delete(shop);
    };
  }
}

interface TextStreamOptions {
  /** Aborted when the browser leaves. */
  readonly signal: AbortSignal;
  /** Resolves when the browser has received the data so far; optional. */
  readonly drained?: (() => Promise<void>) | undefined;
  /** Whether to compress with gzip. */
  readonly isPacked: boolean;
  /** Called once when the stream ends, for any reason. */
  readonly onEnd: () => void;
}

/**
 * Streams a response with backpressure: reads the next part only after the browser has received the last one, so few
 * parts are in memory. An error cuts the response off.
 */
export function toTextStream(
  parts: AsyncIterable<string>,
  { signal, drained, isPacked, onEnd }: TextStreamOptions,
): globalThis.ReadableStream<Uint8Array> {
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
  const text = ReadableStream.from(encode()) as globalThis.ReadableStream<Uint8Array<ArrayBuffer>>;
  return isPacked ? text.pipeThrough(new CompressionStream("gzip")) : text;
}
