import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BACKENDS, type BackendName } from "#app/process/env.server.ts";
import { FEATURE_COUNT } from "#app/domain/behaviour/features/candidate-features.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { NETWORK_CANDIDATES } from "#app/learning/completion/behaviour-candidates.ts";
import type { PurchaseExamples } from "#app/learning/networks/gather-examples.ts";
import { NETWORK_DEFAULTS } from "#app/learning/networks/purchase-network.ts";
import { trainEpoch } from "#app/learning/networks/train-epoch.ts";
import { startState } from "#app/learning/networks/training-state.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { printFigure } from "#tests/bench/bench-data.ts";

/**
 * Training speed of a network on every backend that works here, each in a process of its own, compared with plain
 * JavaScript.
 */

const TIMED_STEPS = 30;
const WARM_STEPS = 5;

const stepsOn = flag("--steps-on");
if (stepsOn) {
  await chooseBackend(stepsOn as BackendName);
  console.log(await measureStepsPerSecond());
} else {
  compareBackends();
}

function flag(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

function compareBackends(): void {
  const speeds = new Map<BackendName, number>();
  for (const name of BACKENDS.toReversed()) {
    const env = { ...process.env, BUNDLESMITH_BACKEND: name };
    const args = [fileURLToPath(import.meta.url), "--steps-on", name];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
    if (status === 0) {
      speeds.set(name, Number(stdout.trim().split("\n").at(-1)));
      const cpu = speeds.get("cpu");
      const value = Number(speeds.get(name)!.toFixed(2));
      printFigure({ name: `training_${name}`, value, unit: "steps/s", ...(cpu ? { peer: cpu } : {}) });
    } else {
      const reason = stderr.split("\n").find((line) => line.includes("BUNDLESMITH_BACKEND")) ?? stderr.trim();
      console.error(`training.ts: skipped ${name}: ${reason.replace(/^.*AppError: /, "")}`);
    }
  }
}

/** Steps of the size used for carts: 32 queries of 150 candidates. */
async function measureStepsPerSecond(): Promise<number> {
  const { hidden, batchQueries } = NETWORK_DEFAULTS;
  const random = seededRandom(1);
  const queries = batchQueries * TIMED_STEPS;
  const rows = queries * NETWORK_CANDIDATES;
  const examples: PurchaseExamples = {
    queries,
    candidates: NETWORK_CANDIDATES,
    features: FEATURE_COUNT,
    x: Float32Array.from({ length: rows * FEATURE_COUNT }, () => random() - 0.5),
    bought: Float32Array.from({ length: rows }, (_, row) => (row % NETWORK_CANDIDATES === 0 ? 1 : 0)),
    padding: new Float32Array(rows),
  };
  const layers = [FEATURE_COUNT, ...hidden, 1];
  const scaling = {
    mean: new Float32Array(FEATURE_COUNT),
    inverseDeviation: new Float32Array(FEATURE_COUNT).fill(1),
  };
  const work = {
    layers,
    scaling,
    examples,
    settings: NETWORK_DEFAULTS,
    memoryBytes: Infinity,
    signal: undefined,
  };
  const parameters = layers
    .slice(1)
    .flatMap((to, at) => [
      Float32Array.from({ length: layers[at]! * to }, () => random() - 0.5),
      new Float32Array(to),
    ]);
  const order = Uint32Array.from({ length: queries }, (_, query) => query);
  const warm = await trainEpoch(work, startState(parameters), order.subarray(0, batchQueries * WARM_STEPS));
  const startedMs = performance.now();
  await trainEpoch(work, warm, order);
  return (1_000 * TIMED_STEPS) / (performance.now() - startedMs);
}
