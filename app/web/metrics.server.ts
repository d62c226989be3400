import type { IncomingMessage, RequestListener } from "node:http";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { DueLoad } from "#app/data/due-work/fleet-load.server.ts";
import type { InboxLoad } from "#app/data/inbox/inbox.server.ts";
import { WEBHOOK_TOPICS } from "#app/domain/collect/messages/inbox-message.ts";
import { isSameSecret } from "#app/process/secret-box.server.ts";

/** Seconds; Shopify times out a webhook after five. */
const HTTP_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Known first path segments. A label with whole paths would be unbounded. */
const PARTS = new Set(["app", "assets", "auth", "events", "healthz", "readyz", "webhooks"]);
const TOPICS = new Set(WEBHOOK_TOPICS);

/** Load of one kind of recurring work. */
type ShownLoad = Pick<DueLoad, "due" | "oldestSeconds"> & { readonly kind: string };

export interface WebMetrics {
  readonly registry: Registry;
  observe(answer: {
    method: string;
    path: string;
    status: number;
    seconds: number;
    topic: string | undefined;
  }): void;
}

/**
 * Metrics of a web process: responses by part of the app and status with latency, webhooks by topic and status, inbox
 * load, overdue work by kind, and Node's own. No label holds a shop, an address or an id.
 */
export function createWebMetrics(
  readInboxLoad: () => Promise<InboxLoad>,
  readDueLoad: () => Promise<readonly ShownLoad[]>,
): WebMetrics {
  const registry = createRegistry();
  const registers = [registry];
  const http = new Histogram({
    name: "bundlesmith_http_seconds",
    help: "Time to answer a request",
    labelNames: ["method", "part", "status"],
    buckets: HTTP_BUCKETS,
    registers,
  });
  const webhooks = new Counter({
    name: "bundlesmith_webhooks_total",
    help: "Webhooks by topic and answer: 200 kept, 401 forged, 503 to be sent again",
    labelNames: ["topic", "status"],
    registers,
  });
  const inboxGauges: [keyof InboxLoad, name: string, help: string][] = [
    ["oldestSeconds", "oldest_seconds", "How long the oldest webhook that will be applied has waited"],
    ["waiting", "waiting", "Webhooks that are kept and will be applied"],
    ["stuck", "stuck", "Webhooks that failed for a day and wait for a person"],
    ["stuckRequests", "stuck_requests", "Those of them that are requests about personal data"],
  ];
  for (const [field, name, help] of inboxGauges) {
    new Gauge({
      name: `bundlesmith_inbox_${name}`,
      help,
      registers,
      async collect() {
        this.set((await readInboxLoad())[field]);
      },
    });
  }
  const dueGauges: [Exclude<keyof ShownLoad, "kind">, name: string, help: string][] = [
    [
      "oldestSeconds",
      "oldest_seconds",
      "How long the shop that has waited longest for its due work is overdue",
    ],
    ["due", "waiting", "Shops whose work is due and not done"],
  ];
  for (const [field, name, help] of dueGauges) {
    new Gauge({
      name: `bundlesmith_due_${name}`,
      help,
      labelNames: ["kind"],
      registers,
      async collect() {
        for (const load of await readDueLoad()) this.set({ kind: load.kind }, load[field]);
      },
    });
  }
  return {
    registry,
    observe({ method, path, status, seconds, topic }) {
      const first = path.split("/")[1] ?? "";
      const part = PARTS.has(first) ? first : "other";
      http.observe({ method: method === "POST" ? "POST" : "GET", part, status }, seconds);
      if (part !== "webhooks") return;
      webhooks.inc({ topic: topic !== undefined && TOPICS.has(topic) ? topic : "other", status });
    },
  };
}

/** A new registry with Node's metrics: memory, event loop, garbage collection. */
export function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/**
 * Answers `/metrics`. With a token, requires it as bearer; without one, answers only this machine. A failed reading
 * gives 503.
 */
export function answerMetrics(registry: Registry, token: string | undefined): RequestListener {
  return (request, response) => {
    if (!mayRead(request, token)) {
      response.writeHead(token === undefined ? 403 : 401).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { "Content-Type": registry.contentType }).end(text),
      () => response.writeHead(503).end(),
    );
  };
}

function mayRead({ headers, socket }: IncomingMessage, token: string | undefined): boolean {
  if (token !== undefined) return isSameSecret(headers.authorization ?? "", `Bearer ${token}`);
  // A proxy on this machine forwards requests from anywhere.
  const isForwarded = headers["x-forwarded-for"] !== undefined || headers["forwarded"] !== undefined;
  const address = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  return !isForwarded && (address === "::1" || address.startsWith("127."));
}
