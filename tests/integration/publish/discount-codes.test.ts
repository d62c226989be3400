import { beforeEach, describe, expect, it } from "vitest";
import { toLegacyId } from "#app/domain/ids.ts";
import { openWords } from "#app/locales/words.server.ts";
import { publishShop } from "#app/services/publish/publish-shop.server.ts";
import { saveTypedSettings } from "#app/services/settings/save-settings.server.ts";
import { createOffer } from "#app/services/validate/create-offer.server.ts";
import { emptyBundleShop, openBundleShop, SHOP, type StockedVariant } from "#tests/factories/bundle-shop.ts";
import { openStandinGraphql } from "#tests/factories/standin-graphql.ts";
import { PROJECT_ROOT, serveStorefront } from "#tests/integration/storefront/open-storefront.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";

const now = new Date();
const words = openWords("en");
const deps = await openTestDeps();
let state: ShopState;
let variants: StockedVariant[];

beforeEach(async () => {
  await emptyBundleShop(deps);
  ({ state, variants } = await openBundleShop(deps, { products: 2 }));
  for (const { variantGid } of variants)
    state.catalogue.adjustInventory(variantGid, { available: 9 }, { isSilent: true });
  state.codes.set("SAVE20", 2_000);
  const outcome = await createOffer(deps, {
    shop: SHOP,
    graphql: openStandinGraphql(state).graphql,
    publishes: true,
    decidedBy: "42",
    now,
    words,
    typed: {
      title: "Pair",
      offer: { kind: "set", rewardValue: "10" },
      components: variants.map(({ variantGid }) => ({ variantGid, quantity: "1" })),
    },
  });
  expect(outcome).toMatchObject({ ok: true });
});

/**
 * The checkout's message, the amount to pay and the order's discounts for a shopper with these products and this
 * code.
 */
async function enterCode(code: string, bought: readonly StockedVariant[]) {
  const { graphql } = openStandinGraphql(state);
  await publishShop(deps, { shop: SHOP, graphql, appUrl: "https://app.example", now });
  const { newShopper, close } = await serveStorefront({ state, projectRoot: PROJECT_ROOT, locale: "en" });
  try {
    const shopper = newShopper();
    const items = bought.map(({ variantGid }) => ({ id: toLegacyId(variantGid), quantity: 1 }));
    await shopper.post("/cart/add.js", { items });
    const entered = await shopper.post("/checkout/codes", { code });
    const page = entered.status === 303 ? await shopper.page("/checkout") : await entered.text();
    await shopper.request("/checkout", { method: "POST" });
    const [order] = [...state.orders.orders.values()].slice(-1);
    return {
      said: /role="alert">([^<]*)</.exec(page)?.[1] ?? null,
      toPay: Number(/data-checkout-total="(\d+)"/.exec(page)![1]),
      ordered: order!.discountApplications.map(({ type, title }) => [type, title]),
    };
  } finally {
    await close();
  }
}

const refuseCodes = (rejectsCodes: string) =>
  saveTypedSettings(deps, { shop: SHOP, typed: { rejectsCodes }, now, words, staffId: "42" });

describe("a discount code at the checkout", () => {
  it("is rejected next to an offer, with the reason, if the merchant refuses codes", async () => {
    expect(await refuseCodes("true")).toMatchObject({ ok: true });
    expect(await enterCode("SAVE20", variants)).toEqual({
      said: "SAVE20: Codes cannot be added to this offer",
      toPay: 1_800,
      ordered: [["automatic", expect.stringMatching(/Pair/)]],
    });
  });

  it("is accepted if the cart has no offer, even if the merchant refuses codes", async () => {
    await refuseCodes("true");
    expect(await enterCode("SAVE20", variants.slice(0, 1))).toEqual({
      said: null,
      toPay: 800,
      ordered: [["discount_code", "SAVE20"]],
    });
  });

  it("reduces the offer's price if the merchant accepts codes, also after refusing them for a while", async () => {
    const both = { said: null, toPay: 1_440 };
    expect(await enterCode("SAVE20", variants)).toMatchObject(both);
    await refuseCodes("true");
    expect(await enterCode("SAVE20", variants)).toMatchObject({ toPay: 1_800 });
    await refuseCodes("false");
    expect(await enterCode("SAVE20", variants)).toMatchObject(both);
  });

  it("is rejected if the shop has no such code", async () => {
    expect(await enterCode("SAVE99", variants)).toMatchObject({
      said: expect.stringContaining("SAVE99"),
      toPay: 1_800,
    });
  });
});
