import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  replaceForecasts,
  type VariantForecast,
  findArtefact,
  saveModels,
} from "#app/data/runs/models.server.ts";
import { encodeNeighbours } from "#app/domain/behaviour/behaviour-model.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { LEAST_SHOPS } from "#app/domain/propose/profit/other-shops.ts";
import { PRIOR_BELIEF } from "#app/domain/propose/profit/shopper-belief.ts";
import { proposeForRun } from "#app/services/propose/propose-run.server.ts";
import { forgetRunBaskets } from "#app/services/prepare/prepare-run.server.ts";
import { decodeDrafts } from "#app/services/propose/run-drafts.server.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { evidenceInEnglish, inEnglish } from "#tests/factories/write-english.ts";

const SHOP = "local-hours.myshopify.com";
const NOW = new Date("2026-06-30T00:00:00Z");
const HOUR_MS = 3_600_000;
const gid = (variant: number) => `gid://shopify/ProductVariant/${variant}`;
const PRODUCTS = 16;

const deps = await openTestDeps();

/**
 * 2,000 orders, one every 2.3 hours. Every third order from 3:00 to 6:00 UTC, noon in Tokyo, holds products 1 and 2.
 * Every tenth order each holds product 3 and product 4, which share orders by chance.
 */
beforeAll(async () => {
  const { db } = deps;
  await db.shop.create({
    data: shopRow(SHOP, { currency: "EUR", timeZone: "Asia/Tokyo" }),
  });
  const numbers = Array.from({ length: PRODUCTS }, (_, index) => index + 1);
  await db.product.createMany({
    data: numbers.map((number) => ({
      shop: SHOP,
      productGid: `gid://shopify/Product/${number}`,
      title: `Thing${number}`,
      handle: `thing-${number}`,
      productType: "",
      tags: [],
      status: "active",
      sourceUpdatedAt: NOW,
    })),
  });
  await db.variant.createMany({
    data: numbers.map((number) => ({
      shop: SHOP,
      variantGid: gid(number),
      productGid: `gid://shopify/Product/${number}`,
      title: "Default Title",
      sku: `T${number}`,
      priceMinor: 1_000,
      costMinor: 400,
      inventoryQuantity: null,
    })),
  });
  const random = seededRandom(1);
  const orders = Array.from({ length: 2_000 }, (_, n) => {
    const placedAt = new Date(NOW.getTime() - (2_000 - n) * 2.3 * HOUR_MS);
    const isNoon = placedAt.getUTCHours() >= 3 && placedAt.getUTCHours() < 6;
    const things = [
      5 + Math.floor(random() * 12),
      ...(isNoon && n % 3 === 0 ? [1, 2] : n % 20 === 3 ? [1] : n % 20 === 6 ? [2] : []),
      ...(n % 10 === 0 ? [3] : []),
      ...(Math.floor(n / 10) % 10 === 0 ? [4] : []),
    ];
    return { orderGid: `gid://shopify/Order/${n + 1}`, placedAt, things };
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
    data: orders.flatMap(({ orderGid, things }) =>
      things.map((thing, position) => ({
        shop: SHOP,
        orderGid,
        position,
        variantGid: gid(thing),
        productGid: `gid://shopify/Product/${thing}`,
        sku: `T${thing}`,
        title: `Thing${thing}`,
        quantity: 1,
        unitPriceMinor: 1_000,
      })),
    ),
  });
  // Half of the views name only the product, as a theme's product page does.
  await db.browseEvent.createMany({
    data: Array.from({ length: 400 }, (_, visitor) =>
      (visitor < 60 ? [3, 4] : [5 + (visitor % 12)]).map((thing, view) => ({
        shop: SHOP,
        eventId: `e${visitor}-${view}`,
        visitorKey: `v${visitor}`,
        kind: "product_viewed",
        productGid: `gid://shopify/Product/${thing}`,
        variantGid: view === 0 ? gid(thing) : null,
        occurredAt: new Date(NOW.getTime() - 100 * 24 * HOUR_MS + view * 60_000),
      })),
    ).flat(),
  });
});
afterAll(forgetRunBaskets);

const DAYS = { firstNoonMs: NOW.getTime(), expected: [], low: [], high: [] };

/** Runs the step after an earlier step left these forecasts, if any. */
async function propose(forecasts: readonly VariantForecast[] = []) {
  const { id: runId } = await deps.db.run.create({
    data: { shop: SHOP, cutoffAt: NOW, status: "running", step: "propose" },
  });
  const key = { shop: SHOP, runId };
  const partner = new Int32Array([1, 0]);
  const artefact = encodeNeighbours({ count: 1, partner, strength: new Float32Array([1, 1]) }, [
    gid(1),
    gid(2),
  ]);
  await saveModels(deps.db, key, "behaviour", [{ name: "given", isChosen: true, metrics: {}, artefact }]);
  if (forecasts.length > 0) {
    await replaceForecasts(
      deps.pool,
      key,
      forecasts.map((forecast) => ({ ...forecast, daily: DAYS })),
    );
  }
  await proposeForRun(deps, key, {
    signal: new AbortController().signal,
    now: () => NOW,
  });
  return decodeDrafts((await findArtefact(deps.db, key, "drafts"))!);
}

describe("the step that proposes", () => {
  it("refuses pairs viewed together and bought by chance, and states hours in the shop's time zone", async () => {
    const { drafts, refused } = await propose();
    expect(refused.map(({ reason }) => inEnglish(reason)).join()).toMatch(
      /viewed both in 60 visits.*replace each other/,
    );
    const evidence = drafts.flatMap((draft) => draft.evidence.map(evidenceInEnglish)).join();
    expect(evidence).toMatch(/placed between 12:00 and 15:00/);
    expect(evidence).not.toMatch(/placed between 3:00 and 6:00/);
  });

  it("uses other shops' answers only if the owner agreed, and says so", async () => {
    const answer = PRIOR_BELIEF.flatMap((own, kind) => own.map((_, place) => (kind === 1 ? place % 21 : 0)));
    await deps.db.sharedAnswer.createMany({
      data: Array.from({ length: LEAST_SHOPS }, (_, other) => ({ shop: `${other}`, answer, learnedAt: NOW })),
    });
    const evidenceWhere = async (learnsWithOthers: boolean) => {
      await deps.db.shop.update({ where: { shop: SHOP }, data: { settings: { learnsWithOthers } } });
      forgetRunBaskets();
      const { drafts } = await propose();
      return drafts.flatMap((draft) => draft.evidence.map(evidenceInEnglish)).join();
    };
    expect(await evidenceWhere(true)).toMatch(/Learned from 5 other shops: their offers win [1-9]/);
    expect(await evidenceWhere(false)).not.toMatch(/other shops/);
  });

  it("states an upcoming season by the orders expected then, and stock by the latest units per order", async () => {
    await deps.db.variant.updateMany({ where: { variantGid: gid(1) }, data: { inventoryQuantity: 240 } });
    forgetRunBaskets();
    const forecastOf = (number: number, ordersExpected: number, season: readonly number[]) => ({
      variantGid: gid(number),
      horizonDays: 28,
      ordersExpected,
      ordersLow: ordersExpected / 2,
      ordersHigh: ordersExpected * 2,
      unitsPerOrder: 3,
      trend: "flat" as const,
      seasonIndex: season[0]!,
      seasonAhead: season.slice(1),
    });
    const forecasts = Array.from({ length: PRODUCTS }, (_, index) =>
      index < 2
        ? forecastOf(index + 1, 4, [0.1, 0.1, 0.4, 2.5, 2.5, 2.5, 0.8])
        : forecastOf(index + 1, 20, [1, 1, 1, 1, 1, 1, 1]),
    );
    const { drafts } = await propose(forecasts);
    const seasonal = drafts.find(({ components }) =>
      components.every(({ itemKey }) => itemKey === gid(1) || itemKey === gid(2)),
    )!;
    expect(seasonal.days).toEqual({ startsIn: 42, endsIn: 70 + 28 });
    // Most of the four orders now would hold both, and five times as many then, by the trusted half of the curve.
    expect(seasonal.expected.ordersAnyway.value).toBeGreaterThan(3);
    // 24 of the 240 units sell until then, and after that 20 orders of three in 28 days.
    expect(seasonal.evidence.map(evidenceInEnglish).join("\n")).toMatch(/has stock for 142 days/);
  });
});
