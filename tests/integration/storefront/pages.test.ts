import { Liquid } from "liquidjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ShopState } from "#tests/standin/shop/shop-state.ts";
import { MetafieldsDrop } from "#tests/standin/storefront/liquid/drops.ts";
import { storeObjects } from "#tests/standin/storefront/store-objects.ts";
import { drawArm } from "#tests/standin/simulator/draw-arm.ts";
import { seededRandom } from "#tests/standin/simulator/random.ts";
import { listVisitedProducts, simulateVisits } from "#tests/standin/simulator/simulate-visits.ts";
import { openStorefront, publishOffer, type OpenStorefront } from "./open-storefront.ts";

let storefront: OpenStorefront;
beforeAll(async () => {
  storefront = await openStorefront();
});
afterAll(() => storefront.close());

describe("the storefront's pages", () => {
  it.each(["/products/absent", "/collections/absent", "/checkout/thank-you/absent"])(
    "answer %s with 404",
    async (path) => {
      const answer = await storefront.newShopper().request(path);
      expect(answer.status).toBe(404);
      expect(await answer.text()).toContain("Page not found");
    },
  );

  it("do not show a draft, neither by its address nor in search", async () => {
    const { state, newShopper } = storefront;
    const draft = state.catalogue.addProduct({
      title: "Secret Draft",
      status: "DRAFT",
      variants: [{ sku: "D", price: "1.00" }],
    });
    expect((await newShopper().request(`/products/${draft.handle}`)).status).toBe(404);
    expect(await newShopper().page("/search?q=secret")).not.toContain(draft.handle);
  });

  it("escape what shoppers type into the search", async () => {
    const page = await storefront
      .newShopper()
      .page(`/search?q=${encodeURIComponent('</script><img src=x onerror="1">')}`);
    expect(page).not.toContain("<img src=x");
    expect(page).not.toContain("</script><img");
  });

  it("loops as Shopify does: at most 50 times over a list that can be paginated", async () => {
    const state = new ShopState({ name: "Wide", now: () => 0 });
    const gids = Array.from({ length: 60 }, (_, at) => {
      const variants = [{ sku: `W-${at}`, price: "1.00", inventoryQuantity: 1 }];
      return state.catalogue.addProduct({ title: `Wide ${at}`, variants }).gid;
    });
    const ownerGid = gids[0]!;
    const key = { ownerGid, namespace: "$app", key: "wide" };
    state.app.setMetafield({ ...key, type: "list.product_reference", value: JSON.stringify(gids) });
    const store = storeObjects(state, { origin: "", locale: "en", country: "US" });
    const objects = { ...store, wide: new MetafieldsDrop(state, ownerGid) };
    const looped = (list: string) =>
      new Liquid().parseAndRender(`{% for one in ${list} %}.{% endfor %}`, objects) as Promise<string>;

    expect(await looped("wide['$app'].wide.value")).toHaveLength(50);
    expect(await looped("collections.all.products")).toHaveLength(50);
    expect(await new Liquid().parseAndRender("{{ wide['$app'].wide.value.count }}", objects)).toBe("60");
  });

  it("list every product once over all pages", async () => {
    const shopper = storefront.newShopper();
    const handles: string[] = [];
    let path: string | undefined = "/collections/all";
    while (path !== undefined) {
      const page: string = await shopper.page(path);
      handles.push(
        ...[...page.matchAll(/class="card__link" href="\/products\/([^"]+)"/g)].map(([, handle]) => handle!),
      );
      path = /rel="next" href="([^"]+)"/.exec(page)?.[1];
    }
    const active = [...storefront.state.catalogue.products.values()].filter(
      ({ status }) => status === "ACTIVE",
    );
    expect(handles.toSorted()).toEqual(active.map(({ handle }) => handle).toSorted());
  });

  it("offer the variants of a product and serve its data", async () => {
    const shopper = storefront.newShopper();
    const page = await shopper.page("/products/rosemary-strengthening-shampoo");
    expect(page.match(/<option /g)).toHaveLength(2);
    const data = (await (await shopper.request("/products/rosemary-strengthening-shampoo.js")).json()) as {
      variants: { title: string; price: number }[];
    };
    expect(data.variants.map(({ title, price }) => [title, price])).toEqual([
      ["250 ml", 1_650],
      ["500 ml", 2_900],
    ]);
  });

  it("render single sections of a page for a script", async () => {
    const answer = await storefront.newShopper().request("/cart?sections=header,absent");
    const { header, absent } = (await answer.json()) as Record<string, string | null>;
    expect(header).toContain("data-cart-count>0<");
    expect(absent).toBeNull();
  });

  it("load the app's pixel only once the app has created it", async () => {
    const { state, newShopper } = storefront;
    expect(await newShopper().page("/")).toContain('"settings":null');
    state.app.webPixel = { gid: "gid://shopify/WebPixel/1", settings: '{"endpoint":"http://app/events"}' };
    expect(await newShopper().page("/")).toContain('"settings":{"endpoint":"http://app/events"}');
    const pixel = await newShopper().request("/web-pixels/app.js");
    expect(pixel.status).toBe(200);
    expect(await pixel.text()).toContain("WebPixel::Render");
  });
});

describe("simulateVisits", () => {
  it("sells bundles only to the treated arm, and counts the shop's real sales", async () => {
    const { state, url } = storefront;
    publishOffer(storefront, {
      title: "Coffee",
      basisPoints: 1_000,
      components: [
        ["KITC-01", 1],
        ["KITC-02", 1],
      ],
    });
    const settings = { salt: "pepper-salt", holdoutPermille: 400 };
    const products = listVisitedProducts(state).filter(({ handle }) => handle === "pour-over-coffee-dripper");
    const ordersBefore = state.orders.orders.size;
    const visit = (seed: number) =>
      simulateVisits({
        storefrontUrl: url,
        appUrl: null,
        shop: state.domain,
        visitors: 60,
        random: seededRandom(seed),
        truth: { singleRatio: 0.2, bundleRatio: 0.4 },
        products,
        storefront: settings,
      });
    const counts = await visit(3);
    const placed = [...state.orders.orders.values()].slice(ordersBefore);

    expect(counts.arms.treated.visitors + counts.arms.holdout.visitors).toBe(60);
    expect(counts.arms.holdout.visitors).toBeGreaterThan(5);
    expect(counts.arms.holdout.bundlesBought).toBe(0);
    expect(counts.arms.treated.bundlesBought).toBeGreaterThan(5);
    expect(counts.trueEffectPerVisitorMinor).toBeGreaterThan(0);
    expect(placed).toHaveLength(counts.arms.treated.orders + counts.arms.holdout.orders);
    expect(placed.filter(({ discountApplications }) => discountApplications.length > 0)).toHaveLength(
      counts.arms.treated.bundlesBought,
    );
    for (const { noteAttributes } of placed) {
      const [arm, visitor] = noteAttributes[0]!.value.split(":") as [string, string];
      expect(drawArm(visitor, settings)).toBe(arm === "t" ? "treated" : "holdout");
    }
    expect(await visit(3)).toEqual(counts);
  });
});
