import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ThemeExtension } from "#tests/standin/storefront/app-blocks.ts";

const FOLDER = join(import.meta.dirname, "../../../extensions/bundle-offer");
describe("the block on the cart page", () => {
  const OFFER = { id: "7f9c24e8-3b12-4fef-91e0-5a1b1c1d1e1f", t: "Tea set", bp: 1_500 };
  const variantOf = (id: number, price: number, more: object = {}) => ({
    id,
    price,
    available: true,
    title: "Default Title",
    url: `/products/${id}`,
    product: { title: `Tea ${id}`, has_only_default_variant: true },
    ...more,
  });
  const product = (other: object = {}) => ({
    metafields: {
      $app: {
        bundles: {
          value: {
            v: 1,
            o: [
              {
                ...OFFER,
                c: [
                  { v: "11", q: 1 },
                  { v: "22", q: 2 },
                ],
              },
            ],
          },
        },
        bundle_variants: { value: [variantOf(11, 1050), variantOf(22, 333, other)] },
      },
    },
  });

  const withPlans = (holder: { metafields: object }, countsPlans: boolean) => {
    const { $app } = holder.metafields as { $app?: { bundles: { value: object } } };
    if ($app && countsPlans) Object.assign($app.bundles.value, { s: 1 });
    return holder;
  };

  /** The products of the variants 11 and 33 hold offers. */
  const productOf = (variantId: number, other: object = {}) => {
    if (variantId === 22) return { metafields: {} };
    const held = product(other);
    if (variantId === 11) return held;
    const [offer] = held.metafields.$app.bundles.value.o;
    const third = { ...offer!, id: "0b5b0b9e-0000-4000-8000-000000000000" };
    third.c = third.c.map(({ v, q }) => ({ v: v === "11" ? "33" : v, q }));
    held.metafields.$app.bundles.value.o = [third];
    held.metafields.$app.bundle_variants.value.push(variantOf(33, 700));
    return held;
  };

  interface CartLine {
    variant_id: number;
    quantity: number;
    saved?: number;
    other?: object;
    /** Price of a unit under a selling plan, by which the line is bought. */
    planPrice?: number;
  }

  /** @param countsPlans whether the shop lets lines with a selling plan be part of a bundle */
  async function drawCart(items: CartLine[], countsPlans = false) {
    const extension = new ThemeExtension(FOLDER, { currency: "EUR" });
    const [block] = await extension.renderBlocks("cart", "section", {
      request: { design_mode: false },
      routes: { cart_add_url: "/cart/add", cart_update_url: "/cart/update" },
      cart: {
        item_count: items.length,
        attributes: {},
        items: items.map(({ variant_id, quantity, saved, other, planPrice }) => ({
          variant_id,
          quantity,
          product: withPlans(productOf(variant_id, other), countsPlans),
          ...(planPrice !== undefined && {
            original_price: planPrice,
            variant: variantOf(variant_id, variant_id === 11 ? 1050 : 333),
            selling_plan_allocation: { price: planPrice },
          }),
          line_level_discount_allocations:
            saved === undefined
              ? []
              : [{ amount: saved, discount_application: { title: `Set-Angebot: ${OFFER.t}` } }],
        })),
      },
    });
    const [scripted] = block!.html.split("<noscript>");
    const fields = [...scripted!.matchAll(/name="items\[(\d+)\]\[(id|quantity)\]" value="(\d+)"/g)];
    return { html: block!.html, fields: fields.map(([, at, name, value]) => `${at} ${name} ${value}`) };
  }

  it("completes a subscribed product where subscriptions count, at the price of its plan", async () => {
    const subscribed = { variant_id: 11, quantity: 1, planPrice: 950 };
    expect((await drawCart([subscribed])).fields).toEqual([]);
    const { html, fields } = await drawCart([subscribed], true);
    expect(fields).toEqual(["0 id 22", "0 quantity 2"]);
    // 15 % of 9.50 + 2 × 3.33.
    expect(html).toContain('data-discount="242"');
  });

  it("offers no more of what a plan made cheaper, because all units of it would count at that price", async () => {
    const cart = [
      { variant_id: 11, quantity: 1 },
      { variant_id: 22, quantity: 1, planPrice: 300 },
    ];
    expect((await drawCart(cart, true)).fields).toEqual([]);
  });

  it("offers nothing when what is missing is sold out or comes by the box, or a line has its discount already", async () => {
    expect((await drawCart([{ variant_id: 11, quantity: 1, other: { available: false } }])).fields).toEqual(
      [],
    );
    const boxed = { quantity_rule: { min: 6, increment: 6 } };
    expect((await drawCart([{ variant_id: 11, quantity: 1, other: boxed }])).fields).toEqual([]);
    expect((await drawCart([{ variant_id: 11, quantity: 1, saved: 100 }])).fields).toEqual([]);
    expect((await drawCart([{ variant_id: 22, quantity: 2 }])).fields).toEqual([]);
  });

  it("adds just the units that the bundle lacks and says what they save", async () => {
    const cart = [
      { variant_id: 11, quantity: 1 },
      { variant_id: 22, quantity: 1 },
    ];
    const { html, fields } = await drawCart(cart);
    expect(fields).toEqual(["0 id 22", "0 quantity 1"]);
    expect(html).toContain('data-discount="257"');
  });

  it("names no two offers alike, however many lines hold some", async () => {
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

  it("sums up what the cart's bundles save, as Shopify applied it", async () => {
    const { html } = await drawCart([
      { variant_id: 11, quantity: 1, saved: 157 },
      { variant_id: 22, quantity: 2, saved: 100 },
    ]);
    expect(html).toContain('data-bundlesmith-saved="257"');
    expect(html).not.toContain('class="bundlesmith__offer"');
  });
});
