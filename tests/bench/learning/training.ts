import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BACKENDS, type BackendName } from "#app/process/env.server.ts";
import { drawCompletionCases } from "#app/domain/behaviour/choice/completion-cases.ts";
import type { NetworkWeights } from "#app/domain/behaviour/networks/network-weights.ts";
import { FEATURE_COUNT } from "#app/domain/behaviour/features/candidate-features.ts";
import { openPurchaseFeatures } from "#app/domain/behaviour/features/purchase-features.ts";
import { measureRankings } from "#app/domain/behaviour/choice/rank-items.ts";
import {
  decodeNetworks,
  encodeNetworks,
  PRECISIONS,
  STORED_PRECISION,
} from "#app/domain/behaviour/networks/stored-networks.ts";
import { linkByText } from "#app/domain/behaviour/methods/text-similarity.ts";
import { firstBasketAt, sliceBaskets, type Baskets } from "#app/domain/prepare/baskets.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { NETWORK_CANDIDATES, openNetworkModel } from "#app/learning/completion/behaviour-candidates.ts";
import { fitFeatureSources } from "#app/learning/completion/fit-feature-sources.ts";
import { gatherExamples } from "#app/learning/networks/gather-examples.ts";
import type { PurchaseExamples } from "#app/learning/networks/network-gradients.ts";
import { NETWORK_DEFAULTS, trainPurchaseNetwork } from "#app/learning/networks/purchase-network.ts";
import { trainEpoch } from "#app/learning/networks/train-epoch.ts";
import { startState } from "#app/learning/networks/training-state.ts";
import { readOrderLog } from "#app/services/files/read-order-log.server.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { findBenchData, printFigure } from "#tests/bench/bench-data.ts";

/**
 * How fast a network trains on every backend that starts here, each in a process of its own, beside plain
 * JavaScript; and what storing its weights in fewer bits costs, in ndcg10 on later carts. Fails when the precision
 * that is used costs 0.001 or more.
 */

const LOSS_LIMIT = 0.001;
const TIMED_STEPS = 30;
const WARM_STEPS = 5;

const stepsOn = flag("--steps-on");
if (stepsOn) {
  await chooseBackend(stepsOn as BackendName);
  console.log(await measureStepsPerSecond());
} else {
  compareBackends();
  const orders = findBenchData("online-retail/orders.csv.gz");
  if (orders) await comparePrecisions(orders);
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
      console.error(`training.ts: passed over ${name}: ${reason.replace(/^.*AppError: /, "")}`);
    }
  }
}

/** Steps of the size that carts are learned in: 32 queries of 150 candidates. */
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

/** Learns carts of a gift shop until April 2011 and ranks those of May, as trained and as read back. */
async function comparePrecisions(path: string): Promise<void> {
  const log = await readOrderLog(path);
  const { baskets } = prepareBaskets(log.lines, [], { currency: log.currency });
  await chooseBackend("wasm");
  const at = (day: string) => firstBasketAt(baskets, Date.parse(`${day}T00:00:00Z`));
  const [fittedTo, trainedTo, stoppedAt, end] = ["2011-03-01", "2011-04-15", "2011-05-01", "2011-06-01"].map(
    at,
  );
  const fitted = await fitFeatureSources(
    sliceBaskets(baskets, 0, fittedTo!),
    baskets.placedAtMs[fittedTo!]!,
    { text: linkByText(baskets.items), coViews: null },
    {},
  );
  const eligible = [...fitted.sales.baskets.keys()].filter((item) => fitted.sales.baskets[item]! >= 3);
  const draw = openDraw(baskets, eligible);
  const features = openPurchaseFeatures(fitted, eligible);
  const gather = (cases: ReturnType<typeof draw>) =>
    gatherExamples(cases, features, {
      candidates: NETWORK_CANDIDATES,
      places: NETWORK_CANDIDATES,
      random: seededRandom(1),
    });
  const { weights } = await trainPurchaseNetwork(
    gather(draw(fittedTo!, trainedTo!)),
    gather(draw(trainedTo!, stoppedAt!)),
    NETWORK_DEFAULTS,
    { seed: 1 },
  );
  const cases = draw(stoppedAt!, end!);
  const measure = async (network: NetworkWeights) => {
    const model = openNetworkModel([network], fitted, eligible);
    const [measured] = await measureRankings([model], cases, { eligible, items: baskets.items.length });
    return measured!.ndcg10;
  };
  const asTrained = await measure(weights);
  for (const precision of PRECISIONS) {
    const bytes = encodeNetworks([weights], precision);
    const ndcg10 = await measure(decodeNetworks(bytes)[0]!);
    const name = `training_${precision}`;
    printFigure({ name, value: Number(ndcg10.toFixed(5)), unit: "ndcg10", peer: asTrained });
    printFigure({ name: `${name}_size`, value: bytes.length, unit: "bytes" });
    if (precision === STORED_PRECISION && asTrained - ndcg10 >= LOSS_LIMIT) process.exitCode = 1;
  }
}

function openDraw(baskets: Baskets, eligible: readonly number[]) {
  const known = new Set(eligible);
  return (from: number, to: number) =>
    drawCompletionCases(
      baskets,
      { from, to, task: "cart", perBasket: 2 },
      (item) => known.has(item),
      seededRandom(1),
    );
}
