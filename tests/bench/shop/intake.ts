import { createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import { performance } from "node:perf_hooks";
import type { PoolClient } from "pg";
import { inTransaction } from "#app/data/db.server.ts";
import { readInboxLoad } from "#app/data/inbox/inbox.server.ts";
import { createPool } from "#app/data/pool.server.ts";
import { toInboxMessage } from "#app/domain/collect/messages/inbox-message.ts";
import { parseJsonKeepingIds } from "#app/domain/collect/messages/shopify-values.ts";
import { isSavedTogether, saveMessages } from "#app/services/collect/save-messages.server.ts";
import { listStorm, signStorm, type StormWebhook } from "#tests/factories/webhook-storm.ts";
import { findFreePort } from "#tests/setup/free-port.ts";
import { migrate } from "#tests/setup/migrate.ts";
import { startPostgres, startRedis, stopProcess } from "#tests/setup/services.ts";
import { readWhole } from "#tests/bench/bench-data.ts";

/**
 * Webhooks per second that the app's web process stores and acknowledges, compared with a bare Node server that
 * verifies the same HMAC and inserts the same row, one after the other on the same PostgreSQL; and the 99th
 * percentile at half of the app's rate. PostgreSQL waits for the disk. `--seconds N` per measurement (15),
 * `--connections N` (32). With `--minutes N` the app's web process then takes half of its rate for that long, and its
 * memory in the last fifth of the time is compared with the first fifth. With `--applied SECONDS` a worker also
 * applies what `--rate N` (1,000) webhooks per second of five shops bring, of the kinds that a sale causes; their
 * wait is read every second. The peer is then the bare server, which saves each webhook's orders, refunds, products
 * and stock before it answers, with the same statements and in one transaction. Needs `npm run build` first.
 */
const SHOP = "demo-shop.myshopify.com";
const SECRET = "bench-secret";
const WARM_UP_SECONDS = 3;
/** Memory that has grown by more than this factor at the end is not flat. */
const MAX_MEMORY_GROWTH = 1.2;
const SAMPLE_EVERY_MS = 1_000;

const SHOPS_APPLIED = 5;

interface ShopWebhook extends StormWebhook {
  readonly shop: string;
}

const toAlike = (webhook: ShopWebhook) => () => webhook;

/** Number of sent webhooks; each has its own id and creates a new row. */
let webhooks = 0;

async function main(): Promise<void> {
  const seconds = readWhole("--seconds", 15);
  const connections = readWhole("--connections", 32);
  const appliedSeconds = process.argv.includes("--applied") ? readWhole("--applied", 60) : null;
  const rate = readWhole("--rate", 1_000);
  const minutes = process.argv.includes("--minutes") ? readWhole("--minutes", 10) : null;
  const [postgres, redis] = await Promise.all([startPostgres({ isDurable: true }), startRedis()]);
  const children: ChildProcess[] = [];
  try {
    await migrate(postgres.url);
    const pool = createPool(postgres.url);
    await pool.query(`INSERT INTO "Shop" ("shop", "customerKeySecret", "holdoutSalt") VALUES ($1, $2, $3)`, [
      SHOP,
      "s".repeat(64),
      "salt-0001",
    ]);
    const body = toAlike({ ...listStorm(1)[0]!, shop: SHOP });
    const [barePort, appPort] = [await findFreePort(), await findFreePort()];
    const start = (args: string[], port: number) => {
      const child = spawn(process.execPath, args, {
        env: {
          PATH: process.env["PATH"],
          NODE_ENV: "production",
          DATABASE_URL: postgres.url,
          REDIS_URL: redis.url,
          SHOPIFY_API_KEY: "key",
          SHOPIFY_API_SECRET: SECRET,
          SHOPIFY_APP_URL: `http://127.0.0.1:${port}`,
          ENCRYPTION_KEYS: `bench:${Buffer.alloc(32).toString("base64")}`,
          PORT: String(port),
          SHUTDOWN_WAIT_SECONDS: "0",
          LOG_LEVEL: "error",
        },
        stdio: ["ignore", "inherit", "inherit"],
      });
      children.push(child);
      return child;
    };
    const measure = async (args: string[], port: number) => {
      const child = start(args, port);
      await untilAnswering(port);
      await sendFor(port, body, { seconds: WARM_UP_SECONDS, connections, perSecond: Infinity });
      const full = await sendFor(port, body, { seconds, connections, perSecond: Infinity });
      const half = await sendFor(port, body, { seconds, connections, perSecond: full.perSecond / 2 });
      await stopProcess(child);
      await pool.query(`TRUNCATE "InboxEvent"`);
      return { full, half };
    };
    const bare = await measure([import.meta.filename, "--bare", String(barePort), postgres.url], barePort);
    const app = await measure(["app/web.ts"], appPort);
    report("intake.rate", app.full.perSecond, "webhooks/s", bare.full.perSecond);
    report("intake.p99_at_half_rate", app.half.p99Ms, "ms", bare.half.p99Ms);
    report("intake.refused", app.full.refused + app.half.refused, "webhooks", bare.full.refused);
    if (minutes !== null) {
      const child = start(["app/web.ts"], appPort);
      await untilAnswering(appPort);
      const memory = sampleMemory(child.pid!);
      const perSecond = app.full.perSecond / 2;
      await sendFor(appPort, body, { seconds: minutes * 60, connections, perSecond });
      const { first, last } = memory.stop();
      await stopProcess(child);
      report("intake.memory_at_the_end", last, "MiB", first);
      if (last / first > MAX_MEMORY_GROWTH) process.exitCode = 1;
    }
    if (appliedSeconds !== null) {
      const shops = Array.from({ length: SHOPS_APPLIED }, (_, at) => `shop-${at}.myshopify.com`);
      for (const shop of shops) {
        await pool.query(
          `INSERT INTO "Shop" ("shop", "currency", "customerKeySecret", "holdoutSalt") VALUES ($1, 'EUR', $2, 'salt-0001')`,
          [shop, "s".repeat(64)],
        );
      }
      // No two shops have the same product, and the storm's products belong to one shop.
      const ofOrders = listStorm(6_000).filter(({ topic }) => !topic.startsWith("products/"));
      const storm = ofOrders.map((webhook, at) => ({ ...webhook, shop: shops[at % shops.length]! }));
      const next = (number: number) => ({
        ...storm[number % storm.length]!,
        triggeredAt: new Date().toISOString(),
      });
      const bareToo = [import.meta.filename, "--bare", String(barePort), postgres.url, "--saves"];
      const peer = start(bareToo, barePort);
      await untilAnswering(barePort);
      const all = { seconds, connections, perSecond: Infinity };
      const { perSecond: savedBare } = await sendFor(barePort, next, all);
      await stopProcess(peer);
      await pool.query(`TRUNCATE "InboxEvent", "Order", "Refund" CASCADE`);
      start(["app/web.ts"], appPort);
      start(["jobs/worker.ts", "--queues", "ingest"], appPort);
      await untilAnswering(appPort);
      const lagSeconds: number[] = [];
      const timer = setInterval(() => {
        void readInboxLoad(pool).then(({ oldestSeconds }) => lagSeconds.push(oldestSeconds));
      }, SAMPLE_EVERY_MS);
      const sent = await sendFor(appPort, next, { seconds: appliedSeconds, connections, perSecond: rate });
      clearInterval(timer);
      const { waiting } = await readInboxLoad(pool);
      const p99Seconds = lagSeconds.toSorted((a, b) => a - b)[Math.floor(lagSeconds.length * 0.99)] ?? 0;
      report("intake.kept_while_applied", sent.perSecond, "webhooks/s", savedBare);
      report("intake.applied_lag_p99", p99Seconds, "s", 10);
      report("intake.waiting_at_the_end", waiting, "webhooks", 0);
    }
    await pool.end();
  } finally {
    await Promise.all(children.map(stopProcess));
    await redis.stop();
    await postgres.stop();
  }
}

function report(name: string, value: number, unit: string, peer: number): void {
  const round = (number: number) => Math.round(number * 100) / 100;
  const ratio = peer === 0 ? null : round(value / peer);
  console.log(JSON.stringify({ name, value: round(value), unit, peer: round(peer), ratio }));
}

/** Samples the memory of a process; medians, so that one garbage collection does not decide. */
function sampleMemory(pid: number): { stop(): { first: number; last: number } } {
  const mebibytes: number[] = [];
  const timer = setInterval(() => {
    const kibibytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    mebibytes.push(Number(kibibytes) / 1_024);
  }, SAMPLE_EVERY_MS);
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return {
    stop() {
      clearInterval(timer);
      const fifth = Math.max(1, Math.floor(mebibytes.length / 5));
      return { first: median(mebibytes.slice(0, fifth)), last: median(mebibytes.slice(-fifth)) };
    },
  };
}

/** Sends without pause, or in even steps at a rate, over this many open connections. */
async function sendFor(
  port: number,
  next: (number: number) => ShopWebhook,
  { seconds, connections, perSecond }: { seconds: number; connections: number; perSecond: number },
): Promise<{ perSecond: number; p99Ms: number; refused: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const tookMs: number[] = [];
  let refused = 0;
  const startedMs = performance.now();
  const endsMs = startedMs + seconds * 1_000;
  let due = 0;
  const sendOn = async () => {
    for (;;) {
      // A webhook's time starts when it is due, so that a slow server cannot hide its lag.
      const dueMs = Number.isFinite(perSecond) ? startedMs + (due++ / perSecond) * 1_000 : performance.now();
      if (dueMs >= endsMs) return;
      const early = dueMs - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      else if (performance.now() >= endsMs + 5_000) return;
      const status = await post(agent, port, { ...next(webhooks), webhookId: `bench-${webhooks++}` });
      tookMs.push(performance.now() - dueMs);
      if (status !== 200) refused += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, sendOn));
  const elapsedSeconds = (performance.now() - startedMs) / 1_000;
  agent.destroy();
  tookMs.sort((a, b) => a - b);
  return {
    perSecond: (tookMs.length - refused) / elapsedSeconds,
    p99Ms: tookMs[Math.floor(tookMs.length * 0.99)] ?? 0,
    refused,
  };
}

async function post(agent: Agent, port: number, webhook: ShopWebhook): Promise<number> {
  const headers = {
    ...signStorm(webhook, { shop: webhook.shop, secret: SECRET }),
    "Content-Length": Buffer.byteLength(webhook.rawBody),
  };
  const sent = request({ agent, host: "127.0.0.1", port, path: "/webhooks", method: "POST", headers });
  sent.end(webhook.rawBody);
  const [answer] = await once(sent, "response");
  answer.resume();
  await once(answer, "end");
  return answer.statusCode;
}

async function untilAnswering(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const isThere = await fetch(`http://127.0.0.1:${port}/healthz`).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("intake: the server does not answer; is the app built (`npm run build`)?");
}

/**
 * The peer: no framework, no schema, no queue; HMAC, one INSERT, 200. With `isSaving` also everything that applying
 * writes.
 */
async function serveBare(port: number, databaseUrl: string, isSaving: boolean): Promise<void> {
  const pool = createPool(databaseUrl);
  const server = createServer((incoming, answer) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      const given = Buffer.from(String(incoming.headers["x-shopify-hmac-sha256"]), "base64");
      const expected = createHmac("sha256", SECRET).update(body).digest();
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        answer.writeHead(401).end();
        return;
      }
      const header = (name: string) => String(incoming.headers[`x-shopify-${name}`]);
      const named = [header("shop-domain"), header("webhook-id"), header("topic"), header("triggered-at")];
      const row = [...named, body.toString("utf8")];
      (isSaving ? inTransaction(pool, (client) => save(client, row)) : pool.query(KEEP, row)).then(
        () => answer.writeHead(200).end(),
        () => answer.writeHead(503).end(),
      );
    });
  });
  server.listen(port);
  process.once("SIGTERM", () => process.exit(0));
}

const KEEP = `INSERT INTO "InboxEvent" ("shop", "webhookId", "topic", "triggeredAt", "payload")
  VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`;

async function save(client: PoolClient, row: readonly string[]): Promise<void> {
  const [shop, webhookId, topic, triggeredAt, body] = row as [string, string, string, string, string];
  await client.query(KEEP, [...row]);
  const read = toInboxMessage(topic, parseJsonKeepingIds(body), {
    webhookId,
    currency: "EUR",
    toKey: (id) => createHmac("sha256", SECRET).update(id).digest("hex"),
  });
  if (!read.ok) throw new Error(read.reason);
  const received = { webhookId, triggeredAt: new Date(triggeredAt), message: read.value };
  if (isSavedTogether(received)) await saveMessages(client, shop, [received]);
  await client.query(`UPDATE "InboxEvent" SET "appliedAt" = now() WHERE "shop" = $1 AND "webhookId" = $2`, [
    shop,
    webhookId,
  ]);
}

if (process.argv[2] === "--bare")
  await serveBare(Number(process.argv[3]), process.argv[4]!, process.argv[5] === "--saves");
else await main();
