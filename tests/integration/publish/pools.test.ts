import { beforeEach, describe, expect, it } from "vitest";
import { toInboxMessage } from "#app/domain/collect/messages/inbox-message.ts";
import { parseRules } from "#tests/factories/parse-rules.ts";
import { openWords } from "#app/locales/words.server.ts";
import { publishShop } from "#app/services/publish/publish-shop.server.ts";
import { createOffer } from "#app/services/validate/create-offer.server.ts";
import { editBundle } from "#app/services/validate/edit-bundle.server.ts";
import { emptyBundleShop, openBundleShop, SHOP, type StockedVariant } from "#tests/factories/bundle-shop.ts";
import { openStandinGraphql, type RecordedGraphql } from "#tests/factories/standin-graphql.ts";
import { addTee } from "#tests/factories/sized-product.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";

const NOW = new Date("2026-11-24T12:00:00Z");
const MOST = 100;

const deps = await openTestDeps();
let state: ShopState;
let variants: StockedVariant[];
let admin: RecordedGraphql;
let collectionGid: string;

beforeEach(async () => {
  await emptyBundleShop(deps);
  ({ state, variants } = await openBundleShop(deps, { products: MOST + 1 }));
  admin = openStandinGraphql(state);
  const collection = { handle: "tea", title: "Tea", descriptionHtml: "", productGids: gidsOf(0, 1) };
  ({ gid: collectionGid } = state.catalogue.addCollection(collection));
});

const gidsOf = (...numbers: number[]) => numbers.map((at) => variants[at]!.productGid);
const publish = () =>
  publishShop(deps, { shop: SHOP, graphql: admin.graphql, appUrl: "https://app.example", now: NOW });

/** Indexes of the products that carry a rule. */
const carriers = () =>
  variants.flatMap(({ productGid }, at) => {
    const text = state.app.findMetafield(productGid, "$app", "offers")?.value;
    const read = text ? parseRules(text) : null;
    return read?.ok && read.value.offers.length > 0 ? [at] : [];
  });

/** Creates an approved "any 2" of the collection as the form does, and returns the form's answer. */
async function makeOffer() {
  const outcome = await createOffer(deps, {
    shop: SHOP,
    graphql: admin.graphql,
    publishes: true,
    decidedBy: "42",
    now: NOW,
    words: openWords("en"),
    typed: {
      title: "Any 2 teas",
      offer: { kind: "range", units: "2", rewardValue: "10" },
      collectionGid,
      components: [0, 1].map((at) => ({ variantGid: variants[at]!.variantGid, quantity: "1" })),
    },
  });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome));
  return outcome;
}

const offerCollection = async () => (await makeOffer()).bundleId;

const find = (id: string) =>
  deps.db.bundle.findUniqueOrThrow({
    where: { id },
    include: { decisions: { orderBy: { decidedAt: "asc" } }, components: { orderBy: { position: "asc" } } },
  });

describe("an offer whose pool is a collection", () => {
  it.each<[string, () => unknown, RegExp]>([
    ["is there", () => null, /^Approved. It is on its way to your storefront/],
    ["is gone", () => state.catalogue.removeCollection(collectionGid), /no longer in the shop$/],
    ["is empty", () => state.catalogue.changeCollection(collectionGid, []), /fewer than two products$/],
    [
      "is too large",
      () => state.catalogue.changeCollection(collectionGid, gidsOf(...variants.keys())),
      /at most 100$/,
    ],
  ])("is answered when it is published by hand and its collection %s", async (_, change, said) => {
    change();
    expect((await makeOffer()).message).toMatch(said);
  });

  it("is paused with the reason in its log when the collection is gone", async () => {
    const id = await offerCollection();
    await publish();
    expect(carriers()).toEqual([0, 1]);
    state.catalogue.removeCollection(collectionGid);
    await publish();
    expect(carriers()).toEqual([]);
    expect(await find(id)).toMatchObject({
      status: "paused",
      pausedReason: { code: "paused.collectionGone" },
      decisions: expect.arrayContaining([expect.objectContaining({ decidedBy: "system", action: "pause" })]),
    });
  });

  it("is paused with its earlier products when the collection is empty", async () => {
    const id = await offerCollection();
    state.catalogue.changeCollection(collectionGid, []);
    await publish();
    expect(await find(id)).toMatchObject({ status: "paused", components: [{}, {}] });
  });

  it("is paused when the collection holds more products than an offer can have", async () => {
    const id = await offerCollection();
    state.catalogue.changeCollection(collectionGid, gidsOf(...variants.keys()));
    await publish();
    expect(await find(id)).toMatchObject({
      status: "paused",
      pausedReason: { code: "paused.collectionLarge", values: { products: MOST + 1, most: MOST } },
    });
    expect(carriers()).toEqual([]);
  });

  it("follows the collection, and leaves the remaining products in their places", async () => {
    const id = await offerCollection();
    await publish();
    state.catalogue.changeCollection(collectionGid, gidsOf(5, 1, 3));
    await publish();
    expect(carriers()).toEqual([1, 3, 5]);
    const { components, status, componentKey } = await find(id);
    expect(components.map(({ productGid }) => productGid)).toEqual(gidsOf(1, 3, 5));
    expect({ status, componentKey }).toEqual({
      status: "published",
      componentKey: `range:2:in:${collectionGid.split("/").at(-1)}`,
    });
  });

  it("stops following the collection when the merchant chooses single products", async () => {
    const id = await offerCollection();
    const edited = await editBundle(deps, {
      shop: SHOP,
      bundleId: id,
      decidedBy: "42",
      now: NOW,
      changes: { collectionGid: null },
    });
    expect(edited.ok).toBe(true);
    state.catalogue.changeCollection(collectionGid, gidsOf(7));
    await publish();
    expect(carriers()).toEqual([0, 1]);
    expect(await find(id)).toMatchObject({ collectionGid: null });
  });

  it.each<[string, () => void]>([
    ["holds other products", () => state.catalogue.changeCollection(collectionGid, gidsOf(7))],
    ["is gone", () => state.catalogue.removeCollection(collectionGid)],
  ])("keeps products chosen while the pass asks Shopify for a collection that %s", async (_, change) => {
    const id = await offerCollection();
    change();
    let isFirst = true;
    admin.before = async (name) => {
      if (name !== "ReadCollection" || !isFirst) return;
      isFirst = false;
      const edited = await editBundle(deps, {
        shop: SHOP,
        bundleId: id,
        decidedBy: "42",
        now: NOW,
        changes: { collectionGid: null },
      });
      expect(edited.ok).toBe(true);
    };

    await publish();

    expect(isFirst).toBe(false);
    expect(carriers()).toEqual([0, 1]);
    expect(await find(id)).toMatchObject({ collectionGid: null, status: "published" });
  });

  it("keeps a product while any of its variants can be bought, and shows such a variant", async () => {
    const { tee, small, medium } = await addTee(deps, state, 5);
    const id = await offerCollection();
    state.catalogue.changeCollection(collectionGid, [...gidsOf(0), tee.gid]);
    const change = (variantGid: string, inventoryQuantity: number) =>
      deps.db.variant.update({
        where: { shop_variantGid: { shop: SHOP, variantGid } },
        data: { inventoryQuantity },
      });
    const isOffered = () => state.app.findMetafield(tee.gid, "$app", "offers") !== null;
    const shown = () => {
      const listed = state.app.findMetafield(variants[0]!.productGid, "$app", "bundle_variants")!.value;
      return (JSON.parse(listed) as string[]).slice(1);
    };
    await publish();
    expect(shown()).toEqual([small]);

    await change(small, 0);
    await publish();
    expect([isOffered(), shown()]).toEqual([true, [medium]]);

    await change(medium, 0);
    await publish();
    expect(isOffered()).toBe(false);

    await change(medium, 5);
    await deps.db.variant.delete({ where: { shop_variantGid: { shop: SHOP, variantGid: small } } });
    await publish();
    expect([isOffered(), shown()]).toEqual([true, [medium]]);
    expect((await find(id)).components[1]).toMatchObject({ productGid: tee.gid, variantGid: medium });
  });

  it("asks Shopify for no collection if no offer has one", async () => {
    await publish();
    expect(admin.asked).not.toContain("ReadCollection");
  });

  it.each([
    ["collections/update", () => ({ admin_graphql_api_id: collectionGid })],
    ["collections/delete", () => ({ id: Number(collectionGid.split("/").at(-1)) })],
  ])("is told about the collection by %s", (topic, payload) => {
    const context = { webhookId: "w", currency: "USD", toKey: String };
    const read = toInboxMessage(topic, payload(), context);
    expect(read).toEqual({ ok: true, value: { kind: "collection", collectionGid } });
  });
});
