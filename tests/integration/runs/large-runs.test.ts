import { beforeEach, describe, expect, it } from "vitest";
import { deleteShopRows } from "#app/data/erasure/erasures.server.ts";
import { endTrainingAttempt, moveRunToLane } from "#app/data/runs/runs.server.ts";
import { jobCatalog, type JobName, type QueueName } from "#app/queue/catalog.ts";
import { repairRuns } from "#app/services/runs/run-step.server.ts";
import { admitTraining, freeLargeRuns, placeNewRun, startRun } from "#app/services/runs/start-run.server.ts";
import { startWorkers } from "#jobs/start-workers.ts";
import { fakeQueue, type AskedJob } from "#tests/factories/fake-queue.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "large-shop.myshopify.com";
const NOW = new Date("2026-11-24T12:00:00Z");

const real = await openTestDeps();
let asked: AskedJob[];
let servedAsLarge: readonly QueueName[];
const jobs = {
  ...fakeQueue((job) => asked.push(job)),
  hasWorkers: async (name: JobName) => servedAsLarge.includes(jobCatalog[name].queue),
};
const deps = { ...real, jobs };

beforeEach(async () => {
  asked = [];
  servedAsLarge = ["train", "propose"];
  await deleteShopRows(deps.pool, SHOP);
  await deps.db.shop.create({ data: shopRow(SHOP) });
});

async function start() {
  const started = await startRun(deps, { shop: SHOP, now: NOW });
  if (!started.ok) throw new Error(started.detail);
  return { shop: SHOP, runId: started.value.runId };
}
const findRun = (runId: string) => deps.db.run.findUniqueOrThrow({ where: { id: runId } });

describe("a training whose worker was killed", () => {
  it("goes to a large worker at the second attempt, and ends its run after the second death there", async () => {
    const key = await start();
    expect(await admitTraining(deps, key)).toBe(true);
    expect(await admitTraining(deps, key)).toBe(false);
    expect(asked.at(-1)).toMatchObject({ name: "prepare.baskets", lane: "large" });
    expect(await admitTraining(deps, key)).toBe(true);
    expect(await admitTraining(deps, key)).toBe(true);
    await expect(admitTraining(deps, key)).rejects.toThrow("run.outOfMemory");
  });

  it.each<[string, readonly QueueName[]]>([
    ["no large worker is connected", []],
    ["the large worker takes no other step than the training", ["train"]],
  ])("is tried once more on the same lane when %s", async (_, served) => {
    servedAsLarge = served;
    const key = await start();
    expect(await admitTraining(deps, key)).toBe(true);
    expect(await admitTraining(deps, key)).toBe(true);
    await expect(admitTraining(deps, key)).rejects.toThrow("run.outOfMemory");
    expect(await findRun(key.runId)).toMatchObject({ lane: "merchant" });
  });

  it("is not counted as killed after a clean stop, however often it stops", async () => {
    const key = await start();
    for (let stop = 0; stop < 5; stop++) {
      expect(await admitTraining(deps, key)).toBe(true);
      await endTrainingAttempt(deps.db, key);
    }
    expect(await findRun(key.runId)).toMatchObject({ lane: "merchant" });
  });
});

it("a run states its needs before it begins, and a large one waits for a large worker", async () => {
  const { runId } = await start();
  expect((await findRun(runId)).report).toMatchObject({
    need: { lines: 0, products: 0, memoryBytes: 644_245_095 },
  });
  expect(asked[0]).toMatchObject({ lane: "merchant" });

  const pool = { query: async () => ({ rows: [{ lines: 10_000_000, products: 20_000 }] }) };
  const large = { ...deps, pool: pool as unknown as typeof deps.pool };
  const run = await placeNewRun(large, { ...(await findRun(runId)), status: "queued" });
  expect(run.lane).toBe("large");
  expect(await findRun(runId)).toMatchObject({ lane: "large" });
});

it("a large run goes on with a small worker once the large one is taken away", async () => {
  const { shop, runId } = await start();
  await moveRunToLane(deps.db, { shop, runId }, "large");
  await freeLargeRuns(deps);
  await repairRuns(deps);
  expect(asked.at(-1)).toMatchObject({ name: "prepare.baskets", lane: "large" });
  servedAsLarge = [];
  await freeLargeRuns(deps);
  await repairRuns(deps);
  expect(asked.at(-1)).toMatchObject({ name: "prepare.baskets", lane: "nightly" });
});

it("the queue reports whether a worker of the lane is connected", async () => {
  const workers = await startWorkers(real, { redisUrl: real.redisUrl, queues: ["train"], lanes: ["large"] });
  await expect.poll(() => real.jobs.hasWorkers("behaviour.train", "large")).toBe(true);
  await workers.close();
});
