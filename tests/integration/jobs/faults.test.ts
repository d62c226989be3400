import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { applyInboxEvent } from "#app/services/collect/apply-shop-inbox.server.ts";
import { receiveWebhook } from "#app/services/collect/receive-webhook.server.ts";
import { sweepInbox } from "#app/services/collect/sweep-inbox.server.ts";
import { openJobQueue, type JobQueue } from "#app/queue/job-queue.server.ts";
import { fakeQueue } from "#tests/factories/fake-queue.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { listStorm, shuffleStorm, signStorm, type StormWebhook } from "#tests/factories/webhook-storm.ts";
import { findFreePort } from "#tests/setup/free-port.ts";
import { migrate } from "#tests/setup/migrate.ts";
import { PATIENCE_MS, until, untilOk } from "#tests/setup/patience.ts";
import { startPostgres } from "#tests/setup/services.ts";
import { ENCRYPTION_KEYS, openTestDeps, type TestDeps } from "#tests/setup/test-deps.ts";

/** `FAULTS_WEBHOOKS=20000` gives the long run. */
const WEBHOOKS = Number(process.env["FAULTS_WEBHOOKS"] ?? 300);
const SENDERS = 8;
const LANES = 8;
const SHOP = "demo-shop.myshopify.com";
const SECRET = "storm-secret";

/** Tables that must be the same in the end. The times at which a row arrived and was applied can differ. */
const TABLES = ["Order", "OrderLine", "Refund", "Product", "Variant", "InventoryLevel", "InboxEvent"];
const LEFT_OUT = ["receivedAt", "appliedAt", "attempts"];

const calm = await openTestDeps();
// A PostgreSQL of its own, because a killed backend ends everybody's connections.
const postgres = await startPostgres();
afterAll(() => postgres.stop());
await migrate(postgres.url);
const stormy = await openTestDeps(postgres.url);
let redis: KillableRedis;
let jobs: JobQueue;
let web: Supervised;
let worker: Supervised;
let appUrl: string;
let appPort: number;

beforeAll(async () => {
  for (const { db } of [calm, stormy]) {
    await db.shop.create({
      data: shopRow(SHOP, { currency: "EUR" }),
    });
  }
  redis = await startKillableRedis();
  jobs = openJobQueue(redis.url);
  appPort = await findFreePort();
  appUrl = `http://127.0.0.1:${appPort}`;
  web = supervise(["app/web.ts"]);
  worker = supervise(["jobs/worker.ts", "--queues", "ingest,read,evaluate"]);
  await untilHealthy();
});

afterAll(async () => {
  await web.stop();
  await worker.stop();
  await jobs.close();
  await redis.remove();
});

it("ends with the rows of an undisturbed run, whichever process is killed while the webhooks arrive", async () => {
  const storm = listStorm(WEBHOOKS);
  const quiet = { ...calm, jobs: fakeQueue() };
  await Promise.all(
    splitByThing(storm).map(async (webhooks) => {
      for (const webhook of webhooks) {
        const now = new Date(webhook.triggeredAt);
        await receiveWebhook(quiet, { shop: SHOP, ...webhook, triggeredAt: now, now });
        await applyInboxEvent(quiet, { shop: SHOP, webhookId: webhook.webhookId, now });
      }
    }),
  );
  tell("the undisturbed run has ended");

  const waiting = shuffleStorm(storm, 20_261_125);
  const faults = [
    killWeb,
    function killWorker() {
      return worker.kill();
    },
    killDatabase,
    function killRedisKeepingData() {
      return killRedis(true);
    },
    function killRedisWithItsData() {
      return killRedis(false);
    },
  ];
  const perFault = Math.floor(waiting.length / (faults.length + 1));
  const tellReached: (() => void)[] = [];
  const reached = faults.map(() => new Promise<void>((resolve) => tellReached.push(resolve)));
  let sent = 0;
  const send = async () => {
    for (let webhook = waiting.pop(); webhook !== undefined; webhook = waiting.pop()) {
      sent += 1;
      if (sent % perFault === 0) tellReached[sent / perFault - 1]?.();
      await deliver(webhook);
    }
  };
  const sending = Promise.all(Array.from({ length: SENDERS }, send));
  for (const [index, fault] of faults.entries()) {
    await reached[index];
    await fault();
    tell(`${fault.name} after ${sent} sent`);
  }
  await sending;
  tell(`all ${sent} are taken`);
  await untilApplied();
  tell("all are applied");

  for (const table of TABLES) {
    const expected = await readRows(calm, table);
    expect(expected.length, table).toBeGreaterThan(0);
    expect(await readRows(stormy, table), table).toEqual(expected);
  }
  expect(await stormy.db.inboxEvent.count({ where: { problem: { not: null } } })).toBe(0);
  expect(await stormy.db.inboxEvent.count()).toBe(WEBHOOKS);
});

/** Webhooks about one thing keep their order; those about unrelated things run in parallel. */
function splitByThing(storm: readonly StormWebhook[]): StormWebhook[][] {
  const lanes = new Map<string, StormWebhook[]>();
  for (const webhook of storm) {
    const [kind] = webhook.topic.split("/");
    const lane = kind === "orders" || kind === "refunds" ? `order ${webhook.order % LANES}` : kind!;
    const known = lanes.get(lane);
    if (known) known.push(webhook);
    else lanes.set(lane, [webhook]);
  }
  return [...lanes.values()];
}

/** The long run takes a quarter of an hour, so this prints its progress. */
function tell(what: string): void {
  if (WEBHOOKS >= 5_000) process.stdout.write(`${new Date().toISOString()} ${what}\n`);
}

/** Sends it as Shopify does: again until the app answers 200. */
async function deliver(webhook: StormWebhook): Promise<void> {
  const isTaken = async () => {
    const answer = await fetch(`${appUrl}/webhooks`, {
      method: "POST",
      headers: signStorm(webhook, { shop: SHOP, secret: SECRET }),
      body: webhook.rawBody,
      signal: AbortSignal.timeout(5_000),
    }).catch(() => null);
    return answer?.status === 200;
  };
  await until(isTaken, `${webhook.webhookId} is taken`);
}

/** The sweep finds rows that lost their job. A minute's passing would start it. */
async function untilApplied(): Promise<void> {
  let left = Infinity;
  const areAllApplied = async () => {
    const rows = await stormy.db.inboxEvent.count({ where: { appliedAt: null } });
    // A sweep while the workers are busy would only give them more to do.
    if (rows === left) await sweepInbox({ ...stormy, jobs }, { now: new Date(Date.now() + 61_000) });
    left = rows;
    return rows === 0;
  };
  const tellWaiting = async () => {
    const row = await stormy.db.inboxEvent.findFirst({ where: { appliedAt: null } });
    return `all is applied; for one not: ${row?.topic}, ${row?.problem}`;
  };
  await until(areAllApplied, tellWaiting, PATIENCE_MS + WEBHOOKS * 150);
}

async function readRows({ pool }: TestDeps, table: string): Promise<string[]> {
  const { rows } = await pool.query<{ row: string }>(
    `SELECT (to_jsonb(t) - $1::text[])::text AS row FROM "${table}" t ORDER BY 1`,
    [LEFT_OUT],
  );
  return rows.map(({ row }) => row);
}

async function killWeb(): Promise<void> {
  await web.kill();
  await untilHealthy();
}

/** A killed backend makes PostgreSQL drop every connection and recover from its log. */
async function killDatabase(): Promise<void> {
  const { rows } = await stormy.pool.query<{ pid: number }>(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() LIMIT 1",
  );
  process.kill(rows[0]!.pid, "SIGKILL");
  await untilHealthy();
}

async function killRedis(keepsData: boolean): Promise<void> {
  await redis.restart(keepsData);
  await untilHealthy();
}

async function killProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}

interface Supervised {
  /** Ends it with SIGKILL; it is started again. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a process again whenever it ends, as production does: one without a database ends by itself. */
function supervise(args: string[]): Supervised {
  let isWanted = true;
  let child = startApp(args);
  const startAgain = () => {
    if (!isWanted) return;
    child = startApp(args);
    child.once("exit", () => setTimeout(startAgain, 200));
  };
  child.once("exit", startAgain);
  return {
    kill: () => killProcess(child),
    async stop() {
      isWanted = false;
      await killProcess(child);
    },
  };
}

function startApp(args: string[]): ChildProcess {
  return spawn(process.execPath, args, {
    env: {
      PATH: process.env["PATH"],
      NODE_ENV: "production",
      DATABASE_URL: stormy.databaseUrl,
      REDIS_URL: redis.url,
      SHOPIFY_API_KEY: "key",
      SHOPIFY_API_SECRET: SECRET,
      SHOPIFY_APP_URL: appUrl,
      ENCRYPTION_KEYS,
      PORT: String(appPort),
      LOG_LEVEL: "error",
    },
    stdio: "ignore",
  });
}

async function untilHealthy(): Promise<void> {
  await untilOk(`${appUrl}/healthz`);
}

interface KillableRedis {
  readonly url: string;
  /** Kills it and starts it again at the same address, with or without its data. */
  restart(keepsData: boolean): Promise<void>;
  remove(): Promise<void>;
}

async function startKillableRedis(): Promise<KillableRedis> {
  const binary = ["redis-server", "valkey-server"].find(
    (name) => spawnSync(name, ["--version"]).status === 0,
  )!;
  const port = await findFreePort();
  let folder = await mkdtemp(join(tmpdir(), "bundlesmith-faults-"));
  const start = async () => {
    const options = ["--port", String(port), "--dir", folder, "--appendonly", "yes", "--save", ""];
    const child = spawn(binary, options, { stdio: ["ignore", "pipe", "ignore"] });
    await new Promise<void>((resolve) => {
      child.stdout.on("data", (chunk: Buffer) => {
        if (chunk.includes("Ready to accept connections")) resolve();
      });
    });
    return child;
  };
  let child = await start();
  const stop = async () => {
    await killProcess(child);
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    async restart(keepsData) {
      await stop();
      if (!keepsData) {
        await rm(folder, { recursive: true });
        folder = await mkdtemp(join(tmpdir(), "bundlesmith-faults-"));
      }
      child = await start();
    },
    async remove() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
