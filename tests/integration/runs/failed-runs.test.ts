import { Queue, UnrecoverableError, Worker } from "bullmq";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deleteShopRows } from "#app/data/erasure/erasures.server.ts";
import type { RunStep } from "#app/data/runs/runs.server.ts";
import { openDatabase } from "#app/data/db.server.ts";
import { repairRuns, enqueueStep } from "#app/services/runs/run-step.server.ts";
import { startRun } from "#app/services/runs/start-run.server.ts";
import type { QueueName } from "#app/queue/catalog.ts";
import { settleFailedJobs } from "#jobs/failed-jobs.ts";
import { REDIS_PREFIX } from "#app/queue/job-queue.server.ts";
import { startWorkers } from "#jobs/start-workers.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { findFreePort } from "#tests/setup/free-port.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { stubEnvironment } from "#tests/setup/app-process.ts";

const SHOP = "demo-shop.myshopify.com";
const NOW = new Date("2026-11-24T12:00:00Z");

const deps = await openTestDeps();
let queues: Record<"propose" | "train", Queue>;

beforeAll(async () => {
  const open = (name: QueueName) =>
    new Queue(name, { connection: { url: deps.redisUrl }, prefix: REDIS_PREFIX });
  queues = { propose: open("propose"), train: open("train") };
});
afterAll(() => Promise.all(Object.values(queues).map((queue) => queue.close())));
beforeEach(async () => {
  for (const queue of Object.values(queues)) await queue.obliterate({ force: true });
  await deleteShopRows(deps.pool, SHOP);
  await deps.db.shop.create({
    data: shopRow(SHOP),
  });
});

async function start(): Promise<{ runId: string; isNew: boolean }> {
  const started = await startRun(deps, { shop: SHOP, now: NOW });
  if (!started.ok) throw new Error(started.detail);
  return started.value;
}

const findRun = (runId: string) => deps.db.run.findUniqueOrThrow({ where: { id: runId } });
const moveTo = (runId: string, step: RunStep) =>
  deps.db.run.update({ where: { id: runId }, data: { step, status: "running" } });

/** Makes the queue's next job fail for good, in a worker that can record it only in Redis. */
async function failNextJob(queue: Queue, reason = "Can't reach the database"): Promise<void> {
  const connection = { url: deps.redisUrl, maxRetriesPerRequest: null };
  const fail = async () => {
    throw new UnrecoverableError(reason);
  };
  const worker = new Worker(queue.name, fail, { connection, prefix: REDIS_PREFIX });
  await expect.poll(() => queue.getFailedCount()).toBe(1);
  await worker.close();
}

describe("a run whose job failed for good", () => {
  it("is marked as failed and loses its job once a worker with a database records it", async () => {
    stubEnvironment(deps);
    const { runId } = await start();
    // No order is older than the newest weeks, so there is nothing to learn from.
    await moveTo(runId, "behaviour");
    await enqueueStep(deps, await findRun(runId));
    const workers = await startWorkers(deps, { redisUrl: deps.redisUrl, queues: ["train"] });
    try {
      await expect.poll(async () => (await findRun(runId)).status).toBe("failed");
      expect((await findRun(runId)).problem).toEqual({ code: "run.onlyNewOrders", values: {} });
      await expect.poll(() => queues.train.getFailedCount()).toBe(0);
    } finally {
      await workers.close();
    }
  });

  it("tells the merchant no technical reason", async () => {
    const { runId } = await start();
    await failNextJob(queues.propose, "connect ECONNREFUSED 10.0.0.7:5432");
    await settleFailedJobs(deps, deps);
    expect(await findRun(runId)).toMatchObject({
      status: "failed",
      problem: { code: "run.unknownEnd", values: {} },
    });
    expect((await start()).isNew).toBe(true);
  });

  it("is ended by the next sweep if its worker had no database", async () => {
    const { runId } = await start();
    const away = openDatabase(`postgres://me:word@127.0.0.1:${await findFreePort()}/shop`);
    const { log, redisUrl } = deps;
    try {
      await failNextJob(queues.propose);
      await expect(settleFailedJobs({ db: away.db, pool: away.pool, log }, { redisUrl })).rejects.toThrow(
        "1 failed jobs",
      );
    } finally {
      await away.close();
    }
    expect(await start()).toEqual({ runId, isNew: false });

    await settleFailedJobs(deps, deps);
    expect(await findRun(runId)).toMatchObject({
      status: "failed",
      problem: { code: "run.unknownEnd", values: {} },
    });
    const next = await start();
    expect(next).toMatchObject({ isNew: true });
    expect((await queues.propose.getWaiting()).map(({ data }) => data as unknown)).toEqual([
      { shop: SHOP, runId: next.runId },
    ]);
  });

  it("leaves no training checkpoint behind, also when the first deletion failed", async () => {
    const { runId } = await start();
    const state = Uint8Array.of(1);
    await deps.db.trainingCheckpoint.create({ data: { shop: SHOP, runId, key: "one", state } });
    await deps.db.run.update({ where: { id: runId }, data: { status: "failed" } });
    await failNextJob(queues.propose);
    await settleFailedJobs(deps, deps);
    expect(await deps.db.trainingCheckpoint.count()).toBe(0);
  });

  it("continues if it is past the step of that job", async () => {
    const { runId } = await start();
    await failNextJob(queues.propose);
    await moveTo(runId, "behaviour");
    await settleFailedJobs(deps, deps);
    await repairRuns(deps);
    expect(await findRun(runId)).toMatchObject({ status: "running", step: "behaviour", problem: null });
    expect(await queues.train.getWaitingCount()).toBe(1);
    expect(await queues.propose.getFailedCount()).toBe(0);
  });
});
