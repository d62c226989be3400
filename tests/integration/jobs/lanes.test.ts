import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DbClient } from "#app/data/db.server.ts";
import { startRun } from "#app/services/runs/start-run.server.ts";
import { LANES, listLanes, QUEUES, SLOTS, toLaneQueue } from "#app/queue/catalog.ts";
import { startWorkers, type Workers } from "#jobs/start-workers.ts";
import { fakeQueue, type AskedJob } from "#tests/factories/fake-queue.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const deps = await openTestDeps();
let workers: Workers;
/** Shops whose jobs have begun, in order. The jobs continue when the gate opens. */
let begun: string[];
let openGate: () => void;

const shop = (name: string) => `${name}.myshopify.com`;

beforeEach(async () => {
  const redis = new Redis(deps.redisUrl);
  await redis.flushdb();
  redis.disconnect();
  begun = [];
  const gate = new Promise<void>((resolve) => (openGate = resolve));
  // Each of these jobs first checks whether the shop is installed; none is.
  const findUnique = async ({ where }: { where: { shop: string } }) => {
    begun.push(where.shop);
    await gate;
    return null;
  };
  const db = { shop: { findUnique } } as unknown as DbClient;
  workers = await startWorkers({ ...deps, db }, { redisUrl: deps.redisUrl, queues: ["read", "publish"] });
});
afterEach(async () => {
  openGate();
  await workers.close();
});

const ask = (name: "collect.reconcile" | "collect.backfill" | "publish.reconcile", of: string, number = 0) =>
  deps.jobs.enqueue(
    name,
    { shop: of },
    { dedupeKey: `${of}-${number}`, ...(name === "collect.reconcile" ? { lane: "nightly" } : {}) },
  );

describe("a lane", () => {
  it("for nightly work leaves the merchant's slots free, however much waits in it", async () => {
    for (let night = 0; night < 50; night++) await ask("collect.reconcile", shop(`night-${night}`));
    await expect.poll(() => begun.length).toBe(SLOTS.read.nightly);

    await ask("collect.backfill", shop("installed"));

    await expect.poll(() => begun.at(-1)).toBe(shop("installed"));
    expect(begun).toHaveLength(SLOTS.read.nightly + 1);
  });

  it("is not starved by merchants who use all of their own slots", async () => {
    for (let number = 0; number < 50; number++) await ask("collect.backfill", shop(`installed-${number}`));
    await expect.poll(() => begun.length).toBe(SLOTS.read.merchant);
    await ask("collect.reconcile", shop("night"));
    await expect.poll(() => begun.at(-1)).toBe(shop("night"));
  });

  it("limits one shop to its share while another one waits", async () => {
    const share = Math.ceil(SLOTS.publish.merchant / 2);
    for (let number = 0; number < 20; number++) await ask("publish.reconcile", shop("busy"), number);
    await ask("publish.reconcile", shop("quiet"));

    await expect.poll(() => begun).toContain(shop("quiet"));
    expect(begun.filter((name) => name === shop("busy"))).toHaveLength(share);
  });

  it("has a queue of its own", () => {
    const names = QUEUES.flatMap((queue) => listLanes(queue).map((lane) => toLaneQueue(queue, lane)));
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(QUEUES.length);
    expect(LANES[0]).toBe("merchant");
  });
});

it("a run keeps the lane of its first request when somebody else asks for it", async () => {
  await deps.db.shop.create({ data: shopRow(shop("runs")) });
  const asked: AskedJob[] = [];
  const own = { ...deps, jobs: fakeQueue((job) => asked.push(job)) };
  const start = (lane?: "nightly") =>
    startRun(own, { shop: shop("runs"), now: new Date(), ...(lane ? { lane } : {}) });
  await start("nightly");
  await start();
  expect(asked.map(({ lane }) => lane)).toEqual(["nightly", "nightly"]);
});
