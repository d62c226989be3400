import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "#tests/setup/chromium.ts";
import { keepScreenshot } from "#tests/setup/screenshots.ts";
import { findBarriers } from "./find-barriers.ts";
import { addOffer, openStorefront, publishOffer, type OpenStorefront } from "./open-storefront.ts";

const SKUS = ["KITC-01", "KITC-02", "KITC-03", "KITC-04"] as const;
/** A variant of a product with two sizes, so that a picker is drawn. */
const WITH_SIZES = "HAIR-01-1";
const SIZES = [2, 3, 4] as const;
const WIDTHS = { phone: 390, desktop: 1280 } as const;

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** Visible boxes that leave their offer's frame or the window, by class; and offers that scroll sideways. */
const findOverflow = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll(".bundlesmith__offer")].flatMap((offer) => {
      const frame = offer.getBoundingClientRect();
      return [...offer.querySelectorAll("*")]
        .filter((one) => !one.closest(".bundlesmith__hidden"))
        .filter((one) => {
          const box = one.getBoundingClientRect();
          return box.width > 0 && (box.left < frame.left || box.right > frame.right + 0.5);
        })
        .map((one) => one.className);
    }),
  );

/** Height of an iPhone 14's viewport in pixels. */
const PHONE_SCREEN = 844;

/** Pixels from the top of the theme's own button to the bottom of the first offer's button. */
const measureReach = (page: Page) =>
  page.evaluate(() => {
    const boxOf = (selector: string) => document.querySelector(selector)!.getBoundingClientRect();
    return boxOf(".bundlesmith__offer .bundlesmith__add").bottom - boxOf("[name='add']").top;
  });

async function goTo(page: Page, { state, url, gidOf }: OpenStorefront): Promise<void> {
  const { productGid } = state.catalogue.variant(gidOf(SKUS[0]));
  await page.goto(`${url}/products/${state.catalogue.product(productGid).handle}`);
}

describe.each(["en", "de", "ar"])("an offer in %s", (locale) => {
  it.each(Object.entries(WIDTHS))("fits its frame and has no barrier on a %s", async (device, width) => {
    const storefront = await openStorefront({ locale });
    const compact = await openStorefront({
      locale,
      blockSettings: { "bundle-offer": { layout: "compact" } },
    });
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    try {
      for (const size of SIZES) {
        const skus = [...SKUS.slice(0, size - 1), size === 2 ? WITH_SIZES : SKUS[size - 1]!];
        publishOffer(storefront, {
          title: `Set of ${size}`,
          basisPoints: 1_250,
          components: skus.map((sku) => [sku, 1] as const),
          isOpen: true,
        });
        await goTo(page, storefront);
        const block = page.locator(".bundlesmith").first();
        await block.scrollIntoViewIfNeeded();
        expect(await findOverflow(page), `product, ${size}`).toEqual([]);
        expect(await findBarriers(page), `product, ${size}`).toEqual([]);
        if (device === "phone" && size === SIZES[0])
          expect(await measureReach(page)).toBeLessThan(PHONE_SCREEN);
        await keepScreenshot(block, `storefront/product-${locale}-${device}-${size}`);
      }
      await keepScreenshot(page, `storefront/product-${locale}-${device}`, { fullPage: true });
      publishOffer(compact, {
        title: "Short form",
        basisPoints: 1_250,
        components: [
          [SKUS[0], 1],
          [WITH_SIZES, 2],
        ],
        isOpen: true,
      });
      await goTo(page, compact);
      expect(await findOverflow(page), "compact").toEqual([]);
      expect(await findBarriers(page), "compact").toEqual([]);
      const shortForm = page.locator(".bundlesmith").first();
      await keepScreenshot(shortForm, `storefront/compact-${locale}-${device}`);
      await goTo(page, storefront);
      await page.evaluate(
        (id) => fetch("/cart/add.js", { method: "POST", body: new URLSearchParams({ id, quantity: "1" }) }),
        storefront.idOf(SKUS[0]),
      );
      await page.goto(`${storefront.url}/cart`);
      expect(await page.locator("[data-bundlesmith-offer]").isVisible()).toBe(true);
      expect(await findOverflow(page), "cart").toEqual([]);
      expect(await findBarriers(page), "cart").toEqual([]);
      await keepScreenshot(page, `storefront/cart-${locale}-${device}`, { fullPage: true });
    } finally {
      await page.close();
      await storefront.close();
      await compact.close();
    }
  });
});

it("a title of one long word breaks, so that the page of a small phone does not scroll sideways", async () => {
  const storefront = await openStorefront();
  const page = await browser.newPage({ viewport: { width: 320, height: 568 } });
  const title = "Rindfleischetikettierungsüberwachungsaufgabenübertragung";
  for (const publish of [publishOffer, addOffer])
    publish(storefront, {
      title,
      basisPoints: 1_250,
      components: [
        [SKUS[0], 1],
        [SKUS[1], 1],
      ],
    });
  await goTo(page, storefront);
  expect(await page.locator(".bundlesmith__title").count()).toBe(2);
  expect(await findOverflow(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  await page.close();
  await storefront.close();
});
