import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { deleteShopRows } from "#app/data/erasure/erasures.server.ts";
import { saveDeadLetter } from "#app/data/inbox/dead-letters.server.ts";
import { openWords } from "#app/locales/words.server.ts";
import { readJobsPage } from "#app/pages/failed-work/read-jobs-page.server.ts";
import { retryDeadLetter, retryInboxRow } from "#app/services/collect/retry-job.server.ts";
import { sweepInbox } from "#app/services/collect/sweep-inbox.server.ts";
import { settleFailedJobs } from "#jobs/failed-jobs.ts";
import { REDIS_PREFIX } from "#app/queue/job-queue.server.ts";
import { startWorkers } from "#jobs/start-workers.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { findFreePort } from "#tests/setup/free-port.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "demo-shop.myshopify.com";

const deps = await openTestDeps();
let queue: Queue;

beforeAll(async () => {
  queue = new Queue("read", { connection: { url: deps.redisUrl }, prefix: REDIS_PREFIX });
});
afterAll(() => queue.close());
beforeEach(async () => {
  await deleteShopRows(deps.pool, SHOP);
  await deps.db.shop.create({
    data: shopRow(SHOP),
  });
  await queue.obliterate({ force: true });
});

const readWork = (shop = SHOP) => readJobsPage(deps, { shop, words: openWords("en") });

/** Makes a reading fail for good: this process has no key for the shop's API. */
async function failAReading(): Promise<void> {
  await queue.add("collect.reconcile", { shop: SHOP }, { attempts: 1, jobId: "reading" });
  const workers = await startWorkers(deps, { redisUrl: deps.redisUrl, queues: ["read"] });
  await expect.poll(() => readWork()).toHaveLength(1);
  await workers.close();
}

it("a job that failed for good survives the loss of Redis, is retried once, and leaves the list", async () => {
  await failAReading();
  expect(await queue.getFailedCount()).toBe(0);
  const redis = new Redis(deps.redisUrl);
  await redis.flushdb();
  redis.disconnect();

  const [failed] = await readWork();
  expect(failed).toMatchObject({ kind: "job", name: "collect.reconcile", attempts: 1 });
  expect(failed?.problem).toContain("The environment is not complete");
  const { jobId, failedAt } = await deps.db.deadLetter.findFirstOrThrow();
  const retry = () => retryDeadLetter(deps, { shop: SHOP, jobId, failedAt, now: new Date() });
  expect(await retry()).toEqual({ ok: true, value: null });
  expect(await retry()).toEqual({ ok: false, reason: "gone" });
  expect((await queue.getWaiting()).map(({ name, data }) => [name, data as unknown])).toEqual([
    ["collect.reconcile", { shop: SHOP }],
  ]);
  expect(await readWork()).toEqual([]);
});

it("a failed job is saved later if its worker died or had no database", async () => {
  const job = await queue.add("collect.backfill", { shop: SHOP }, { attempts: 1 });
  const fetched = await queue.getJob(job.id!);
  const redis = new Redis(deps.redisUrl);
  // The state after a worker dies right after BullMQ has recorded the failure.
  await redis.lrem(`${REDIS_PREFIX}:read:wait`, 1, job.id!);
  await redis.zadd(`${REDIS_PREFIX}:read:failed`, Date.now(), job.id!);
  await redis.hset(`${REDIS_PREFIX}:read:${job.id}`, "failedReason", "no answer", "finishedOn", Date.now());
  redis.disconnect();
  expect(await fetched!.getState()).toBe("failed");
  await settleFailedJobs(deps, deps);
  await settleFailedJobs(deps, deps);
  expect(await readWork()).toMatchObject([{ name: "collect.backfill", problem: "no answer" }]);
  expect(await queue.getFailedCount()).toBe(0);
});

it("without Redis the sweep of failed jobs fails at once, so that the other periodic work is not held up", async () => {
  const redisUrl = `redis://127.0.0.1:${await findFreePort()}`;
  await expect(settleFailedJobs(deps, { redisUrl })).rejects.toThrow("ECONNREFUSED");
});

it("a job that fails again and again is listed once, with its latest failure", async () => {
  const letter = { shop: SHOP, jobId: "a", name: "collect.backfill", payload: { shop: SHOP }, attempts: 5 };
  const keep = (minute: number, fields: { problem: string; payload?: object }) =>
    saveDeadLetter(deps.pool, {
      ...letter,
      failedAt: new Date(Date.UTC(2026, 10, 20, 9, minute)),
      ...fields,
    });
  await keep(1, { problem: "no answer" });
  await keep(2, { problem: "of another need", payload: { shop: SHOP, ordersSince: "2026-11-20T09:00:00Z" } });
  await keep(3, { problem: "still none" });
  await keep(3, { problem: "told again" });
  expect((await readWork()).map(({ problem }) => problem)).toEqual(["still none", "of another need"]);
});

it.each(["collect.backfill", "collect.erase"])(
  "%s that failed for good is enqueued again a quarter of an hour later, not by every sweep",
  async (name) => {
    const failedAt = new Date();
    const after = (minutes: number) => new Date(failedAt.getTime() + minutes * 60_000);
    const isFirst = name === "collect.backfill";
    await deps.db.shop.update({
      where: { shop: SHOP },
      data: { installedAt: after(-60), backfilledAt: isFirst ? null : after(-30) },
    });
    if (!isFirst) await deps.db.erasure.create({ data: { shop: SHOP, askedAt: after(-10) } });
    const ask = async (minutes: number) => {
      await sweepInbox(deps, { now: after(minutes) });
      return (await queue.getWaiting()).map((job) => job.name);
    };
    expect(await ask(-1)).toEqual([name]);
    await queue.obliterate({ force: true });
    const letter = { shop: SHOP, jobId: "sweep", failedAt, name, payload: { shop: SHOP }, attempts: 5 };
    await saveDeadLetter(deps.pool, { ...letter, problem: "no answer" });
    expect(await ask(1)).toEqual([]);
    expect(await ask(14)).toEqual([]);
    expect(await ask(17)).toEqual([name]);
  },
);

it("a webhook that keeps failing is shown in the shop's time zone, and retried with all its attempts", async () => {
  await deps.db.shop.update({ where: { shop: SHOP }, data: { timeZone: "Asia/Tokyo" } });
  const row = {
    shop: SHOP,
    topic: "orders/create",
    triggeredAt: new Date(),
    receivedAt: new Date("2026-11-20T16:00:00Z"),
    payload: {},
    problem: "too long",
  };
  await deps.db.inboxEvent.createMany({
    data: [
      { ...row, webhookId: "failing", attempts: 8, retryAt: new Date(Date.now() + 3_600_000) },
      { ...row, webhookId: "failed-once", attempts: 1 },
    ],
  });
  expect(await readWork()).toMatchObject([
    {
      kind: "webhook",
      name: "orders/create",
      id: "failing",
      problem: "too long",
      at: "Nov 21, 2026, 1:00 AM",
    },
  ]);
  const retry = () => retryInboxRow(deps, { shop: SHOP, webhookId: "failing", now: new Date() });
  expect(await retry()).toEqual({ ok: true, value: null });
  expect(await retry()).toEqual({ ok: false, reason: "gone" });
  const revived = await deps.db.inboxEvent.findFirstOrThrow({ where: { webhookId: "failing" } });
  expect(revived).toMatchObject({ attempts: 0, retryAt: null });
});

it("another shop neither sees nor retries a shop's failed jobs", async () => {
  await failAReading();
  const other = "other-shop.myshopify.com";
  await deps.db.shop.create({ data: shopRow(other) });
  expect(await readWork(other)).toEqual([]);
  await deleteShopRows(deps.pool, other);
  const { jobId, failedAt } = await deps.db.deadLetter.findFirstOrThrow();
  const asked = await retryDeadLetter(deps, { shop: other, jobId, failedAt, now: new Date() });
  expect(asked).toEqual({ ok: false, reason: "gone" });
});
