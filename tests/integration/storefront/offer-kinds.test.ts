import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { OfferRule } from "#app/domain/offer/offer-rule.ts";
import { launchChromium } from "#tests/setup/chromium.ts";
import { keepScreenshot } from "#tests/setup/screenshots.ts";
import { findBarriers } from "./find-barriers.ts";
import { openStorefront, publishRule, ruleHead, type OpenStorefront } from "./open-storefront.ts";

/** 28.00, 7.00, 69.00, 54.00 and 49.00. */
const POOL = ["KITC-01", "KITC-02", "KITC-03", "KITC-04", "KITC-05"] as const;

let browser: Browser;
let storefront: OpenStorefront;
let page: Page;
let failures: string[];
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
beforeEach(async () => {
  failures = [];
  storefront = await openStorefront({ blockSettings: { "bundle-offer": { max_offers: 5 } } });
  page = await browser.newPage();
  page.on("pageerror", (error) => failures.push(error.message));
});
afterEach(async () => {
  await page.close();
  await storefront.close();
});

const part = (sku: string, quantity = 1) => ({ variant: storefront.idOf(sku), quantity, product: null });
const publish = {
  set: () =>
    publishRule(
      storefront,
      {
        ...ruleHead("Coffee for two"),
        kind: "set",
        reward: { type: "price", hundredths: 3_500 },
        parts: [part("KITC-01"), part("KITC-02", 2)],
      },
      { skus: POOL.slice(0, 2) },
    ),
  range: (reward: (OfferRule & { kind: "range" })["reward"] = { type: "price", hundredths: 3_000 }) =>
    publishRule(
      storefront,
      { ...ruleHead("Any 3"), kind: "range", units: 3, allowsRepeats: true, reward },
      { skus: POOL, pool: POOL, named: POOL },
    ),
  breaks: () =>
    publishRule(
      storefront,
      {
        ...ruleHead("Stock up"),
        kind: "breaks",
        scope: "product",
        tiers: [
          { units: 2, reward: { type: "percent", basisPoints: 1_000 } },
          { units: 3, reward: { type: "percent", basisPoints: 1_550 } },
        ],
      },
      { skus: ["KITC-01"] },
    ),
  pool: () =>
    publishRule(
      storefront,
      {
        ...ruleHead("Mix and save"),
        kind: "breaks",
        scope: "pool",
        tiers: [
          { units: 2, reward: { type: "percent", basisPoints: 1_000 } },
          { units: 3, reward: { type: "percent", basisPoints: 1_500 } },
        ],
      },
      { skus: POOL, pool: POOL, named: POOL },
    ),
  gift: () =>
    publishRule(
      storefront,
      {
        ...ruleHead("Filters on us"),
        kind: "gift",
        buy: { parts: [part("KITC-01")] },
        gift: part("KITC-02"),
        basisPoints: 10_000,
      },
      { skus: POOL.slice(0, 2) },
    ),
  spending: () =>
    publishRule(
      storefront,
      {
        ...ruleHead("A grinder from 40"),
        kind: "gift",
        buy: { spendHundredths: 4_000 },
        gift: part("KITC-04"),
        basisPoints: 5_000,
      },
      { skus: ["KITC-01", "KITC-03", "KITC-04"], pool: ["KITC-01", "KITC-03"], named: ["KITC-03"] },
    ),
};

const addressOf = (sku: string) => {
  const { state, url, gidOf } = storefront;
  return `${url}/products/${state.catalogue.product(state.catalogue.variant(gidOf(sku)).productGid).handle}`;
};
const offers = (on = page) => on.locator("[data-bundlesmith-offer]");
const button = (box: Locator) => box.locator("[type=submit]:visible");
const cartTotal = async (context: BrowserContext) => {
  const answer = await context.request.get(`${storefront.url}/cart.js`);
  return ((await answer.json()) as { total_price: number }).total_price;
};
async function fillCart(...lines: [sku: string, quantity: number][]): Promise<void> {
  await page.goto(storefront.url);
  const items = lines.map(([sku, quantity]) => ({ id: Number(storefront.idOf(sku)), quantity }));
  await page.evaluate(
    (body) =>
      fetch("/cart/add.js", { method: "POST", headers: { "content-type": "application/json" }, body }),
    JSON.stringify({ items }),
  );
  await page.goto(`${storefront.url}/cart`);
}

describe("a shopper on a product's page", () => {
  it("leaves a component of a set out, and the price follows without the set's discount", async () => {
    publish.set();
    await page.goto(addressOf("KITC-01"));
    expect(await button(offers()).textContent()).toContain("Add 3 to cart · $35.00");
    await page.getByRole("checkbox", { name: "Paper Coffee Filters, 100" }).uncheck();
    expect(await button(offers()).textContent()).toContain("Add 1 to cart · $28.00");
    expect(await offers().locator(".bundlesmith__saving").isVisible()).toBe(false);
    await button(offers()).click();
    await expect.poll(() => cartTotal(page.context())).toBe(2_800);
    expect(failures).toEqual([]);
  });

  it("can add items that an amount off makes free", async () => {
    publish.range({ type: "amount", hundredths: 2_500 });
    await page.goto(addressOf("KITC-02"));
    const box = offers();
    await button(box).click();
    await box.locator("[type=checkbox]").first().check();
    await box.locator("select:enabled").selectOption("3");
    expect(await button(box).textContent()).toContain("Add 3 to cart · $0.00");
    await button(box).click();
    await expect.poll(() => box.locator("[role=status]").textContent()).toBe("Added to your cart.");
    const cart = await page.context().request.get(`${storefront.url}/cart.js`);
    expect(await cart.json()).toMatchObject({ item_count: 3, total_price: 0 });
    expect(failures).toEqual([]);
  });

  it("is told each time that the offer was added", async () => {
    publish.set();
    await page.goto(addressOf("KITC-01"));
    const status = offers().locator("[role=status]");
    await status.evaluate((node) => {
      const said: string[] = [];
      Object.assign(window, { said });
      new MutationObserver(() => said.push(node.textContent)).observe(node, { childList: true });
    });
    for (const total of [3_500, 7_000]) {
      await button(offers()).click();
      await expect.poll(() => cartTotal(page.context())).toBe(total);
      await expect.poll(() => button(offers()).getAttribute("aria-disabled")).toBe("false");
    }
    const said = await page.evaluate(() => (window as unknown as { said: string[] }).said);
    expect(said).toEqual(["Added to your cart.", "", "Added to your cart."]);
  });

  it("cannot add a set without any component", async () => {
    publish.set();
    await page.goto(addressOf("KITC-01"));
    for (const tick of await page.getByRole("checkbox").all()) await tick.uncheck();
    expect(await button(offers()).getAttribute("aria-disabled")).toBe("true");
    await button(offers()).click({ force: true });
    expect(await cartTotal(page.context())).toBe(0);
  });

  it("picks any three of a range, sees how many are missing, and pays the price on the button", async () => {
    publish.range();
    // It is drawn on the pages of all its products, from the list of the first.
    await page.goto(addressOf("KITC-03"));
    const progress = offers().locator(".bundlesmith__picked");
    expect(await progress.textContent()).toContain("0 of 3 chosen");
    expect(await button(offers()).textContent()).toContain("Choose 3");
    await button(offers()).click();
    await page.getByRole("checkbox", { name: "Gooseneck Kettle" }).check();
    await page.getByRole("combobox", { name: "Quantity: Gooseneck Kettle" }).selectOption("2");
    expect(await progress.textContent()).toContain("2 of 3 chosen");
    expect(await offers().locator(".bundlesmith__more").textContent()).toBe("Add 1 more: 3 for $30.00");
    expect(await button(offers()).textContent()).toContain("Add 2 to cart · $138.00");
    await page.getByRole("checkbox", { name: "Paper Coffee Filters, 100" }).check();
    expect(await button(offers()).textContent()).toContain("Add 3 to cart · $30.00");
    expect(await page.getByRole("checkbox", { name: "Pour-Over Coffee Dripper" }).isDisabled()).toBe(true);
    await button(offers()).click();
    await expect.poll(() => cartTotal(page.context())).toBe(3_000);
    expect(failures).toEqual([]);
  });

  it("picks the page's product too where the first product's list has no room for it", async () => {
    const range = { ...ruleHead("Any 2"), kind: "range", units: 2, allowsRepeats: false } as const;
    const reward = { type: "percent", basisPoints: 1_000 } as const;
    publishRule(storefront, { ...range, reward }, { skus: POOL.slice(0, 3), pool: POOL, named: POOL });

    await page.goto(addressOf("KITC-04"));
    const names = await offers().locator("label").allTextContents();
    expect(names.map((name) => name.trim())).toEqual([
      "Hand Coffee Grinder",
      "Pour-Over Coffee Dripper",
      "Paper Coffee Filters, 100",
      "Gooseneck Kettle",
    ]);
    await offers().locator("label").first().click();
    await offers().locator("label").last().click();
    await button(offers()).click();
    await expect.poll(() => cartTotal(page.context())).toBe(Math.ceil((5_400 + 6_900) * 0.9));
  });

  it("chooses a tier of quantity breaks, and none with a higher price is preselected", async () => {
    publish.breaks();
    await page.goto(addressOf("KITC-01"));
    expect(await button(offers()).textContent()).toContain("Add 1 to cart · $28.00");
    const tiers = await page.locator(".bundlesmith__tier").allTextContents();
    expect(tiers.map((text) => text.replace(/\s+/g, " ").trim())).toEqual([
      "1 × $28.00",
      "2 × $50.40 $56.00 You save $5.60",
      "3 × $70.98 $84.00 You save $13.02",
    ]);
    await page.getByRole("radio").nth(2).check();
    expect(await button(offers()).textContent()).toContain("Add 3 to cart · $70.98");
    await button(offers()).click();
    await expect.poll(() => cartTotal(page.context())).toBe(7_098);
    expect(failures).toEqual([]);
  });

  it("mixes products for the tier of breaks over a pool", async () => {
    publish.pool();
    await page.goto(addressOf("KITC-02"));
    await page.getByRole("radio").nth(1).check();
    for (const name of ["Pour-Over Coffee Dripper", "Paper Coffee Filters, 100", "Cast Iron Skillet"])
      await page.getByRole("checkbox", { name }).check();
    // 84.00 less 15 %.
    expect(await button(offers()).textContent()).toContain("Add 3 to cart · $71.40");
    await button(offers()).click();
    await expect.poll(() => cartTotal(page.context())).toBe(7_140);
    expect(failures).toEqual([]);
  });

  it("sees the gift as a free line, and receives it", async () => {
    publish.gift();
    await page.goto(addressOf("KITC-01"));
    expect(await offers().locator(".bundlesmith__gift").textContent()).toBe("Free");
    await button(offers()).click();
    await expect.poll(() => cartTotal(page.context())).toBe(2_800);
    expect(failures).toEqual([]);
  });

  it("sees the amount to spend for a gift, and buys the gift with that amount", async () => {
    publish.spending();
    await page.goto(addressOf("KITC-01"));
    expect(await offers().locator(".bundlesmith__note").textContent()).toContain("$40.00");
    // Twice 28.00 and half of 54.00.
    expect(await button(offers()).textContent()).toContain("Add 3 to cart · $83.00");
    await button(offers()).click();
    await expect.poll(() => cartTotal(page.context())).toBe(8_300);
    expect(failures).toEqual([]);
  });

  it("finds all offers of a product in one frame, with one of them open at a time", async () => {
    for (const kind of ["set", "range", "breaks", "pool", "gift"] as const) publish[kind]();
    for (const [device, width] of Object.entries({ phone: 390, desktop: 1280 })) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(addressOf("KITC-01"));
      expect(await offers().count()).toBe(5);
      expect(await page.locator("[data-bundlesmith-offer] [type=submit]:visible").count()).toBe(1);
      for (const at of [0, 1, 2, 3, 4]) {
        const summary = offers().nth(at).locator("summary");
        if (at > 0) await summary.click();
        expect(await page.locator("[data-bundlesmith-offer] [type=submit]:visible").count()).toBe(1);
        expect(await findBarriers(page)).toEqual([]);
        await keepScreenshot(page.locator(".bundlesmith").first(), `storefront/kinds-${device}-${at}`);
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false);
    }
    expect(failures).toEqual([]);
  });

  it.each([
    ["breaks", () => publish.breaks(), ["radio", [1]], 5_040],
    ["range", () => publish.range(), ["checkbox", [0, 3, 4]], 3_000],
    ["pool", () => publish.pool(), ["checkbox", [0, 4]], 6_930],
    ["gift", () => publish.gift(), ["radio", []], 2_800],
    ["spending", () => publish.spending(), ["radio", []], 8_300],
  ] as const)("takes %s without script too", async (_, publishIt, [role, at], total) => {
    publishIt();
    const context = await browser.newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(addressOf("KITC-01"));
    for (const nth of at) await plain.getByRole(role).nth(nth).check();
    await button(offers(plain)).click();
    await plain.waitForURL("**/cart");
    expect(await cartTotal(context)).toBe(total);
    await context.close();
  });
});

describe("a shopper with a cart", () => {
  it("is offered one more unit for the next tier, and saves the stated amount", async () => {
    publish.breaks();
    await fillCart(["KITC-01", 2]);
    expect(await cartTotal(page.context())).toBe(5_040);
    // 13.02 off three instead of 5.60 off two.
    expect(await offers().locator("h3").textContent()).toBe("Add 1 more and save $7.42");
    await button(offers()).click();
    await expect.poll(() => cartTotal(page.context())).toBe(7_098);
    await expect.poll(() => offers().count()).toBe(0);
  });

  it("chooses the unit that completes a range", async () => {
    publish.range({ type: "percent", basisPoints: 1_000 });
    await fillCart(["KITC-01", 1], ["KITC-02", 1]);
    const box = offers();
    await box.locator("select").selectOption({ index: 4 });
    // A tenth of 28.00 + 7.00 + 49.00.
    expect(await box.locator("h3").textContent()).toBe("Add 1 more and save $8.40");
    expect(await button(box).textContent()).toContain("Add 1 to cart · $49.00");
    await button(box).click();
    await expect.poll(() => cartTotal(page.context())).toBe(7_560);
  });

  it("sees a gift as soon as it is earned, and not before", async () => {
    publish.spending();
    await fillCart(["KITC-01", 1]);
    expect(await offers().count()).toBe(0);
    // Twice 28.00.
    await fillCart(["KITC-01", 1]);
    expect(await offers().locator("h3").textContent()).toBe("Your gift is waiting");
    expect(await button(offers()).textContent()).toContain("Add 1 to cart · $27.00");
    await button(offers()).click();
    await expect.poll(() => cartTotal(page.context())).toBe(8_300);
  });
});
