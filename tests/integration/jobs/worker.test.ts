import "@shopify/shopify-app-remix/adapters/node";
import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getPriority } from "node:os";
import { Readable } from "node:stream";
import { Session } from "@shopify/shopify-app-remix/server";
import { Queue } from "bullmq";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SealedSessionStorage } from "#app/data/shops/sealed-session-storage.server.ts";
import { receiveOrderImport } from "#app/services/collect/receive-order-import.server.ts";
import { startRun } from "#app/services/runs/start-run.server.ts";
import { REDIS_PREFIX } from "#app/queue/job-queue.server.ts";
import { saveSimulatedShop } from "#tests/factories/simulated-orders.ts";
import { simulateShop } from "#tests/standin/simulator/simulate-shop.ts";
import { emptyBundleShop, openBundleShop, SHOP } from "#tests/factories/bundle-shop.ts";
import { findFreePort } from "#tests/setup/free-port.ts";
import { LEARNING_PATIENCE_MS, until } from "#tests/setup/patience.ts";
import { startRedis } from "#tests/setup/services.ts";
import { ENCRYPTION_KEYS, openTestDeps } from "#tests/setup/test-deps.ts";

const deps = await openTestDeps();
const children: ChildProcess[] = [];
const servers: Server[] = [];

beforeEach(async () => {
  await emptyBundleShop(deps);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const server of servers.splice(0)) server.close();
});

interface WorkerRun {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; errors: string }>;
  errors(): string;
}

function startWorker(
  args: string[] = [],
  changed: Record<string, string> = {},
  script = "jobs/worker.ts",
): WorkerRun {
  const env: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    NODE_ENV: "production",
    DATABASE_URL: deps.databaseUrl,
    REDIS_URL: deps.redisUrl,
    SHOPIFY_API_KEY: "key",
    SHOPIFY_API_SECRET: "secret",
    SHOPIFY_APP_URL: "https://app.example",
    ENCRYPTION_KEYS,
    ...changed,
  };
  const child = spawn(process.execPath, [script, ...args], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  children.push(child);
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ended = new Promise<{ code: number | null; errors: string }>((resolve) => {
    child.once("exit", (code) => resolve({ code, errors }));
  });
  return { child, ended, errors: () => errors };
}

/** Starts a worker that publishes for a shop with this token. Its Shopify answers as given. */
async function startPublisher(
  token: Pick<Session, "accessToken" | "refreshToken" | "expires">,
  answer: RequestListener,
): Promise<WorkerRun> {
  const shopify = createServer(answer).listen(0);
  servers.push(shopify);
  await once(shopify, "listening");
  await openBundleShop(deps);
  await new SealedSessionStorage(deps.db, deps.secrets).storeSession(
    new Session({ id: `offline_${SHOP}`, shop: SHOP, state: "", isOnline: false, ...token }),
  );
  return startWorker(["--queues", "publish"], {
    NODE_OPTIONS: "--import=./tests/standin/preload.mjs",
    STANDIN_URL: `http://127.0.0.1:${(shopify.address() as AddressInfo).port}`,
  });
}

describe("a worker process", () => {
  it.each([
    ["an unknown queue", ["--queues", "ingest,nonsense"], {}, 'there is no queue "nonsense"'],
    ["an unknown flag", ["--quick"], {}, "--quick"],
    ["no database address", [], { DATABASE_URL: "" }, "DATABASE_URL"],
  ])("given %s, reports it in one line and ends with 1", async (_, args, env, stated) => {
    const { code, errors } = await startWorker(args, env).ended;

    expect(code).toBe(1);
    expect(errors.trim().split("\n")).toHaveLength(1);
    expect(errors).toContain(stated);
  });

  it.each([
    ["Redis", (port: number) => ({ REDIS_URL: `redis://:secret-word@127.0.0.1:${port}` })],
    ["PostgreSQL", (port: number) => ({ DATABASE_URL: `postgres://me:secret-word@127.0.0.1:${port}/shop` })],
  ])(
    "without %s names the missing service and the reason, hides the password and ends with 1",
    async (name, env) => {
      const { code, errors } = await startWorker([], env(await findFreePort())).ended;

      expect(code).toBe(1);
      expect(errors.trim().split("\n")).toHaveLength(1);
      expect(errors).toContain(name);
      expect(errors).toContain("ECONNREFUSED");
      expect(errors).not.toContain("secret-word");
    },
  );

  it("whose metrics port is taken reports it in one line and ends with 1, before it takes jobs", async () => {
    const other = createServer().listen(0);
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { code, errors } = await startWorker(["--queues", "ingest"], {
      METRICS_PORT: String(port),
    }).ended;
    other.close();

    expect([code, errors.trim().split("\n").length]).toEqual([1, 1]);
    expect(errors).toMatch(/METRICS_PORT: .*in use/);
  });

  it("fails a job with an invalid payload at once and keeps working", async () => {
    const queue = new Queue("propose", { connection: { url: deps.redisUrl }, prefix: REDIS_PREFIX });
    const bad = await queue.add("prepare.baskets", { shop: "no shop" }, { attempts: 5 });
    const worker = startWorker(["--queues", "propose"]);

    await until(() => bad.isFailed(), "the bad job has failed");
    const job = await queue.getJob(bad.id!);
    expect(job!.attemptsMade).toBe(1);
    expect(job!.failedReason).toContain("payload that does not fit");
    expect(worker.child.exitCode).toBeNull();
    await queue.close();
  });

  it("ends a run with too few orders with the number missing, and stops cleanly on SIGTERM", async () => {
    await openBundleShop(deps);
    const started = await startRun(deps, { shop: SHOP, now: new Date() });
    const worker = startWorker();
    const findRun = () =>
      deps.db.run.findUniqueOrThrow({ where: { id: started.ok ? started.value.runId : "" } });

    await until(async () => (await findRun()).status === "succeeded", "the run has ended");
    expect((await findRun()).message).toEqual({ code: "run.needsOrders", values: { count: 8 } });

    worker.child.kill("SIGTERM");
    expect(await worker.ended).toMatchObject({ code: 0 });
  });

  it("stops on SIGTERM although Shopify does not answer, and does not take again what it puts back", async () => {
    let callCount = 0;
    const worker = await startPublisher({ accessToken: "shpat_any" }, () => callCount++);
    for (const dedupeKey of ["first", "second"]) {
      await deps.jobs.enqueue(
        "publish.flow",
        { shop: SHOP, trigger: "result-known", worthMinor: { value: 1, low: 0, high: 2 } },
        { dedupeKey, lane: "merchant" },
      );
    }
    await until(() => callCount === 2, "both jobs have called Shopify");

    worker.child.kill("SIGTERM");
    expect(await worker.ended).toMatchObject({ code: 0 });
  });

  it("whose Redis is lost reports it in one line, and stops on SIGTERM nevertheless", async () => {
    const redis = await startRedis();
    const worker = startWorker([], { REDIS_URL: redis.url });
    await until(() => worker.errors().includes('"worker.ready"'), "the worker is ready");
    await redis.stop();
    await until(() => worker.errors().includes('"schedules.redis_lost"'), "the loss is reported");

    worker.child.kill("SIGTERM");
    const { code, errors } = await worker.ended;
    expect(code).toBe(0);
    expect(errors.split('"schedules.redis_lost"')).toHaveLength(2);
  });

  it("tells the merchant that Shopify does not respond when it does not renew the app's token", async () => {
    const expired = { accessToken: "shpat_old", refreshToken: "shprt_any", expires: new Date(0) };
    await startPublisher(expired, (_, response) => response.writeHead(503).end());
    await deps.jobs.enqueue("publish.reconcile", { shop: SHOP }, { dedupeKey: "any" });

    const publication = await until(() => deps.db.publication.findFirst(), "the pass has failed");
    expect(publication.problem).toEqual([{ code: "publish.noAnswer", values: {} }]);
  });

  it("trains in a separate process, which ends with the worker even when the worker is killed", async () => {
    await openBundleShop(deps);
    const worker = startWorker(["--queues", "train"]);
    await deps.jobs.enqueue("trends.fit", { shop: SHOP, runId: randomUUID() }, { dedupeKey: "any" });
    await until(() => worker.errors().includes('"trends.fit.finished"'), "the job is done");
    const pids = await childrenOf(worker.child.pid!);
    expect(pids).toHaveLength(1);

    worker.child.kill("SIGKILL");

    await until(() => pids.every((pid) => !isAlive(pid)), "the training process is gone");
  });

  it("reads a merchant's file in a separate process of low priority", async () => {
    await openBundleShop(deps);
    const worker = startWorker(["--queues", "import"]);
    const log = "order_id,ts,sku,title,qty,unit_price\nA1,2025-03-01,K,Kettle,1,45.00\n";
    const body = Readable.from([Buffer.from(log)]);
    await receiveOrderImport(deps, { shop: SHOP, body, now: () => new Date() });

    await until(async () => (await deps.db.orderImport.findFirst())?.state === "done", "the file is read");
    const pids = await childrenOf(worker.child.pid!);
    expect(pids).toHaveLength(1);
    expect(getPriority(pids[0])).toBe(Math.min(19, getPriority(worker.child.pid) + 10));
  });
});

describe("a run whose worker is replaced", () => {
  const now = new Date("2026-11-24T12:00:00Z");
  let runId: string;

  beforeEach(async () => {
    // Enough for a network, so that its training lasts long enough to be seen.
    await saveSimulatedShop(
      deps,
      SHOP,
      simulateShop({ seed: 3, ordersTotal: 1_500, days: 200, endAtMs: now.getTime() }),
    );
    const started = await startRun(deps, { shop: SHOP, now });
    if (!started.ok) throw new Error(started.detail);
    ({ runId } = started.value);
  });

  const findRun = () => deps.db.run.findUniqueOrThrow({ where: { id: runId } });

  it.each([
    ["is asked to stop", "SIGTERM", 0, "jobs/worker.ts"],
    // A job belongs to a killed worker until its lock expires.
    ["is killed", "SIGKILL", null, "tests/setup/soon-missed-worker.ts"],
  ] as const)(
    "continues from its step when the worker %s during training",
    async (_, signal, code, script) => {
      const first = startWorker([], {}, script);
      await until(
        async () => (await findRun()).step === "behaviour" && (await findRun()).progress > 0.1,
        "it trains",
        LEARNING_PATIENCE_MS,
      );
      const pids = await childrenOf(first.child.pid!);
      first.child.kill(signal);
      expect(await first.ended).toMatchObject({ code });
      await until(() => pids.every((pid) => !isAlive(pid)), "its processes are gone");

      const second = startWorker([], {}, script);
      await until(
        async () => (await findRun()).finishedAt !== null,
        "the run has ended",
        LEARNING_PATIENCE_MS,
      );
      expect(await findRun()).toMatchObject({ status: "succeeded", problem: null });
      expect(second.errors()).not.toContain('"prepare.baskets.finished"');
    },
  );
});

async function childrenOf(pid: number): Promise<number[]> {
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.trim().split(" ").filter(Boolean).map(Number);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
