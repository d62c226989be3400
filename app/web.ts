import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { createRequestHandler } from "@remix-run/express";
import type { ServerBuild } from "@remix-run/node";
import express from "express";
import type pg from "pg";
import { answerEvents, answerFlow, answerWebhook } from "#app/web/answer-by-action.ts";
import { answerOperator, answerHealth } from "#app/web/answer-operator.ts";
import { BodyBudget } from "#app/web/body-budget.ts";
import { compressedAssets } from "#app/web/compressed-assets.ts";
import { readDueLoad } from "#app/data/due-work/fleet-load.server.ts";
import { readInboxLoad } from "#app/data/inbox/inbox.server.ts";
import { openKnownShops } from "#app/data/shops/known-shops.server.ts";
import { createPool, requireTables } from "#app/data/pool.server.ts";
import { readEnv, type Env } from "#app/process/env.server.ts";
import { answerFailure, guardAnswers } from "#app/web/guard-answers.ts";
import { CLIENT_ADDRESS_HEADER } from "#app/web/http.server.ts";
import { forgetDeadImports } from "#app/services/collect/receive-order-import.server.ts";
import { openJobQueue } from "#app/queue/job-queue.server.ts";
import { createLog } from "#app/process/log.server.ts";
import { answerMetrics, createWebMetrics, type WebMetrics } from "#app/web/metrics.server.ts";
import { openHealthCheck } from "#app/web/check-health.server.ts";

/** Process entry of the web server: `node app/web.ts`, after `npm run build`. */

const BUILD = new URL("../build/", import.meta.url);
/** Open requests have this long to finish after SIGTERM. Shopify waits five seconds for a webhook's answer. */
const SHUTDOWN_TIMEOUT_MS = 10_000;
const YEAR_SECONDS = 31_536_000;
/** Pool for metrics, health checks, known shops and dead imports. Requests have their own pool. */
const METRICS_CONNECTIONS = 2;
/** Maximum connections; a proxy in front uses fewer. */
const MOST_CONNECTIONS = 4_000;
const HEADERS_TIMEOUT_MS = 10_000;
/** An order file can take this long over a slow connection. */
const REQUEST_TIMEOUT_MS = 300_000;
/** How often uploads of dead readers are deleted. */
const FORGET_EVERY_MS = 15_000;

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});

async function main(): Promise<void> {
  // Otherwise libraries would answer with stack traces and print development warnings.
  process.env["NODE_ENV"] = "production";
  const settings = readEnv();
  const log = createLog(settings.LOG_LEVEL);
  const serverFile = new URL("server/index.js", BUILD);
  if (!existsSync(serverFile)) {
    throw new Error("The pages are not built: build/server/index.js is missing. Run `npm run build` first.");
  }
  await requireTables(settings.DATABASE_URL);

  const build = (await import(pathToFileURL(fileURLToPath(serverFile)).href)) as ServerBuild;
  const leaving = new AbortController();
  const pool = createPool(settings.DATABASE_URL, METRICS_CONNECTIONS);
  const down = await openHealthCheck({ pool }, settings.REDIS_URL)();
  // Accepts webhooks without Redis: a deployment during an outage must not leave them without a receiver.
  if (down.includes("redis")) log.error("web.without_redis", { variable: "REDIS_URL" });
  const app = createApp(build, { pool, settings, log, leaving: leaving.signal });
  const options = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS };
  const server = await listen(createServer(options, app), settings);
  server.maxConnections = MOST_CONNECTIONS;
  setInterval(() => {
    forgetDeadImports({ pool, log }, { now: new Date() }).catch((error: unknown) =>
      log.warn("web.imports_not_forgotten", { error }),
    );
  }, FORGET_EVERY_MS).unref();
  log.info("web.listening", { port: settings.PORT, appUrl: settings.SHOPIFY_APP_URL });

  const stop = async (signal: NodeJS.Signals) => {
    log.info("web.stopping", { signal });
    // Until the load balancer notices, requests keep coming and are answered.
    leaving.abort();
    await setTimeout(settings.SHUTDOWN_WAIT_SECONDS * 1_000);
    // Keep-alive connections of browsers would keep the server open.
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    await setTimeout(SHUTDOWN_TIMEOUT_MS, undefined, { ref: false });
    log.error("web.cut_off", { waitedMs: SHUTDOWN_TIMEOUT_MS });
    process.exit(0);
  };
  process.once("SIGTERM", (signal) => void stop(signal));
  process.once("SIGINT", (signal) => void stop(signal));
}

function createApp(build: ServerBuild, { pool, settings, log, leaving }: Watching): express.Express {
  const app = express();
  const metrics = createWebMetrics(
    () => readInboxLoad(pool),
    () => readDueLoad(pool),
  );
  app.use(observeAnswers(metrics));
  app.use(guardAnswers());
  app.use((_request, response, next) => {
    // A keep-alive connection of the load balancer would keep the server open until the timeout.
    if (leaving.aborted) response.set("Connection", "close");
    next();
  });
  app.disable("x-powered-by");
  app.set("env", "production");
  // TLS ends at a proxy. Only a trusted proxy can state the outside address.
  app.set("trust proxy", settings.TRUSTED_PROXIES || false);
  const answering = { build, budget: new BodyBudget() };
  app.post("/webhooks", answerWebhook(answering, openKnownShops(pool)));
  app.post("/events", answerEvents(answering));
  app.post("/flow/pause-offer", answerFlow(answering));
  app.get("/metrics", answerMetrics(metrics.registry, settings.METRICS_TOKEN));
  if (settings.OPERATOR_TOKEN !== undefined) {
    const jobs = openJobQueue(settings.REDIS_URL);
    app.get("/operator", answerOperator({ pool, jobs, token: settings.OPERATOR_TOKEN }));
  }
  app.use(answerHealth({ pool, redisUrl: settings.REDIS_URL, isLeaving: () => leaving.aborted }));
  // Names carry a content hash, so a cached copy never goes stale.
  const assets = fileURLToPath(new URL("client/assets", BUILD));
  app.use(
    "/assets",
    compressedAssets(assets, `public, max-age=${YEAR_SECONDS}, immutable`),
    express.static(assets, { immutable: true, maxAge: YEAR_SECONDS * 1_000 }),
    (_request, response) => response.sendStatus(404),
  );
  app.use(express.static(fileURLToPath(new URL("client", BUILD)), { maxAge: "1h" }));
  const handlePage = createRequestHandler({
    build,
    mode: "production",
    getLoadContext: (_request, response) => ({ drained: () => untilDrained(response) }),
  });
  app.all("*", (request, response, next) => {
    request.headers[CLIENT_ADDRESS_HEADER] = request.ip ?? "unknown";
    // It passes its own errors to `next`.
    void handlePage(request, response, next);
  });
  app.use(answerFailure((error, path) => log.error("web.request_failed", { error, path })));
  return app;
}

/** Resolves when the browser has received the data so far, or has left. */
async function untilDrained(response: express.Response): Promise<void> {
  if (!response.writableNeedDrain || response.destroyed) return;
  const left = new AbortController();
  const happens = (event: string) => once(response, event, { signal: left.signal }).catch(() => undefined);
  await Promise.race([happens("drain"), happens("close")]);
  left.abort();
}

interface Watching {
  readonly pool: pg.Pool;
  readonly settings: Env;
  readonly log: ReturnType<typeof createLog>;
  /** Aborted on shutdown: the process is then not ready, but still answers. */
  readonly leaving: AbortSignal;
}

function observeAnswers(metrics: WebMetrics): express.RequestHandler {
  return ({ method, path, headers }, response, next) => {
    const startedMs = performance.now();
    response.once("finish", () => {
      metrics.observe({
        method,
        path,
        status: response.statusCode,
        seconds: (performance.now() - startedMs) / 1_000,
        topic: headers["x-shopify-topic"]?.toString(),
      });
    });
    next();
  };
}

function listen(server: Server, { PORT }: Env): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`Port ${PORT} is in use by another process. Stop that one, or set PORT to a free port.`)
          : new Error(`The web server cannot listen on port ${PORT}: ${error.message}`),
      );
    });
    server.listen(PORT, () => resolve(server));
  });
}
