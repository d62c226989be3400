import { beforeEach, describe, expect, it } from "vitest";
import { listHoldoutChanges } from "#app/data/experiment/experiment.server.ts";
import type { ProductRules } from "#app/domain/offer/offer-rule.ts";
import { parseRules } from "#tests/factories/parse-rules.ts";
import { StorefrontSettings } from "#app/domain/publish/storefront-offer.ts";
import { decideBundle } from "#app/services/validate/decide-bundle.server.ts";
import { editBundle } from "#app/services/validate/edit-bundle.server.ts";
import { publishShop } from "#app/services/publish/publish-shop.server.ts";
import { saveSettings } from "#app/services/settings/save-settings.server.ts";
import {
  addBundle,
  emptyBundleShop,
  openBundleShop,
  SHOP,
  type StockedVariant,
} from "#tests/factories/bundle-shop.ts";
import { openStandinGraphql, type RecordedGraphql } from "#tests/factories/standin-graphql.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";

const NOW = new Date("2026-11-24T12:00:00Z");
const DAY_MS = 86_400_000;

const deps = await openTestDeps();
let state: ShopState;
let variants: StockedVariant[];
let admin: RecordedGraphql;

beforeEach(async () => {
  await emptyBundleShop(deps);
  ({ state, variants } = await openBundleShop(deps));
  admin = openStandinGraphql(state);
});

const publish = (now = NOW) =>
  publishShop(deps, { shop: SHOP, graphql: admin.graphql, appUrl: "https://app.example", now });

const mutations = () => admin.asked.filter((name) => !name.startsWith("Read"));

function rulesOf(productGid: string): ProductRules {
  const metafield = state.app.findMetafield(productGid, "$app", "offers");
  const read = parseRules(metafield?.value ?? "2");
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}

const offersOf = (productGid: string) => rulesOf(productGid).offers;
/** For each part of the first product's sets, the product of which any variant counts. */
const openProducts = () =>
  offersOf(variants[0]!.productGid).flatMap((rule) =>
    rule.kind === "set" ? rule.parts.map(({ product }) => product) : [],
  );

async function statusOf(bundleId: string) {
  const { status, pausedReason } = await deps.db.bundle.findUniqueOrThrow({ where: { id: bundleId } });
  return { status, pausedReason };
}

describe("publishing to a shop", () => {
  it("gives Shopify's reason for refusing the discount in one line, and does not retry", async () => {
    await addBundle(deps, variants.slice(0, 2));
    admin.refuses = "DiscountAutomaticAppCreate";

    await expect(publish()).rejects.toMatchObject({
      code: "shopify_user_error",
      isRetryable: false,
      message: expect.stringContaining("Access denied"),
    });
    expect(offersOf(variants[0]!.productGid)).toEqual([]);
  });

  it("refuses a shop that removed the app", async () => {
    await deps.db.shop.update({ where: { shop: SHOP }, data: { uninstalledAt: NOW } });

    await expect(publish()).rejects.toThrow("has not installed the app");
  });

  it("creates no discount while nothing is approved, and publishes the holdout settings", async () => {
    await addBundle(deps, variants.slice(0, 2), { status: "proposed" });

    await publish();

    expect(state.app.discounts.size).toBe(0);
    const stated = state.app.findMetafield(state.app.installationGid, "bundlesmith", "storefront");
    expect(StorefrontSettings.parse(JSON.parse(stated!.value))).toEqual({
      v: 1,
      holdoutPermille: 100,
      salt: "salt-0001",
    });
  });

  it("starts with a holdout of half of the visitors if the merchant wants it, and then lowers it", async () => {
    const stated = () => {
      const metafield = state.app.findMetafield(state.app.installationGid, "bundlesmith", "storefront");
      return StorefrontSettings.parse(JSON.parse(metafield!.value)).holdoutPermille;
    };
    const bundleId = await addBundle(deps, variants.slice(0, 2));
    const changes = { holdoutRatio: 0.1, holdoutRampDays: 14 };
    await saveSettings(deps, { shop: SHOP, changes, now: NOW });
    await publish();
    expect(stated()).toBe(100);
    const decision = { shop: SHOP, bundleId, decidedBy: "me", action: "approve", decidedAt: NOW };
    await deps.db.decision.create({ data: decision });

    const days = [0, 13, 14, 14, 21, 28, 60];
    const shares: number[] = [];
    for (const day of days) {
      await publish(new Date(NOW.getTime() + day * DAY_MS));
      shares.push(stated());
    }

    expect(shares).toEqual([500, 500, 250, 250, 125, 100, 100]);
    const noted = await listHoldoutChanges(deps.db, SHOP);
    expect(noted.map(({ ratioBefore, ratioAfter }) => [ratioBefore, ratioAfter])).toEqual([
      [0.1, 0.5],
      [0.5, 0.25],
      [0.25, 0.125],
      [0.125, 0.1],
    ]);
  });

  it("does not record a share that changes during a pass, which uses the share from before", async () => {
    const changed = { changes: { holdoutRatio: 0.2 }, now: new Date(NOW.getTime() + 1_000) };
    admin.before = async (_, index) => {
      if (index === 0) await saveSettings(deps, { shop: SHOP, ...changed });
    };
    await publish();
    const noted = await listHoldoutChanges(deps.db, SHOP);
    expect(noted.map(({ ratioBefore, ratioAfter }) => [ratioBefore, ratioAfter])).toEqual([[0.1, 0.2]]);
  });

  it("puts an approved bundle on its anchor product, with one discount and the pixel", async () => {
    const id = await addBundle(deps, variants.slice(0, 2));

    const outcome = await publish();

    expect(outcome).toMatchObject({ offered: 1, held: 0 });
    expect(offersOf(variants[0]!.productGid)).toMatchObject([{ id, reward: { basisPoints: 1_000 } }]);
    const listed = state.app.findMetafield(variants[0]!.productGid, "$app", "bundle_variants");
    expect(JSON.parse(listed!.value)).toEqual([variants[0]!.variantGid, variants[1]!.variantGid]);
    expect([...state.app.discounts.values()]).toMatchObject([{ discountClasses: ["PRODUCT"] }]);
    expect(state.app.webPixel?.settings).toContain("https://app.example/events");
    expect(await statusOf(id)).toEqual({ status: "published", pausedReason: null });
  });

  it("names the anchor on the other component's product, also in a shop published by an older release", async () => {
    const [anchor, other] = [variants[0]!, variants[1]!];
    await addBundle(deps, [anchor, other]);
    await publish();
    const anchorsOf = (productGid: string) =>
      state.app.findMetafield(productGid, "$app", "bundle_anchors")?.value ?? null;
    expect(anchorsOf(other.productGid)).toBe(JSON.stringify([anchor.productGid]));
    expect(anchorsOf(anchor.productGid)).toBeNull();

    // As an earlier release left it: no name, no record of one, no definition.
    state.app.deleteMetafield(other.productGid, "$app", "bundle_anchors");
    await deps.db.publishedMetafield.deleteMany({ where: { shop: SHOP, key: "bundle_anchors" } });
    admin.asked.length = 0;
    await publish();

    expect(anchorsOf(other.productGid)).toBe(JSON.stringify([anchor.productGid]));
    expect(mutations()).toEqual(["MetafieldDefinitionCreate", "MetafieldsSet"]);
  });

  it("accepts any variant of equal price, counts subscriptions if the merchant wants it, and undoes both", async () => {
    const { productGid } = variants[1]!;
    await deps.db.variant.create({
      data: {
        shop: SHOP,
        productGid,
        variantGid: `${variants[1]!.variantGid}9`,
        title: "Large",
        priceMinor: 1_000,
      },
    });
    const id = await addBundle(deps, variants.slice(0, 2));
    const settings = (countsSubscriptions: boolean) =>
      deps.db.shop.update({ where: { shop: SHOP }, data: { settings: { countsSubscriptions } } });
    const rules = () => rulesOf(variants[0]!.productGid);
    await settings(true);

    await publish();
    expect(rules().countsSubscriptions).toBe(true);
    expect(openProducts()).toEqual([null, productGid.split("/").at(-1)]);

    await settings(false);
    const edit = { shop: SHOP, bundleId: id, decidedBy: "me", now: NOW };
    await editBundle(deps, { ...edit, changes: { letsShopperChoose: false } });
    await publish();
    expect(rules().countsSubscriptions).toBe(false);
    expect(openProducts()).toEqual([null, null]);
  });

  it("accepts no variant whose cost breaks the margin floor, unless the merchant uses a percentage", async () => {
    const { productGid, variantGid } = variants[1]!;
    const large = { title: "Large", priceMinor: 1_000, costMinor: 1_200 };
    await deps.db.variant.create({
      data: { shop: SHOP, productGid, variantGid: `${variantGid}9`, ...large },
    });
    await addBundle(deps, variants.slice(0, 2));
    const isOpen = () => openProducts()[1] !== null;

    await publish();
    expect(isOpen()).toBe(false);

    await deps.db.shop.update({ where: { shop: SHOP }, data: { settings: { usesShopifyCosts: false } } });
    await publish();
    expect(isOpen()).toBe(true);
  });

  it("lets the discount combine as the merchant chose, and reports no drift", async () => {
    await addBundle(deps, variants.slice(0, 2));
    const combining = () => [...state.app.discounts.values()].map(({ combinesWith }) => combinesWith);
    const choose = (changes: object) => saveSettings(deps, { shop: SHOP, changes: { ...changes }, now: NOW });
    await choose({ combinesWithShipping: false });
    await publish();
    expect(combining()).toEqual([{ orderDiscounts: true, productDiscounts: true, shippingDiscounts: false }]);

    const { gid } = [...state.app.discounts.values()][0]!;
    await choose({ combinesWithOrders: false, combinesWithShipping: true });
    await publish();
    expect(combining()).toEqual([{ orderDiscounts: false, productDiscounts: true, shippingDiscounts: true }]);
    expect([...state.app.discounts.keys()]).toEqual([gid]);
    expect(await deps.db.drift.count()).toBe(0);

    const refused = await choose({ combinesWithProducts: "perhaps" });
    expect(refused).toMatchObject({ ok: false, fields: ["combinesWithProducts"] });
  });

  it("applies the merchant's choice to a discount of an earlier release, even if it is switched off", async () => {
    await addBundle(deps, variants.slice(0, 2));
    await publish();
    await deps.db.shop.update({ where: { shop: SHOP }, data: { discountCombining: null } });
    await saveSettings(deps, { shop: SHOP, changes: { combinesWithOrders: false }, now: NOW });
    const discount = [...state.app.discounts.values()][0]!;
    discount.endsAtMs = state.clock.now() - 1;

    await publish();

    expect(discount.combinesWith.orderDiscounts).toBe(false);
    expect(state.app.listActiveDiscounts()).toEqual([]);
    expect((await deps.db.drift.findMany()).map(({ kind }) => kind)).toEqual(["discount_off"]);
  });

  it("publishes even if Shopify refuses the pixel", async () => {
    const id = await addBundle(deps, variants.slice(0, 2));
    admin.refuses = "WebPixelCreate";

    await publish();

    expect(await statusOf(id)).toMatchObject({ status: "published" });
    const { webPixelGid } = await deps.db.shop.findUniqueOrThrow({ where: { shop: SHOP } });
    expect(webPixelGid).toBeNull();
  });

  it("changes nothing the second time", async () => {
    await addBundle(deps, variants.slice(0, 2));
    await publish();
    admin.asked.length = 0;

    const outcome = await publish();

    expect(mutations()).toEqual([]);
    expect(outcome).toMatchObject({ written: 0, deleted: 0, offered: 1 });
  });

  it("repairs what somebody changed or removed in the shop", async () => {
    const id = await addBundle(deps, variants.slice(0, 2));
    await publish();
    const { productGid } = variants[0]!;
    state.app.setMetafield({
      ownerGid: productGid,
      namespace: "$app",
      key: "offers",
      type: "single_line_text_field",
      value: "2",
    });
    state.app.deleteMetafield(productGid, "$app", "bundle_variants");
    state.app.discounts.clear();

    await publish();

    expect(offersOf(productGid)).toMatchObject([{ id }]);
    expect(state.app.findMetafield(productGid, "$app", "bundle_variants")).not.toBeNull();
    expect(state.app.discounts.size).toBe(1);
  });

  it("reads again when somebody writes between its read and its write", async () => {
    const id = await addBundle(deps, variants.slice(0, 2));
    await publish();
    await deps.db.bundle.update({ where: { id }, data: { discountRatio: 0.15 } });
    let isFirst = true;
    admin.before = (name) => {
      if (name !== "MetafieldsSet" || !isFirst) return;
      isFirst = false;
      state.app.setMetafield({
        ownerGid: variants[0]!.productGid,
        namespace: "$app",
        key: "offers",
        type: "single_line_text_field",
        value: "2",
      });
    };

    await publish();

    expect(offersOf(variants[0]!.productGid)).toMatchObject([{ id, reward: { basisPoints: 1_500 } }]);
  });

  it("takes a rejected bundle off the shop and leaves the others", async () => {
    const kept = await addBundle(deps, [variants[0]!, variants[1]!]);
    const gone = await addBundle(deps, [variants[2]!, variants[3]!]);
    await publish();
    await decideBundle(deps, { shop: SHOP, bundleId: gone, decision: "reject", decidedBy: "me", now: NOW });

    const outcome = await publish();

    // Two on the anchor, and the anchor's name on the other component's product.
    expect(outcome).toMatchObject({ written: 0, deleted: 3 });
    expect(offersOf(variants[2]!.productGid)).toEqual([]);
    expect(offersOf(variants[0]!.productGid)).toMatchObject([{ id: kept }]);
  });

  it("holds a bundle back while a component is out of stock, and brings it back automatically", async () => {
    const id = await addBundle(deps, variants.slice(0, 2));
    const { variantGid } = variants[1]!;
    const stock = (inventoryQuantity: number) =>
      deps.db.variant.update({
        where: { shop_variantGid: { shop: SHOP, variantGid } },
        data: { inventoryQuantity },
      });
    await publish();

    await stock(0);
    await publish();
    expect(await statusOf(id)).toEqual({
      status: "approved",
      pausedReason: { code: "paused.outOfStock", values: { product: "Product 2" } },
    });
    expect(offersOf(variants[0]!.productGid)).toEqual([]);

    await stock(3);
    await publish();
    expect(await statusOf(id)).toEqual({ status: "published", pausedReason: null });
  });

  it("follows the first and the last day", async () => {
    const id = await addBundle(deps, variants.slice(0, 2), {
      startsAt: new Date(NOW.getTime() + DAY_MS),
      endsAt: new Date(NOW.getTime() + 3 * DAY_MS),
    });

    await publish();
    expect(offersOf(variants[0]!.productGid)).toEqual([]);
    await publish(new Date(NOW.getTime() + 2 * DAY_MS));
    expect(offersOf(variants[0]!.productGid)).toHaveLength(1);
    await publish(new Date(NOW.getTime() + 4 * DAY_MS));
    expect(offersOf(variants[0]!.productGid)).toEqual([]);
    expect(await statusOf(id)).toMatchObject({ status: "retired" });
  });

  it("publishes a shop with an unknown time zone, with last days in UTC", async () => {
    await deps.db.shop.update({ where: { shop: SHOP }, data: { timeZone: "Mars/Olympus_Mons" } });
    await addBundle(deps, variants.slice(0, 2), { endsAt: new Date("2026-12-24T23:59:59.999Z") });

    await publish();

    expect(offersOf(variants[0]!.productGid)).toMatchObject([{ lastDay: 20261224 }]);
  });

  it("does not retire an offer whose last day the merchant postpones during the pass that ends it", async () => {
    const id = await addBundle(deps, variants.slice(0, 2), { endsAt: new Date(NOW.getTime() + DAY_MS) });
    await publish();
    const later = new Date(NOW.getTime() + 2 * DAY_MS);
    let isFirst = true;
    admin.before = async () => {
      if (!isFirst) return;
      isFirst = false;
      await deps.db.bundle.update({
        where: { id },
        data: { endsAt: new Date(later.getTime() + DAY_MS) },
      });
    };

    await publish(later);
    expect(isFirst).toBe(false);
    expect(await statusOf(id)).toEqual({ status: "published", pausedReason: null });

    await publish(later);
    expect(offersOf(variants[0]!.productGid)).toHaveLength(1);
  });

  it("publishes the rest when a product is gone from the shop", async () => {
    const lost = await addBundle(deps, [variants[0]!, variants[1]!]);
    const kept = await addBundle(deps, [variants[2]!, variants[3]!]);
    state.catalogue.products.delete(variants[0]!.productGid);

    await publish();

    expect(await statusOf(lost)).toMatchObject({ status: "approved" });
    expect(await statusOf(kept)).toMatchObject({ status: "published" });
  });

  it("keeps a product's own offers when the anchor of another offer is gone", async () => {
    const [gone, both, third] = [variants[0]!, variants[1]!, variants[2]!];
    const lost = await addBundle(deps, [gone, both]);
    const kept = await addBundle(deps, [both, third]);
    state.catalogue.products.delete(gone.productGid);

    await publish();

    expect(await statusOf(lost)).toMatchObject({ status: "approved" });
    expect(offersOf(both.productGid)).toMatchObject([{ id: kept }]);
    expect(state.app.findMetafield(both.productGid, "$app", "bundle_anchors")).toBeNull();
    expect(state.app.findMetafield(third.productGid, "$app", "bundle_anchors")).not.toBeNull();
  });

  it("shows no offer while the merchant has the discount switched off", async () => {
    const id = await addBundle(deps, variants.slice(0, 2));
    await publish();
    for (const discount of state.app.discounts.values()) discount.endsAtMs = state.clock.now() - 1;

    await publish();

    expect(offersOf(variants[0]!.productGid)).toEqual([]);
    expect((await statusOf(id)).pausedReason).toEqual({ code: "paused.discountOff", values: {} });
  });

  it("shows no offer while the discount is gone and Shopify refuses a new one, and gives the reason", async () => {
    const id = await addBundle(deps, variants.slice(0, 2));
    await publish();
    expect(offersOf(variants[0]!.productGid)).toHaveLength(1);
    state.app.discounts.clear();
    admin.refuses = "DiscountAutomaticAppCreate";

    await expect(publish()).rejects.toMatchObject({ code: "shopify_user_error" });

    expect(offersOf(variants[0]!.productGid)).toEqual([]);
    expect(await statusOf(id)).toMatchObject({
      status: "approved",
      pausedReason: { code: "publish.noPermission" },
    });
    admin.refuses = null;
    await publish();
    expect(offersOf(variants[0]!.productGid)).toHaveLength(1);
  });

  it("takes a paused offer down even if Shopify refuses to change the discount's combinations", async () => {
    const paused = await addBundle(deps, variants.slice(0, 2));
    const kept = await addBundle(deps, variants.slice(2, 4));
    await publish();
    await saveSettings(deps, { shop: SHOP, changes: { combinesWithOrders: false }, now: NOW });
    await deps.db.bundle.update({ where: { id: paused }, data: { status: "paused" } });
    admin.refuses = "DiscountAutomaticAppUpdate";

    await expect(publish()).rejects.toMatchObject({ code: "shopify_user_error" });

    expect(offersOf(variants[0]!.productGid)).toEqual([]);
    expect(offersOf(variants[2]!.productGid)).toMatchObject([{ id: kept }]);
  });
});
