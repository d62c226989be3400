import type { IncomingMessage } from "node:http";
import type { ServerBuild } from "@remix-run/node";
import type { RequestHandler } from "express";

/**
 * An order of a thousand lines has 3 MiB. The signature can only be checked once the whole body is there, so this is
 * what a stranger may have the process hold for a connection.
 */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

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
    let bytes = 0;
    const refuse = () => {
      chunks.length = 0;
      incoming.removeAllListeners("data").removeAllListeners("end").resume();
      outgoing.writeHead(413, { Connection: "close" }).end(() => incoming.destroy());
    };
    if (Number(incoming.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return refuse();
    incoming.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes > MAX_BODY_BYTES) refuse();
    });
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
