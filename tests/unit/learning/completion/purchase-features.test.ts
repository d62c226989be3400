import { beforeAll, describe, expect, it } from "vitest";
import { linkByCoViews } from "#app/domain/behaviour/sessions/co-views.ts";
import { KIND_FEATURES } from "#app/domain/behaviour/features/item-features.ts";
import { openPurchaseFeatures } from "#app/domain/behaviour/features/purchase-features.ts";
import { linkByText } from "#app/domain/behaviour/methods/text-similarity.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { fitFeatureSources } from "#app/learning/completion/fit-feature-sources.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { plantedOrders } from "#tests/factories/planted-shop.ts";
import { plantedSessions } from "#tests/factories/planted-sessions.ts";

const SOLD = 24;

/** The last two products have no sales yet. */
const listed = Array.from({ length: SOLD + 2 }, (_, product) => ({
  key: `SKU-${product}`,
  title: `${["Red", "Blue"][product % 2]} cup ${["small", "large", "tall"][product % 3]}`,
  category: `kind ${product % 4}`,
  priceMinor: 900,
  costMinor: null,
  stockUnits: null,
  isActive: true,
}));

beforeAll(async () => {
  await chooseBackend("wasm");
});

describe("the features of a query's candidates", () => {
  it.each([
    ["with browsing", 66],
    ["without browsing", 63],
  ])("fill every column of the network's input: %s %d", async (browsing, width) => {
    const titleOf = new Map(listed.map(({ key, title }) => [key, title]));
    const lines = [...plantedOrders({ orders: 900, products: SOLD, days: 500, seed: 3 })].map((line) => ({
      ...line,
      title: titleOf.get(line.itemKey)!,
    }));
    const { baskets } = prepareBaskets(lines, listed, { currency: "USD" });
    const atMs = baskets.placedAtMs.at(-1)! + DAY_MS;
    const sessions = plantedSessions({ sessions: 300, products: SOLD, seed: 1 });
    const links = {
      text: await linkByText(baskets.items),
      coViews: browsing === "with browsing" ? linkByCoViews(sessions) : null,
    };
    const sources = await fitFeatureSources(baskets, atMs, links, {});
    const features = openPurchaseFeatures(sources, [...baskets.items.keys()]);
    const history = [1, 8, 9, 10].map((item) => ({ item, atMs: atMs - 9 * DAY_MS }));
    // Products six apart share a title, so the basket holds two with the same title.
    const query = { basket: [1, 2, 3, 4, 5, 6, 7], atMs: atMs + DAY_MS, history };
    const described = features.pick(query, SOLD + 2, new Set()).describe();

    const columns = Array.from({ length: features.width }, (_, column) =>
      described.filter((_value, at) => at % features.width === column),
    );
    const unwritten = columns.flatMap((column, at) => (column.every((value) => value === 0) ? at : []));
    // The first two of KIND_FEATURES belong to the text bridge, which a log with dates does not have.
    expect(unwritten).toEqual([width - KIND_FEATURES.length, width - KIND_FEATURES.length + 1]);
    expect(features.width).toBe(width);
  });

  it("are the same whether or not the basket was queried just before", async () => {
    const { baskets } = prepareBaskets(
      [...plantedOrders({ orders: 900, products: SOLD, days: 500, seed: 3 })],
      [],
      {
        currency: "USD",
      },
    );
    const atMs = baskets.placedAtMs.at(-1)! + DAY_MS;
    const links = { text: await linkByText(baskets.items), coViews: null };
    const sources = await fitFeatureSources(baskets, atMs, links, {});
    const eligible = [...baskets.items.keys()];
    const basket = [1, 2];
    const ways = [[1, 2, 3, 4], [], [5, 6]].flatMap((items) => {
      const history = items.map((item) => ({ item, atMs: atMs - 9 * DAY_MS }));
      const query = { basket, atMs, history };
      // Without and with earlier purchases, in both orders.
      return [
        { query, excluded: new Set(items) },
        { query, excluded: new Set<number>() },
        { query, excluded: new Set(items) },
      ];
    });
    const inARow = openPurchaseFeatures(sources, eligible);
    for (const { query, excluded } of ways) {
      const alone = openPurchaseFeatures(sources, eligible).pick(query, SOLD, excluded);
      const next = inARow.pick(query, SOLD, excluded);
      expect(next.candidates).toEqual(alone.candidates);
      expect(next.describe()).toEqual(alone.describe());
    }
  });
});
