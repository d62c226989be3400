import type { IncomingMessage } from "node:http";
import type { ServerBuild } from "@remix-run/node";
import type { RequestHandler } from "express";

/**
 * Answers webhooks by the action of their route, without the router, the streams and the `Request` that Remix puts
 * around it: those cost more than all that is done for a webhook, and a burst must be acknowledged within seconds.
 */
export function answerWebhook(build: ServerBuild): RequestHandler {
  const { action } = build.routes["routes/webhooks"]!.module;
  const answer = async (request: Request): Promise<Response> => {
    const args = { request, params: {}, context: {} };
    try {
      return (await action!(args)) as Response;
    } catch (thrown) {
      if (thrown instanceof Response) return thrown;
      build.entry.module.handleError?.(thrown, args);
      return new Response(null, { status: 500 });
    }
  };
  return (incoming, outgoing, next) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      answer(toRequest(incoming, Buffer.concat(chunks).toString("utf8"))).then(
        ({ status }) => outgoing.writeHead(status).end(),
        next,
      );
    });
  };
}

const NEVER_ABORTED = new AbortController().signal;

/** As much of a `Request` as the action and the error log read. */
function toRequest({ method = "", url = "", headers }: IncomingMessage, body: string): Request {
  const request = {
    method,
    url: `http://webhooks${url}`,
    headers: { get: (name: string) => headers[name.toLowerCase()]?.toString() ?? null } as Headers,
    text: () => Promise.resolve(body),
    signal: NEVER_ABORTED,
  } satisfies Partial<Request>;
  return request as Partial<Request> as Request;
}
