import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findArtefact, saveModels } from "#app/data/runs/models.server.ts";
import { encodeNeighbours } from "#app/domain/behaviour/behaviour-model.ts";
import { openWords } from "#app/locales/words.server.ts";
import { decideBundle } from "#app/services/validate/decide-bundle.server.ts";
import { fitTrendsForRun } from "#app/services/trends/fit-trends-run.server.ts";
import { proposeForRun } from "#app/services/propose/propose-run.server.ts";
import { readBundlePage } from "#app/pages/bundle/read-bundle-page.server.ts";
import { forgetRunBaskets } from "#app/services/prepare/prepare-run.server.ts";
import { decodeDrafts } from "#app/services/propose/run-drafts.server.ts";
import { validateForRun } from "#app/services/validate/validate-run.server.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "sizes.myshopify.com";
const NOW = new Date("2026-06-30T00:00:00Z");
const HOUR_MS = 3_600_000;
const SIZES = ["S", "M", "L", "XL"];
/** The shirt and the trousers in four sizes, and twelve products with one variant. */
const TITLES = ["Linen shirt", "Chino trousers", ...Array.from({ length: 12 }, (_, at) => `Thing${at}`)];
const productGid = (product: number) => `gid://shopify/Product/${product + 1}`;
const gid = (product: number, size = 0) => `gid://shopify/ProductVariant/${(product + 1) * 10 + size}`;
const sizesOf = (product: number) => (product < 2 ? SIZES : ["Default Title"]);

const deps = await openTestDeps();

/**
 * 1,600 orders, one every three hours. Every 25th holds shirt and trousers, 64 in all. No two sizes of them share
 * more than four orders. M is the shirt's best-selling size, XL the trousers'.
 */
beforeAll(async () => {
  await chooseBackend("wasm");
  const { db } = deps;
  await db.shop.create({
    data: shopRow(SHOP, { currency: "EUR" }),
  });
  await db.product.createMany({
    data: TITLES.map((title, product) => ({
      shop: SHOP,
      productGid: productGid(product),
      title,
      handle: `product-${product}`,
      tags: [],
      status: "active",
      sourceUpdatedAt: NOW,
    })),
  });
  await db.variant.createMany({
    data: TITLES.flatMap((_, product) =>
      sizesOf(product).map((title, size) => ({
        shop: SHOP,
        variantGid: gid(product, size),
        productGid: productGid(product),
        title,
        position: size + 1,
        priceMinor: 4_000,
        costMinor: 1_500,
        inventoryQuantity: 100 + size,
      })),
    ),
  });
  const orders = Array.from({ length: 1_600 }, (_, n) => {
    const placedAt = new Date(NOW.getTime() - (1_600 - n) * 3 * HOUR_MS);
    const set = n / 25;
    const lines = [
      gid(2 + (n % 12)),
      ...(n % 25 === 0 ? [gid(0, set % 4), gid(1, Math.floor(set / 4) % 4)] : []),
      ...(n % 25 === 7 ? [gid(0, 1)] : []),
      ...(n % 25 === 13 ? [gid(1, 3)] : []),
    ];
    return { orderGid: `gid://shopify/Order/${n + 1}`, placedAt, lines };
  });
  await db.order.createMany({
    data: orders.map(({ orderGid, placedAt }) => ({
      shop: SHOP,
      orderGid,
      placedAt,
      sourceUpdatedAt: placedAt,
      currency: "EUR",
    })),
  });
  await db.orderLine.createMany({
    data: orders.flatMap(({ orderGid, lines }) =>
      lines.map((variantGid, position) => ({
        shop: SHOP,
        orderGid,
        position,
        variantGid,
        title: "as it was called",
        quantity: 1,
        unitPriceMinor: 4_000,
      })),
    ),
  });
});
afterAll(forgetRunBaskets);

/** The steps from the forecast to the suggestions. The model of the earlier steps is empty. */
async function run() {
  forgetRunBaskets();
  const { id: runId } = await deps.db.run.create({
    data: { shop: SHOP, cutoffAt: NOW, status: "running", step: "trends" },
  });
  const key = { shop: SHOP, runId };
  const none = encodeNeighbours({ count: 0, partner: new Int32Array(), strength: new Float32Array() }, []);
  await saveModels(deps.db, key, "behaviour", [
    { name: "given", isChosen: true, metrics: {}, artefact: none },
  ]);
  const context = {
    signal: new AbortController().signal,
    now: () => NOW,
    backend: { name: "wasm", memoryBytes: 1e9 },
  };
  await fitTrendsForRun(deps, key, context);
  await proposeForRun(deps, key, context);
  const drafts = decodeDrafts((await findArtefact(deps.db, key, "drafts"))!);
  await validateForRun(deps, key, context);
  return drafts;
}

const listBundles = () =>
  deps.db.bundle.findMany({
    where: { shop: SHOP },
    include: { components: { orderBy: { position: "asc" } } },
  });

describe("a shop whose products come in sizes", () => {
  it("gets one suggestion for the two products, over all sizes that shoppers can choose", async () => {
    await run();
    const [bundle, ...others] = await listBundles();
    expect(others).toEqual([]);
    expect(bundle!.components.map(({ title }) => title).toSorted()).toEqual([
      "Chino trousers",
      "Linen shirt",
    ]);
    expect(bundle!.title).toMatch(/^(Linen shirt with Chino trousers|Chino trousers with Linen shirt)$/);
    // The best-selling size stands for all.
    expect(bundle!.components.map(({ variantGid }) => variantGid).toSorted()).toEqual(
      [gid(0, 1), gid(1, 3)].toSorted(),
    );
  });

  it("shows stock, demand and months of all sizes, or of the named size if the choice is closed", async () => {
    const [bundle] = await listBundles();
    const forecasts = await deps.db.forecast.findMany({ where: { shop: SHOP } });
    const read = async () => {
      const request = { shop: SHOP, bundleId: bundle!.id, viewer: "staff", words: openWords("en"), now: NOW };
      const page = (await readBundlePage(deps, request))!;
      const months = page.season.months.reduce((sum, { orders }) => sum + orders, 0);
      const shirt = page.components.find(({ title }) => title === "Linen shirt")!;
      const cover = page.forecast!.rows.find(({ title }) => title === "Linen shirt")!;
      return { choice: shirt.choice, stock: shirt.stock, expected: cover.ordersExpected, months };
    };
    const expectedOf = (gids: readonly string[]) =>
      forecasts.reduce((sum, row) => sum + (gids.includes(row.variantGid) ? row.ordersExpected : 0), 0);

    const open = await read();
    expect(open).toMatchObject({ choice: "Any of 4 variants", stock: "406 on hand", months: 64 });
    expect(open.expected).toBeCloseTo(expectedOf(SIZES.map((_, size) => gid(0, size))), 6);
    // 128 orders in 200 days.
    expect(open.expected).toBeGreaterThan(12);

    await deps.db.bundle.update({ where: { id: bundle!.id }, data: { letsShopperChoose: false } });
    const closed = await read();
    await deps.db.bundle.update({ where: { id: bundle!.id }, data: { letsShopperChoose: true } });
    expect(closed).toMatchObject({ choice: "M", stock: "101 on hand" });
    expect(closed.expected).toBeCloseTo(expectedOf([gid(0, 1)]), 6);
    expect(closed.months).toBeLessThan(64);
  });

  it("is not asked again about a decided bundle when another size becomes the best seller", async () => {
    const [bundle] = await listBundles();
    const decision = { shop: SHOP, bundleId: bundle!.id, decidedBy: "staff", now: NOW };
    expect(await decideBundle(deps, { ...decision, decision: "reject" })).toMatchObject({ ok: true });
    await deps.db.orderLine.updateMany({
      where: { shop: SHOP, variantGid: gid(0, 1) },
      data: { variantGid: gid(0, 2) },
    });
    const { drafts } = await run();
    expect(drafts).toEqual([]);
    expect(await listBundles()).toHaveLength(1);
  });

  it("keeps variants of different prices apart, like a bottle and a crate", async () => {
    await deps.db.variant.updateMany({
      where: { shop: SHOP, variantGid: { in: [gid(0, 3), gid(1, 0)] } },
      data: { priceMinor: 6_000 },
    });
    // If all sizes of the trousers were one item, XL would stand for them, and not S.
    const pairs = (await run()).drafts.map(({ components }) => components.map(({ itemKey }) => itemKey));
    expect(pairs.map((pair) => pair.toSorted())).toContainEqual([gid(0, 2), gid(1, 0)].toSorted());
  });
});
