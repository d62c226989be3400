import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchChromium } from "#tests/setup/chromium.ts";
import { openStorefront, publishOffer, type OpenStorefront } from "./open-storefront.ts";
import { writeOtherTheme } from "./other-theme.ts";
import { describeThemes, OWN_HOST, type Host } from "./theme-hosts.ts";

const SHAMPOO = "HAIR-01-1";
/**
 * A page counts as drawn when it looks the same this much later, because a theme does not report the end of its
 * loading.
 */
const UNCHANGED_MS = 1_000;
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

/** Opens a product's page in a theme, with or without our blocks. */
async function openProduct(
  page: Page,
  host: Host,
  { isBare = false, isScriptless = false, handle = "pour-over-coffee-dripper" } = {},
): Promise<OpenStorefront> {
  const storefront = await openStorefront({
    themeFolder: host.folder(),
    ...(isBare ? { projectRoot: join(folder, "bare") } : { blockSettings: host.blockSettings ?? {} }),
  });
  publishOffer(storefront, {
    title: "Coffee for two",
    basisPoints: 1_250,
    components: [
      ["KITC-01", 1],
      ["KITC-02", 2],
    ],
  });
  if (handle !== "pour-over-coffee-dripper")
    publishOffer(storefront, {
      title: "Wash up",
      basisPoints: 1_000,
      components: [
        [SHAMPOO, 1],
        ["KITC-01", 2],
      ],
      isOpen: true,
    });
  await page.goto(`${storefront.url}/products/${handle}`, { waitUntil: "load" });
  // Wait until modules and standard actions are ready and the theme's custom elements have drawn themselves.
  if (!isScriptless)
    await page.waitForFunction(() => "actions" in ((window as { Shopify?: object }).Shopify ?? {}));
  return storefront;
}

/** Script errors and missing addresses. */
function watchErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("console", (one) => one.type() === "error" && errors.push(one.text()));
  return errors;
}

/** The theme's own elements: their text and style without their height, which our block can increase. */
const describeTheme = (page: Page) =>
  page.evaluate(() =>
    [...document.body.querySelectorAll("*")]
      .filter(
        (one) =>
          !one.closest(
            ".shopify-app-block, .bundlesmith, script, style, template, [data-bundlesmith-cart], .bundlesmith-out",
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

const OURS: Readonly<Record<string, Host>> = {
  "built of JSON templates and section groups": { ...OWN_HOST, folder: () => join(folder, "theme") },
  "that puts app blocks inside its own form": { ...OWN_HOST, folder: () => join(folder, "form") },
};

/** Waits until the theme has drawn what is below, which it does on scrolling near it; our block moves it down. */
async function settle(page: Page): Promise<string[]> {
  for (const end of [true, false]) {
    // Horizon scrolls an element of its own on a wide screen.
    await page.evaluate((isEnd) => {
      for (const one of document.querySelectorAll("*")) one.scrollTop = isEnd ? one.scrollHeight : 0;
    }, end);
    await page.waitForTimeout(UNCHANGED_MS);
  }
  return describeTheme(page);
}

describeThemes(OURS, (host) => {
  it.each([390, 1280])(
    "the block leaves the theme as it was, throws nothing and is at least 280 px wide, at %i px",
    async (width) => {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      const errors = watchErrors(page);
      const bare = await openProduct(page, host, { isBare: true });
      let before = await settle(page);
      for (let last: string[] = []; last.join() !== before.join();) {
        last = before;
        before = await settle(page);
      }
      const errorsBefore = errors.splice(0);
      await bare.close();
      const shop = await openProduct(page, host);
      expect(await page.locator("[data-bundlesmith-offer]").count()).toBe(1);
      await expect.poll(() => settle(page)).toEqual(before);
      expect(errors).toEqual(errorsBefore);
      for (const seen of ["h1:visible >> nth=0", `${host.addButton}:visible >> nth=0`])
        expect(await page.locator(seen).isVisible(), seen).toBe(true);
      expect((await page.locator(".bundlesmith__offer").boundingBox())!.width).toBeGreaterThanOrEqual(280);
      // The form is for browsers that the merchant left out; a theme's own display of forms must not show it.
      expect(await page.locator(".bundlesmith-out").isVisible()).toBe(false);
      expect(before.length).toBeGreaterThan(10);
      const isWide = () => document.documentElement.scrollWidth > innerWidth;
      expect(await page.evaluate(isWide)).toBe(false);
      await page.close();
      await shop.close();
    },
  );

  it("the offer keeps its frame, whatever the theme sets for rem and paddings", async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const shop = await openProduct(page, host);
    const [paddingPx, fontPx] = await page.locator(".bundlesmith__offer").evaluate((one) => {
      const { paddingLeft, fontSize } = getComputedStyle(one);
      return [parseFloat(paddingLeft), parseFloat(fontSize)];
    });
    expect(paddingPx).toBeCloseTo(fontPx!, 1);
    await page.close();
    await shop.close();
  });

  it("the button adds the bundle at the displayed price, with and without script", async () => {
    for (const javaScriptEnabled of [true, false]) {
      const context = await browser.newContext({ javaScriptEnabled });
      const page = await context.newPage();
      const shop = await openProduct(page, host, { isScriptless: !javaScriptEnabled });
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

  it("one click updates the theme's cart, without a reload if the theme allows it", async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const shop = await openProduct(page, host);
    await page.evaluate(() => (document.body.dataset["isSame"] = "yes"));
    await page.locator("[data-bundlesmith-offer] [type=submit]:visible").click();
    await expect.poll(() => page.locator(host.count).first().textContent()).toBe("3");
    if (host.drawer !== null) {
      await expect.poll(() => page.locator(host.drawer!).textContent()).toContain("Pour-Over Coffee Dripper");
      expect(await page.evaluate(() => document.body.dataset["isSame"])).toBe("yes");
      expect(await page.locator(".bundlesmith__cart").isVisible()).toBe(true);
    }
    const answer = await page.request.get(`${shop.url}/cart.js`);
    const { attributes } = (await answer.json()) as { attributes: Record<string, string> };
    expect(attributes["_bundlesmith"]).toMatch(/^t:[0-9a-f]{32}$/);
    await page.close();
    await shop.close();
  });

  it("the offer follows the theme's picker, and reports what has sold out in the meantime", async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const shop = await openProduct(page, host, { handle: "rosemary-strengthening-shampoo" });
    const { catalogue } = shop.state;
    const [, large] = catalogue.product(catalogue.variant(shop.gidOf(SHAMPOO)).productGid).variants;
    await host.pickSecond(page);
    const chosen = page.locator("[data-bundlesmith-offer] select:visible");
    await expect.poll(() => chosen.inputValue()).toBe(large!.gid.split("/").at(-1));
    // 29.00 + 2 × 28.00 = 85.00, less a tenth.
    expect(await page.locator("[data-bundlesmith-offer]").getAttribute("data-price")).toBe("7650");
    catalogue.adjustInventory(large!.gid, { available: 0 });
    await page.locator("[data-bundlesmith-offer] [type=submit]:visible").click();
    await expect.poll(() => page.locator(".bundlesmith__status").textContent()).toContain("sold out");
    const answer = await page.request.get(`${shop.url}/cart.js`);
    expect(await answer.json()).toMatchObject({ item_count: 0 });
    await page.close();
    await shop.close();
  });
});

describe.each([
  ["with script", true],
  ["without script", false],
])("in a theme that puts app blocks inside its own form, %s,", (_name, javaScriptEnabled) => {
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

  it("the theme's own button adds only the theme's product", async () => {
    const own = page.locator("form button[name=add]");
    const namesOf = (one: Element) =>
      [...(one as HTMLButtonElement).form!.elements].map((field) => field.getAttribute("name"));
    expect(await own.evaluate(namesOf)).toEqual(["form_type", "utf8", "id", "add"]);
    await own.click();
    await expect.poll(readCart).toEqual([[shop.idOf("KITC-01"), 1]]);
  });

  it("the offer adds the bundle with the picked variant, also by keyboard", async () => {
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
