import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchChromium } from "#tests/setup/chromium.ts";
import { keepScreenshot } from "#tests/setup/screenshots.ts";
import { openStorefront, publishRule, ruleHead, type OpenStorefront } from "./open-storefront.ts";

/** 28.00, 7.00, 69.00, 54.00 and 49.00. */
const POOL = ["KITC-01", "KITC-02", "KITC-03", "KITC-04", "KITC-05"] as const;

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

const inPool = { skus: POOL, pool: POOL, named: POOL };
const head = (times: number | null) => ({ ...ruleHead("As often as said"), times });
/** Two for 50.00 and three for 60.00, whatever the products cost alone. */
const tiers = [
  { units: 2, reward: { type: "price", hundredths: 5_000 } },
  { units: 3, reward: { type: "price", hundredths: 6_000 } },
] as const;
const publish = {
  set: (times: number) => {
    const parts = ["KITC-01", "KITC-02"].map((sku) => ({
      variant: storefront.idOf(sku),
      quantity: 1,
      product: null,
    }));
    const reward = { type: "price", hundredths: 3_000 } as const;
    publishRule(storefront, { ...head(times), kind: "set", reward, parts }, { skus: POOL.slice(0, 2) });
  },
  range: () => {
    const reward = { type: "price", hundredths: 3_000 } as const;
    publishRule(storefront, { ...head(1), kind: "range", units: 2, allowsRepeats: true, reward }, inPool);
  },
  breaks: () =>
    publishRule(
      storefront,
      { ...head(null), kind: "breaks", scope: "product", tiers },
      { skus: ["KITC-01"] },
    ),
  pool: () => publishRule(storefront, { ...head(null), kind: "breaks", scope: "pool", tiers }, inPool),
};

const offer = () => page.locator("[data-bundlesmith-offer]");
const button = (box: Locator) => box.locator("[type=submit]:visible");
const openPage = async () => {
  const { state, url, gidOf } = storefront;
  const { handle } = state.catalogue.product(state.catalogue.variant(gidOf("KITC-01")).productGid);
  await page.goto(`${url}/products/${handle}`);
};
const cartTotal = async () => {
  const answer = await page.context().request.get(`${storefront.url}/cart.js`);
  return ((await answer.json()) as { total_price: number }).total_price;
};
/** Adds the offer and waits for the confirmation. */
const add = async (total: number) => {
  await button(offer()).click();
  await expect.poll(cartTotal).toBe(total);
  await expect.poll(() => offer().locator("[role=status]").textContent()).toBe("Added to your cart.");
  await expect.poll(() => offer().locator("button[type=submit]").getAttribute("aria-disabled")).toBe("false");
};

describe("an offer with a limit per cart", () => {
  it.each([
    ["a set that is given once", () => publish.set(1), ["checkbox", []], 3_000],
    ["a range that is given once", () => publish.range(), ["checkbox", [0, 3]], 3_000],
    ["breaks in amounts, of which the cart takes the largest", () => publish.breaks(), ["radio", [1]], 5_000],
    ["breaks in amounts over a pool", () => publish.pool(), ["checkbox", [0, 3]], 5_000],
  ] as const)("promises nothing more once it was added: %s", async (_, publishIt, [role, at], total) => {
    publishIt();
    await openPage();
    for (const nth of at) await offer().getByRole(role).nth(nth).check();
    await add(total);

    expect(await button(offer()).count()).toBe(0);
    expect((await offer().innerText()).replace(/\s+/g, " ")).toBe(
      "As often as said Added to your cart. View cart Not interested",
    );
    await keepScreenshot(page.locator(".bundlesmith").first(), `storefront/limit-${role}-${total}`);
    await openPage();
    expect(await offer().count()).toBe(0);
  });

  it("stays until its limit is reached", async () => {
    publish.set(2);
    await openPage();
    await add(3_000);
    expect(await button(offer()).textContent()).toContain("$30.00");
    await add(6_000);
    expect(await button(offer()).count()).toBe(0);
  });

  describe("next to the theme's own button", () => {
    const put = (sku: string) =>
      page.context().request.post(`${storefront.url}/cart/add.js`, { data: { id: storefront.idOf(sku) } });
    const addByTheme = async (total: number) => {
      const again = page.waitForResponse((answer) => answer.url() === page.url(), { timeout: 5_000 });
      await page.locator(".product-form [name=add]").click();
      await expect.poll(cartTotal).toBe(total);
      return again;
    };

    it("disappears once that button completes it", async () => {
      publish.set(1);
      await put("KITC-02");
      await openPage();
      await addByTheme(3_000);
      await offer().waitFor({ state: "detached" });
    });

    it("stays while the cart lacks a part of it", async () => {
      publish.set(1);
      await openPage();
      await addByTheme(2_800);
      await add(6_500 - 700);
      expect(await button(offer()).count()).toBe(0);
      expect(await offer().innerText()).toContain("Added to your cart.");
    });
  });

  describe("that is used up elsewhere", () => {
    beforeEach(async () => {
      publish.set(1);
      await openPage();
    });
    const addElsewhere = () => {
      const items = ["KITC-01", "KITC-02"].map((sku) => ({ id: storefront.idOf(sku), quantity: 1 }));
      return page.context().request.post(`${storefront.url}/cart/add.js`, { data: { items } });
    };
    /** Leaves the tab and comes back. Without windows every tab stays visible, so the page is told. */
    const switchTabs = () =>
      page.evaluate(() => {
        for (const isHidden of [true, false]) {
          Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
        }
      });
    const isGone = () => offer().waitFor({ state: "detached" });

    it("is withdrawn when the shopper comes back from another tab", async () => {
      await addElsewhere();
      expect(await offer().count()).toBe(1);
      await switchTabs();
      await isGone();
    });

    it("is withdrawn when the browser goes back to the page that it kept in memory", async () => {
      await addElsewhere();
      await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
      await isGone();
    });

    it("is withdrawn when the browser goes back and draws the page again from its cache", async () => {
      await page.goto(`${storefront.url}/cart`);
      await addElsewhere();
      await page.goBack();
      await isGone();
    });

    it.each([
      ["the cart is the same", () => Promise.resolve()],
      ["the shop does not answer", () => page.route("**/products/*", (route) => route.abort())],
    ])("stays when the shopper comes back and %s", async (_, prepare) => {
      await prepare();
      const compared = Promise.race([
        page.waitForEvent("requestfinished", (request) => request.url() === page.url()),
        page.waitForEvent("requestfailed", (request) => request.url() === page.url()),
      ]);
      await switchTabs();
      await compared;
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
      expect(await button(offer()).textContent()).toContain("$30.00");
    });
  });

  it("can only be added as a whole, because parts are not counted towards the limit", async () => {
    publish.set(1);
    await openPage();
    expect(await button(offer()).textContent()).toContain("$30.00");
    expect(await offer().getByRole("checkbox").count()).toBe(0);
  });

  it("keeps the keyboard focus when its button disappears", async () => {
    publish.set(1);
    await openPage();
    await button(offer()).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => button(offer()).count()).toBe(0);
    expect(await page.locator(":focus").textContent()).toBe("View cart");
  });

  it("stays if the added items did not use it", async () => {
    publish.breaks();
    await openPage();
    await add(2_800);
    await offer().getByRole("radio").nth(2).check();
    expect(await button(offer()).textContent()).toContain("Add 3 to cart · $60.00");
  });
});
