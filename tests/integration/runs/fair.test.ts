import { afterAll, beforeAll, expect, it } from "vitest";
import { startRun } from "#app/services/runs/start-run.server.ts";
import { startWorkers, type Workers } from "#jobs/start-workers.ts";
import { saveSimulatedShop } from "#tests/factories/simulated-orders.ts";
import { LEARNING_PATIENCE_MS, until } from "#tests/setup/patience.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { stubEnvironment } from "#tests/setup/app-process.ts";
import { simulateShop } from "#tests/standin/simulator/simulate-shop.ts";

const EAGER = "eager-shop.myshopify.com";
const QUIET = "quiet-shop.myshopify.com";
const NOW = new Date("2026-11-24T12:00:00Z");

const deps = await openTestDeps();
let workers: Workers;

beforeAll(async () => {
  stubEnvironment(deps);
  const history = simulateShop({
    seed: 7,
    products: 30,
    ordersTotal: 400,
    days: 120,
    endAtMs: NOW.getTime(),
  });
  for (const shop of [EAGER, QUIET]) await saveSimulatedShop(deps, shop, history);
});
afterAll(() => workers.close());

const ask = async (shop: string) => {
  const started = await startRun(deps, { shop, now: NOW });
  if (!started.ok) throw new Error(started.detail);
  return started.value;
};

it("a shop that asks for run after run delays another shop's first run by one run at most", async () => {
  const asked = await Promise.all(Array.from({ length: 10 }, () => ask(EAGER)));
  expect(new Set(asked.map(({ runId }) => runId)).size).toBe(1);
  const { runId } = await ask(QUIET);
  workers = await startWorkers(deps, { redisUrl: deps.redisUrl, queues: ["train", "propose"] });

  const findQuiet = () => deps.db.run.findUniqueOrThrow({ where: { id: runId } });
  const isServed = async () => {
    if ((await findQuiet()).finishedAt !== null) return true;
    // As soon as one run has ended, the eager shop asks for the next.
    await ask(EAGER);
    return false;
  };
  await until(
    isServed,
    async () => `the quiet shop has its run: ${(await findQuiet()).message}`,
    LEARNING_PATIENCE_MS,
  );
  expect(await findQuiet()).toMatchObject({ status: "succeeded", trainMs: expect.any(Number) });
  const before = await deps.db.run.count({ where: { shop: EAGER, finishedAt: { not: null } } });
  expect(await deps.db.run.count({ where: { shop: EAGER } })).toBeGreaterThan(1);
  expect(before).toBe(1);
});
