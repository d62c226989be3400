import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchChromium } from "#tests/setup/chromium.ts";
import { openStorefront, publishOffer, type CartJson, type OpenStorefront } from "./open-storefront.ts";

const PRODUCT_PAGE = "/products/pour-over-coffee-dripper";

let browser: Browser;
let storefront: OpenStorefront;
let page: Page;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
afterEach(async () => {
  await page.close();
  await storefront.close();
});

/** A holdout shopper has put the page's product into the cart, which the page knows. */
beforeEach(async () => {
  storefront = await openStorefront();
  const { state, url } = storefront;
  state.app.setMetafield({
    ownerGid: state.app.installationGid,
    namespace: "bundlesmith",
    key: "storefront",
    type: "json",
    value: JSON.stringify({ v: 1, holdoutPermille: 1_000, salt: "a-salt-of-the-shop" }),
  });
  publishOffer(storefront, {
    title: "Coffee for two",
    basisPoints: 1_250,
    components: [
      ["KITC-01", 1],
      ["KITC-02", 2],
    ],
  });
  page = await browser.newPage();
  // Two cookies of the test stand for the shop's consent script and its theme.
  await page.addInitScript(() => {
    const customerPrivacy = {
      analyticsProcessingAllowed: () => !document.cookie.includes("withdrawn"),
    };
    const role = document.cookie.includes("preview") ? "unpublished" : "main";
    Object.assign(window, { Shopify: { loadFeatures: () => {}, customerPrivacy, theme: { role } } });
  });
  await page.goto(`${url}${PRODUCT_PAGE}`);
  await page.locator(".product-form button").click();
  await expect.poll(markOfCart).toMatch(/^h:/);
});

async function readCart(): Promise<CartJson> {
  return page.evaluate(async () => (await (await fetch("/cart.js")).json()) as CartJson);
}
const markOfCart = async () => (await readCart()).attributes["_bundlesmith"];
const setCookie = (name: string) =>
  page.evaluate((cookie) => {
    document.cookie = cookie;
  }, `${name}=1; path=/`);
const offer = () => page.locator("[data-bundlesmith-offer]");

describe("a shopper of the holdout", () => {
  it.each([
    ["who withdraws consent", "withdrawn"],
    ["who is the merchant and looks at a preview", "preview"],
  ])("%s sees the offers and gets their price, and the cart forgets the visitor", async (_, cookie) => {
    await setCookie(cookie);
    await page.reload();
    expect(await offer().isVisible()).toBe(true);
    await expect.poll(markOfCart).toBeUndefined();
    await offer().locator("button[type=submit]").click();
    await expect.poll(() => page.locator("[data-cart-count]").textContent()).toBe("4");
    // One set of 42.00 and another unit of its first product; an eighth of the set is 5.25.
    expect(await readCart()).toMatchObject({ total_discount: 525, attributes: {} });
  });

  it("is removed from the cart on the page where consent is withdrawn", async () => {
    await page.reload();
    await setCookie("withdrawn");
    await page.evaluate(() => document.dispatchEvent(new Event("visitorConsentCollected")));
    await expect.poll(markOfCart).toBeUndefined();
  });

  it("is removed from the cart before the offer is added, if the page does not know the cart", async () => {
    await setCookie("withdrawn");
    await page.route(`**${PRODUCT_PAGE}`, async (route) => {
      const response = await route.fetch();
      await route.fulfill({
        response,
        body: (await response.text()).replace("data-bundlesmith-cart=", "data-x="),
      });
    });
    await page.reload({ waitUntil: "networkidle" });
    expect(await markOfCart()).toMatch(/^h:/);
    const asked: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST") asked.push(new URL(request.url()).pathname);
    });
    await offer().locator("button[type=submit]").click();
    await expect.poll(() => page.locator("[data-cart-count]").textContent()).toBe("4");
    expect(asked.filter((path) => path.startsWith("/cart/"))).toEqual(["/cart/update.js", "/cart/add.js"]);
    expect(await readCart()).toMatchObject({ total_discount: 525, attributes: {} });
  });

  it("stays in the holdout, with the cart's mark, while nothing is withdrawn", async () => {
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.reload({ waitUntil: "networkidle" });
    expect(await markOfCart()).toMatch(/^h:/);
    expect(asked).not.toContain("/cart/update.js");
    expect(await offer().isVisible()).toBe(false);
  });
});
