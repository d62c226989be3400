import { spawn, type ChildProcess } from "node:child_process";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { decodeState } from "#app/learning/networks/training-state.ts";
import { cancelRun, startRun } from "#app/services/runs/start-run.server.ts";
import { saveSimulatedShop } from "#tests/factories/simulated-orders.ts";
import { LEARNING_PATIENCE_MS, until } from "#tests/setup/patience.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { stubEnvironment } from "#tests/setup/app-process.ts";
import { simulateShop } from "#tests/standin/simulator/simulate-shop.ts";

const SHOP = "simulated.myshopify.com";
const NOW = new Date("2026-11-24T12:00:00Z");

const deps = await openTestDeps();
/** The newest worker's output, for a wait that fails. */
let stated = () => "";
const children: ChildProcess[] = [];

beforeAll(async () => {
  stubEnvironment(deps);
  const shop = simulateShop({ seed: 3, products: 40, ordersTotal: 1_200, days: 200, endAtMs: NOW.getTime() });
  await saveSimulatedShop(deps, SHOP, shop);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function startWorker(changed: Record<string, string> = {}): { child: ChildProcess; errors(): string } {
  const child = spawn(process.execPath, ["jobs/worker.ts", "--queues", "propose,train"], {
    env: { ...process.env, NODE_ENV: "production", LOG_LEVEL: "info", ...changed },
    stdio: ["ignore", "ignore", "pipe"],
  });
  children.push(child);
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  stated = () => errors.slice(-2_000);
  return { child, errors: () => errors };
}

async function start(): Promise<string> {
  const started = await startRun(deps, { shop: SHOP, now: NOW });
  if (!started.ok) throw new Error(started.detail);
  return started.value.runId;
}

const findRun = (runId: string) => deps.db.run.findUniqueOrThrow({ where: { id: runId } });

/** A network has finished two epochs, the losses are in the run's report, and the run continues. */
const isAtWork = (runId: string) => async () => {
  const saved = await deps.db.trainingCheckpoint.findMany({ where: { runId } });
  const { report, step } = await findRun(runId);
  const losses = (report as { lossesByTask?: Record<string, number[]> }).lossesByTask?.["product"] ?? [];
  return (
    step === "behaviour" && losses.length > 0 && saved.some(({ state }) => decodeState(state).epochs >= 2)
  );
};

describe("training as a job", () => {
  it("refuses a backend that does not work here, in one line", async () => {
    const { child, errors } = startWorker({ BUNDLESMITH_BACKEND: "tfjs-node" });
    const code = await new Promise((resolve) => child.once("exit", resolve));
    expect(code).toBe(1);
    expect(errors().trim().split("\n")).toHaveLength(1);
    expect(errors()).toContain("BUNDLESMITH_BACKEND");
  });

  it("stops soon after the run is cancelled, and leaves no checkpoint", async () => {
    const runId = await start();
    const worker = startWorker();
    await until(isAtWork(runId), () => `it trains. ${stated()}`, LEARNING_PATIENCE_MS);
    expect(await cancelRun(deps, { shop: SHOP, runId, now: NOW })).toMatchObject({ ok: true });
    await until(async () => worker.errors().includes('"run.cancelled"'), "it has stopped");
    expect(await deps.db.trainingCheckpoint.count()).toBe(0);
    expect(await deps.db.model.count({ where: { runId } })).toBe(0);
  });
});
