import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { LEAVE_OUT_QUERY } from "#app/domain/publish/storefront-offer.ts";
import { launchChromium } from "#tests/setup/chromium.ts";
import { drawArm } from "#tests/standin/simulator/draw-arm.ts";
import { findBarriers } from "./find-barriers.ts";
import {
  addOffer,
  openStorefront,
  publishOffer,
  publishRule,
  ruleHead,
  type OpenStorefront,
} from "./open-storefront.ts";

const PRODUCT_PAGE = "/products/pour-over-coffee-dripper";
const SHAMPOO = "HAIR-01-1";
const SALT = "a-salt-of-the-shop";

interface SentEvent {
  kind: string;
  visitor: string;
  arm: string | null;
  bundle: string | null;
  variant: string | null;
}

let browser: Browser;
let storefront: OpenStorefront;
let sink: Server;
let page: Page;
let events: SentEvent[];
let failures: string[];

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

beforeEach(async () => {
  events = [];
  failures = [];
  storefront = await openStorefront();
  sink = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      events.push(...(JSON.parse(body) as { events: SentEvent[] }).events);
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => sink.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(sink.address() as AddressInfo).port}/events`;
  const { state } = storefront;
  state.app.webPixel = {
    gid: "gid://shopify/WebPixel/1",
    settings: JSON.stringify({ shop: state.domain, endpoint }),
  };
  page = await browser.newPage();
  page.on("pageerror", (error) => failures.push(error.message));
  page.on("console", (line) => {
    if (line.type() === "error") failures.push(line.text());
  });
});
afterEach(async () => {
  await page.close();
  await storefront.close();
  await new Promise((resolve) => sink.close(resolve));
});

function setHoldout(holdoutPermille: number): void {
  const { state } = storefront;
  state.app.setMetafield({
    ownerGid: state.app.installationGid,
    namespace: "bundlesmith",
    key: "storefront",
    type: "json",
    value: JSON.stringify({ v: 1, holdoutPermille, salt: SALT }),
  });
}

function publishCoffee(basisPoints = 1_250): string {
  return publishOffer(storefront, {
    title: "Coffee for two",
    basisPoints,
    components: [
      ["KITC-01", 1],
      ["KITC-02", 2],
    ],
  });
}

const publishBreaks = () =>
  publishRule(
    storefront,
    {
      ...ruleHead("Stock up"),
      kind: "breaks",
      scope: "product",
      tiers: [{ units: 2, reward: { type: "percent", basisPoints: 1_000 } }],
    },
    { skus: ["KITC-01"] },
  );

const sentKinds = () => events.map(({ kind }) => kind);
/** The visitor's key, or "refused". */
const visitorOf = async () => {
  const cookie = (await page.context().cookies()).find(({ name }) => name === "bundlesmith");
  return cookie?.value.split(":").at(-1) ?? null;
};
const pricesOn = async (selector: string, attribute: string) =>
  page.locator(selector).first().getAttribute(attribute);

describe("a shopper in Chromium", () => {
  it("in the holdout sees no offer, and buys both products at full price", async () => {
    setHoldout(1_000);
    publishCoffee();
    const { url, idOf, state } = storefront;
    await page.goto(`${url}${PRODUCT_PAGE}`);
    expect(await page.locator(".bundlesmith").isVisible()).toBe(false);
    await page.locator(".product-form button").click();
    await page.locator("[data-form-status] a").waitFor();
    const cartAttributes = async () =>
      page.evaluate(
        async () => ((await (await fetch("/cart.js")).json()) as { attributes: object }).attributes,
      );
    const visitor = await visitorOf();
    await expect.poll(cartAttributes).toEqual({ _bundlesmith: `h:${visitor}` });
    await page.evaluate(
      (id) => fetch("/cart/add.js", { method: "POST", body: new URLSearchParams({ id, quantity: "2" }) }),
      idOf("KITC-02"),
    );
    await page.goto(`${url}/checkout`);
    expect(await pricesOn("[data-checkout-total]", "data-checkout-total")).toBe("4200");
    await page.getByRole("button", { name: "Pay now" }).click();
    await page.waitForURL("**/thank-you/**");
    expect([...state.orders.orders.values()].at(-1)!.noteAttributes[0]!.value).toBe(`h:${visitor}`);
    expect(drawArm(visitor!, { salt: SALT, holdoutPermille: 1_000 })).toBe("holdout");
    expect(failures).toEqual([]);
  });

  it.each([
    ["holdout, before our script has run", "h", 1_000],
    ["treated, on a page without offers", "t", 0],
  ])("%s, is counted in arm %s from the first page on", async (_arm, letter, holdoutPermille) => {
    setHoldout(holdoutPermille);
    if (letter === "h") publishCoffee();
    if (letter === "h") await page.route("**/bundle-offer.js", (route) => route.abort());
    await page.goto(`${storefront.url}${PRODUCT_PAGE}`);
    await expect.poll(sentKinds).toContain("product_viewed");
    const visitor = await visitorOf();
    const viewed = events.filter(({ kind }) => kind === "page_viewed" || kind === "product_viewed");
    expect(viewed).toMatchObject([
      { arm: letter, visitor },
      { arm: letter, visitor },
    ]);
    expect(events.map(({ kind }) => kind)).not.toContain("offer_seen");
    expect(visitor).toMatch(/^[0-9a-f]{32}$/);
  });

  it("sees, adds and buys an offer at the widget's price, and the pixel reports it to the app", async () => {
    setHoldout(0);
    const bundle = publishCoffee();
    const { url, idOf, state } = storefront;
    await page.goto(`${url}${PRODUCT_PAGE}`);
    const offer = page.locator(`[data-bundlesmith-offer="${bundle}"]`);
    await offer.scrollIntoViewIfNeeded();
    expect(await offer.getAttribute("data-price")).toBe("3675");
    await expect.poll(sentKinds).toContain("offer_seen");
    await offer.locator("button[type=submit]").click();
    await expect.poll(() => page.locator("[data-cart-count]").textContent()).toBe("3");
    await page.goto(`${url}/cart`);
    expect(await pricesOn("[data-cart-total]", "data-cart-total")).toBe("3675");
    await page.locator("button[name=checkout]").click();
    await page.waitForURL("**/checkout");
    expect(await pricesOn("[data-checkout-total]", "data-checkout-total")).toBe("3675");
    await page.getByRole("button", { name: "Pay now" }).click();
    await page.waitForURL("**/thank-you/**");

    const visitor = await visitorOf();
    expect([...state.orders.orders.values()].at(-1)!.noteAttributes).toEqual([
      { name: "_bundlesmith", value: `t:${visitor}` },
    ]);
    const wanted = ["page_viewed", "product_viewed", "offer_seen", "offer_added", "product_added_to_cart"];
    await expect.poll(sentKinds).toEqual(expect.arrayContaining(wanted));
    expect(new Set(events.map((event) => event.visitor))).toEqual(new Set([visitor]));
    const seen = events.find(({ kind }) => kind === "offer_seen");
    expect(seen).toMatchObject({ bundle, variant: idOf("KITC-01"), arm: "t" });
    expect(failures).toEqual([]);
  });

  it.each([
    ["an offer at full price, of which the app hears", () => publishCoffee(0), true],
    ["a part of an offer, of which the app does not", () => publishCoffee(), false],
    ["one unit of breaks, of which the app does not", () => publishBreaks(), false],
  ] as const)("adds %s", async (_, publish, isWhole) => {
    setHoldout(0);
    const bundle = publish();
    await page.goto(`${storefront.url}${PRODUCT_PAGE}`);
    const offer = page.locator(`[data-bundlesmith-offer="${bundle}"]`);
    if (!isWhole) for (const tick of (await offer.getByRole("checkbox").all()).slice(1)) await tick.uncheck();
    await offer.locator("button[type=submit]").click();
    await offer.locator("a.bundlesmith__cart").waitFor();
    // The offer's event is sent before the next page opens.
    await page.goto(`${storefront.url}/cart`);
    await expect.poll(() => sentKinds().filter((kind) => kind === "page_viewed")).toHaveLength(2);
    expect(sentKinds()).toContain("product_added_to_cart");
    expect(sentKinds().includes("offer_added")).toBe(isWhole);
    expect(failures).toEqual([]);
  });

  it("stays anonymous until the consent script allows tracking", async () => {
    setHoldout(0);
    publishCoffee();
    await page.addInitScript(() => {
      const late = { analyticsProcessingAllowed: () => document.cookie.includes("agreed") };
      const shop: { customerPrivacy?: object; loadFeatures: (_: object, done: () => void) => void } = {
        loadFeatures: (_, done) => {
          shop.customerPrivacy = late;
          done();
        },
      };
      Object.assign(window, { Shopify: shop });
    });
    await page.goto(`${storefront.url}${PRODUCT_PAGE}`);
    await expect.poll(visitorOf).toBe("refused");
    const button = page.locator("[data-bundlesmith-offer] button[type=submit]");
    await button.click();
    await expect.poll(() => page.locator("[data-cart-count]").textContent()).toBe("3");
    await page.evaluate(() => {
      document.cookie = "agreed=1";
    });
    const attributes = () =>
      page.evaluate(
        async () => ((await (await fetch("/cart.js")).json()) as { attributes: object }).attributes,
      );
    expect(await attributes()).toEqual({});
    await page.reload();
    // The refusal is deleted once the page is quiet; the next page knows the visitor.
    await expect.poll(visitorOf).not.toBe("refused");
    await page.reload();
    await expect.poll(visitorOf).toMatch(/^[0-9a-f]{32}$/);
    await expect.poll(attributes).toEqual({ _bundlesmith: `t:${await visitorOf()}` });
    expect(failures).toEqual([]);
  });

  it("in a browser that the merchant left out is not counted, sees a note on every page, and can undo it", async () => {
    setHoldout(1_000);
    publishCoffee();
    const { url } = storefront;
    await page.goto(`${url}${PRODUCT_PAGE}`);
    await page.locator(".product-form button").click();
    const attributes = async () =>
      page.evaluate(async () =>
        JSON.stringify(((await (await fetch("/cart.js")).json()) as { attributes: object }).attributes),
      );
    await expect.poll(attributes).toContain("_bundlesmith");
    await expect.poll(sentKinds).toContain("product_added_to_cart");
    const note = page.locator(".bundlesmith-out");
    const visitor = await visitorOf();
    await page.goto(`${url}${PRODUCT_PAGE}?bundlesmith=in`, { waitUntil: "networkidle" });
    expect(await visitorOf(), "a link to count again makes nobody a new visitor").toBe(visitor);
    expect(await note.isVisible()).toBe(false);

    await page.goto(`${url}/?${LEAVE_OUT_QUERY}`);
    await expect.poll(attributes).toBe("{}");
    await expect.poll(() => page.url()).toBe(`${url}/`);
    expect(await visitorOf()).toBe("out");
    // Events from before can still be on their way.
    const listOfOthers = () => events.filter((event) => event.visitor !== visitor);
    events = [];
    // Every page and every event of an ordinary visit. None of the events can leave the browser.
    await page.goto(`${url}${PRODUCT_PAGE}`);
    expect(await note.textContent()).toContain("left out");
    expect(await page.locator("[data-bundlesmith-offer]").isVisible()).toBe(true);
    await page.locator("[data-bundlesmith-offer] button[type=submit]").click();
    await expect.poll(() => page.locator("[data-cart-count]").textContent()).not.toBe("1");
    expect(listOfOthers()).toEqual([]);
    expect(await attributes()).toBe("{}");

    await note.getByRole("button").click();
    await expect.poll(() => note.isVisible()).toBe(false);
    await expect.poll(() => page.url()).toBe(`${url}${PRODUCT_PAGE}`);
    await expect.poll(() => listOfOthers().map(({ kind }) => kind)).toContain("product_viewed");
    const back = await visitorOf();
    expect(back).toMatch(/^[0-9a-f]{32}$/);
    // An added item is sent at once, so it would have arrived before this.
    expect(listOfOthers().filter((event) => event.visitor !== back)).toEqual([]);
    expect(sentKinds()).not.toContain("product_added_to_cart");
    await expect.poll(attributes).toContain(`h:${await visitorOf()}`);
    expect(failures).toEqual([]);
  });

  it("who dismissed an offer by keyboard never sees it again", async () => {
    publishCoffee();
    await page.goto(`${storefront.url}${PRODUCT_PAGE}`);
    const dismiss = page.locator("[data-bundlesmith-dismiss]");
    await dismiss.focus();
    expect(await dismiss.evaluate((one) => getComputedStyle(one).outlineStyle)).toBe("solid");
    await page.keyboard.press("Enter");
    expect(await page.locator(".bundlesmith").isVisible()).toBe(false);
    await page.route("**/bundle-offer.js", (route) => route.abort());
    await page.reload();
    expect(await page.locator("[data-bundlesmith-offer]").count()).toBe(1);
    expect(await page.locator(".bundlesmith").isVisible()).toBe(false);
  });

  it("chooses a variant and sees its price before buying", async () => {
    const { url } = storefront;
    await page.goto(`${url}/products/rosemary-strengthening-shampoo`);
    await page.locator("[data-variants]").selectOption({ label: "500 ml" });
    expect(await page.locator(".product__price").textContent()).toContain("$29.00");
    await page.locator(".product-form button").click();
    await page.locator("[data-form-status] a").click();
    expect(await page.locator(".line").textContent()).toContain("500 ml");
    expect(failures).toEqual([]);
  });

  it("picks a variant in the offer, and pays its new price in the cart and at the checkout", async () => {
    setHoldout(0);
    const components = [
      ["KITC-01", 1],
      [SHAMPOO, 2],
    ] as const;
    publishOffer(storefront, { title: "Wash up", basisPoints: 1_250, components, isOpen: true });
    const { url } = storefront;
    await page.goto(`${url}${PRODUCT_PAGE}`);
    const offer = page.locator("[data-bundlesmith-offer]");
    // 28.00 + 2 × 16.50 = 61.00, of which an eighth is 7.62; with the larger bottles 86.00 and 10.75.
    expect(await offer.getAttribute("data-price")).toBe("5338");
    await offer.locator("select").selectOption({ label: "500 ml · $29.00" });
    expect(await offer.getAttribute("data-price")).toBe("7525");
    expect(await offer.locator(".bundlesmith__price").textContent()).toBe("$75.25");
    expect(await offer.locator(".bundlesmith__before").textContent()).toBe("$86.00");
    expect(await offer.locator(".bundlesmith__saving").textContent()).toBe("You save $10.75");
    expect(await offer.locator(".bundlesmith__unit").allTextContents()).toContain("$58.00");
    await offer.locator("button[type=submit]").click();
    await expect.poll(() => page.locator("[data-cart-count]").textContent()).toBe("3");
    await page.goto(`${url}/cart`);
    expect(await pricesOn("[data-cart-total]", "data-cart-total")).toBe("7525");
    await page.goto(`${url}/checkout`);
    expect(await pricesOn("[data-checkout-total]", "data-checkout-total")).toBe("7525");
    expect(failures).toEqual([]);
  });

  it("starts with the page's variant, follows the theme's picker, and can also pick without script", async () => {
    const components = [
      [SHAMPOO, 1],
      ["KITC-01", 1],
    ] as const;
    publishOffer(storefront, {
      title: "Wash up",
      basisPoints: 1_000,
      components,
      isOpen: true,
      isEverywhere: true,
    });
    const { url, state, gidOf } = storefront;
    const shampoo = state.catalogue.product(state.catalogue.variant(gidOf(SHAMPOO)).productGid);
    const large = shampoo.variants.find(({ title }) => title === "500 ml")!;
    await page.goto(`${url}/products/${shampoo.handle}?variant=${large.gid.split("/").at(-1)}`);
    const price = () => page.locator("[data-bundlesmith-offer]").getAttribute("data-price");
    expect(await price()).toBe("5130");
    await page.locator("[data-variants]").selectOption({ label: "250 ml" });
    expect(await price()).toBe("4005");

    // The page of the other component shows the same offer at the same price.
    const context = await browser.newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(`${url}${PRODUCT_PAGE}`);
    expect(await plain.locator("[data-bundlesmith-offer]").getAttribute("data-price")).toBe("4005");
    await plain.locator("[data-bundlesmith-offer] select:visible").selectOption({ label: "500 ml · $29.00" });
    await plain.locator("[data-bundlesmith-offer] button[type=submit]:visible").click();
    await plain.waitForURL("**/cart");
    expect(await plain.locator("[data-cart-total]").getAttribute("data-cart-total")).toBe("5130");
    await context.close();
  });

  it("is not promised a second discount on a product whose cart line has one", async () => {
    setHoldout(0);
    const components = (sku: string) =>
      [
        ["KITC-01", 1],
        [sku, 1],
      ] as const;
    const first = publishOffer(storefront, {
      title: "One",
      basisPoints: 1_000,
      components: components("KITC-02"),
    });
    addOffer(storefront, { title: "Two", basisPoints: 1_000, components: components("KITC-03") });
    const { url } = storefront;
    await page.goto(`${url}${PRODUCT_PAGE}`);
    const offers = page.locator("[data-bundlesmith-offer]");
    expect(await offers.count()).toBe(2);
    await page.locator(`[data-bundlesmith-offer="${first}"] button[type=submit]`).click();
    await expect.poll(() => page.locator("[data-cart-count]").textContent()).toBe("2");
    expect(await offers.nth(0).isVisible()).toBe(true);
    expect(await offers.nth(1).isVisible()).toBe(false);
    await page.reload();
    expect(await offers.count()).toBe(1);
    // The first offer keeps its price for a second set.
    const priceOfOne = Number(await offers.getAttribute("data-price"));
    await offers.locator("button[type=submit]").click();
    await expect.poll(() => page.locator("[data-cart-count]").textContent()).toBe("4");
    await page.locator(".bundlesmith__cart").click();
    await page.waitForURL("**/cart");
    expect(await pricesOn("[data-cart-total]", "data-cart-total")).toBe(String(2 * priceOfOne));
    expect(failures).toEqual([]);
  });

  it("meets no barrier that axe can find, from the offer to the checkout", async () => {
    setHoldout(0);
    publishCoffee();
    const { url } = storefront;
    await page.goto(`${url}${PRODUCT_PAGE}`);
    expect(await findBarriers(page)).toEqual([]);
    await page.locator("[data-bundlesmith-offer] button[type=submit]").click();
    await expect.poll(() => page.locator("[data-cart-count]").textContent()).toBe("3");
    for (const path of ["/collections/all", "/cart", "/checkout"]) {
      await page.goto(`${url}${path}`);
      expect(await findBarriers(page), path).toEqual([]);
    }
  });

  it("can also shop without script", async () => {
    publishCoffee();
    const context = await browser.newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(`${storefront.url}${PRODUCT_PAGE}`);
    await plain.locator("[data-bundlesmith-offer] button[type=submit]:visible").click();
    await plain.waitForURL("**/cart");
    expect(await plain.locator("[data-cart-total]").getAttribute("data-cart-total")).toBe("3675");
    await context.close();
  });
});
