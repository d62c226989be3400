import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  addOffer,
  openStorefront,
  publishOffer,
  type CartJson,
  type OpenStorefront,
} from "./open-storefront.ts";

let storefront: OpenStorefront;
beforeEach(async () => {
  storefront = await openStorefront();
});
afterEach(() => storefront.close());

/** A pair of 28.00 + 2 × 7.00 at 12.5 %: 5.25 off, 36.75 to pay. */
const coffee = {
  title: "Coffee for two",
  basisPoints: 1_250,
  components: [
    ["KITC-01", 1],
    ["KITC-02", 2],
  ] as const,
};

function itemsOf({ idOf }: OpenStorefront, sets = 1) {
  return coffee.components.map(([sku, quantity]) => ({ id: Number(idOf(sku)), quantity: quantity * sets }));
}

describe("the cart", () => {
  it("refuses a variant that does not exist, with Shopify's error body", async () => {
    const answer = await storefront.newShopper().post("/cart/add.js", { id: 1, quantity: 1 });
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({
      status: 404,
      message: "Cart Error",
      description: "Cannot find variant",
    });
  });

  it("adds none of several items when one is sold out", async () => {
    const { idOf, newShopper } = storefront;
    const shopper = newShopper();
    const items = [{ id: Number(idOf("KITC-01")) }, { id: Number(idOf("BATH-01")) }];
    const answer = await shopper.post("/cart/add.js", { items });
    expect(answer.status).toBe(422);
    expect(((await answer.json()) as { description: string }).description).toMatch(/sold out/);
    expect((await shopper.cart()).item_count).toBe(0);
  });

  it.each([0, -1, 1.5])("refuses a quantity of %d", async (quantity) => {
    const answer = await storefront
      .newShopper()
      .post("/cart/add.js", { id: Number(storefront.idOf("KITC-01")), quantity });
    expect(answer.status).toBe(422);
  });

  it("refuses more than the stock, including what the cart already holds", async () => {
    const { state, gidOf, idOf, newShopper } = storefront;
    state.catalogue.adjustInventory(gidOf("KITC-01"), { available: 3 });
    const shopper = newShopper();
    const add = (quantity: number) => shopper.post("/cart/add.js", { id: Number(idOf("KITC-01")), quantity });
    expect((await add(2)).status).toBe(200);
    expect((await add(2)).status).toBe(422);
    expect((await shopper.cart()).item_count).toBe(2);
  });

  it("refuses to change a line that is not there", async () => {
    expect((await storefront.newShopper().post("/cart/change.js", { line: 1, quantity: 1 })).status).toBe(
      400,
    );
  });

  it("takes the widget's form without script and shows the discount on the cart page", async () => {
    publishOffer(storefront, coffee);
    const shopper = storefront.newShopper();
    const form = new URLSearchParams();
    itemsOf(storefront).forEach(({ id, quantity }, index) => {
      form.append(`items[${index}][id]`, String(id));
      form.append(`items[${index}][quantity]`, String(quantity));
    });
    const answer = await shopper.request("/cart/add", { method: "POST", body: form });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/cart"]);
    const page = await shopper.page("/cart");
    expect(page).toContain('data-cart-total="3675"');
    expect(page).toContain("Coffee for two (&minus;$3.50)");
  });

  it("gives the discount once per whole set and none for units beyond", async () => {
    publishOffer(storefront, coffee);
    const shopper = storefront.newShopper();
    await shopper.post("/cart/add.js", { items: itemsOf(storefront, 2) });
    expect((await shopper.cart()).total_discount).toBe(1_050);
    await shopper.post("/cart/add.js", { id: Number(storefront.idOf("KITC-01")), quantity: 1 });
    expect((await shopper.cart()).total_discount).toBe(1_050);
    await shopper.post("/cart/change.js", { id: storefront.idOf("KITC-02"), quantity: 1 });
    expect((await shopper.cart()).total_discount).toBe(0);
  });

  it.each([
    [undefined, { first: true, second: true, cart: true }],
    ["p", { first: true, second: true, cart: false }],
    ["f", { first: true, second: false, cart: false }],
    ["c", { first: false, second: false, cart: true }],
  ] as const)(
    "shows an offer placed at %s only there, and gives its price wherever it was added",
    async (place, shown) => {
      const bundleId = publishOffer(storefront, { ...coffee, isEverywhere: true, ...(place && { place }) });
      const { state, gidOf, newShopper } = storefront;
      const shopper = newShopper();
      const hasOffer = async (path: string) => (await shopper.page(path)).includes(`offer="${bundleId}"`);
      const pageOf = (sku: string) => {
        const { productGid } = state.catalogue.variant(gidOf(sku));
        return `/products/${state.catalogue.product(productGid).handle}`;
      };
      const [first, second] = itemsOf(storefront);
      await shopper.post("/cart/add.js", { items: [first] });
      expect({
        first: await hasOffer(pageOf("KITC-01")),
        second: await hasOffer(pageOf("KITC-02")),
        cart: await hasOffer("/cart"),
      }).toEqual(shown);
      await shopper.post("/cart/add.js", { items: [second] });
      expect((await shopper.cart()).total_discount).toBe(525);
    },
  );

  it("shows of two offers with one title only the one in the cart, at the same price for a second set", async () => {
    const own = publishOffer(storefront, coffee);
    const rival = addOffer(storefront, {
      ...coffee,
      components: [
        ["KITC-01", 1],
        ["KITC-03", 1],
      ],
    });
    const { state, gidOf, newShopper } = storefront;
    const { handle } = state.catalogue.product(state.catalogue.variant(gidOf("KITC-01")).productGid);
    const shopper = newShopper();
    const drawn = async () => {
      const page = await shopper.page(`/products/${handle}`);
      return [own, rival].filter((id) => page.includes(`data-bundlesmith-offer="${id}"`));
    };
    expect(await drawn()).toEqual([own, rival]);
    await shopper.post("/cart/add.js", { items: itemsOf(storefront) });
    expect(await drawn()).toEqual([own]);
    await shopper.post("/cart/add.js", { items: itemsOf(storefront) });
    expect((await shopper.cart()).total_discount).toBe(1_050);
  });

  it("gives a holdout cart no discount", async () => {
    publishOffer(storefront, coffee);
    const shopper = storefront.newShopper();
    await shopper.post("/cart/add.js", { items: itemsOf(storefront) });
    const answer = await shopper.post("/cart/update.js", {
      attributes: { _bundlesmith: `h:${"0".repeat(32)}` },
    });
    expect(((await answer.json()) as CartJson).total_discount).toBe(0);
  });

  it("gives no discount while the app's discount is not active", async () => {
    publishOffer(storefront, coffee);
    const shopper = storefront.newShopper();
    await shopper.post("/cart/add.js", { items: itemsOf(storefront) });
    storefront.state.app.discounts.clear();
    expect(await shopper.cart()).toMatchObject({ total_discount: 0, total_price: 4_200 });
  });

  it("follows a price that the merchant changes", async () => {
    publishOffer(storefront, coffee);
    const shopper = storefront.newShopper();
    await shopper.post("/cart/add.js", { items: itemsOf(storefront) });
    storefront.state.catalogue.updateVariant(storefront.gidOf("KITC-01"), { price: "30.01" });
    expect(await shopper.cart()).toMatchObject({ original_total_price: 4_401, total_discount: 550 });
  });

  it("merges attributes, drops empty ones, and renders sections that a theme asks for", async () => {
    const shopper = storefront.newShopper();
    await shopper.post("/cart/update.js", { attributes: { gift: "yes", note: "x" } });
    const answer = await shopper.post("/cart/add.js", {
      items: itemsOf(storefront),
      attributes: { note: "" },
      sections: ["header", "absent"],
    });
    const { sections } = (await answer.json()) as { sections: Record<string, string | null> };
    expect(sections["header"]).toContain("data-cart-count>3<");
    expect(sections["absent"]).toBeNull();
    expect((await shopper.cart()).attributes).toEqual({ gift: "yes" });
  });
});

describe("the checkout", () => {
  it("sends a shopper with an empty cart back to it", async () => {
    const answer = await storefront.newShopper().request("/checkout");
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/cart"]);
  });

  it("orders nothing when the stock was sold to somebody else in the meantime", async () => {
    const { state, gidOf, newShopper } = storefront;
    const shopper = newShopper();
    await shopper.post("/cart/add.js", { items: itemsOf(storefront) });
    const orders = state.orders.orders.size;
    state.catalogue.adjustInventory(gidOf("KITC-02"), { available: 1 });
    const answer = await shopper.request("/checkout", { method: "POST" });
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain("Paper Coffee Filters, 100 is sold out.");
    expect(state.orders.orders.size).toBe(orders);
    expect((await shopper.cart()).item_count).toBe(3);
  });

  it("charges exactly the widget's price and becomes an order with its allocations, arm and stock", async () => {
    const { state, gidOf, newShopper, topics } = storefront;
    publishOffer(storefront, coffee);
    const shopper = newShopper();
    const arm = `t:${"1".repeat(32)}`;
    const handle = state.catalogue.product(state.catalogue.variant(gidOf("KITC-01")).productGid).handle;
    expect(await shopper.page(`/products/${handle}`)).toContain('data-price="3675"');
    const stock = state.catalogue.variant(gidOf("KITC-02")).inventoryQuantity;
    await shopper.post("/cart/add.js", { items: itemsOf(storefront) });
    await shopper.post("/cart/update.js", { attributes: { _bundlesmith: arm } });
    expect(await shopper.page("/checkout")).toContain('data-checkout-total="3675"');
    topics.length = 0;

    const body = new URLSearchParams({ email: "Sam@Example.com" });
    const paid = await shopper.request("/checkout", { method: "POST", body });
    expect(await shopper.page(paid.headers.get("location")!)).toContain("checkout_completed");
    expect(await shopper.page(paid.headers.get("location")!)).not.toContain("checkout_completed");

    const order = [...state.orders.orders.values()].at(-1)!;
    expect(order.noteAttributes).toEqual([{ name: "_bundlesmith", value: arm }]);
    expect(order.customerGid).toMatch(/^gid:\/\/shopify\/Customer\/\d+$/);
    expect(order.discountApplications).toMatchObject([
      { type: "automatic", title: "Bundle offer: Coffee for two", value: "5.25" },
    ]);
    expect(order.lines.map(({ discountAllocations }) => discountAllocations)).toEqual([
      [{ amount: "3.50", discountApplicationIndex: 0 }],
      [{ amount: "1.75", discountApplicationIndex: 0 }],
    ]);
    expect(state.catalogue.variant(gidOf("KITC-02")).inventoryQuantity).toBe(stock - 2);
    expect(topics.filter((topic) => topic === "inventory_levels/update")).toHaveLength(2);
    expect(topics.at(-1)).toBe("orders/create");
    expect((await shopper.cart()).item_count).toBe(0);
  });
});
