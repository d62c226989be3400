import { beforeEach, describe, expect, it } from "vitest";
import { openWords } from "#app/locales/words.server.ts";
import { changeGuide } from "#app/services/settings/change-guide.server.ts";
import { decideBundles } from "#app/services/validate/decide-bundle.server.ts";
import { editBundle } from "#app/services/validate/edit-bundle.server.ts";
import { pauseAllBundles } from "#app/services/validate/pause-all-bundles.server.ts";
import { readBundlePage } from "#app/pages/bundle/read-bundle-page.server.ts";
import { readHomePage } from "#app/pages/home/read-home-page.server.ts";
import { exportResults } from "#app/pages/results/export-results.server.ts";
import { readResultsPage } from "#app/pages/results/read-results-page.server.ts";
import { readRunPage } from "#app/pages/runs/read-runs.server.ts";
import { readSettings } from "#app/data/shops/shops.server.ts";
import { findOffers } from "#app/pages/suggestions/find-offers.server.ts";
import { readSuggestionsPage, SuggestionQuery } from "#app/pages/suggestions/read-suggestions-page.server.ts";
import { saveTypedSettings } from "#app/services/settings/save-settings.server.ts";
import {
  addBundle,
  emptyBundleShop,
  openBundleShop,
  SHOP,
  type StockedVariant,
} from "#tests/factories/bundle-shop.ts";
import { addPlacedOrder } from "#tests/factories/placed-order.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { openStandinGraphql } from "#tests/factories/standin-graphql.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";

const OTHER_SHOP = "other-shop.myshopify.com";
const now = new Date("2026-11-20T12:00:00Z");
const query = SuggestionQuery.parse({});
/** The state in which a run leaves a bundle. */
const OPEN = { status: "proposed" };

const words = openWords("en");
const deps = await openTestDeps();
let variants: StockedVariant[];
let state: ShopState;

beforeEach(async () => {
  await emptyBundleShop(deps);
  ({ state, variants } = await openBundleShop(deps, { products: 60 }));
});

const addOtherShop = () =>
  deps.db.shop.create({
    data: shopRow(OTHER_SHOP),
  });
const readHome = () => {
  const { graphql } = openStandinGraphql(state);
  return readHomePage(deps, { words, shop: SHOP, graphql, apiKey: "client-id", now });
};

describe("the home page", () => {
  it("ticks no set-up step that has not happened", async () => {
    expect((await readHome())?.setup).toEqual({
      isHistoryRead: false,
      hasSuggestions: false,
      hasApproved: false,
      hasImpression: false,
      isEmbedOn: false,
      hasPlan: false,
      hasVisits: false,
    });
  });

  it("ticks the set-up steps from the shop's data", async () => {
    await addBundle(deps, variants.slice(0, 2), { status: "published" });
    await deps.db.shop.update({ where: { shop: SHOP }, data: { backfilledAt: now } });
    await deps.db.browseEvent.createMany({
      data: ["page_viewed", "offer_seen"].map((kind) => ({
        shop: SHOP,
        eventId: kind,
        visitorKey: "v",
        kind,
        arm: "treated",
        occurredAt: now,
      })),
    });
    const paid = { plan: "standard", subscriptionGid: "gid://shopify/AppSubscription/1", isTest: false };
    await deps.db.subscription.create({ data: { shop: SHOP, ...paid, readAt: now } });
    const home = await readHome();
    expect(Object.values(home!.setup).every(Boolean)).toBe(true);
    expect(home!.counts).toMatchObject({ toDecide: 0, live: 1 });
  });

  it("counts neither test orders nor cancelled ones", async () => {
    const placedAt = new Date("2026-11-10T12:00:00Z");
    const kinds = [{ placedAt }, { isTest: true }, { cancelledAt: now }];
    for (const [number, fields] of kinds.entries()) await addPlacedOrder(deps, variants, { number, fields });
    const { orders, firstOrderOn, lastOrderAt } = (await readHome()).history;
    expect(orders).toBe("1");
    expect([firstOrderOn, lastOrderAt]).toEqual([
      expect.stringContaining("Nov 10"),
      expect.stringContaining("Nov 10"),
    ]);
  });

  it("counts an old order once if both a file and Shopify report it", async () => {
    await deps.db.shop.update({ where: { shop: SHOP }, data: { installedAt: now } });
    const placedAt = new Date("2025-11-10T12:00:00Z");
    const kinds = [{ placedAt, source: "import" }, { placedAt }, {}];
    for (const [number, fields] of kinds.entries()) await addPlacedOrder(deps, variants, { number, fields });
    expect((await readHome()).history.orders).toBe("2");
  });

  it("does not ask for a plan again once the trial is over on the free plan", async () => {
    const installedAt = new Date(now.getTime() - 31 * 86_400_000);
    await deps.db.shop.update({ where: { shop: SHOP }, data: { installedAt } });
    expect((await readHome())!.setup.hasPlan).toBe(true);
  });

  it("opens the theme editor of this shop with this app's block", async () => {
    const { themeEditor } = (await readHome())!;
    const block = new URL(themeEditor.block);
    expect(block.hostname).toBe(SHOP);
    expect(block.searchParams.get("addAppBlockId")).toBe("client-id/bundle-offer");
    expect(new URL(themeEditor.embed).searchParams.get("activateAppId")).toBe("client-id/bundle-embed");
  });

  it.each([
    ["of a visitor who drew no group", { arm: null }, []],
    ["of one who also came to a product's page", { arm: "treated" }, ["product_viewed"]],
  ])("does not take a view %s as a sign of the app embed", async (_, drawn, others) => {
    await deps.db.browseEvent.createMany({
      data: ["page_viewed", ...others].map((kind) => ({
        shop: SHOP,
        eventId: kind,
        visitorKey: "v",
        kind,
        ...drawn,
        occurredAt: now,
      })),
    });
    expect((await readHome())!.setup.isEmbedOn).toBe(false);
  });

  it("lists the offers with sales, the highest revenue first, and none that was only seen", async () => {
    const [seen, small, large] = [
      await addBundle(deps, variants.slice(0, 2), { status: "published" }),
      await addBundle(deps, variants.slice(2, 4), { status: "published" }),
      await addBundle(deps, variants.slice(4, 6), { status: "published" }),
    ];
    await deps.db.browseEvent.create({
      data: {
        shop: SHOP,
        eventId: "e",
        visitorKey: "v",
        kind: "offer_seen",
        bundleId: seen,
        occurredAt: now,
      },
    });
    await deps.db.conversion.createMany({
      data: [small, large].map((bundleId, index) => ({
        shop: SHOP,
        orderGid: `gid://shopify/Order/${index}`,
        bundleId,
        sets: 1,
        revenueMinor: 1_000 + 1_000 * index,
        discountMinor: 100,
        convertedAt: new Date(now.getTime() - 3_600_000),
      })),
    });
    const { bundles } = (await readHome())!.earned;
    expect(bundles.map(({ id, revenue }) => [id, revenue])).toEqual([
      [large, "$20.00"],
      [small, "$10.00"],
    ]);
  });

  it("counts approved offers that are not shown, without future ones, and the list can filter them", async () => {
    const hold = async (at: number, reason: object) => {
      const id = await addBundle(deps, variants.slice(at, at + 2), { status: "approved" });
      await deps.db.bundle.update({ where: { id }, data: { pausedReason: reason } });
      return id;
    };
    const product = variants[0]!.title;
    await addBundle(deps, variants.slice(0, 2), { status: "published" });
    await addBundle(deps, variants.slice(2, 4), { status: "approved" });
    const held = [
      await hold(4, { code: "paused.outOfStock", values: { product } }),
      await hold(6, { code: "paused.notForSale", values: { product } }),
    ];
    const early = await hold(8, { code: "paused.early", values: {} });
    expect((await readHome()).faults).toEqual([
      {
        fault: "offersHeld",
        text: "2 approved offers are not shown in your shop right now. The list says why.",
      },
    ]);
    const list = async (waits: string) => {
      const listed = SuggestionQuery.parse({ tab: "approved", waits });
      const { bundles } = (await readSuggestionsPage(deps, { words, now, shop: SHOP, query: listed }))!;
      return bundles.map(({ id }) => id).toSorted();
    };
    expect(await list("held")).toEqual(held.toSorted());
    expect(await list("all")).toEqual([...held, early].toSorted());
  });

  it("keeps the set-up guide hidden until it is shown again", async () => {
    const change = (isHidden: boolean) => changeGuide(deps, { shop: SHOP, staffId: "42", isHidden, now });
    await change(true);
    expect((await readHome())!.isGuideHidden).toBe(true);
    await change(false);
    expect((await readHome())!.isGuideHidden).toBe(false);
    expect(
      await deps.db.auditEntry.findMany({ select: { action: true }, orderBy: { action: "asc" } }),
    ).toEqual([{ action: "guide-hide" }, { action: "guide-show" }]);
  });

  it("reports waiting messages when the worker is behind", async () => {
    await deps.db.inboxEvent.create({
      data: {
        shop: SHOP,
        webhookId: "w1",
        topic: "orders/create",
        triggeredAt: now,
        receivedAt: new Date(now.getTime() - 2 * 3_600_000),
        payload: {},
      },
    });
    expect((await readHome())!.faults).toMatchObject([{ fault: "messagesSlow" }]);
  });
});

describe("the list of suggestions", () => {
  it("shows no other shop's bundles", async () => {
    await addBundle(deps, variants.slice(0, 2), OPEN);
    await addOtherShop();
    expect((await readSuggestionsPage(deps, { words, now, shop: OTHER_SHOP, query }))?.bundles).toEqual([]);
  });

  it("shows sales next to the expectation for approved bundles, and nothing for the others", async () => {
    await addBundle(deps, variants.slice(4, 6), OPEN);
    const bundleId = await addBundle(deps, variants.slice(0, 2), { status: "published" });
    await addBundle(deps, variants.slice(2, 4), { status: "published" });
    const estimate = (value: number) => ({ value, low: value / 2, high: value * 2 });
    const expected = {
      ordersAnyway: estimate(8),
      ordersWithOffer: estimate(10),
      extraMarginMinor: estimate(500),
      extraRevenueMinor: estimate(900),
    };
    await deps.db.bundle.update({ where: { id: bundleId }, data: { expected } });
    const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);
    await deps.db.decision.create({
      data: { shop: SHOP, bundleId, decidedBy: "42", action: "approve", decidedAt: daysAgo(10) },
    });
    for (const [number, days, refundedMinor] of [
      [1, 1, 0],
      [2, 2, 1_000],
      [3, 29, 0],
    ] as const) {
      const orderGid = `gid://shopify/Order/${number}`;
      const placedAt = daysAgo(days);
      await deps.db.order.create({
        data: {
          shop: SHOP,
          orderGid,
          placedAt,
          sourceUpdatedAt: placedAt,
          currency: "USD",
          totalMinor: 2_000,
          refundedMinor,
          lines: { create: [{ position: 0, title: "Product 1", quantity: 1, unitPriceMinor: 2_000 }] },
        },
      });
      await deps.db.conversion.create({
        data: {
          shop: SHOP,
          orderGid,
          bundleId,
          convertedAt: placedAt,
          sets: 1,
          revenueMinor: 1_800,
          discountMinor: 200,
        },
      });
    }
    const read = async (tab: "approved" | "decide") =>
      (await readSuggestionsPage(deps, { words, now, shop: SHOP, query: { ...query, tab } }))!.bundles;
    const approved = await read("approved");
    expect(approved.find(({ id }) => id === bundleId)?.sold).toEqual({
      orders: 2,
      revenue: "$27.00",
      expected: { value: "10", low: "5", high: "20" },
      sinceDays: 10,
    });
    expect(approved.find(({ id }) => id !== bundleId)?.sold).toMatchObject({ orders: 0, revenue: "$0.00" });
    expect((await read("decide")).map(({ sold }) => sold)).toEqual([null]);
  });

  it("shows the same sales of a full-price offer everywhere", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { status: "published", discountRatio: 0 });
    await deps.db.browseEvent.createMany({
      data: ["offer_seen", "offer_added"].map((kind) => ({
        shop: SHOP,
        eventId: kind,
        visitorKey: "visitor",
        kind,
        arm: "treated",
        bundleId,
        occurredAt: new Date(now.getTime() - 60_000),
      })),
    });
    const placedAt = new Date(now.getTime() - 30_000);
    await addPlacedOrder(deps, variants, { number: 7, visitorKey: "visitor", fields: { placedAt } });
    const approved = await readSuggestionsPage(deps, {
      words,
      now,
      shop: SHOP,
      query: { ...query, tab: "approved" },
    });
    expect(approved.bundles).toMatchObject([{ id: bundleId, sold: { orders: 1, revenue: "$20.00" } }]);
    const { bundles } = await readResultsPage(deps, { words, shop: SHOP, days: 28, now });
    const sold = { orders: "1", revenue: "$20.00", discount: "$0.00" };
    expect(bundles).toMatchObject([{ id: bundleId, seen: "1", ...sold }]);
    const csv = await exportResults(deps, { shop: SHOP, days: 28, now });
    expect(csv).toContain(",1,1,0,1,20.00,0.00,USD");
    const found = await findOffers(deps, { shop: SHOP, search: "", apiKey: "key", words, now });
    expect(found.results).toMatchObject([{ orders: 1, revenue: "$20.00" }]);
    const page = await readBundlePage(deps, { words, shop: SHOP, bundleId, viewer: "1", now });
    expect(page?.sold).toBe("1 order in 28 days, $20.00 before tax");
  });

  it("pages through all bundles once, even if all expect the same profit", async () => {
    for (let index = 0; index < 59; index += 1) await addBundle(deps, variants.slice(index, index + 2), OPEN);
    const first = await readSuggestionsPage(deps, { words, now, shop: SHOP, query });
    const second = await readSuggestionsPage(deps, { words, now, shop: SHOP, query: { ...query, page: 2 } });
    const third = await readSuggestionsPage(deps, { words, now, shop: SHOP, query: { ...query, page: 3 } });
    const pages = [first!, second!, third!];
    expect(pages.map(({ bundles, hasNext }) => [bundles.length, hasNext])).toEqual([
      [25, true],
      [25, true],
      [9, false],
    ]);
    const ids = pages.flatMap(({ bundles }) => bundles.map(({ id }) => id));
    expect(new Set(ids).size).toBe(59);
  });

  it("finds a bundle by one of its products", async () => {
    await addBundle(deps, variants.slice(0, 2), OPEN);
    const found = await addBundle(deps, variants.slice(41, 43), OPEN);
    const list = await readSuggestionsPage(deps, {
      now,
      words,
      shop: SHOP,
      query: { ...query, search: "PRODUCT 42" },
    });
    expect(list!.bundles.map(({ id }) => id)).toEqual([found]);
  });

  it("replaces invalid parameters with the defaults", () => {
    expect(SuggestionQuery.parse({ tab: "nonsense", sort: "; drop table", page: "-4", kind: "x" })).toEqual(
      query,
    );
  });

  it("decides the bundles that allow it and gives the reason for the others", async () => {
    const open = await addBundle(deps, variants.slice(0, 2), OPEN);
    const paused = await addBundle(deps, variants.slice(2, 4), { status: "paused" });
    const tally = await decideBundles(deps, {
      shop: SHOP,
      bundleIds: [open, paused],
      decision: "approve",
      decidedBy: "42",
      now,
    });
    expect(tally).toMatchObject({ decidedIds: [open], refused: 1 });
    expect(tally.reasons).toEqual(["not_possible"]);
  });
});

describe("pausing all offers", () => {
  it("pauses live and upcoming offers, and none of another shop", async () => {
    const live = await addBundle(deps, variants.slice(0, 2), { status: "published" });
    const coming = await addBundle(deps, variants.slice(2, 4), { status: "approved" });
    const open = await addBundle(deps, variants.slice(4, 6), OPEN);
    const foreign = await addBundle(deps, variants.slice(6, 8), { status: "published" });
    await deps.db.bundle.update({ where: { id: foreign }, data: { shop: OTHER_SHOP } });

    const tally = await pauseAllBundles(deps, { shop: SHOP, decidedBy: "42", now });

    expect(tally).toMatchObject({ refused: 0, reasons: [], conflicts: [] });
    expect([...tally.decidedIds].sort()).toEqual([live, coming].sort());
    const statuses = await deps.db.bundle.findMany({ select: { id: true, status: true } });
    expect(new Map(statuses.map(({ id, status }) => [id, status]))).toEqual(
      new Map([
        [live, "paused"],
        [coming, "paused"],
        [open, "proposed"],
        [foreign, "published"],
      ]),
    );
    expect(await deps.db.decision.count({ where: { shop: SHOP, action: "pause", decidedBy: "42" } })).toBe(2);
  });
});

describe("the page of a bundle", () => {
  it("does not exist for another shop", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2));
    await addOtherShop();
    expect(await readBundlePage(deps, { now, words, shop: OTHER_SHOP, bundleId, viewer: "42" })).toBeNull();
  });

  it("shows today's price, not that of the proposal", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { discountRatio: 0.1 });
    await deps.db.variant.updateMany({ where: { shop: SHOP }, data: { priceMinor: 2_000 } });
    const page = await readBundlePage(deps, { now, words, shop: SHOP, bundleId, viewer: "42" });
    expect(page!.margins.find(({ isCurrent }) => isCurrent)).toMatchObject({
      discount: "10%",
      price: "$36.00",
    });
  });

  it("reports that a product is no longer in the shop instead of failing", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2));
    await deps.db.product.deleteMany({ where: { shop: SHOP, productGid: variants[1]!.productGid } });
    const page = await readBundlePage(deps, { now, words, shop: SHOP, bundleId, viewer: "42" });
    expect(page!.components[1]!.stock).toBe("No longer in the shop");
  });

  it("marks a discount that leaves less than the margin floor", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { discountRatio: 0.45 });
    const page = await readBundlePage(deps, { now, words, shop: SHOP, bundleId, viewer: "42" });
    // A cost of half the price and 45 % off leave 9 % of the paid amount.
    expect(page!.margins.find(({ isCurrent }) => isCurrent)).toMatchObject({
      margin: "9%",
      isBelowFloor: true,
    });
  });

  it("uses only the assumed margin if the merchant does not want Shopify's costs", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { discountRatio: 0.45 });
    const settings = { usesShopifyCosts: false, assumedMarginRatio: 0.6 };
    await deps.db.shop.update({ where: { shop: SHOP }, data: { settings } });
    const page = await readBundlePage(deps, { now, words, shop: SHOP, bundleId, viewer: "42" });
    expect(page!.components[0]!.cost).toBe("$4.00 (assumed)");
    // A cost of 40 % of the price and 45 % off leave 15 of 55.
    expect(page!.margins.find(({ isCurrent }) => isCurrent)).toMatchObject({
      margin: "27%",
      isBelowFloor: false,
    });
    const request = { shop: SHOP, bundleId, changes: { discountRatio: 0.45 }, decidedBy: "42", now };
    const edited = await editBundle(deps, request);
    expect(edited).toMatchObject({ ok: true, value: { warnings: [{ code: "overLimit" }] } });
  });
});

describe("the settings", () => {
  it("are typed as a percentage and stored as a ratio", async () => {
    const saved = await saveTypedSettings(deps, {
      words,
      staffId: "42",
      shop: SHOP,
      typed: { marginFloorRatio: "7", windowDays: "400" },
      now,
    });
    expect(saved.ok).toBe(true);
    expect(await readSettings(deps.db, SHOP)).toMatchObject({
      marginFloorRatio: 0.07,
      windowDays: 400,
    });
  });

  it.each([
    ["marginFloorRatio", "200", "Enter a number from 0 to 95%"],
    ["minSupportOrders", "0", "Enter a whole number from 1"],
    ["holdoutRatio", "ten", "Enter a number"],
    ["noSuchSetting", "1", ""],
  ])("refuse %s = %s and change nothing", async (field, text, message) => {
    const typed = { maxDiscountRatio: "33", [field]: text };
    const saved = await saveTypedSettings(deps, { words, staffId: "42", shop: SHOP, typed, now });
    expect(saved.ok).toBe(false);
    if (message) expect(saved.problems).toContainEqual({ field, message: expect.stringContaining(message) });
    expect(await readSettings(deps.db, SHOP)).toMatchObject({ maxDiscountRatio: 0.2 });
  });
});

describe("results and runs", () => {
  it("report that nothing is known yet instead of showing a figure", async () => {
    const results = await readResultsPage(deps, { words, shop: SHOP, days: 28, now });
    expect(results!.answer).toEqual({
      kind: "open",
      text: "The comparison has no visitors yet.",
      more: [expect.stringContaining("Once visitors have come and bought")],
    });
    expect(results!.track).toEqual([]);
  });

  it.each([
    [
      "the orders are too few",
      { message: { code: "run.needsOrders", values: { count: 5 } } },
      "Nothing yet: at least 5 more orders are needed before anything can be proposed. Older ones from a file count too.",
    ],
    [
      "no pair stands out",
      {
        message: { code: "run.none", values: {} },
        report: {
          refused: [
            {
              components: [],
              reason: { code: "refused.fewBaskets", values: { missing: 3, several: 5, orders: 60 } },
            },
          ],
        },
      },
      "Nothing yet: needs at least 3 more orders with two or more products: 5 of 60 have them. More orders help, including older ones from a file.",
    ],
  ])(
    "state what is missing if %s, on the home page, in the list and on the run's page",
    async (_, ended, text) => {
      await deps.db.shop.update({ where: { shop: SHOP }, data: { backfilledAt: now } });
      await addPlacedOrder(deps, variants, { number: 1 });
      const { id } = await deps.db.run.create({
        data: { shop: SHOP, cutoffAt: now, status: "succeeded", ...ended },
      });
      expect(await readHome()).toMatchObject({ decide: text, hasFoundNothing: true });
      const run = await readRunPage(deps, { words, shop: SHOP, runId: id, now });
      expect(run).toMatchObject({ nothingFound: text, refused: [], refusedCount: 0 });
      const list = await readSuggestionsPage(deps, { words, now, shop: SHOP, query });
      expect(list.run).toEqual({ id, isActive: false, isOver: true, nothingFound: text });
    },
  );

  it("show a run that proposes only more of one product by its result, not as one without a pair", async () => {
    const reason = { code: "refused.fewBaskets", values: { missing: 3, several: 5, orders: 60 } };
    const { id } = await deps.db.run.create({
      data: {
        shop: SHOP,
        cutoffAt: now,
        status: "succeeded",
        message: { code: "run.done", values: { added: 1, waiting: 1 } },
        report: { refused: [{ components: [], reason }] },
      },
    });
    expect(await readRunPage(deps, { words, shop: SHOP, runId: id, now })).toMatchObject({
      nothingFound: null,
      refused: [],
      // An earlier version stored it, and the bundles that waited then can be decided by now.
      message: "New suggestions: 1",
    });
  });

  it("show a run with another version's report without its figures", async () => {
    const { id } = await deps.db.run.create({
      data: {
        shop: SHOP,
        cutoffAt: now,
        status: "succeeded",
        report: { orders: "many", items: 7, refused: 3 },
      },
    });
    const run = await readRunPage(deps, { words, shop: SHOP, runId: id, now });
    expect(run).toMatchObject({
      facts: [{ term: "Products, variants at other prices apart", value: "7" }],
      refused: [],
    });
  });

  it.each([
    ["de", "1.200 Test, 3 storniert"],
    ["ja", "テスト1,200件、キャンセル3件"],
  ] as const)("list the orders that a run left out with the counting words of %s", async (locale, value) => {
    const report = { dropped: { test: 1_200, cancelled: 3 } };
    const { id } = await deps.db.run.create({ data: { shop: SHOP, cutoffAt: now, report } });
    const run = await readRunPage(deps, { words: openWords(locale), shop: SHOP, runId: id, now });
    expect(run!.facts.at(-1)!.value).toBe(value);
  });

  it("do not show another shop's run", async () => {
    const { id } = await deps.db.run.create({ data: { shop: SHOP, cutoffAt: now } });
    await addOtherShop();
    expect(await readRunPage(deps, { words, shop: OTHER_SHOP, runId: id, now })).toBeNull();
  });
});
