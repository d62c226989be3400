import { memory } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { drawCompletionCases, measureRankings } from "#app/domain/behaviour/choice/rank-items.ts";
import { cutSessions } from "#app/domain/behaviour/sessions/co-views.ts";
import { linkByText } from "#app/domain/behaviour/methods/text-similarity.ts";
import { countBaskets, sliceBaskets } from "#app/domain/prepare/baskets.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { DAY_MS, HOUR_MS } from "#app/domain/time.ts";
import { listSimpleNames, openSimpleModels } from "#app/learning/completion/behaviour-candidates.ts";
import { fitFeatureSources, fitSources } from "#app/learning/completion/fit-feature-sources.ts";
import { gatherOtherWindow } from "#app/learning/completion/other-windows.ts";
import { trainPurchaseNetwork } from "#app/learning/networks/purchase-network.ts";
import { trainBehaviour, type TrainedBehaviour } from "#app/learning/completion/train-behaviour.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { orderLine } from "#tests/factories/order-lines.ts";
import { PLANTED_START_MS, plantedOrders } from "#tests/factories/planted-shop.ts";

const DAYS = 200;
const CUTOFF_MS = PLANTED_START_MS + (DAYS + 1) * DAY_MS;

function prepare(lines: Iterable<ReturnType<typeof orderLine>>) {
  return prepareBaskets(lines, [], { currency: "USD" }).baskets;
}

beforeAll(async () => {
  await chooseBackend("wasm");
});

describe("training the behaviour model", () => {
  const products = 30;
  const baskets = prepare(plantedOrders({ orders: 600, products, days: DAYS, seed: 3 }));
  const settings = { cutoffMs: CUTOFF_MS, seed: 1, tasks: new Set(["product"] as const) };
  let withoutBrowsing: TrainedBehaviour;

  beforeAll(async () => {
    withoutBrowsing = await trainBehaviour(baskets, settings);
  });

  it("trains only the requested task, and answers the other task with the same model", () => {
    const { candidates, model } = withoutBrowsing;
    expect(candidates.map(({ name }) => name).filter((name) => !name.endsWith("(product)"))).toEqual([]);
    const scores = new Float32Array(baskets.items.length);
    model.score({ basket: [0, 1], atMs: CUTOFF_MS, history: [] }, scores);
    expect(scores.some((score) => score !== 0)).toBe(true);
  });

  it("trains no network for a shop of two products, because one in the basket leaves only one candidate", async () => {
    const lines = Array.from({ length: 1_000 }, (_, order) =>
      ["A", "B"].map((itemKey) =>
        orderLine({ orderId: String(order), itemKey, placedAtMs: PLANTED_START_MS + order * HOUR_MS }),
      ),
    );
    const { candidates } = await trainBehaviour(prepare(lines.flat()), settings);
    expect(candidates.map(({ name }) => name)).not.toContain("relu network (product)");
    expect(withoutBrowsing.candidates.map(({ name }) => name)).toContain("relu network (product)");
  });

  it("trains on all windows of a small shop, regardless of which has more products to recommend", async () => {
    const baskets = prepare(plantedOrders({ orders: 800, products: 60, days: DAYS, seed: 3 }));
    const undated = { ...baskets, placedAtMs: baskets.placedAtMs.map(() => PLANTED_START_MS) };
    const queriesTrained: number[] = [];
    await trainBehaviour(undated, {
      cutoffMs: CUTOFF_MS,
      seed: 1,
      tasks: new Set(["product"]),
      workerThread: {
        fit: (from, cutoffMs) => fitSources(from, cutoffMs, {}),
        gather: (work) => gatherOtherWindow(work, {}),
        train: (examples, heldOut, settings, run) => {
          queriesTrained.push(examples.queries);
          // One epoch is enough: the test checks the examples, not the result.
          return trainPurchaseNetwork(examples, heldOut, { ...settings, maxEpochs: 1 }, run);
        },
      },
    });
    expect(Math.min(...queriesTrained)).toBeGreaterThan(1_000);
  });

  it("learns about as much from a shop that paused for months as on the day after its last order", async () => {
    const paused = await trainBehaviour(baskets, { ...settings, cutoffMs: CUTOFF_MS + 120 * DAY_MS });
    const ndcg10Of = ({ candidates }: TrainedBehaviour) =>
      candidates.find(({ name }) => name === "relu network (product)")!.ndcg10!;
    expect(ndcg10Of(paused)).toBeGreaterThan(0.9 * ndcg10Of(withoutBrowsing));
  });

  it("reports no figures if there is no order to measure on", async () => {
    const before = plantedOrders({ orders: 400, products: 30, days: 120, seed: 3 });
    // All products sold since are new, and had too few orders before to be recommended.
    const renewed = [...plantedOrders({ orders: 30, products: 30, days: 10, seed: 4 })].map((line) => ({
      ...line,
      orderId: `new ${line.orderId}`,
      itemKey: `NEW-${line.itemKey}`,
      placedAtMs: line.placedAtMs + 185 * DAY_MS,
    }));
    const { candidates } = await trainBehaviour(prepare([...before, ...renewed]), {
      cutoffMs: CUTOFF_MS,
      seed: 1,
      tasks: new Set(["cart"]),
    });
    expect(candidates.filter(({ isChosen }) => isChosen)).toHaveLength(1);
    for (const { hr10, ndcg10, calibrationError } of candidates)
      expect([hr10, ndcg10, calibrationError]).toEqual([undefined, undefined, undefined]);
  });

  it("measures co-view next to the other methods if there is browsing data", async () => {
    const itemOf = new Map(baskets.items.map(({ key }, item) => [key, item]));
    const partners = Array.from({ length: products }, (_, n) => itemOf.get(`SKU-${n}`) ?? 0);
    /** Each visit views one planted pair. */
    const visits = Array.from({ length: 600 }, (_, visitor) => {
      const first = (2 * visitor) % products;
      return [first, first + 1].map((place, view) => ({
        visitor,
        atMs: PLANTED_START_MS + visitor + view,
        item: partners[place]!,
      }));
    }).flat();
    const views = {
      visitor: visits.map(({ visitor }) => visitor),
      atMs: visits.map(({ atMs }) => atMs),
      item: visits.map(({ item }) => item),
    };
    const sessions = cutSessions(views, baskets.items.length);
    const byName = ({ candidates }: TrainedBehaviour) =>
      new Map(candidates.map(({ name, hr10, ndcg10 }) => [name, { hr10, ndcg10 }]));
    const none = byName(withoutBrowsing);
    const some = byName(await trainBehaviour(baskets, { ...settings, sessions }));
    expect(none.has("co-view (product)")).toBe(false);
    const of = (name: string) => some.get(`${name} (product)`)!.ndcg10!;
    expect(of("co-view")).toBeGreaterThan(of("popularity") + 0.03);
    const withoutIt = new Map([...some].filter(([name]) => !/co-view|network/.test(name)));
    expect(withoutIt).toEqual(new Map([...none].filter(([name]) => !name.includes("network"))));
    expect(memory().numTensors).toBe(0);
  });

  it("refuses a shop without orders before the cutoff", async () => {
    await expect(trainBehaviour(prepare([]), { cutoffMs: CUTOFF_MS, seed: 1 })).rejects.toThrow(RangeError);
  });

  it("returns a model without partners for a single order", async () => {
    const { eligible, neighbours } = await trainBehaviour(
      prepare([orderLine(), orderLine({ itemKey: "SKU-2" })]),
      {
        cutoffMs: CUTOFF_MS,
        seed: 1,
      },
    );
    expect(eligible).toEqual([]);
    expect(neighbours.partner.every((partner) => partner === -1)).toBe(true);
  });

  it("stops when aborted, and leaves no tensor behind", async () => {
    const abort = new AbortController();
    const run = trainBehaviour(prepare(plantedOrders({ orders: 800, products: 40, days: DAYS, seed: 1 })), {
      cutoffMs: CUTOFF_MS,
      seed: 1,
      signal: abort.signal,
      onProgress: (ratio) => ratio > 0.3 && abort.abort(),
    });
    await expect(run).rejects.toThrow(/abort/i);
    expect(memory().numTensors).toBe(0);
  });
});

describe("the behaviour model of a small shop, 30 products and 800 baskets", () => {
  const baskets = prepare(plantedOrders({ orders: 800, products: 30, days: DAYS, seed: 4 }));
  const from = Math.floor(0.85 * countBaskets(baskets));
  const cutoffMs = baskets.placedAtMs[from]!;
  const ratios: number[] = [];
  let trained: TrainedBehaviour;

  beforeAll(async () => {
    trained = await trainBehaviour(baskets, { cutoffMs, seed: 1, onProgress: (ratio) => ratios.push(ratio) });
  });

  it("leaves no tensor behind, and its progress never decreases", () => {
    expect(memory().numTensors).toBe(0);
    expect(ratios).toEqual(ratios.slice().sort((a, b) => a - b));
    expect(ratios.at(-1)).toBe(1);
  });

  it("finds the planted partners", () => {
    const { partner, count } = trained.neighbours;
    const itemOf = new Map(baskets.items.map(({ key }, item) => [key, item]));
    const found = Array.from({ length: 15 }, (_, pair) => pair).filter((pair) => {
      const item = itemOf.get(`SKU-${2 * pair}`)!;
      return partner[item * count] === itemOf.get(`SKU-${2 * pair + 1}`);
    });
    expect(found.length).toBeGreaterThanOrEqual(13);
  });

  it.each(["cart", "product"] as const)("reports every candidate for a %s, with one chosen", (task) => {
    const ofTask = trained.candidates.filter(({ name }) => name.endsWith(`(${task})`));
    const chosen = ofTask.filter(({ isChosen }) => isChosen);
    expect(chosen).toHaveLength(1);
    const popularity = ofTask.find(({ name }) => name === `popularity (${task})`)!;
    expect(chosen[0]!.ndcg10).toBeGreaterThan(1.3 * popularity.ndcg10!);
    const network = ofTask.find(({ name }) => name === `relu network (${task})`)!;
    expect(network.calibrationError).toBeLessThan(0.05);
  });

  it.each(["cart", "product"] as const)(
    "is at most slightly worse for a %s on later orders than the best simple method",
    async (task) => {
      const { model, eligible } = trained;
      const past = sliceBaskets(baskets, 0, from);
      const sources = await fitFeatureSources(
        past,
        cutoffMs,
        { text: await linkByText(baskets.items), coViews: null },
        {},
      );
      const cases = drawCompletionCases(
        baskets,
        { from, to: countBaskets(baskets), task, perBasket: 1 },
        (item) => eligible.includes(item),
        seededRandom(9),
      );
      const models = [model, ...openSimpleModels(listSimpleNames(sources), sources)];
      const universe = { eligible, items: baskets.items.length };
      const [ours, ...simple] = await measureRankings(models, cases, universe);
      expect(ours!.ndcg10).toBeGreaterThan(Math.max(...simple.map(({ ndcg10 }) => ndcg10)) - 0.02);
    },
  );
});
