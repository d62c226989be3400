import { spawn, type ChildProcess } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPool } from "#app/data/pool.server.ts";
import { openDatabase } from "#app/data/db.server.ts";
import { createLog } from "#app/process/log.server.ts";
import { signStorm, type StormWebhook } from "#tests/factories/webhook-storm.ts";
import { findFreePort } from "#tests/setup/free-port.ts";
import { migrate } from "#tests/setup/migrate.ts";
import { startPostgres, startRedis, stopProcess } from "#tests/setup/services.ts";
import { startStandin } from "#tests/standin/start-standin.ts";

export const SHOP = "demo-shop.myshopify.com";
export const SALT = "salt-0001";
const SECRET = "bench-secret";
const PRELOAD = new URL("../../standin/preload.mjs", import.meta.url).href;
const BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36";

/** The built app with a worker on loopback, one installed shop, and the requests of an attacker or of Shopify. */
export async function openAttackedApp() {
  const stops: (() => Promise<unknown>)[] = [];
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  stops.push(
    () => postgres.stop(),
    () => redis.stop(),
  );
  await migrate(postgres.url);
  const folder = await mkdtemp(join(tmpdir(), "bundlesmith-attack-"));
  stops.push(() => rm(folder, { recursive: true, force: true }));
  const pool = createPool(postgres.url);
  const database = openDatabase(postgres.url);
  stops.push(
    () => pool.end(),
    () => database.close(),
  );
  const port = await findFreePort();
  const appUrl = `http://127.0.0.1:${port}`;
  const standin = await startStandin({ appUrl, apiKey: "key", apiSecret: SECRET, shop: SHOP });
  stops.push(() => standin.stop());
  const start = (args: string[]): ChildProcess => {
    const child = spawn(process.execPath, args, {
      stdio: ["ignore", "ignore", "inherit"],
      // The code itself sets production mode.
      env: {
        NODE_ENV: "development",
        PATH: process.env["PATH"],
        TMPDIR: folder,
        NODE_OPTIONS: `--import=${PRELOAD}`,
        STANDIN_URL: standin.url,
        DATABASE_URL: postgres.url,
        REDIS_URL: redis.url,
        SHOPIFY_API_KEY: "key",
        SHOPIFY_API_SECRET: SECRET,
        SHOPIFY_APP_URL: appUrl,
        ENCRYPTION_KEYS: `bench:${Buffer.alloc(32, 7).toString("base64")}`,
        TRUSTED_PROXIES: "loopback",
        PORT: String(port),
        LOG_LEVEL: "silent",
        // No load balancer has to notice the shutdown.
        SHUTDOWN_WAIT_SECONDS: "0",
      },
    });
    stops.push(() => stopProcess(child));
    return child;
  };
  const startWorker = () => start(["jobs/worker.ts", "--queues", "ingest,read,import"]);
  const startWeb = async () => {
    const child = start(["app/web.ts"]);
    for (let attempt = 0; attempt < 200; attempt++) {
      if (await fetch(`${appUrl}/healthz`).catch(() => null)) return child;
      await sleep(100);
    }
    throw new Error("attack: the web process does not answer; is the app built (`npm run build`)?");
  };
  const asMerchant = (path: string, init: RequestInit = {}) =>
    fetch(`${appUrl}${path}`, {
      ...init,
      headers: { ...init.headers, "user-agent": BROWSER, authorization: `Bearer ${standin.sessionToken()}` },
    });
  return {
    appUrl,
    port,
    pool,
    deps: { db: database.db, pool, log: createLog("silent") },
    folder,
    redisUrl: redis.url,
    startWeb,
    startWorker,
    asMerchant,
    async close() {
      for (const stop of stops.reverse()) await stop().catch(() => undefined);
    },
    /** A ticket as Shopify would fetch it for a shopper at an address; null if the app gives none. */
    async askForTicket(visitor: string, address: string): Promise<string | null> {
      const query = new URLSearchParams({
        visitor,
        shop: SHOP,
        path_prefix: "/apps/bundlesmith",
        timestamp: String(Math.floor(Date.now() / 1_000)),
      });
      const text = [...query].map(([name, value]) => `${name}=${value}`).sort();
      query.set("signature", createHmac("sha256", SECRET).update(text.join("")).digest("hex"));
      const answer = await fetch(`${appUrl}/storefront/ticket?${query.toString()}`, {
        headers: { "x-forwarded-for": address },
      });
      const ticket = await answer.text();
      return answer.ok ? ticket : null;
    },
    async sendEvents(address: string, batch: { ticket?: string | null; events: object[]; shop?: string }) {
      const answer = await fetch(`${appUrl}/events`, {
        method: "POST",
        headers: { "content-type": "text/plain", "x-forwarded-for": address },
        body: JSON.stringify({ v: 1, shop: SHOP, ...batch }),
      });
      await answer.arrayBuffer();
      return answer.status;
    },
    async sendWebhook(webhook: StormWebhook, secret = SECRET): Promise<number> {
      const headers = signStorm(webhook, { shop: SHOP, secret });
      const answer = await fetch(`${appUrl}/webhooks`, { method: "POST", headers, body: webhook.rawBody });
      await answer.arrayBuffer();
      return answer.status;
    },
  };
}

export type AttackedApp = Awaited<ReturnType<typeof openAttackedApp>>;

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs this many tasks at a time until all are done. */
export async function inParallel<T>(items: readonly T[], width: number, work: (item: T) => Promise<unknown>) {
  let next = 0;
  const go = async () => {
    while (next < items.length) await work(items[next++]!);
  };
  await Promise.all(Array.from({ length: width }, go));
}

/** Resident memory of a process, MiB. */
export async function memoryOf({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1_024;
}
