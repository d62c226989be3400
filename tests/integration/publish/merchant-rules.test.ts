import { beforeEach, describe, expect, it } from "vitest";
import { openWords } from "#app/locales/words.server.ts";
import { readHomePage } from "#app/pages/home/read-home-page.server.ts";
import { forgetRunBaskets, readRunBaskets } from "#app/services/prepare/prepare-run.server.ts";
import { readRunPage } from "#app/pages/runs/read-runs.server.ts";
import { saveSettings } from "#app/services/settings/save-settings.server.ts";
import { startDueRun } from "#app/services/runs/start-run.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { emptyBundleShop, openBundleShop, SHOP, type StockedVariant } from "#tests/factories/bundle-shop.ts";
import { openStandinGraphql } from "#tests/factories/standin-graphql.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";

const now = new Date("2026-11-20T03:10:00Z");
const words = openWords("en");
const deps = await openTestDeps();
let variants: StockedVariant[];
let state: ShopState;

beforeEach(async () => {
  await emptyBundleShop(deps);
  forgetRunBaskets();
  ({ state, variants } = await openBundleShop(deps, { products: 4 }));
});

const readHome = () => {
  const { graphql } = openStandinGraphql(state);
  return readHomePage(deps, { shop: SHOP, graphql, apiKey: "key", now, words });
};

async function readItems() {
  const run = await deps.db.run.create({ data: { shop: SHOP, cutoffAt: now } });
  const { baskets } = await readRunBaskets(deps, { ...run, report: {} } as never);
  return new Map(baskets.items.map((item) => [item.key, item]));
}

const activeOf = (items: Awaited<ReturnType<typeof readItems>>) =>
  variants.map(({ variantGid }) => items.get(variantGid)!.isActive);

describe("products that the merchant excludes", () => {
  it("are proposed by no run, if excluded as a product, by collection or by a tag in any case", async () => {
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

describe("settings that are saved during a run", () => {
  it("apply from its next step, which does not read the orders again", async () => {
    const run = await deps.db.run.create({ data: { shop: SHOP, cutoffAt: now } });
    const readStep = () => readRunBaskets(deps, { ...run, report: {} } as never);
    const isActive = ({ baskets }: Awaited<ReturnType<typeof readStep>>) =>
      baskets.items.find(({ key }) => key === variants[0]!.variantGid)!.isActive;
    const before = await readStep();
    expect(isActive(before)).toBe(true);

    const changes = { excludedProductGids: [variants[0]!.productGid], maxDiscountRatio: 0.1 };
    expect(await saveSettings(deps, { shop: SHOP, changes, now })).toMatchObject({ ok: true });
    const after = await readStep();
    expect(isActive(after)).toBe(false);
    expect(after.settings.maxDiscountRatio).toBe(0.1);
    expect(after.baskets.offsets).toBe(before.baskets.offsets);
  });
});

describe("costs", () => {
  it("come from Shopify, and are unknown to a run if the merchant wants a percentage instead", async () => {
    const costOf = async () => (await readItems()).get(variants[0]!.variantGid)!.costMinor;
    expect(await costOf()).toBe(500);
    await saveSettings(deps, { shop: SHOP, changes: { usesShopifyCosts: false }, now });
    forgetRunBaskets();
    expect(await costOf()).toBeNull();
  });
});

describe("the limits of a discount", () => {
  it("are refused if the lowest is above the highest", async () => {
    const changes = { minDiscountRatio: 0.3, maxDiscountRatio: 0.2 };
    expect(await saveSettings(deps, { shop: SHOP, changes, now })).toMatchObject({
      ok: false,
      fields: ["minDiscountRatio"],
    });
  });
});

describe("the schedule of learning", () => {
  const ranDaysAgo = (days: number, status = "succeeded") =>
    deps.db.run.create({
      data: {
        shop: SHOP,
        cutoffAt: now,
        status,
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

  it.each([
    ["a first failure, is tried again the day after", [1], true],
    ["a first failure, not within hours", [0.5], false],
    ["a second failure in a row, not the day after", [1, 2], false],
    ["a second failure in a row, two days after", [2, 3], true],
    ["three failures in a row, not three days after", [3, 5, 6], false],
    ["many failures in a row, as often as ever", [7, 14, 21, 28, 35, 42], true],
    ["many failures in a row, not more often", [6, 13, 20, 27, 34, 41], false],
  ])("set to every week and after %s", async (_, failedDaysAgo, isDue) => {
    await ranDaysAgo(60);
    for (const days of failedDaysAgo) await ranDaysAgo(days, "failed");
    expect(await startDueRun(deps, { shop: SHOP, now })).toBe(isDue);
  });

  it("keeps its period after a run that the merchant stopped", async () => {
    await ranDaysAgo(3, "cancelled");
    await ranDaysAgo(4, "failed");
    expect(await startDueRun(deps, { shop: SHOP, now })).toBe(false);
  });

  it("never starts a retry if the merchant starts all runs by hand", async () => {
    await ranDaysAgo(30, "failed");
    await saveSettings(deps, { shop: SHOP, changes: { retrainEvery: "never" }, now });
    expect(await startDueRun(deps, { shop: SHOP, now })).toBe(false);
    expect((await readHome()).nextTry).toBeNull();
  });

  it("states on the home page and on the run's page when a failed run is tried again", async () => {
    const earlier = await ranDaysAgo(2, "failed");
    const { id: runId } = await ranDaysAgo(0.25, "failed");
    const stated = expect.stringContaining("tries again automatically, by Nov 22, 2026");
    expect((await readHome()).nextTry).toEqual(stated);
    expect((await readRunPage(deps, { shop: SHOP, runId, now, words }))!.nextTry).toEqual(stated);
    const older = await readRunPage(deps, { shop: SHOP, runId: earlier.id, now, words });
    expect(older!.nextTry).toBeNull();
  });
});
