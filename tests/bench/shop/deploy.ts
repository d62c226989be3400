import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import { buffer } from "node:stream/consumers";
import { createPool } from "#app/data/pool.server.ts";
import { listStorm, signStorm } from "#tests/factories/webhook-storm.ts";
import { BROWSER_USER_AGENT } from "#tests/setup/chromium.ts";
import { findFreePort } from "#tests/setup/free-port.ts";
import { migrate } from "#tests/setup/migrate.ts";
import { startPostgres, startRedis, stopProcess } from "#tests/setup/services.ts";
import { startStandin } from "#tests/standin/start-standin.ts";
import { printFigure, readWhole } from "#tests/bench/bench-data.ts";
import { fillPageShop, PAGE_SHOP } from "./page-shop.ts";

/**
 * A deployment under a running shop. Two web processes are behind a load balancer, which polls their readiness every
 * quarter of a second and does not repeat a request that a process has begun to read. They are stopped by SIGTERM and
 * restarted one after the other, `--rounds N` (2) times. Meanwhile a migration adds a column and an index to the
 * inbox, and `--webhooks N` (40) webhooks and `--pages N` (4) pages are requested per second. Prints the number of
 * wrong answers. Needs a build; exits 1 if there was one.
 */
const KEYS = { SHOPIFY_API_KEY: "key", SHOPIFY_API_SECRET: "bench-secret" };
const PRELOAD = new URL("../../standin/preload.mjs", import.meta.url).href;
const ASK_EVERY_MS = 250;
const SHUTDOWN_WAIT_SECONDS = 2;
const REST_MS = 3_000;
/** A migration for the new release that the old one does not know, with the time limit of prisma.config.ts. */
const EXPAND = [
  "SET lock_timeout = '5s'",
  `ALTER TABLE "InboxEvent" ADD COLUMN "drill" TEXT`,
  `CREATE INDEX CONCURRENTLY "InboxEvent_drill" ON "InboxEvent"("shop", "drill")`,
];

const rounds = readWhole("--rounds", 2);
const [webhooksPerSecond, pagesPerSecond] = [readWhole("--webhooks", 40), readWhole("--pages", 4)];
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface Target {
  readonly port: number;
  readonly isReady: { intake: boolean; pages: boolean };
}

const stops: (() => Promise<unknown>)[] = [];
try {
  await main();
} finally {
  for (const stop of stops.reverse()) await stop();
}

async function main(): Promise<void> {
  const [postgres, redis] = await Promise.all([startPostgres({ isDurable: true }), startRedis()]);
  stops.push(
    () => postgres.stop(),
    () => redis.stop(),
  );
  await migrate(postgres.url);
  const pool = createPool(postgres.url);
  stops.push(() => pool.end());
  await fillPageShop(pool, { orders: 5_000, suggestions: 200 });

  const proxyPort = await findFreePort();
  const appUrl = `http://127.0.0.1:${proxyPort}`;
  const [apiKey, apiSecret] = [KEYS.SHOPIFY_API_KEY, KEYS.SHOPIFY_API_SECRET];
  const standin = await startStandin({ appUrl, apiKey, apiSecret, shop: PAGE_SHOP });
  stops.push(() => standin.stop());
  const env = {
    ...KEYS,
    PATH: process.env["PATH"],
    NODE_ENV: "production" as const,
    NODE_OPTIONS: `--import=${PRELOAD}`,
    STANDIN_URL: standin.url,
    APP_BRIDGE_URL: `${standin.url}/app-bridge.js`,
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    SHOPIFY_APP_URL: appUrl,
    SHUTDOWN_WAIT_SECONDS: String(SHUTDOWN_WAIT_SECONDS),
    LOG_LEVEL: "error",
    ENCRYPTION_KEYS: `bench:${Buffer.alloc(32, "bench").toString("base64")}`,
  };
  const start = (port: number) =>
    spawn(process.execPath, ["app/web.ts"], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...env, PORT: String(port) },
    });
  const targets: Target[] = [];
  const children: ChildProcess[] = [];
  for (let number = 0; number < 2; number++) {
    targets.push({ port: await findFreePort(), isReady: { intake: false, pages: false } });
    children.push(start(targets[number]!.port));
  }
  stops.push(() => Promise.all(children.map(stopProcess)));
  const asking = new AbortController();
  for (const target of targets) void keepAsking(target, asking.signal);
  stops.push(async () => asking.abort());
  const balancer = await startBalancer(proxyPort, targets);
  stops.push(async () => balancer.close());
  const untilReady = async (target: Target) => {
    while (!(target.isReady.intake && target.isReady.pages)) await pause(ASK_EVERY_MS);
  };
  await Promise.all(targets.map(untilReady));

  const storm = listStorm(6_000);
  const webhooks = send(webhooksPerSecond, async (number) => {
    const webhook = { ...storm[number % storm.length]!, webhookId: `deploy-${number}` };
    const headers = signStorm(webhook, { shop: PAGE_SHOP, secret: apiSecret });
    return fetch(`${appUrl}/webhooks`, { method: "POST", headers, body: webhook.rawBody });
  });
  const host = Buffer.from(`admin.shopify.com/store/${PAGE_SHOP.split(".", 1)[0]}`).toString("base64");
  const pages = send(pagesPerSecond, async (number) => {
    const path = ["/app", "/app/suggestions", "/app/runs", "/app/settings"][number % 4]!;
    const query = { embedded: "1", shop: PAGE_SHOP, host, id_token: standin.sessionToken(), locale: "en" };
    const headers = { "User-Agent": BROWSER_USER_AGENT };
    return fetch(`${appUrl}${path}?${new URLSearchParams(query).toString()}`, { headers });
  });
  await pause(REST_MS);
  const migrating = expand(pool);
  for (let round = 0; round < rounds; round++) {
    for (const [number, target] of targets.entries()) {
      const old = children[number]!;
      old.kill("SIGTERM");
      await once(old, "exit");
      children[number] = start(target.port);
      await untilReady(target);
      await pause(REST_MS);
    }
  }
  await migrating;
  const [received, seen] = [await webhooks.end(), await pages.end()];
  const { rows } = await pool.query<{ kept: number }>(
    `SELECT count(*) AS kept FROM "InboxEvent" WHERE shop = $1 AND "webhookId" LIKE 'deploy-%'`,
    [PAGE_SHOP],
  );
  for (const [name, { sent, dropped, p99Ms }] of [
    ["webhooks", received] as const,
    ["pages", seen] as const,
  ]) {
    printFigure({ name: `deploy.${name}`, value: sent, unit: "requests" });
    printFigure({ name: `deploy.${name}_dropped`, value: dropped, unit: "requests", peer: 0 });
    printFigure({ name: `deploy.${name}_p99`, value: Math.round(p99Ms), unit: "ms" });
  }
  const lost = received.sent - received.dropped - rows[0]!.kept;
  printFigure({ name: "deploy.webhooks_acknowledged_and_not_kept", value: lost, unit: "webhooks", peer: 0 });
  if (received.dropped + seen.dropped + lost !== 0) process.exitCode = 1;
}

async function expand(pool: ReturnType<typeof createPool>): Promise<void> {
  const client = await pool.connect();
  for (const statement of EXPAND) await client.query(statement);
  client.release(true);
}

/** One poll after the other, so that no late answer describes a process that has ended since. */
async function keepAsking({ port, isReady }: Target, signal: AbortSignal): Promise<void> {
  for (; !signal.aborted; await pause(ASK_EVERY_MS)) {
    for (const kind of ["intake", "pages"] as const) {
      isReady[kind] = await fetch(`http://127.0.0.1:${port}/readyz/${kind}`).then(
        async (answer) => {
          await answer.arrayBuffer();
          return answer.ok;
        },
        () => false,
      );
    }
  }
}

/**
 * Gives each request to the next process that is ready for its kind. If that one does not accept a connection any
 * more, the other gets the request, as with the defaults of nginx and HAProxy: no process has read it then.
 */
async function startBalancer(port: number, targets: readonly Target[]): Promise<Server> {
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  const passOn = async (incoming: IncomingMessage, answer: ServerResponse) => {
    const { method, url = "", headers } = incoming;
    const kind = /^\/(webhooks|events)/.test(url) ? "intake" : "pages";
    const body = await buffer(incoming);
    const ready = targets.filter(({ isReady }) => isReady[kind]);
    // If no process is ready, as on an overloaded machine, load balancers use all of them.
    const among = ready.length > 0 ? ready : targets;
    const first = among[turn++ % among.length]!;
    const pass = (target: Target, fail: (error: NodeJS.ErrnoException) => void) =>
      request({ agent, host: "127.0.0.1", port: target.port, method, path: url, headers })
        .once("error", fail)
        .once("response", (given) => {
          answer.writeHead(given.statusCode!, given.headers);
          given.pipe(answer);
        })
        .end(body);
    const fail = () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end());
    pass(first, ({ code }) =>
      code === "ECONNREFUSED"
        ? pass(
            targets.find((target) => target !== first)!,
            fail,
          )
        : fail(),
    );
  };
  const server = createServer((incoming, answer) => void passOn(incoming, answer));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** Sends this many per second until it is stopped, each on time, whatever happened to those before. */
function send(perSecond: number, ask: (number: number) => Promise<Response>) {
  const tookMs: number[] = [];
  const underWay = new Set<Promise<void>>();
  let [sent, dropped] = [0, 0];
  const drop = (reason: string) => {
    dropped += 1;
    console.error(`deploy: request ${sent} of ${perSecond} a second: ${reason}`);
  };
  const timer = setInterval(() => {
    const startedMs = performance.now();
    const asked = ask(sent++)
      .then(async (answer) => {
        await answer.arrayBuffer();
        if (answer.status !== 200) drop(String(answer.status));
      })
      .catch((error: unknown) => drop(String(error)))
      .finally(() => {
        tookMs.push(performance.now() - startedMs);
        underWay.delete(asked);
      });
    underWay.add(asked);
  }, 1_000 / perSecond);
  return {
    async end() {
      clearInterval(timer);
      await Promise.all(underWay);
      tookMs.sort((a, b) => a - b);
      return { sent, dropped, p99Ms: tookMs[Math.floor(tookMs.length * 0.99)] ?? 0 };
    },
  };
}
