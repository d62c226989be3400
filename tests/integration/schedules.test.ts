import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { REDIS_PREFIX } from "#jobs/queue.server.ts";
import { startSchedules } from "#jobs/schedules.ts";
import { openTestDeps, type TestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "demo-shop.myshopify.com";

let deps: TestDeps;

beforeAll(async () => {
  deps = await openTestDeps();
  await deps.db.shop.create({
    data: { shop: SHOP, customerKeySecret: "s".repeat(64), holdoutSalt: "salt-0001" },
  });
});
afterAll(() => deps.close());

it("the recurring jobs are there again within seconds when Redis comes back without what it held", async () => {
  const redis = new Redis(deps.redisUrl);
  const queues = ["ingest", "publish"].map(
    (name) => new Queue(name, { connection: { url: deps.redisUrl }, prefix: REDIS_PREFIX }),
  );
  const listKeys = async () =>
    (await Promise.all(queues.map((queue) => queue.getJobSchedulers()))).flat().map(({ key }) => key);
  const expected = ["collect.retain", "collect.sweep", `publish.reconcile ${SHOP}`];
  const schedules = await startSchedules(deps, { redisUrl: deps.redisUrl });
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
