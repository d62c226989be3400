/** Proxies close a silent connection after 30 to 60 seconds. */
const HEARTBEAT_MS = 15_000;

/**
 * Answers with server-sent events: each item as one JSON message, and a comment now and then that keeps proxies from
 * taking the silence for a broken connection. The browser leaving ends the items; the items ending closes the answer.
 *
 * @param items must end soon after `signal` is aborted
 */
export function toEventStream(
  items: AsyncIterable<unknown>,
  { signal, heartbeatMs = HEARTBEAT_MS }: { signal: AbortSignal; heartbeatMs?: number },
): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      const send = (text: string) => {
        if (!signal.aborted) controller.enqueue(encoder.encode(text));
      };
      const heartbeat = setInterval(() => send(": here\n\n"), heartbeatMs);
      try {
        for await (const item of items) send(`data: ${JSON.stringify(item)}\n\n`);
        if (!signal.aborted) controller.close();
      } catch (error) {
        if (!signal.aborted) controller.error(error);
      } finally {
        clearInterval(heartbeat);
      }
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
