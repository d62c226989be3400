import { beforeEach, describe, expect, it } from "vitest";
import { openWords } from "#app/locales/words.server.ts";
import { readDiagnosis } from "#app/pages/bundle/diagnosis/read-diagnosis.server.ts";
import { readHomePage } from "#app/pages/home/read-home-page.server.ts";
import { applyShopInbox } from "#app/services/collect/apply-shop-inbox.server.ts";
import { receiveWebhook } from "#app/services/collect/receive-webhook.server.ts";
import { changePublication } from "#app/services/publish/change-publication.server.ts";
import { publishShop } from "#app/services/publish/publish-shop.server.ts";
import { saveSettings } from "#app/services/settings/save-settings.server.ts";
import { decideBundle, decideBundles } from "#app/services/validate/decide-bundle.server.ts";
import { tellDecided, tellWaiting } from "#app/services/validate/tell-decided.server.ts";
import {
  addBundle,
  emptyBundleShop,
  openBundleShop,
  reckonedAt,
  SHOP,
  type StockedVariant,
} from "#tests/factories/bundle-shop.ts";
import { fakeQueue } from "#tests/factories/fake-queue.ts";
import { openStandinGraphql, type RecordedGraphql } from "#tests/factories/standin-graphql.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import type { ShopEvent } from "#tests/standin/shop/shop-records.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";

const DAY_MS = 86_400_000;
const now = new Date();
const words = openWords("en");
const deps = { ...(await openTestDeps()), jobs: fakeQueue() };
let state: ShopState;
let variants: StockedVariant[];
let admin: RecordedGraphql;
let bundleId: string;

beforeEach(async () => {
  await emptyBundleShop(deps);
  ({ state, variants } = await openBundleShop(deps));
  admin = openStandinGraphql(state);
  await saveSettings(deps, { shop: SHOP, changes: { holdoutRatio: 0 }, now });
  bundleId = await addBundle(deps, variants.slice(0, 2));
});

const publish = (at = now) =>
  publishShop(deps, { shop: SHOP, graphql: admin.graphql, appUrl: "https://app.example", now: at });
const change = (data: object) => deps.db.bundle.update({ where: { id: bundleId }, data });
const diagnose = async () =>
  (await readDiagnosis(deps, {
    shop: SHOP,
    bundleId,
    graphql: admin.graphql,
    apiKey: "client-id",
    words,
    now,
  }))!;
const mutateDiscount = async (mutation: string) => {
  const [discount] = state.app.discounts.values();
  await admin.graphql(`mutation { ${mutation}(id: "${discount!.gid}") { userErrors { message } } }`);
};

/** Does something in the shop and delivers its webhooks. */
async function inShop(act: () => unknown): Promise<void> {
  const events: ShopEvent[] = [];
  const unsubscribe = state.subscribe((event) => events.push(event));
  await act();
  unsubscribe();
  for (const { topic, payload, eventId, triggeredAtMs } of events) {
    const triggeredAt = new Date(triggeredAtMs);
    const rawBody = JSON.stringify(payload);
    await receiveWebhook(deps, { shop: SHOP, topic, webhookId: eventId, triggeredAt, rawBody, now });
  }
  await applyShopInbox(deps, { shop: SHOP, now: () => now });
}

/** Causes that hide an offer from everybody, each produced in a shop with a published offer. */
const CAUSES: readonly [code: string, how: string, make: () => Promise<unknown>, mendedAt?: string][] = [
  ["unseen.proposed", "not approved", () => change({ status: "proposed" })],
  ["unseen.rejected", "turned down", () => change({ status: "rejected" })],
  [
    "unseen.planFull",
    "not approved, in a shop whose plan is full",
    async () => {
      await change({ status: "proposed" });
      await deps.db.shop.update({
        where: { shop: SHOP },
        data: { installedAt: new Date(now.getTime() - 90 * DAY_MS) },
      });
      for (const title of ["A", "B", "C"])
        await addBundle(deps, [{ ...variants[2]!, title }, variants[3]!], { componentKey: title });
    },
    "/app/plan",
  ],
  [
    "paused.byMerchant",
    "paused by the merchant",
    () => decideBundle(deps, { shop: SHOP, bundleId, decision: "pause", decidedBy: "me", now }),
  ],
  [
    "paused.off",
    "with publishing switched off in the shop",
    () =>
      changePublication(deps, {
        shop: SHOP,
        graphql: admin.graphql,
        intent: "switch-off",
        now,
        words,
      }),
    "/app/settings",
  ],
  [
    "paused.early",
    "before its first day",
    () => change({ startsAt: new Date(now.getTime() + DAY_MS) }).then(() => publish()),
  ],
  [
    "paused.over",
    "after its last day",
    () => change({ endsAt: new Date(now.getTime() - 1) }).then(() => publish()),
  ],
  [
    "paused.outOfStock",
    "with a component that is out of stock",
    async () => {
      const { variantGid } = variants[1]!;
      const { inventoryItemGid } = state.catalogue.updateVariant(variantGid, { isTracked: true });
      await deps.db.variant.updateMany({
        where: { variantGid },
        data: { inventoryItemGid, inventoryQuantity: 5 },
      });
      await inShop(() => state.catalogue.adjustInventory(variantGid, { available: 0 }));
    },
    "/admin/products/",
  ],
  [
    "paused.notForSale",
    "with a component that became a draft",
    () => inShop(() => state.catalogue.updateProduct(variants[1]!.productGid, { status: "DRAFT" })),
    "/admin/products/",
  ],
  [
    "publish.noPermission",
    "which Shopify refused to take",
    async () => {
      await change({ status: "approved" });
      admin.refuses = "ReadDiscounts";
      await publish().catch(() => {});
      admin.refuses = null;
    },
    "/app/settings",
  ],
  ["unseen.pending", "approved a moment ago", () => change({ status: "approved" })],
  [
    "unseen.savesNothing",
    "at a fixed price above today's prices",
    async () => {
      await change({ terms: { kind: "set", reward: { type: "price", priceMinor: 2_000 } } });
      await deps.db.variant.updateMany({ data: { priceMinor: 900 } });
    },
  ],
  [
    "unseen.discountMissing",
    "whose discount was deleted",
    () => mutateDiscount("discountAutomaticDelete"),
    "/app/settings",
  ],
  [
    "paused.discountOff",
    "whose discount was switched off",
    () => mutateDiscount("discountAutomaticDeactivate"),
    "/app/settings",
  ],
  [
    "paused.withheldByRollout",
    "whose discount a Rollout keeps from half the buyers",
    async () => {
      const [discount] = state.app.discounts.values();
      state.rollouts.start("Autumn", 100, [
        { split: 50, changes: [{ kind: "RolloutDiscountExpireChange", targetGid: discount!.gid }] },
        { split: 50, changes: [] },
      ]);
      await publish();
    },
    "/admin/discounts",
  ],
  [
    "unseen.noPlace",
    "in a theme without our block",
    async () => void (state.onlineStore.liveGid = state.onlineStore.addTheme("Bare").gid),
    "addAppBlockId=client-id%2Fbundle-offer",
  ],
  [
    "unseen.themeChanged",
    "in a theme that was published without our block",
    () => inShop(() => state.onlineStore.publishTheme(state.onlineStore.addTheme("Spring").gid)),
    "activateAppId=client-id%2Fbundle-anywhere",
  ],
];

describe("an offer that nobody sees", () => {
  it.each(CAUSES)("reports %s when it is %s", async (code, _, make, mendedAt) => {
    await publish();
    expect((await diagnose()).cause).toBeNull();

    await make();

    const { cause, limits } = await diagnose();
    expect(cause?.code).toBe(code);
    expect(cause!.text).not.toContain(code);
    expect(limits).toEqual([]);
    const mends = cause!.mends.map(({ url }) => url).join(" ");
    if (mendedAt === undefined) expect(mends).toBe("");
    else expect(mends).toContain(mendedAt);
  });

  it("reports the first of several causes on its way to a shopper", async () => {
    await publish();
    state.onlineStore.liveGid = state.onlineStore.addTheme("Bare").gid;
    await mutateDiscount("discountAutomaticDelete");
    expect((await diagnose()).cause?.code).toBe("unseen.discountMissing");
  });

  it("ignores a failed pass while the storefront is up to date", async () => {
    await publish();
    const failPass = async () => {
      admin.before = () => {
        throw new Error("connection broken");
      };
      await publish().catch(() => {});
      admin.before = () => {};
    };
    await failPass();
    expect((await deps.db.publication.findUniqueOrThrow({ where: { shop: SHOP } })).problem).not.toBeNull();
    expect(await diagnose()).toMatchObject({ cause: null, limits: [] });

    await change({ countries: ["DE"] });
    await failPass();
    expect((await diagnose()).cause?.code).toMatch(/^publish\./);
  });

  it("reports an incomplete check while Shopify does not answer", async () => {
    await publish();
    admin.before = () => {
      throw new Error("connection broken");
    };
    expect(await diagnose()).toEqual({ cause: null, limits: [], isPartial: true });
  });
});

/** The causes for which an approved offer waits. */
const HOLDS = CAUSES.filter(([code]) =>
  /early|outOfStock|notForSale|off$|withheldByRollout|noPermission/.test(code),
);

const DONE = "Approved";

describe("an approval", () => {
  const approve = async (bundleIds = [bundleId]) => {
    const approval = { shop: SHOP, decision: "approve", now } as const;
    await deps.db.bundle.updateMany({ data: { status: "proposed" } });
    await decideBundles(deps, { ...approval, bundleIds, decidedBy: "me" });
    return tellDecided(deps, { ...approval, bundleIds, graphql: admin.graphql, words, done: DONE });
  };

  it("reports that the offer goes to the storefront", async () => {
    expect(await approve()).toBe(DONE);
  });

  it("of several reports before and after how many have to wait", async () => {
    const others = [
      await addBundle(deps, [variants[0]!, variants[2]!]),
      await addBundle(deps, variants.slice(2)),
    ];
    const bundleIds = [bundleId, ...others];
    await deps.db.bundle.updateMany({ data: { status: "proposed" } });
    const ask = () => tellWaiting(deps, { shop: SHOP, bundleIds, graphql: admin.graphql, now, words });
    expect(await ask()).toBe("Right now, none of them has to wait.");
    await saveSettings(deps, { shop: SHOP, changes: { maxOffersPerProduct: 1 }, now });
    expect(await ask()).toBe("Right now, 1 of them has to wait.");
    expect(await approve(bundleIds)).toBe(
      "Approved. 1 of them has to wait; its row under Approved says for what",
    );
  });

  it("reports beforehand which live offers give way, and how many the plan allows", async () => {
    const live = await addBundle(deps, [variants[0]!, variants[2]!]);
    const better = [
      await addBundle(deps, [variants[0]!, variants[3]!], reckonedAt(0.1, 900)),
      await addBundle(deps, variants.slice(2), reckonedAt(0.1, 800)),
    ];
    await deps.db.bundle.updateMany({ where: { id: { not: live } }, data: { status: "proposed" } });
    await saveSettings(deps, { shop: SHOP, changes: { maxOffersPerProduct: 1 }, now });
    const ask = () =>
      tellWaiting(deps, { shop: SHOP, bundleIds: better, graphql: admin.graphql, now, words });
    const givesWay =
      "Right now, none of them has to wait. 1 offer that is on your storefront now gives up its place to a better one.";
    expect(await ask()).toBe(givesWay);

    const firstInstalledAt = new Date(now.getTime() - 40 * DAY_MS);
    await deps.db.shop.update({ where: { shop: SHOP }, data: { firstInstalledAt } });
    expect(await ask()).toBe(givesWay);
    await addBundle(deps, [variants[2]!, variants[1]!]);
    expect(await ask()).toBe(
      `Your plan has room for 1 more of them; the others stay as they are. ${givesWay}`,
    );
    await addBundle(deps, [variants[3]!, variants[1]!]);
    expect(await ask()).toBe(words.t("server:undecided.plan_is_full"));
  });

  it("of one reports afterwards which live offers give way to it", async () => {
    await publish();
    const better = await addBundle(deps, [variants[0]!, variants[3]!], reckonedAt(0.1, 900));
    await saveSettings(deps, { shop: SHOP, changes: { maxOffersPerProduct: 1 }, now });
    await change({ status: "published" });
    const approval = { shop: SHOP, decision: "approve", now } as const;
    await deps.db.bundle.update({ where: { id: better }, data: { status: "proposed" } });
    await decideBundle(deps, { ...approval, bundleId: better, decidedBy: "me" });
    const asked = { ...approval, bundleIds: [better], graphql: admin.graphql, words, done: DONE };
    expect(await tellDecided(deps, asked)).toBe(
      "Approved. 1 offer that is on your storefront now gives up its place to a better one.",
    );
  });

  it.each<[string, (gid: string) => unknown, string | null]>([
    ["is gone", (gid) => state.catalogue.removeCollection(gid), "Its collection is no longer in the shop"],
    ["is empty", () => null, "It has fewer than two products"],
    ["Shopify does not tell of", () => (admin.refuses = "ReadCollection"), null],
  ])("gives the reason of the next pass for a collection that %s", async (_, make, reason) => {
    const tea = { handle: "tea", title: "Tea", descriptionHtml: "", productGids: [] };
    const { gid } = state.catalogue.addCollection(tea);
    await change({ collectionGid: gid });
    make(gid);
    expect(await approve()).toBe(
      reason === null ? DONE : `Approved. It is not on your storefront yet: ${reason}`,
    );
  });

  it.each(HOLDS)("gives the reason %s like the offer's page when it is %s", async (_, __, make) => {
    await publish();
    await make();
    const { cause } = await diagnose();
    expect(await approve()).toBe(`Approved. It is not on your storefront yet: ${cause!.text}`);
  });

  it("names the discount that the last pass found switched off", async () => {
    await publish();
    await mutateDiscount("discountAutomaticDeactivate");
    await publish();
    expect(await approve()).toContain(
      "It is not on your storefront yet: The discount “Bundle offer” is switched off",
    );
  });
});

/** Causes that hide an offer from some visitors only. */
const LIMITS: readonly [code: string, how: string, make: () => Promise<unknown>][] = [
  ["unseen.countries", "for one country", () => change({ countries: ["DE"] })],
  ["unseen.cartOnly", "for the cart", () => change({ placement: "cart" })],
  ["unseen.firstOnly", "for its first product's page", () => change({ placement: "first" })],
  [
    "unseen.combined",
    "not given beside a discount on the order",
    () => saveSettings(deps, { shop: SHOP, changes: { combinesWithOrders: false }, now }),
  ],
  [
    "unseen.heldOut",
    "measured against visitors who see none",
    () => saveSettings(deps, { shop: SHOP, changes: { holdoutRatio: 0.1 }, now }),
  ],
];

describe("an offer that some visitors do not see", () => {
  it.each(LIMITS)("reports %s when it is %s", async (code, _, make) => {
    await make();
    await publish();

    const { cause, limits } = await diagnose();
    expect(cause).toBeNull();
    expect(limits.map((limit) => limit.code)).toEqual([code]);
  });

  it("names the countries, and the link that shows it to a held-out merchant", async () => {
    await change({ countries: ["DE", "AT"] });
    await saveSettings(deps, { shop: SHOP, changes: { holdoutRatio: 0.1 }, now });
    await publish();

    const [countries, heldOut] = (await diagnose()).limits;
    expect(countries!.text).toContain("Germany, Austria");
    expect(heldOut!.text).toContain("10%");
    expect(heldOut!.mends).toEqual([{ kind: "ownVisit", url: `https://${SHOP}/?bundlesmith=out` }]);
  });
});

describe("the home page of a shop with live offers", () => {
  const readEarned = async () =>
    (await readHomePage(deps, { shop: SHOP, graphql: admin.graphql, apiKey: "client-id", now, words }))
      .earned;

  it("says that no shopper sees them while the theme has no place for them, and links to its editor", async () => {
    await publish();
    state.onlineStore.liveGid = state.onlineStore.addTheme("Bare").gid;
    const { text, placeUrl } = await readEarned();
    expect(text).not.toContain("live.");
    expect(placeUrl).toContain("addAppBlockId=client-id%2Fbundle-offer");
  });

  it("says that they are live if the theme has a place, or if Shopify does not say", async () => {
    await publish();
    expect(await readEarned()).toMatchObject({ text: expect.stringContaining("are live"), placeUrl: null });
    admin.refuses = "ReadLiveTheme";
    state.onlineStore.liveGid = state.onlineStore.addTheme("Bare").gid;
    expect(await readEarned()).toMatchObject({ text: expect.stringContaining("are live"), placeUrl: null });
  });
});

describe("another theme", () => {
  it("is reported on the home page once it is published, until an offer is seen in it", async () => {
    await inShop(() => state.onlineStore.publishTheme(state.onlineStore.addTheme("Spring").gid));

    const readFaults = async () =>
      (
        await readHomePage(deps, { shop: SHOP, graphql: admin.graphql, apiKey: "client-id", now, words })
      ).faults.map(({ fault }) => fault);
    expect(await readFaults()).toEqual(["themeChanged"]);

    const seen = { eventId: "seen", visitorKey: "v", kind: "offer_seen", arm: "treated" };
    await deps.db.browseEvent.create({
      data: { shop: SHOP, ...seen, occurredAt: new Date(Date.now() + 60_000) },
    });
    expect(await readFaults()).toEqual([]);
  });

  it("that has the embed instead of the block shows the offer", async () => {
    await publish();
    const { gid } = state.onlineStore.addTheme("Skeleton", { embeds: ["bundle-anywhere"] });
    await inShop(() => state.onlineStore.publishTheme(gid));
    expect((await diagnose()).cause).toBeNull();
  });
});
