import { beforeEach, describe, expect, it } from "vitest";
import { openWords } from "#app/locales/words.server.ts";
import { changePublication } from "#app/services/publish/change-publication.server.ts";
import { publishShop } from "#app/services/publish/publish-shop.server.ts";
import { readSettingsPage } from "#app/pages/settings/read-settings-page.server.ts";
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

const deps = await openTestDeps();
let state: ShopState;
let variants: StockedVariant[];
let admin: RecordedGraphql;

beforeEach(async () => {
  await emptyBundleShop(deps);
  ({ state, variants } = await openBundleShop(deps));
  admin = openStandinGraphql(state);
});

const words = openWords("en");
const publish = (now = NOW) =>
  publishShop(deps, { shop: SHOP, graphql: admin.graphql, appUrl: "https://app.example", now });
const ask = (intent: "switch-off" | "switch-on") =>
  changePublication(deps, { shop: SHOP, graphql: admin.graphql, intent, now: NOW, words });
const view = async () => (await readSettingsPage(deps, { shop: SHOP, now: NOW, words })).publication;
const mutations = () => admin.asked.filter((name) => !name.startsWith("Read"));

describe("a merchant who switches publishing off", () => {
  it("gets everything out of the shop, even what our tables have lost, and sees the progress", async () => {
    const id = await addBundle(deps, variants.slice(0, 2));
    await publish();
    await deps.db.publishedMetafield.deleteMany({ where: { key: "offers" } });
    state.app.setMetafield({
      ownerGid: variants[3]!.productGid,
      namespace: "$app",
      key: "offers",
      type: "single_line_text_field",
      value: "2",
    });

    await ask("switch-off");
    expect((await view()).removal).toEqual({ percent: 0, isDone: false });
    await publish();

    expect([...state.app.metafields.values()]).toEqual([]);
    expect([...state.app.metafieldDefinitions.values()]).toEqual([]);
    expect(state.app.discounts.size).toBe(0);
    expect(state.app.webPixel).toBeNull();
    expect(await deps.db.publishedMetafield.count()).toBe(0);
    expect((await view()).removal).toEqual({ percent: 100, isDone: true });
    expect(await deps.db.bundle.findUniqueOrThrow({ where: { id } })).toMatchObject({
      status: "approved",
      pausedReason: { code: "paused.off" },
    });
  });

  it("is obeyed by every later pass, whatever is approved in the meantime", async () => {
    await addBundle(deps, variants.slice(0, 2));
    await publish();
    await ask("switch-off");
    await publish();
    await addBundle(deps, variants.slice(2, 4));
    admin.asked.length = 0;

    await publish(new Date(NOW.getTime() + 86_400_000));

    expect(admin.asked).toEqual([]);
    expect(state.app.metafields.size).toBe(0);
  });

  it("gets the approved bundles back by switching on again", async () => {
    const id = await addBundle(deps, variants.slice(0, 2));
    await publish();
    await ask("switch-off");
    await publish();

    await ask("switch-on");
    await publish();

    expect(await deps.db.bundle.findUniqueOrThrow({ where: { id } })).toMatchObject({
      status: "published",
      pausedReason: null,
    });
    expect(state.app.findMetafield(variants[0]!.productGid, "$app", "offers")).not.toBeNull();
    expect(state.app.discounts.size).toBe(1);
    expect(await view()).toMatchObject({ isOn: true, removal: null, problem: null });
  });

  it("keeps the first instant when the button is pressed twice", async () => {
    await ask("switch-off");
    const first = await deps.db.publication.findUniqueOrThrow({ where: { shop: SHOP } });
    await publish();

    await changePublication(deps, {
      shop: SHOP,
      graphql: admin.graphql,
      intent: "switch-off",
      now: new Date(NOW.getTime() + 1_000),
      words,
    });

    expect(await deps.db.publication.findUniqueOrThrow({ where: { shop: SHOP } })).toMatchObject({
      offSince: first.offSince,
      removedRatio: 1,
    });
  });
});

describe("a change by somebody else in the shop", () => {
  it("is repaired and reported for metafields, discount and pixel", async () => {
    await addBundle(deps, variants.slice(0, 2));
    await addBundle(deps, variants.slice(2, 4));
    await publish();
    const rules = { namespace: "$app", key: "offers", type: "single_line_text_field", value: "2" };
    state.app.setMetafield({ ownerGid: variants[0]!.productGid, ...rules });
    state.app.deleteMetafield(variants[2]!.productGid, "$app", "bundle_variants");
    state.app.discounts.clear();
    state.app.webPixel = null;

    await publish();

    expect((await view()).drift.map(({ text }) => text)).toEqual(
      expect.arrayContaining([
        expect.stringContaining("had been deleted and was created again"),
        expect.stringContaining("The visitor counter had been removed"),
        "The offers of 1 product had been removed in Shopify and were restored",
        "The offers of 1 product had been changed in Shopify and were corrected",
      ]),
    );
    await publish(new Date(NOW.getTime() + 1_000));
    expect(await deps.db.drift.count()).toBe(4);
  });

  it("to what our discount combines with is repaired and reported", async () => {
    await addBundle(deps, variants.slice(0, 2));
    await publish();
    for (const discount of state.app.discounts.values()) discount.combinesWith.orderDiscounts = false;

    await publish();

    expect([...state.app.discounts.values()]).toMatchObject([
      { combinesWith: { orderDiscounts: true, productDiscounts: true, shippingDiscounts: true } },
    ]);
    expect((await view()).drift.map(({ text }) => text)).toEqual([
      expect.stringContaining("combines with had been changed in Shopify and was corrected"),
    ]);
    await publish(new Date(NOW.getTime() + 1_000));
    expect(await deps.db.drift.count()).toBe(1);
  });

  it("to the address that receives the visitor counter's events is repaired and reported", async () => {
    await addBundle(deps, variants.slice(0, 2));
    await publish();
    const { settings } = state.app.webPixel!;
    for (const changed of ["not JSON", settings.replace("app.example", "elsewhere.example")]) {
      state.app.webPixel!.settings = changed;
      await publish();
      expect(state.app.webPixel).toMatchObject({ settings });
    }

    expect((await view()).drift).toMatchObject([
      { text: "The visitor counter’s settings had been changed and were corrected" },
    ]);
    await publish();
    expect(await deps.db.drift.count()).toBe(2);
  });

  it("that adds a second discount of ours is deleted, whichever Shopify names first", async () => {
    await addBundle(deps, variants.slice(0, 2));
    await publish();
    const { discounts } = state.app;
    const [ours] = discounts.values();
    for (const id of [1, 999_999_999]) {
      const gid = `gid://shopify/DiscountAutomaticNode/${id}`;
      discounts.set(gid, { ...ours!, gid });
      await publish();
      expect([...discounts.keys()]).toEqual([ours!.gid]);
    }
  });

  it("is not reported after the merchant's own decision", async () => {
    const id = await addBundle(deps, variants.slice(0, 2));
    await publish();
    await deps.db.bundle.update({ where: { id }, data: { discountRatio: 0.2 } });
    await publish();

    expect(await deps.db.drift.count()).toBe(0);
  });

  it("that switches the discount off is left to the merchant, who can switch it on here", async () => {
    await addBundle(deps, variants.slice(0, 2));
    await publish();
    for (const discount of state.app.discounts.values()) discount.endsAtMs = state.clock.now() - 1;
    await publish();
    expect(await view()).toMatchObject({ isDiscountOff: true });
    expect(state.app.findMetafield(variants[0]!.productGid, "$app", "offers")).toBeNull();

    await ask("switch-on");
    await publish(new Date(NOW.getTime() + 1_000));

    expect(await view()).toMatchObject({ isDiscountOff: false });
    expect(state.app.findMetafield(variants[0]!.productGid, "$app", "offers")).not.toBeNull();
  });
});

describe("a refusal by Shopify", () => {
  it("of one product holds that one back with its reason and publishes the others", async () => {
    const lost = await addBundle(deps, variants.slice(0, 2));
    const kept = await addBundle(deps, variants.slice(2, 4));
    await publish();
    await deps.db.bundle.updateMany({ data: { discountRatio: 0.15 } });
    state.catalogue.variants.delete(variants[1]!.variantGid);
    await deps.db.publishedMetafield.updateMany({
      where: { key: "bundle_variants" },
      data: { compareDigest: null },
    });
    state.app.deleteMetafield(variants[0]!.productGid, "$app", "bundle_variants");

    await publish();

    expect(await deps.db.bundle.findUniqueOrThrow({ where: { id: lost } })).toMatchObject({
      status: "approved",
      pausedReason: { code: "publish.productGone" },
    });
    expect(await deps.db.bundle.findUniqueOrThrow({ where: { id: kept } })).toMatchObject({
      status: "published",
    });
    expect(state.app.findMetafield(variants[0]!.productGid, "$app", "offers")).toBeNull();
  });

  it("of the whole pass is explained until a pass succeeds", async () => {
    await addBundle(deps, variants.slice(0, 2));
    admin.refuses = "DiscountAutomaticAppCreate";
    await expect(publish()).rejects.toThrow();
    expect((await view()).problem).toContain("lacks a permission");

    admin.refuses = null;
    await publish();

    expect((await view()).problem).toBeNull();
  });

  it("is no failure if the app was removed during the pass", async () => {
    await addBundle(deps, variants.slice(0, 2));
    admin.before = async (name) => {
      if (name !== "MetafieldsSet") return;
      await deps.db.shop.update({ where: { shop: SHOP }, data: { uninstalledAt: NOW } });
      throw Object.assign(new Error("Unauthorized"), { response: { code: 401 } });
    };
    await expect(publish()).resolves.toMatchObject({ offered: 0 });
  });

  it("of an expired token is tried again with a fresh one", async () => {
    await addBundle(deps, variants.slice(0, 2));
    admin.before = () => {
      throw Object.assign(new Error("Unauthorized"), { response: { code: 401 } });
    };

    await expect(publish()).rejects.toMatchObject({ isRetryable: true });
    expect(mutations()).toEqual([]);
    expect((await view()).problem).toContain("did not accept the app's key");
  });
});
