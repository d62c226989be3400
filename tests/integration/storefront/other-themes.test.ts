import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchChromium } from "#tests/setup/chromium.ts";
import { openStorefront, publishOffer, type OpenStorefront } from "./open-storefront.ts";
import { writeOtherTheme } from "./other-theme.ts";

/** A theme checked out beside the project, such as Dawn or Horizon. */
const THEME_PATH = process.env["THEME_PATH"];
const EXTENSIONS = join(import.meta.dirname, "../../../extensions");
let browser: Browser;
let folder: string;
beforeAll(async () => {
  browser = await launchChromium();
  folder = mkdtempSync(join(tmpdir(), "other-theme-"));
  mkdirSync(join(folder, "bare/extensions"), { recursive: true });
  symlinkSync(join(EXTENSIONS, "bundle-discount"), join(folder, "bare/extensions/bundle-discount"));
  writeOtherTheme(join(folder, "theme"));
  writeOtherTheme(join(folder, "form"), { apps: "inside its form" });
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

/** Opens the product page of a shop with an offer, in a theme, with our blocks or without. */
async function openProduct(page: Page, themeFolder: string, isBare: boolean): Promise<OpenStorefront> {
  const storefront = await openStorefront({
    themeFolder,
    ...(isBare && { projectRoot: join(folder, "bare") }),
  });
  publishOffer(storefront, {
    title: "Coffee for two",
    basisPoints: 1_250,
    components: [
      ["KITC-01", 1],
      ["KITC-02", 2],
    ],
  });
  await page.goto(`${storefront.url}/products/pour-over-coffee-dripper`, { waitUntil: "load" });
  return storefront;
}

/** The theme's own elements: what they say and how they look, but for their height, which our block may add to. */
const describeTheme = (page: Page) =>
  page.evaluate(() =>
    [...document.body.querySelectorAll("*")]
      .filter(
        (one) =>
          !one.closest(
            ".shopify-app-block, script, style, template, [data-bundlesmith-cart], .bundlesmith-out",
          ),
      )
      .map((one) => {
        const { color, fontSize, fontFamily, display, marginTop, paddingLeft } = getComputedStyle(one);
        const { width, x } = one.getBoundingClientRect();
        const text = one.childElementCount === 0 ? one.textContent : "";
        return [
          one.tagName,
          text,
          color,
          fontSize,
          fontFamily,
          display,
          marginTop,
          paddingLeft,
          width,
          x,
        ].join("|");
      }),
  );

const themes = [
  ["built of JSON templates and section groups", () => join(folder, "theme")],
  ["that puts app blocks inside its own form", () => join(folder, "form")],
  ...(THEME_PATH ? ([[`at ${THEME_PATH}`, () => THEME_PATH]] as const) : []),
] as const;

describe.each(themes)("in a theme %s", (_name, themeFolder) => {
  it.each([390, 1280])("the block leaves every element of the theme as it was, at %i px", async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const bare = await openProduct(page, themeFolder(), true);
    const before = await describeTheme(page);
    await bare.close();
    const shop = await openProduct(page, themeFolder(), false);
    expect(await page.locator("[data-bundlesmith-offer]").count()).toBe(1);
    expect(await describeTheme(page)).toEqual(before);
    // It is for browsers that the merchant left out; a theme's own display of forms may not show it.
    expect(await page.locator(".bundlesmith-out").isVisible()).toBe(false);
    expect(before.length).toBeGreaterThan(10);
    const isWide = () => document.documentElement.scrollWidth > innerWidth;
    expect(await page.evaluate(isWide)).toBe(false);
    await page.close();
    await shop.close();
  });

  it("the offer keeps its size and its frame, whatever the theme makes of one rem and of all paddings", async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const shop = await openProduct(page, themeFolder(), false);
    const picture = await page.locator(".bundlesmith__image").first().boundingBox();
    const fontPx = await page
      .locator(".bundlesmith__offer")
      .evaluate((one) => parseFloat(getComputedStyle(one).fontSize));
    expect(picture!.width / fontPx).toBeCloseTo(9, 1);
    const paddingPx = await page
      .locator(".bundlesmith__offer")
      .evaluate((one) => parseFloat(getComputedStyle(one).paddingLeft));
    expect(paddingPx).toBe(fontPx);
    await page.close();
    await shop.close();
  });

  it("the button adds the bundle at the price that it shows, with script and without", async () => {
    for (const javaScriptEnabled of [true, false]) {
      const context = await browser.newContext({ javaScriptEnabled });
      const page = await context.newPage();
      const shop = await openProduct(page, themeFolder(), false);
      const offer = page.locator("[data-bundlesmith-offer]");
      expect(await offer.getAttribute("data-price")).toBe("3675");
      await offer.locator("[type=submit]:visible").click();
      const readTotal = async () => {
        const answer = await context.request.get(`${shop.url}/cart.js`);
        return ((await answer.json()) as { total_price: number }).total_price;
      };
      await expect.poll(readTotal).toBe(3_675);
      await context.close();
      await shop.close();
    }
  });
});

describe.each([
  ["with script", true],
  ["without script", false],
])("in a theme that puts app blocks inside its own form, %s,", (_name, javaScriptEnabled) => {
  const SHAMPOO = "HAIR-01-1";
  let page: Page;
  let shop: OpenStorefront;
  beforeEach(async () => {
    page = await (await browser.newContext({ javaScriptEnabled })).newPage();
    shop = await openStorefront({ themeFolder: join(folder, "form") });
    publishOffer(shop, {
      title: "Wash up",
      basisPoints: 1_000,
      components: [
        ["KITC-01", 1],
        [SHAMPOO, 1],
      ],
      isOpen: true,
    });
    await page.goto(`${shop.url}/products/pour-over-coffee-dripper`, { waitUntil: "load" });
  });
  afterEach(async () => {
    await page.context().close();
    await shop.close();
  });
  const readCart = async () => {
    const answer = await page.context().request.get(`${shop.url}/cart.js`);
    const { items } = (await answer.json()) as { items: { id: number; quantity: number }[] };
    return items.map(({ id, quantity }) => [String(id), quantity]);
  };

  it("the theme's own button adds the theme's product alone", async () => {
    const own = page.locator("form button[name=add]");
    const namesOf = (one: Element) =>
      [...(one as HTMLButtonElement).form!.elements].map((field) => field.getAttribute("name"));
    expect(await own.evaluate(namesOf)).toEqual(["form_type", "utf8", "id", "add"]);
    await own.click();
    await expect.poll(readCart).toEqual([[shop.idOf("KITC-01"), 1]]);
  });

  it("the offer adds the bundle with the variant that was picked, by keyboard too", async () => {
    const offer = page.locator("[data-bundlesmith-offer]");
    await offer.locator("select:visible").selectOption({ label: "500 ml · $29.00" });
    await offer.locator("[type=submit]:visible").focus();
    await page.keyboard.press("Enter");
    const { products } = shop.state.catalogue;
    const large = [...products.values()]
      .flatMap(({ variants }) => variants)
      .find(({ gid, title }) => title === "500 ml" && gid !== shop.gidOf(SHAMPOO))!;
    const ids = [shop.idOf("KITC-01"), large.gid.split("/").at(-1)!];
    await expect.poll(async () => (await readCart()).sort()).toEqual(ids.map((id) => [id, 1]).sort());
  });
});
