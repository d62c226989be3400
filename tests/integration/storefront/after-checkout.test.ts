import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Browser } from "playwright-core";
import { buildExtensions } from "#extensions/build.ts";
import { launchChromium } from "#tests/setup/chromium.ts";
import { keepScreenshot } from "#tests/setup/screenshots.ts";
import { findBarriers } from "./find-barriers.ts";
import { openStorefront, publishOffer } from "./open-storefront.ts";

let browser: Browser;
let extension: string;
beforeAll(async () => {
  browser = await launchChromium();
  const { "next-offer": output } = await buildExtensions(["next-offer"]);
  // Shopify calls the module's default export.
  extension = readFileSync(output!, "utf8").replace(/export\s*\{\s*(\w+) as default[^}]*\};?/, "$1();");
});
afterAll(() => browser.close());

/** Defines Shopify's components in the plainest way: a heading above its content, a text, a link. */
function defineComponents(): void {
  const define = (name: string, html: (from: Element) => string) =>
    customElements.define(
      name,
      class extends HTMLElement {
        connectedCallback(): void {
          this.attachShadow({ mode: "open" }).innerHTML = html(this);
        }
      },
    );
  define("s-section", (from) => `<section><h2>${from.getAttribute("heading")}</h2><slot></slot></section>`);
  define("s-paragraph", () => "<p><slot></slot></p>");
  define("s-link", (from) => `<a href="${from.getAttribute("href")}"><slot></slot></a>`);
}

/**
 * Both pages run the same file with the same parts of their APIs. The order status page is the thank-you page again.
 */
describe.each([
  ["de", "ltr"],
  ["ar", "rtl"],
])("after the checkout, in %s", (locale, direction) => {
  it("the thank-you page and the order status page show the next offer, and axe finds no barrier", async () => {
    const shop = await openStorefront({ locale });
    publishOffer(shop, {
      title: "Coffee for two",
      basisPoints: 1_250,
      components: [
        ["KITC-01", 1],
        ["KITC-02", 2],
      ],
    });
    const { productGid, gid } = shop.state.catalogue.variant(shop.gidOf("KITC-01"));
    const url = `${shop.url}/products/${shop.state.catalogue.product(productGid).handle}`;
    const shopper = shop.newShopper();
    await shopper.post("/cart/add.js", { id: shop.idOf("KITC-01"), quantity: 1 });
    const body = new URLSearchParams({ email: "sam@example.com" });
    const paid = await shopper.request("/checkout", { method: "POST", body });
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
    for (const surface of ["thank-you", "order-status"]) {
      await page.goto(`${shop.url}${paid.headers.get("location")!}`);
      await page.evaluate((dir) => (document.documentElement.dir = dir), direction);
      await page.evaluate(defineComponents);
      await page.evaluate(
        (order) => {
          const texts = order.texts as Record<string, string>;
          Object.assign(window, {
            shopify: {
              lines: { value: [{ merchandise: { id: order.gid, product: { id: order.productGid } } }] },
              attributes: { value: [] },
              localization: {
                country: { value: { isoCode: "US" } },
                language: { value: { isoCode: order.locale } },
                timezone: { value: "UTC" },
              },
              i18n: { translate: (key: string) => texts[key] },
              query: async () => ({
                data: {
                  nodes: [
                    {
                      id: order.productGid,
                      onlineStoreUrl: order.url,
                      availableForSale: true,
                      rules: { value: order.rules },
                    },
                  ],
                },
              }),
            },
          });
        },
        {
          gid,
          productGid,
          url,
          locale,
          rules: shop.state.app.findMetafield(productGid, "$app", "offers")!.value,
          texts: JSON.parse(readFileSync(`extensions/next-offer/locales/${locale}.json`, "utf8")) as object,
        },
      );
      await page.addScriptTag({ type: "module", content: extension });
      expect(await page.locator("s-section s-link").evaluate((one) => one.getAttribute("href"))).toBe(url);
      expect(await findBarriers(page, "s-section")).toEqual([]);
      await keepScreenshot(page, `themes/${surface}-${locale}`, { fullPage: true });
    }
    await page.close();
    await shop.close();
  });
});
