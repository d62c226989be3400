import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Evidence, ExpectedEffect, ReplayResult } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { speaksAgainst } from "#app/domain/validate/explain-replay.ts";
import { SEASON_STEPS, DailyForecast } from "#app/domain/trends/item-forecast.ts";
import { cancelRun, startRun } from "#app/services/runs/start-run.server.ts";
import { decideBundle } from "#app/services/validate/decide-bundle.server.ts";
import { startWorkers, type Workers } from "#jobs/start-workers.ts";
import { QUEUES } from "#app/queue/catalog.ts";
import { saveSimulatedShop } from "#tests/factories/simulated-orders.ts";
import { LEARNING_PATIENCE_MS, until } from "#tests/setup/patience.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { stubEnvironment } from "#tests/setup/app-process.ts";
import { simulateShop } from "#tests/standin/simulator/simulate-shop.ts";

const SHOP = "simulated.myshopify.com";
const NOW = new Date("2026-11-24T12:00:00Z");

const deps = await openTestDeps();
let workers: Workers;

beforeAll(async () => {
  stubEnvironment(deps);
  const shop = simulateShop({ seed: 7, ordersTotal: 1_600, days: 400, endAtMs: NOW.getTime() });
  await saveSimulatedShop(deps, SHOP, shop);
  workers = await startWorkers(deps, {
    redisUrl: deps.redisUrl,
    queues: QUEUES.filter((queue) => queue !== "publish" && queue !== "ingest"),
  });
});
afterAll(() => workers.close());

async function waitForEnd(runId: string) {
  const steps = new Set<string>();
  let progress = 0;
  const find = async () => {
    const run = await deps.db.run.findUniqueOrThrow({ where: { id: runId } });
    steps.add(run.step);
    expect(run.progress).toBeGreaterThanOrEqual(progress);
    progress = run.progress;
    return run.finishedAt !== null && run;
  };
  const run = await until(find, () => `the run has ended, after ${[...steps].join()}`, LEARNING_PATIENCE_MS);
  return { run, steps: [...steps] };
}

async function start(now = NOW): Promise<string> {
  const started = await startRun(deps, { shop: SHOP, now });
  if (!started.ok) throw new Error(started.detail);
  return started.value.runId;
}

describe("a run of the loop", () => {
  it("does not start for a shop that has not installed the app", async () => {
    expect(await startRun(deps, { shop: "nobody.myshopify.com", now: NOW })).toMatchObject({
      ok: false,
      reason: "not_installed",
    });
  });

  it("stops when it is cancelled, and leaves no suggestion behind", async () => {
    const runId = await start();
    expect(await cancelRun(deps, { shop: SHOP, runId, now: NOW })).toMatchObject({ ok: true });
    expect(await cancelRun(deps, { shop: SHOP, runId, now: NOW })).toMatchObject({ ok: false });

    const { run } = await waitForEnd(runId);
    expect(run.status).toBe("cancelled");
    expect(await deps.db.bundle.count()).toBe(0);
  });

  it("turns orders into suggestions with evidence, and respects earlier decisions the next time", async () => {
    const [runId, twice] = await Promise.all([start(), start()]);
    expect(twice).toBe(runId);

    const { run, steps } = await waitForEnd(runId);
    expect(run).toMatchObject({ status: "succeeded", progress: 1, problem: null, backend: "wasm" });
    expect(steps.length).toBeGreaterThan(2);
    expect(run.report).toMatchObject({ orders: expect.any(Number), drafted: expect.any(Number) });

    const proposed = await deps.db.bundle.findMany({
      where: { shop: SHOP, status: "proposed" },
      include: { components: true },
      orderBy: { expectedExtraMarginMinor: "desc" },
    });
    expect(proposed.length).toBeGreaterThanOrEqual(10);
    for (const bundle of proposed) {
      expect(bundle.components.length).toBeGreaterThanOrEqual(2);
      expect(bundle.discountRatio).toBe(0);
      ExpectedEffect.parse(bundle.expected);
      Evidence.array().min(1).parse(bundle.evidence);
      expect(speaksAgainst(ReplayResult.parse(bundle.validation))).toBe(false);
    }
    const forecasts = await deps.db.forecast.findMany({ where: { shop: SHOP } });
    expect(forecasts.length).toBeGreaterThan(50);
    expect(forecasts.some(({ unitsPerOrder }) => unitsPerOrder > 1)).toBe(true);
    // With more than a year of orders, last year's curve covers the coming quarter.
    for (const { seasonAhead } of forecasts) expect(seasonAhead).toHaveLength(SEASON_STEPS);
    for (const { daily, ordersExpected } of forecasts) {
      const { expected } = DailyForecast.parse(daily);
      expect(expected.reduce((sum, orders) => sum + orders, 0)).toBeCloseTo(ordersExpected, 1);
    }
    expect(await deps.db.model.count({ where: { shop: SHOP, step: "drafts" } })).toBe(0);

    const [rejected, approved] = proposed;
    await decideBundle(deps, {
      shop: SHOP,
      bundleId: rejected!.id,
      decision: "reject",
      decidedBy: "me",
      now: NOW,
    });
    await decideBundle(deps, {
      shop: SHOP,
      bundleId: approved!.id,
      decision: "approve",
      decidedBy: "me",
      now: NOW,
    });
    const second = await waitForEnd(await start());
    expect(second.run.status).toBe("succeeded");
    const statusOf = async (id: string) => (await deps.db.bundle.findUniqueOrThrow({ where: { id } })).status;
    expect(await statusOf(rejected!.id)).toBe("rejected");
    expect(await statusOf(approved!.id)).toBe("approved");
    expect(await deps.db.bundle.count({ where: { shop: SHOP } })).toBe(proposed.length);
  });
});
