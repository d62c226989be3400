import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { holdDueWork } from "#app/data/due-work/due-work.server.ts";
import { deleteShopRows } from "#app/data/erasure/erasures.server.ts";
import { saveUninstalled } from "#app/data/shops/shops.server.ts";
import { carryOutDueWork, giveUpDueWork } from "#app/services/due-work/carry-out-due-work.server.ts";
import { askForDueWork, keepDueWork } from "#app/services/due-work/ask-for-due-work.server.ts";
import { startRun } from "#app/services/runs/start-run.server.ts";
import { openJobQueue, REDIS_PREFIX } from "#app/queue/job-queue.server.ts";
import { startSchedules } from "#jobs/schedules.ts";
import { startWorkers } from "#jobs/start-workers.ts";
import { fakeQueue, type AskedJob } from "#tests/factories/fake-queue.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { PATIENCE_MS, until } from "#tests/setup/patience.ts";
import { startRedis } from "#tests/setup/services.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "demo-shop.myshopify.com";
const INSTALLED = new Date("2026-11-24T12:00:00Z");
const NEXT_NOON = new Date("2026-11-25T12:00:00Z");
const minutesLater = (at: Date, minutes: number) => new Date(at.getTime() + minutes * 60_000);

const real = await openTestDeps();
let asked: AskedJob[];
const deps = { ...real, jobs: fakeQueue((job) => asked.push(job)) };

beforeEach(async () => {
  asked = [];
  await deleteShopRows(deps.pool, SHOP);
  await deps.db.dueWork.deleteMany();
  await deps.db.shop.create({ data: shopRow(SHOP, { timeZone: "Europe/Berlin" }) });
  await keepDueWork(deps, { now: INSTALLED });
});

const names = () => asked.map(({ name }) => name).toSorted();
const ALL = ["collect.reconcile", "collect.retain", "evaluate.steer", "prepare.start", "publish.reconcile"];
const findWork = async (kind: "evaluate.steer" | "publish.reconcile") => {
  const { shop, dueAt } = await deps.db.dueWork.findUniqueOrThrow({
    where: { shop_kind: { shop: SHOP, kind } },
  });
  return { shop, kind, dueAt };
};
const attemptAt = (holder: string, now: Date) => ({
  holder,
  signal: new AbortController().signal,
  now: () => now,
});

describe("due work", () => {
  it("that was queued and never done is enqueued again under the same key, after a pause", async () => {
    expect(await askForDueWork(deps, { now: INSTALLED })).toBe(0);
    await askForDueWork(deps, { now: NEXT_NOON });
    expect(names()).toEqual(ALL);
    const keys = asked.map(({ dedupeKey }) => dedupeKey).toSorted();

    await askForDueWork(deps, { now: minutesLater(NEXT_NOON, 9) });
    expect(asked).toHaveLength(ALL.length);
    await askForDueWork(deps, { now: minutesLater(NEXT_NOON, 11) });
    expect(
      asked
        .slice(ALL.length)
        .map(({ dedupeKey }) => dedupeKey)
        .toSorted(),
    ).toEqual(keys);
  });

  it("is claimed once by many processes at the same moment", async () => {
    await Promise.all(Array.from({ length: 8 }, () => askForDueWork(deps, { now: NEXT_NOON })));
    expect(names()).toEqual(ALL);
  });

  it("is done once even if two attempts have its job, and is due again the next night", async () => {
    const work = await findWork("evaluate.steer");
    let done = 0;
    const attempt = (holder: string) =>
      carryOutDueWork(deps, work, attemptAt(holder, NEXT_NOON), async () => void done++);
    expect((await Promise.all([attempt("one"), attempt("two")])).toSorted()).toEqual(["done", "not_due"]);
    expect(await attempt("three")).toBe("not_due");
    expect(done).toBe(1);
    expect((await findWork("evaluate.steer")).dueAt.getTime()).toBeGreaterThan(NEXT_NOON.getTime());
  });

  it("of a dead worker is done by another one, but not while the first still holds it", async () => {
    const work = await findWork("evaluate.steer");
    await holdDueWork(deps.pool, work, { holder: "dead", now: NEXT_NOON, until: minutesLater(NEXT_NOON, 1) });
    const attempt = (now: Date) => carryOutDueWork(deps, work, attemptAt("alive", now), async () => {});

    expect(await attempt(minutesLater(NEXT_NOON, 0.5))).toBe("not_due");
    await askForDueWork(deps, { now: minutesLater(NEXT_NOON, 0.5) });
    expect(names()).not.toContain("evaluate.steer");
    await askForDueWork(deps, { now: minutesLater(NEXT_NOON, 2) });
    expect(names()).toContain("evaluate.steer");
    expect(await attempt(minutesLater(NEXT_NOON, 2))).toBe("done");
  });

  it("that fails stays due, and moves to its next time once its job is given up", async () => {
    const work = await findWork("evaluate.steer");
    const failing = carryOutDueWork(deps, work, attemptAt("one", NEXT_NOON), () =>
      Promise.reject(new Error("no")),
    );
    await expect(failing).rejects.toThrow("no");
    expect(await findWork("evaluate.steer")).toEqual(work);

    await giveUpDueWork(deps, work, NEXT_NOON);
    expect((await findWork("evaluate.steer")).dueAt.getTime()).toBeGreaterThan(NEXT_NOON.getTime());
    expect(await deps.db.dueWork.findFirst({ where: { shop: SHOP, failures: 1 } })).not.toBeNull();
  });

  it("that killed every worker moves to its next time, even while the last of them still holds it", async () => {
    const work = await findWork("publish.reconcile");
    await holdDueWork(deps.pool, work, { holder: "dead", now: NEXT_NOON, until: minutesLater(NEXT_NOON, 1) });
    await giveUpDueWork(deps, work, minutesLater(NEXT_NOON, 0.5));
    await askForDueWork(deps, { now: minutesLater(NEXT_NOON, 2) });
    expect(names()).not.toContain("publish.reconcile");
    expect(
      await deps.db.dueWork.findFirst({ where: { shop: SHOP, failures: 1, heldBy: null } }),
    ).not.toBeNull();
  });

  it("is not claimed when the queue has no room", async () => {
    await askForDueWork(
      { ...deps, jobs: { ...deps.jobs, countWaiting: async () => 200 } },
      { now: NEXT_NOON },
    );
    expect(asked).toEqual([]);
  });

  it("ends when the shop removes the app, and starts again when it comes back", async () => {
    await saveUninstalled(deps.db, SHOP, NEXT_NOON);
    await keepDueWork(deps, { now: NEXT_NOON });
    expect(await deps.db.dueWork.count({ where: { shop: SHOP } })).toBe(0);
    await deps.db.shop.update({ where: { shop: SHOP }, data: { uninstalledAt: null } });
    await keepDueWork(deps, { now: NEXT_NOON });
    expect(await deps.db.dueWork.count({ where: { shop: SHOP } })).toBe(4);
  });
});

describe("the schedules", () => {
  // A Redis of its own, because it loses all data and every connection.
  let redis: Awaited<ReturnType<typeof startRedis>>;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it("queue a run within a minute that a full Redis refused when the merchant started it", async () => {
    const jobs = openJobQueue(redis.url, { deadlineMs: PATIENCE_MS });
    const own = { ...real, jobs };
    const client = new Redis(redis.url);
    const queue = new Queue("propose", { connection: { url: redis.url }, prefix: REDIS_PREFIX });
    const schedules = startSchedules(own, { redisUrl: redis.url });
    try {
      await until(() => deps.db.dueWork.findFirst({ where: { kind: "turn.lost_runs" } }), "the first poll");
      await client.config("SET", "maxmemory", "1");
      await expect(startRun(own, { shop: SHOP, now: new Date() })).rejects.toThrow("Redis did not take");
      await client.config("SET", "maxmemory", "0");
      await deps.pool.query(
        `UPDATE "DueWork" SET "dueAt" = "dueAt" - interval '1 minute' WHERE "kind" LIKE 'turn.%'`,
      );
      await expect.poll(() => queue.getWaitingCount()).toBe(1);
    } finally {
      await schedules.close();
      await queue.close();
      await jobs.close();
      client.disconnect();
    }
  });

  it("enqueue due work again within seconds after Redis lost its data, and a worker does it", async () => {
    const jobs = openJobQueue(redis.url, { deadlineMs: PATIENCE_MS });
    const own = { ...real, jobs };
    const client = new Redis(redis.url);
    const queue = new Queue("evaluate", { connection: { url: redis.url }, prefix: REDIS_PREFIX });
    const listWaiting = async () => (await queue.getWaiting()).map(({ name }) => name).toSorted();
    const { kind, dueAt } = await findWork("evaluate.steer");
    const overdue = new Date(Date.now() - 60_000);
    await deps.db.dueWork.updateMany({ where: { kind, dueAt }, data: { dueAt: overdue } });
    const schedules = startSchedules(own, { redisUrl: redis.url });
    try {
      await expect.poll(listWaiting).toEqual(["evaluate.steer", "prepare.start"]);
      await client.flushall();
      expect(await queue.getWaitingCount()).toBe(0);
      // Like a restart, this ends every connection but this one.
      await client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      await expect.poll(listWaiting).toEqual(["evaluate.steer", "prepare.start"]);

      const workers = await startWorkers(own, { redisUrl: redis.url, queues: ["evaluate"] });
      await expect.poll(async () => (await findWork(kind)).dueAt.getTime()).toBeGreaterThan(Date.now());
      await workers.close();
    } finally {
      await schedules.close();
      await queue.close();
      await jobs.close();
      client.disconnect();
    }
  });
});
