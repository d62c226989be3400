import { randomUUID } from "node:crypto";
import type { DbClient } from "#app/data/db.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { beforeAll, describe, expect, it } from "vitest";
import { decodeState } from "#app/learning/networks/training-state.ts";
import { trainBehaviourForRun } from "#app/services/behaviour/train-behaviour-run.server.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { saveSimulatedShop } from "#tests/factories/simulated-orders.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { simulateShop } from "#tests/standin/simulator/simulate-shop.ts";

const SHOP = "simulated.myshopify.com";
const NOW = new Date("2026-11-24T12:00:00Z");

const deps = await openTestDeps();

beforeAll(async () => {
  const history = { seed: 3, products: 40, ordersTotal: 1200, days: 200, endAtMs: NOW.getTime() };
  await saveSimulatedShop(deps, SHOP, simulateShop(history));
});

async function openRun(): Promise<string> {
  const { id } = await deps.db.run.create({ data: { id: randomUUID(), shop: SHOP, cutoffAt: NOW } });
  return id;
}

async function train(
  runId: string,
  { given = deps as Deps, signal = new AbortController().signal } = {},
): Promise<void> {
  const context = { signal, now: () => NOW };
  const backend = await chooseBackend("wasm");
  await trainBehaviourForRun(given, { shop: SHOP, runId }, { ...context, backend });
}

/** A run's results without their times. */
async function readLearned(runId: string) {
  const models = await deps.db.model.findMany({ where: { runId }, orderBy: { name: "asc" } });
  const { report } = await deps.db.run.findUniqueOrThrow({ where: { id: runId } });
  return {
    losses: (report as { lossesByTask: Record<string, number[]> }).lossesByTask,
    models: models.map(({ name, isChosen, metrics, artefact, dataFrom, dataTo, backend }) => {
      const quality = { ...(metrics as Record<string, unknown>), fitMs: null };
      return { name, isChosen, quality, artefact, dataFrom, dataTo, backend };
    }),
  };
}

describe("a training that is interrupted", () => {
  it("resumes from its last epoch, and learns the same as an undisturbed one", async () => {
    const [broken, undisturbed] = [await openRun(), await openRun()];
    const stop = new AbortController();
    const db = deps.db.$extends({
      query: {
        async $executeRaw({ args, query }) {
          const rows = await query(args);
          const saved = await deps.db.trainingCheckpoint.findMany({ where: { runId: broken } });
          if (saved.some(({ state }) => decodeState(state).epochs >= 2)) stop.abort();
          return rows;
        },
      },
    });
    const stopping = { ...deps, db: db as unknown as DbClient };
    await expect(train(broken, { given: stopping, signal: stop.signal })).rejects.toThrow(/abort/i);
    const saved = await deps.db.trainingCheckpoint.findMany({ where: { runId: broken } });
    expect(saved.length).toBeGreaterThan(0);
    expect(await deps.db.model.count({ where: { runId: broken } })).toBe(0);

    await train(broken);
    // Read before the next run, which deletes the models of a run without success.
    const resumed = await readLearned(broken);
    await train(undisturbed);

    const learned = await readLearned(undisturbed);
    expect(resumed).toEqual(learned);
    expect(learned.losses["product"]!.length).toBeGreaterThan(1);
    expect(learned.models.map(({ name }) => name)).toContain("relu network (product)");
    expect(learned.models[0]).toMatchObject({ backend: "wasm", dataFrom: expect.any(Date) });
    expect(await deps.db.trainingCheckpoint.count()).toBe(0);
  });
});
