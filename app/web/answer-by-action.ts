import type { IncomingMessage, ServerResponse } from "node:http";
import type { ActionFunction, ServerBuild } from "@remix-run/node";
import type { Request as ExpressRequest, RequestHandler } from "express";
import { WEBHOOK_TOPICS } from "#app/domain/collect/messages/inbox-message.ts";
import type { BodyBudget } from "./body-budget.ts";
import { CLIENT_ADDRESS_HEADER } from "./http.server.ts";

/** An order with a thousand lines has 3 MiB. */
const MAX_WEBHOOK_BYTES = 8 * 1024 * 1024;
/** Limit for an unknown shop, which can still send an uninstall webhook. */
const MAX_UNKNOWN_BYTES = 64 * 1024;
const MAX_EVENTS_BYTES = 64 * 1024;
const MAX_FLOW_BYTES = 64 * 1024;
/** Base64 of 32 bytes. */
const SIGNATURE = /^[A-Za-z0-9+/]{43}=$/;
const SHOP_DOMAIN = /^[a-z0-9][a-z0-9-]{0,62}\.myshopify\.com$/i;
const TOPICS = new Set(WEBHOOK_TOPICS);

/** Handlers outside the Remix router, whose overhead per request exceeds their work. */
interface Answering {
  readonly build: ServerBuild;
  readonly budget: BodyBudget;
}

/**
 * Answers webhooks with the action of their route. Reads a body only after checking its headers, and a long body only
 * for an installed shop, because the signature can be checked only on the whole body.
 *
 * @param isKnown whether the shop has the app; rejects while the database is down
 */
export function answerWebhook(
  { build, budget }: Answering,
  isKnown: (shop: string) => Promise<boolean>,
): RequestHandler {
  const answer = openAction(build, "routes/machines/webhooks");
  return (incoming, outgoing, next) => {
    const header = (name: string) => incoming.headers[`x-shopify-${name}`]?.toString() ?? "";
    const shop = header("shop-domain");
    if (!SHOP_DOMAIN.test(shop) || !TOPICS.has(header("topic")) || header("webhook-id") === "") {
      return refuse(incoming, outgoing, 400);
    }
    if (!SIGNATURE.test(header("hmac-sha256"))) return refuse(incoming, outgoing, 401);
    const reading = isKnown(shop).then(
      (known) => budget.read(incoming, known ? MAX_WEBHOOK_BYTES : MAX_UNKNOWN_BYTES),
      () => 503 as const,
    );
    answerRead(answer, reading, incoming, outgoing).catch(next);
  };
}

/** Answers batches of the pixel with the action of their route. */
export function answerEvents({ build, budget }: Answering): RequestHandler {
  const answer = openAction(build, "routes/machines/events");
  return (incoming, outgoing, next) => {
    incoming.headers[CLIENT_ADDRESS_HEADER] = incoming.ip ?? "unknown";
    answerRead(answer, budget.read(incoming, MAX_EVENTS_BYTES), incoming, outgoing).catch(next);
  };
}

/** Answers a Shopify Flow action with the action of its route. Its body counts in the shared budget. */
export function answerFlow({ build, budget }: Answering): RequestHandler {
  const answer = openAction(build, "routes/machines/pause-offer");
  return (incoming, outgoing, next) => {
    if (!SIGNATURE.test(incoming.headers["x-shopify-hmac-sha256"]?.toString() ?? "")) {
      return refuse(incoming, outgoing, 401);
    }
    answerRead(answer, budget.read(incoming, MAX_FLOW_BYTES), incoming, outgoing).catch(next);
  };
}

/** Runs the action, or refuses an unreadable body. */
async function answerRead(
  answer: (request: Request) => Promise<Response>,
  reading: ReturnType<BodyBudget["read"]>,
  incoming: ExpressRequest,
  outgoing: ServerResponse,
): Promise<void> {
  const body = await reading;
  if (!Buffer.isBuffer(body)) return refuse(incoming, outgoing, body);
  const answered = await answer(toRequest(incoming, body.toString("utf8")));
  outgoing.writeHead(answered.status, Object.fromEntries(answered.headers));
  outgoing.end(await answered.text());
}

function refuse(incoming: IncomingMessage, outgoing: ServerResponse, status: number | null): void {
  if (status === null || outgoing.headersSent) return void incoming.destroy();
  outgoing.writeHead(status, { Connection: "close" }).end(() => incoming.destroy());
}

function openAction(build: ServerBuild, route: string): (request: Request) => Promise<Response> {
  const action = build.routes[route]!.module.action as ActionFunction;
  return async (request) => {
    const args = { request, params: {}, context: {} };
    try {
      return (await action(args)) as Response;
    } catch (thrown) {
      if (thrown instanceof Response) return thrown;
      build.entry.module.handleError?.(thrown, args);
      return new Response(null, { status: 500 });
    }
  };
}

const NEVER_ABORTED = new AbortController().signal;

/** The parts of a `Request` that the action and the error log read. */
function toRequest({ method = "", url = "", headers }: ExpressRequest, body: string): Request {
  const request = {
    method,
    url: `http://webhooks${url}`,
    headers: { get: (name: string) => headers[name.toLowerCase()]?.toString() ?? null } as Headers,
    text: () => Promise.resolve(body),
    signal: NEVER_ABORTED,
  } satisfies Partial<Request>;
  return request as Partial<Request> as Request;
}
