import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { forgetRunBaskets, readRunBaskets } from "#app/services/read-run-baskets.server.ts";
import { saveSettings } from "#app/services/save-settings.server.ts";
import { startDueRun } from "#app/services/start-due-run.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { emptyBundleShop, openBundleShop, SHOP, type StockedVariant } from "#tests/factories/bundle-shop.ts";
import { openTestDeps, type TestDeps } from "#tests/setup/test-deps.ts";

const now = new Date("2026-11-20T03:10:00Z");
let deps: TestDeps;
let variants: StockedVariant[];

beforeAll(async () => {
  deps = await openTestDeps();
});
afterAll(() => deps.close());
beforeEach(async () => {
  await emptyBundleShop(deps);
  forgetRunBaskets();
  ({ variants } = await openBundleShop(deps, { products: 4 }));
});

async function readItems() {
  const run = await deps.db.run.create({ data: { shop: SHOP, cutoffAt: now } });
  const { baskets } = await readRunBaskets(deps, { ...run, report: {} } as never);
  return new Map(baskets.items.map((item) => [item.key, item]));
}

const activeOf = (items: Awaited<ReturnType<typeof readItems>>) =>
  variants.map(({ variantGid }) => items.get(variantGid)!.isActive);

describe("what the merchant excludes", () => {
  it("is proposed by no run, whether named as product, by collection or by tag of any case", async () => {
    const update = (index: number, data: object) =>
      deps.db.product.updateMany({ where: { shop: SHOP, productGid: variants[index]!.productGid }, data });
    await update(1, { collectionGids: ["gid://shopify/Collection/7"] });
    await update(2, { tags: ["new", "Clearance"] });
    expect(activeOf(await readItems())).toEqual([true, true, true, true]);

    const changes = {
      excludedProductGids: [variants[0]!.productGid],
      excludedCollectionGids: ["gid://shopify/Collection/7"],
      excludedTags: ["clearance"],
    };
    expect(await saveSettings(deps, { shop: SHOP, changes, now })).toMatchObject({ ok: true });
    forgetRunBaskets();
    expect(activeOf(await readItems())).toEqual([false, false, false, true]);
  });
});

describe("costs", () => {
  it("are Shopify's, and unknown to a run where the merchant wants a percentage instead", async () => {
    const costOf = async () => (await readItems()).get(variants[0]!.variantGid)!.costMinor;
    expect(await costOf()).toBe(500);
    await saveSettings(deps, { shop: SHOP, changes: { usesShopifyCosts: false }, now });
    forgetRunBaskets();
    expect(await costOf()).toBeNull();
  });
});

describe("the limits of a discount", () => {
  it("are refused where the lowest is above the highest", async () => {
    const changes = { minDiscountRatio: 0.3, maxDiscountRatio: 0.2 };
    expect(await saveSettings(deps, { shop: SHOP, changes, now })).toMatchObject({
      ok: false,
      problems: [{ field: "minDiscountRatio" }],
    });
  });
});

describe("the schedule of learning", () => {
  const ranDaysAgo = (days: number) =>
    deps.db.run.create({
      data: {
        shop: SHOP,
        cutoffAt: now,
        status: "succeeded",
        createdAt: new Date(now.getTime() - days * DAY_MS),
      },
    });

  it.each([
    ["week", 3, false],
    ["week", 7, true],
    ["day", 1, true],
    ["month", 20, false],
    ["never", 400, false],
  ])("set to every %s and asked %d days after the last run, starts one: %s", async (every, days, isDue) => {
    await ranDaysAgo(days);
    await saveSettings(deps, { shop: SHOP, changes: { retrainEvery: every }, now });
    expect(await startDueRun(deps, { shop: SHOP, now })).toBe(isDue);
    expect(await deps.db.run.count({ where: { shop: SHOP } })).toBe(isDue ? 2 : 1);
  });
});
