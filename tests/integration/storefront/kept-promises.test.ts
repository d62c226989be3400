import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchChromium } from "#tests/setup/chromium.ts";
import {
  addOffer,
  openStorefront,
  publishOffer,
  publishRule,
  ruleHead,
  type OpenStorefront,
} from "./open-storefront.ts";

const PRODUCT_PAGE = "/products/pour-over-coffee-dripper";

let browser: Browser;
let storefront: OpenStorefront;
let page: Page;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
beforeEach(async () => {
  storefront = await openStorefront();
  page = await browser.newPage();
});
afterEach(async () => {
  await page.close();
  await storefront.close();
});

const publishSet = (other = "KITC-02") =>
  publishOffer(storefront, {
    title: "For the kitchen",
    basisPoints: 1_250,
    components: [
      ["KITC-01", 1],
      [other, 2],
    ],
    isOpen: true,
  });
const offer = () => page.locator("[data-bundlesmith-offer]");
const said = () => offer().locator("[role=status]").textContent();
const openPage = (path = PRODUCT_PAGE) => page.goto(`${storefront.url}${path}`);
async function fillCart(sku: string, quantity: string): Promise<void> {
  await openPage("/");
  const item = [storefront.idOf(sku), quantity] as const;
  await page.evaluate(
    ([id, units]) =>
      fetch("/cart/add.js", { method: "POST", body: new URLSearchParams({ id, quantity: units }) }),
    item,
  );
}
const fillCartWith = (...skus: string[]) => {
  const items = skus.map((sku) => ({ id: storefront.idOf(sku), quantity: 1 }));
  return page.context().request.post(`${storefront.url}/cart/add.js`, { data: { items } });
};
const stock = (sku: string, available: number) =>
  storefront.state.catalogue.adjustInventory(storefront.gidOf(sku), { available });

describe("an offer while the cart holds the last units", () => {
  it("is not shown on a page if it cannot be added", async () => {
    publishSet();
    stock("KITC-02", 3);
    await fillCart("KITC-02", "1");
    await openPage();
    expect(await offer().count()).toBe(1);
    await fillCart("KITC-02", "1");
    await openPage();
    expect(await offer().count()).toBe(0);
  });

  it.each([
    [4, 1],
    [3, 0],
  ])("asks in the cart for more only if there is more: of %i in stock", async (available, shown) => {
    const tiers = [2, 4].map((units) => ({
      units,
      reward: { type: "percent" as const, basisPoints: units * 500 },
    }));
    publishRule(
      storefront,
      { ...ruleHead("Stock up"), kind: "breaks", scope: "variant", tiers },
      { skus: ["KITC-01"] },
    );
    stock("KITC-01", available);
    await fillCart("KITC-01", "2");
    await openPage("/cart");
    expect(await offer().count()).toBe(shown);
  });
});

describe("a shopper who is faster than our script", () => {
  it.each([
    [
      "picks another variant",
      () => offer().locator("select").selectOption({ label: "500 ml · $29.00" }),
      7_525,
    ],
    ["leaves a component out", () => offer().locator("input[type=checkbox]").last().uncheck(), 2_800],
  ])("and %s pays the price that the offer then shows", async (_, choose, priceHundredths) => {
    publishSet("HAIR-01-1");
    let arrive!: () => void;
    const arrival = new Promise<void>((resolve) => (arrive = resolve));
    await page.route("**/bundle-offer.js*", async (route) => {
      await arrival;
      await route.continue();
    });
    await page.goto(`${storefront.url}${PRODUCT_PAGE}`, { waitUntil: "commit" });
    await choose();
    arrive();
    await expect.poll(() => offer().getAttribute("data-price")).toBe(String(priceHundredths));
    await offer().locator("[type=submit]").click();
    await expect.poll(said).toBe("Added to your cart.");
    const answer = await page.context().request.get(`${storefront.url}/cart.js`);
    expect(await answer.json()).toMatchObject({ total_price: priceHundredths });
  });
});

describe("a shopper who comes back to a page", () => {
  it("finds the variant selected whose price is shown", async () => {
    publishSet("HAIR-01-1");
    await openPage();
    const [variant, price] = [offer().locator("select"), offer().locator(".bundlesmith__price")];
    const first = [await variant.inputValue(), await price.textContent()];
    await variant.selectOption({ label: "500 ml · $29.00" });
    await openPage("/cart");
    await page.goBack();
    expect([await variant.inputValue(), await price.textContent()]).toEqual(first);
  });
});

describe("an offer whose product another page has put into the cart for another offer", () => {
  it("is no longer promised when the shopper comes back, because each unit counts for one offer only", async () => {
    const withOther = (title: string, basisPoints: number, other: string) => ({
      title,
      basisPoints,
      components: [["KITC-01", 1] as const, [other, 1] as const],
    });
    publishOffer(storefront, withOther("With filters", 1_250, "KITC-02"));
    addOffer(storefront, withOther("With a grinder", 2_000, "KITC-03"));
    await openPage();
    expect(await offer().count()).toBe(2);
    await fillCartWith("KITC-01", "KITC-02");
    // Without windows every tab stays visible, so the page is told.
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await expect.poll(() => offer().locator("h3").allTextContents()).toEqual(["With filters"]);
  });
});

describe("a shopper whose theme or shop fails", () => {
  beforeEach(async () => {
    publishSet();
    // Like a theme from before the standard actions.
    await page.addInitScript(() => Object.defineProperty(window, "Shopify", { value: {}, writable: false }));
  });

  it("is told that the offer was added, even if the theme's drawer cannot draw it", async () => {
    await openPage();
    await page.evaluate(() => {
      const drawer = document.body.appendChild(document.createElement("cart-drawer"));
      Object.assign(drawer, {
        getSectionsToRender: () => [{ id: "header" }],
        renderContents: () => {
          throw new Error("No such section");
        },
      });
    });
    await offer().locator("[type=submit]").click();
    await expect.poll(said).toBe("Added to your cart.");
    await expect.poll(() => offer().locator("[type=submit]").getAttribute("aria-disabled")).toBe("false");
    expect(await said()).toBe("Added to your cart.");
  });

  it.each([
    ["is the shop's", '{"status":500,"message":"Internal error"}'],
    ["is a page", "<!doctype html>"],
  ])("is told that nothing was added if the answer %s", async (_, body) => {
    await openPage();
    await page.route("**/cart/add.js", (route) => route.fulfill({ status: 500, body }));
    await offer().locator("[type=submit]").click();
    await expect.poll(said).toContain("could not be added");
    expect(await offer().locator(".bundlesmith__cart").isVisible()).toBe(false);
  });
});
