import { ReadableStream } from "node:stream/web";

/** Counts the open streams of this process: one a shop, and only so many together. */
export class StreamPlaces {
  readonly #most: number;
  readonly #taken = new Map<string, symbol>();

  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Takes a place for a shop.
   *
   * @returns what gives the place back, which may be called twice; null when there is none
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
