import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeRules, type OfferRule } from "#app/domain/offer/offer-rule.ts";
import { ThemeExtension } from "#tests/standin/storefront/app-blocks.ts";

const FOLDER = join(import.meta.dirname, "../../../extensions/bundle-offer");
describe("the block on the cart page", () => {
  const TITLE = "Tea set";
  const offerOf = (first: string, id: string): OfferRule => ({
    kind: "set",
    id,
    title: TITLE,
    titles: { de: "Teeset" },
    place: null,
    lastDay: null,
    countries: [],
    times: null,
    reward: { type: "percent", basisPoints: 1_500 },
    parts: [
      { variant: first, quantity: 1, product: null },
      { variant: "22", quantity: 2, product: null },
    ],
  });
  const variantOf = (id: number, price: number, more: object = {}) => ({
    id,
    price,
    available: true,
    title: "Default Title",
    url: `/products/${id}`,
    product: { title: `Tea ${id}`, has_only_default_variant: true },
    ...more,
  });
  const PRICES: Readonly<Record<number, number>> = { 11: 1050, 22: 333, 33: 700 };

  /** The products of the variants 11 and 33 carry offers. */
  const productOf = (variantId: number, other: object, countsSubscriptions: boolean) => {
    if (variantId === 22) return { id: 22, metafields: {} };
    const id = `7f9c24e8-3b12-4fef-91e0-5a1b1c1d1e${variantId}`;
    const value = writeRules({
      countsSubscriptions,
      rejectsCodes: false,
      offers: [offerOf(String(variantId), id)],
    });
    const variants = [variantOf(variantId, PRICES[variantId]!), variantOf(22, 333, other)];
    return {
      id: variantId,
      metafields: { $app: { offers: { value }, bundle_variants: { value: variants } } },
    };
  };

  interface CartLine {
    variant_id: number;
    quantity: number;
    saved?: number;
    /** What a discount code takes off the line in addition. */
    savedByCode?: number;
    other?: object;
    /** Unit price under the selling plan of the line. */
    planPrice?: number;
  }

  /** @param countsPlans whether the shop counts lines with a selling plan */
  async function drawCart(items: CartLine[], countsPlans = false, title = TITLE) {
    const extension = new ThemeExtension(FOLDER, { currency: "EUR" });
    const [block] = await extension.renderBlocks("cart", "section", {
      request: { design_mode: false },
      routes: { cart_add_url: "/cart/add", cart_update_url: "/cart/update" },
      cart: {
        item_count: items.length,
        attributes: {},
        items: items.map(({ variant_id, quantity, saved, savedByCode, other = {}, planPrice }) => ({
          variant_id,
          quantity,
          product: productOf(variant_id, other, countsPlans),
          variant: variantOf(variant_id, PRICES[variant_id]!),
          original_price: planPrice ?? PRICES[variant_id],
          selling_plan_allocation: planPrice === undefined ? null : { price: planPrice },
          line_level_discount_allocations: [
            { amount: saved, discount_application: { title: `Set-Angebot: ${title}` } },
            { amount: savedByCode, discount_application: { title: "SPRING" } },
          ].filter(({ amount }) => amount !== undefined),
        })),
      },
    });
    const [scripted] = block!.html.split("<noscript>");
    const fields = [...scripted!.matchAll(/name="items\[(\d+)\]\[(id|quantity)\]" value="(\d+)"/g)];
    return { html: block!.html, fields: fields.map(([, at, name, value]) => `${at} ${name} ${value}`) };
  }

  it("completes a bundle with a subscription line at its plan price if the shop counts subscriptions", async () => {
    const subscribed = { variant_id: 11, quantity: 1, planPrice: 950 };
    expect((await drawCart([subscribed])).fields).toEqual([]);
    const { html, fields } = await drawCart([subscribed], true);
    expect(fields).toEqual(["0 id 22", "0 quantity 2"]);
    // 15 % of 9.50 + 2 × 3.33.
    expect(html).toContain('data-discount="242"');
  });

  it("offers no more units of a line at a lower plan price, because all units would count at that price", async () => {
    const cart = [
      { variant_id: 11, quantity: 1 },
      { variant_id: 22, quantity: 1, planPrice: 300 },
    ];
    expect((await drawCart(cart, true)).fields).toEqual([]);
  });

  it("offers nothing if the missing product is sold out or sold in packs, or if a line already has a discount", async () => {
    expect((await drawCart([{ variant_id: 11, quantity: 1, other: { available: false } }])).fields).toEqual(
      [],
    );
    const boxed = { quantity_rule: { min: 6, increment: 6 } };
    expect((await drawCart([{ variant_id: 11, quantity: 1, other: boxed }])).fields).toEqual([]);
    expect((await drawCart([{ variant_id: 11, quantity: 1, saved: 100 }])).fields).toEqual([]);
    expect((await drawCart([{ variant_id: 22, quantity: 2 }])).fields).toEqual([]);
  });

  it("adds only the units that the bundle lacks and shows the saving", async () => {
    const cart = [
      { variant_id: 11, quantity: 1 },
      { variant_id: 22, quantity: 1 },
    ];
    const { html, fields } = await drawCart(cart);
    expect(fields).toEqual(["0 id 22", "0 quantity 1"]);
    expect(html).toContain('data-discount="257"');
  });

  it("gives each offer its own title id if several lines carry offers", async () => {
    const { html } = await drawCart([
      { variant_id: 11, quantity: 1 },
      { variant_id: 33, quantity: 1 },
    ]);
    const ids = [...html.matchAll(/ id="(bundlesmith-title-[^"]+)"/g)].map(([, id]) => id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(2);
  });

  it("draws one offer for a product on two lines", async () => {
    const { html } = await drawCart([
      { variant_id: 11, quantity: 1 },
      { variant_id: 11, quantity: 1 },
    ]);
    expect(html.match(/class="bundlesmith__offer"/g)).toHaveLength(1);
  });

  it.each([
    ["with the default title", TITLE],
    ["with a translated title", "Teeset"],
  ])("sums the savings of the cart's bundles, %s", async (_, title) => {
    const cart = [
      { variant_id: 11, quantity: 1, saved: 157 },
      { variant_id: 22, quantity: 2, saved: 100 },
    ];
    const { html } = await drawCart(cart, false, title);
    expect(html).toContain('data-bundlesmith-saved="257"');
    expect(html).not.toContain('class="bundlesmith__offer"');
  });

  it("leaves out what a discount code takes off a bundle's lines", async () => {
    const { html } = await drawCart([
      { variant_id: 11, quantity: 1, saved: 157, savedByCode: 90 },
      { variant_id: 22, quantity: 2, saved: 100, savedByCode: 60 },
      { variant_id: 33, quantity: 1, savedByCode: 70 },
    ]);
    expect(html).toContain('data-bundlesmith-saved="257"');
  });
});
