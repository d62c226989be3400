import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launchChromium } from "#tests/setup/chromium.ts";
import { keepScreenshot } from "#tests/setup/screenshots.ts";
import { findBarriers } from "./find-barriers.ts";
import { openStorefront, publishOffer, type CartJson, type OpenStorefront } from "./open-storefront.ts";
import { writeOtherTheme } from "./other-theme.ts";
import { describeThemes, OWN_HOST, type Host } from "./theme-hosts.ts";

const OFFER = "[data-bundlesmith-offer]";
/** None of these themes has Arabic texts, so the page is turned as a shop that sells in Arabic does. */
const LOCALES = [
  ["de", "ltr"],
  ["ar", "rtl"],
] as const;

let browser: Browser;
let folder: string;
beforeAll(async () => {
  browser = await launchChromium();
  folder = mkdtempSync(join(tmpdir(), "theme-surfaces-"));
  writeOtherTheme(join(folder, "own"));
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

/** The theme with the settings of a merchant who wants its cart drawer. */
function withDrawer(name: string, host: Host): string {
  const settings = host.cartDrawer?.settings;
  if (!settings) return host.folder();
  const copy = join(folder, name);
  mkdirSync(copy, { recursive: true });
  for (const entry of readdirSync(host.folder()))
    if (entry !== "config") symlinkSync(join(host.folder(), entry), join(copy, entry));
  cpSync(join(host.folder(), "config"), join(copy, "config"), { recursive: true });
  const file = join(copy, "config/settings_data.json");
  let text = readFileSync(file, "utf8");
  for (const [id, value] of Object.entries(settings))
    text = text.replaceAll(new RegExp(`("${id}": )"[^"]*"`, "g"), `$1"${value}"`);
  writeFileSync(file, text);
  return copy;
}

/** Sets the page's direction before it loads. Horizon hides a link far to the left, which a screenshot would show. */
const turn = (page: Page, direction: string) =>
  page.route("**/*", async (route) => {
    if (route.request().resourceType() !== "document") return route.fallback();
    const response = await route.fetch();
    const body = (await response.text())
      .replace("<html", `<html dir="${direction}"`)
      .replace("</head>", "<style>.skip-to-content-link { display: none; }</style></head>");
    return route.fulfill({ response, body });
  });

async function readCart(page: Page, { url }: OpenStorefront): Promise<CartJson> {
  return (await (await page.request.get(`${url}/cart.js`)).json()) as CartJson;
}

describeThemes({ "of standard events": { ...OWN_HOST, folder: () => join(folder, "own") } }, (host, name) => {
  it.each(LOCALES)(
    "axe finds no barrier in product page, drawer and cart page in %s",
    async (locale, direction) => {
      const drawer = host.cartDrawer;
      const shop = await openStorefront({
        themeFolder: withDrawer(`${name}-${locale}`, host),
        locale,
        // The merchant sets the drawer for the embed if the theme's drawer is not one of the known ones.
        blockSettings: { "bundle-anywhere": drawer?.selector === "#drawer" ? { drawer: "#drawer" } : {} },
      });
      publishOffer(shop, {
        title: "Coffee for two",
        basisPoints: 1_250,
        components: [
          ["KITC-01", 1],
          ["KITC-02", 2],
        ],
      });
      const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
      await turn(page, direction);
      try {
        await page.goto(`${shop.url}/products/pour-over-coffee-dripper`, { waitUntil: "load" });
        await page.waitForFunction(() => "actions" in ((window as { Shopify?: object }).Shopify ?? {}));
        const offer = page.locator(`.bundlesmith ${OFFER}`).first();
        await offer.scrollIntoViewIfNeeded();
        expect(await findBarriers(page, ".bundlesmith"), "product page").toEqual([]);
        expect((await offer.boundingBox())!.width).toBeGreaterThanOrEqual(280);
        await keepScreenshot(page, `themes/${name}-product-${locale}`);

        await (drawer?.add?.(page, shop.idOf("KITC-01")) ?? page.locator(host.addButton).first().click());
        await expect.poll(async () => (await readCart(page, shop)).item_count).toBe(1);
        if (drawer) {
          if (drawer.opener) await page.locator(drawer.opener).first().click();
          const nudge = page.locator(`${drawer.selector} [data-bundlesmith-drawer] ${OFFER}`);
          await nudge.waitFor();
          await nudge.scrollIntoViewIfNeeded();
          // The drawer slides in and is pale at first.
          await expect.poll(() => findBarriers(page, "[data-bundlesmith-drawer]")).toEqual([]);
          expect((await nudge.boundingBox())!.width).toBeGreaterThanOrEqual(280);
          await keepScreenshot(page, `themes/${name}-drawer-${locale}`);
          await nudge.locator("[type=submit]:visible").click();
          await expect.poll(async () => (await readCart(page, shop)).item_count).toBe(3);
          await expect
            .poll(() => page.locator(drawer.selector).textContent())
            .toContain("Paper Coffee Filters");
          await keepScreenshot(page, `themes/${name}-drawer-taken-${locale}`);
          expect((await readCart(page, shop)).total_price).toBe(3_675);
          await page.request.post(`${shop.url}/cart/clear.js`);
          const data = { id: shop.idOf("KITC-01"), quantity: 1 };
          await page.request.post(`${shop.url}/cart/add.js`, { data });
        }

        await page.goto(`${shop.url}/cart`, { waitUntil: "load" });
        const missing = page.locator(`.bundlesmith ${OFFER}`).first();
        await missing.scrollIntoViewIfNeeded();
        expect(await findBarriers(page, ".bundlesmith"), "cart page").toEqual([]);
        expect((await missing.boundingBox())!.width).toBeGreaterThanOrEqual(280);
        await keepScreenshot(page, `themes/${name}-cart-${locale}`);
        await keepScreenshot(page, `themes/${name}-cart-whole-${locale}`, { fullPage: true });
      } finally {
        await page.close();
        await shop.close();
      }
    },
  );
});
