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
