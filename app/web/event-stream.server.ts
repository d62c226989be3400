/** Proxies close a silent connection after 30 to 60 seconds. */
const HEARTBEAT_MS = 15_000;

interface StreamOptions {
  readonly signal: AbortSignal;
  readonly onEnd?: () => void;
  readonly heartbeatMs?: number;
}

/**
 * Answers with server-sent events: each item as one JSON message, and a comment now and then that keeps proxies from
 * taking the silence for a broken connection. The browser leaving ends the items; the items ending closes the answer.
 *
 * @param items must end soon after `signal` is aborted
 * @param signal aborted when the browser leaves or the process is to end
 * @param onEnd called once nothing more is sent, for whatever reason
 */
export function toEventStream(
  items: AsyncIterable<unknown>,
  { signal, onEnd, heartbeatMs = HEARTBEAT_MS }: StreamOptions,
): Response {
  const encoder = new TextEncoder();
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      const send = (text: string) => {
        if (!signal.aborted && !isCancelled) controller.enqueue(encoder.encode(text));
      };
      const heartbeat = setInterval(() => send(": here\n\n"), heartbeatMs);
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
