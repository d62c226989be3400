import { memory } from "@tensorflow/tfjs-core";
import { openAttention } from "#app/domain/behaviour/sessions/session-attention.ts";
import { openSessionLinear } from "#app/domain/behaviour/sessions/session-model.ts";
import { trainPurchaseNetwork } from "#app/learning/networks/purchase-network.ts";
import { trainAttention } from "#app/learning/attention/session-attention.ts";
import { fitSessionLinear } from "#app/learning/sessions/session-linear.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { plantedPurchases, rankPurchases } from "#tests/factories/planted-purchases.ts";
import { plantedSessions } from "#tests/factories/planted-sessions.ts";

/**
 * Trains a small network, a Transformer and a linear model on the backend that the environment names, and prints what
 * they rank as JSON. A process of its own, because a backend once loaded stays.
 */
const PRODUCTS = 12;
const CARTS = {
  hidden: [8],
  maxEpochs: 3,
  patience: 3,
  batchQueries: 16,
  learningRate: 0.02,
  weightDecay: 0,
};
const VIEWS = {
  width: 8,
  hidden: 8,
  length: 2,
  maxEpochs: 3,
  patience: 3,
  viewsPerBatch: 600,
  learningRate: 0.015,
  dropoutRatio: 0.1,
  minViews: 1,
  maxItems: PRODUCTS,
};

/** For each product looked at, all products, the likeliest to be looked at next first. */
function rankNextViews(model: ReturnType<typeof openSessionLinear>): number[][] {
  return Array.from({ length: PRODUCTS }, (_, item) => {
    const scores = new Float32Array(PRODUCTS);
    model.score({ views: Int32Array.of(item), atMs: 0 }, scores);
    return [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!);
  });
}

const { name, device } = await chooseBackend();
const sessions = plantedSessions({ sessions: 120, products: PRODUCTS, seed: 1 });
const network = await trainPurchaseNetwork(plantedPurchases(60, 1), plantedPurchases(20, 2), CARTS, {
  seed: 1,
});
const transformer = await trainAttention(sessions, null, VIEWS, { seed: 1 });
const linear = await fitSessionLinear(sessions);
const learnt = {
  name,
  device,
  losses: [...network.losses, ...transformer.losses],
  network: rankPurchases(network.weights, plantedPurchases(100, 3)),
  transformer: rankNextViews(openAttention(transformer.weights)),
  linear: rankNextViews(openSessionLinear(linear)),
  tensorsLeft: memory().numTensors,
};
process.stdout.write(`${JSON.stringify(learnt)}\n`);
