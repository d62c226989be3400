import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchChromium } from "#tests/setup/chromium.ts";
import type { BlockSettings } from "#tests/standin/storefront/app-blocks.ts";
import { findBarriers } from "./find-barriers.ts";
import { openStorefront, publishOffer, type OpenStorefront } from "./open-storefront.ts";

let browser: Browser;
let storefront: OpenStorefront;
let page: Page;
/** Requests of the cart page, which only the drawer makes. */
let asked: number;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** Drawers as Dawn and Horizon draw them: closed until they are opened, and drawn again with every change. */
const DRAWERS = {
  Dawn: [
    "cart-drawer",
    '<div class="drawer__inner"><cart-drawer-items><p>Lines</p></cart-drawer-items></div>',
  ],
  Horizon: [
    "dialog",
    '<cart-drawer-component><div class="cart-drawer__items"><p>Lines</p></div></cart-drawer-component>',
  ],
} as const;

async function openShop(blockSettings: BlockSettings): Promise<void> {
  storefront = await openStorefront({ blockSettings });
  publishOffer(storefront, {
    title: "Coffee for two",
    basisPoints: 1_250,
    components: [
      ["KITC-01", 1],
      ["KITC-02", 2],
    ],
  });
}

beforeEach(async () => {
  await openShop({ "bundle-anywhere": {} });
  page = await browser.newPage();
  asked = 0;
  page.on("request", (request) => (asked += new URL(request.url()).pathname === "/cart" ? 1 : 0));
});
afterEach(async () => {
  await page.close();
  await storefront.close();
});

async function openPage([name, content]: readonly [string, string]): Promise<void> {
  await page.addInitScript(
    ([tag, html]) =>
      document.addEventListener("DOMContentLoaded", () => {
        const drawer = document.createElement(tag!);
        drawer.innerHTML = html!;
        drawer.style.visibility = "hidden";
        document.body.append(drawer);
      }),
    [name, content],
  );
  await page.goto(storefront.url);
}

const put = (sku: string) =>
  page.evaluate(
    (id) => fetch("/cart/add.js", { method: "POST", body: new URLSearchParams({ id, quantity: "1" }) }),
    storefront.idOf(sku),
  );
const open = (name: string) =>
  page.evaluate((tag) => {
    const drawer = document.querySelector<HTMLElement>(tag)!;
    drawer.style.visibility = "visible";
    if (drawer instanceof HTMLDialogElement) drawer.showModal();
    else drawer.classList.add("active");
  }, name);
const drawAnew = ([name, content]: readonly [string, string]) =>
  page.evaluate(
    ([tag, html]) => {
      document.querySelector(tag!)!.innerHTML = html!;
    },
    [name, content],
  );

describe.each(Object.entries(DRAWERS))("the cart drawer of %s", (_, drawer) => {
  const offer = `${drawer[0]} [data-bundlesmith-offer]`;

  it("requests nothing while it is closed, and shows what the cart lacks once it is open", async () => {
    await page.clock.install();
    await openPage(drawer);
    await put("KITC-01");
    await drawAnew(drawer);
    await page.clock.runFor(60_000);
    expect(asked).toBe(0);

    await open(drawer[0]);
    await page.waitForSelector(offer);
    expect(asked).toBe(1);
    expect(await findBarriers(page, drawer[0])).toEqual([]);
  });

  it("adds the offer without leaving the page, and no longer shows it when the theme redraws the cart", async () => {
    await openPage(drawer);
    await put("KITC-01");
    await open(drawer[0]);
    await page.click(`${offer} .bundlesmith__add`);
    await page.waitForFunction((selector) => !document.querySelector(selector), offer);
    await drawAnew(drawer);
    await page.waitForSelector("[data-bundlesmith-drawer]", { state: "attached" });
    expect(await page.locator(offer).count()).toBe(0);
    const cart = await page.evaluate(
      async () => (await fetch("/cart.js")).json() as Promise<{ total_discount: number }>,
    );
    expect(cart.total_discount).toBeGreaterThan(0);
    expect(new URL(page.url()).pathname).toBe("/");
  });

  it("takes the offer by keyboard and keeps the focus in the drawer", async () => {
    await openPage(drawer);
    await put("KITC-01");
    await open(drawer[0]);
    await page.focus(`${offer} .bundlesmith__add`);
    await page.keyboard.press("Enter");
    await page.waitForSelector(`${drawer[0]} :focus:not(button)`, { state: "attached" });
    expect(await page.locator(offer).count()).toBe(0);
  });

  it("keeps a dismissed offer hidden when the theme redraws the cart", async () => {
    await openPage(drawer);
    await put("KITC-01");
    await open(drawer[0]);
    await page.click(`${offer} .bundlesmith__dismiss`);
    await drawAnew(drawer);
    await page.waitForSelector(offer, { state: "attached" });
    expect(await page.locator(offer).isVisible()).toBe(false);
  });

  it("shows what waits for the rate of the shopper's currency", async () => {
    await page.route(/\/cart$/, async (route) => {
      const body = await (await route.fetch()).text();
      await route.fulfill({ body: body.replaceAll("data-bundlesmith-offer=", "data-late $&") });
    });
    await openPage(drawer);
    await put("KITC-01");
    await open(drawer[0]);
    await page.waitForSelector(`${offer}:not([data-late])`);
  });

  it("shows nothing from an answer about a cart that has changed since", async () => {
    await openPage(drawer);
    await put("KITC-01");
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    let isHeld = () => {};
    const held = new Promise<void>((resolve) => (isHeld = resolve));
    await page.route(
      ({ pathname }) => pathname === "/cart",
      async (route) => {
        const response = await route.fetch();
        isHeld();
        await released;
        await route.fulfill({ response });
      },
      { times: 1 },
    );
    await open(drawer[0]);
    await held;
    await page.evaluate(() =>
      fetch("/cart/change.js", { method: "POST", body: new URLSearchParams({ line: "1", quantity: "0" }) }),
    );
    await drawAnew(drawer);
    release();

    await page.waitForSelector("[data-bundlesmith-drawer]", { state: "attached" });
    expect(await page.locator(offer).count()).toBe(0);
    expect(asked).toBe(2);
  });
});

describe("a cart page whose quantities are changed in place", () => {
  const shown = ":is([data-bundlesmith-offer], .bundlesmith__saved)";

  beforeEach(async () => {
    await page.goto(storefront.url);
    await put("KITC-01");
  });

  it.each([
    ["an offer for what the cart held", ["KITC-01"]],
    ["the saving of the cart before", ["KITC-01", "KITC-02", "KITC-02"]],
  ])("stops showing %s", async (_, [, ...others]) => {
    for (const sku of others) await put(sku);
    await page.goto(`${storefront.url}/cart`);
    await page.waitForSelector(shown);
    await changeInPlace({ quantity: 0 });
    await page.waitForSelector(shown, { state: "detached" });
  });

  it.each([
    ["the embed", { "bundle-anywhere": {} }],
    ["our block", {}],
  ])("keeps an offer of %s that also fits the changed cart", async (_, blockSettings) => {
    await storefront.close();
    await openShop(blockSettings);
    await page.goto(storefront.url);
    await put("KITC-01");
    await page.goto(`${storefront.url}/cart`);
    await page.waitForSelector(shown);
    await changeInPlace({ quantity: 3 });
    expect(await page.locator(shown).count()).toBe(1);
  });
});

/** Changes the quantity as a theme does. Ends once the cart page in the answer was compared. */
async function changeInPlace({ quantity }: { quantity: number }) {
  const compared = page.waitForResponse((answer) => new URL(answer.url()).pathname === "/cart");
  await page.evaluate(
    (units) =>
      fetch("/cart/change.js", { method: "POST", body: new URLSearchParams({ line: "1", quantity: units }) }),
    String(quantity),
  );
  await (await compared).finished();
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
}
