import { memory } from "@tensorflow/tfjs-core";
import { fitEase } from "#app/learning/ease/fit-ease.ts";
import { trainPurchaseNetwork } from "#app/learning/networks/purchase-network.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { plantedPurchases, rankPurchases } from "#tests/factories/planted-purchases.ts";
import { plantedSessions } from "#tests/factories/planted-sessions.ts";

/**
 * Trains a small network, fits EASE on the backend that the environment names, and prints their rankings as JSON. Runs
 * as its own process, because a loaded backend cannot be unloaded.
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
/** All products for each product, the most likely partner first. */
async function rankByEase(): Promise<number[][]> {
  const { offsets, item } = plantedSessions({ sessions: 120, products: PRODUCTS, seed: 1 });
  const sets = {
    offsets,
    item: Uint32Array.from(item),
    weight: new Float32Array(offsets.length - 1).fill(1),
  };
  const { weights } = await fitEase(sets, new Uint32Array(PRODUCTS).fill(120));
  return Array.from({ length: PRODUCTS }, (_, row) => {
    const scores = weights.subarray(row * PRODUCTS, (row + 1) * PRODUCTS);
    return [...scores.keys()].sort((a, b) => scores[b]! - scores[a]!);
  });
}

const { name } = await chooseBackend();
let losses: readonly number[] = [];
const weights = await trainPurchaseNetwork(plantedPurchases(60, 1), plantedPurchases(20, 2), CARTS, {
  seed: 1,
  onLosses: (soFar) => (losses = soFar),
});
const learnt = {
  name,
  losses,
  network: rankPurchases(weights, plantedPurchases(100, 3)),
  ease: await rankByEase(),
  tensorsLeft: memory().numTensors,
};
process.stdout.write(`${JSON.stringify(learnt)}\n`);
