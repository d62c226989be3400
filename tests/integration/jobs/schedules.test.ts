import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { REDIS_PREFIX } from "#app/queue/job-queue.server.ts";
import { startSchedules } from "#jobs/schedules.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { startRedis } from "#tests/setup/services.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "demo-shop.myshopify.com";

const deps = await openTestDeps();
// Its own, since it loses all that it holds and every connection.
const { url, stop } = await startRedis();
afterAll(stop);

beforeAll(async () => {
  await deps.db.shop.create({
    data: shopRow(SHOP),
  });
});

it("the recurring jobs are there again within seconds when Redis comes back without what it held", async () => {
  const redis = new Redis(url);
  const queues = ["ingest", "publish"].map(
    (name) => new Queue(name, { connection: { url }, prefix: REDIS_PREFIX }),
  );
  const listKeys = async () =>
    (await Promise.all(queues.map((queue) => queue.getJobSchedulers()))).flat().map(({ key }) => key);
  const expected = ["collect.retain", "collect.sweep", `publish.reconcile ${SHOP}`];
  const schedules = await startSchedules(deps, { redisUrl: url });
  try {
    expect((await listKeys()).toSorted()).toEqual(expected);
    await redis.flushall();
    expect(await listKeys()).toEqual([]);
    // As a restart does, it ends every connection but this one.
    await redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await expect.poll(async () => (await listKeys()).toSorted()).toEqual(expected);
  } finally {
    await schedules.close();
    await Promise.all(queues.map((queue) => queue.close()));
    redis.disconnect();
  }
});
