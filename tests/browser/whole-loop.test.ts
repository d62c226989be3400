import type { Browser, FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { armOf } from "#app/domain/evaluate/proof/holdout.ts";
import { fillNewShop } from "#tests/standin/demo/fill.ts";
import { startStack, type Stack } from "#tests/standin/demo/stack.ts";
import { Teardown } from "#tests/standin/demo/teardown.ts";
import { BROWSER_USER_AGENT, launchChromium } from "#tests/setup/chromium.ts";
import { findFreePort } from "#tests/setup/free-port.ts";
import { LEARNING_PATIENCE_MS } from "#tests/setup/patience.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

/** The API returns sixty days. With this many orders they are enough for a page of suggestions. */
const ORDERS_TOTAL = 8_000;

const teardown = new Teardown();
const deps = await openTestDeps();
let stack: Stack;
let browser: Browser;
let merchantPage: Page;
let app: FrameLocator;
const problems: string[] = [];

beforeAll(async () => {
  const shop = "demo-shop.myshopify.com";
  const filled = await fillNewShop({
    shop,
    ordersPath: null,
    seed: 7,
    endAtMs: Date.now(),
    ordersTotal: ORDERS_TOTAL,
  });
  stack = await startStack(
    {
      adminPort: await findFreePort(),
      appPort: await findFreePort(),
      databaseUrl: deps.databaseUrl,
      redisUrl: deps.redisUrl,
      apiPointsPerSecond: 2_000,
      state: filled.state,
      say: () => {},
      onCrash: (text) => problems.push(text),
    },
    teardown,
  );
  browser = await launchChromium();
  merchantPage = await browser.newPage({
    userAgent: BROWSER_USER_AGENT,
    viewport: { width: 1360, height: 1000 },
  });
  merchantPage.on("pageerror", (error) => problems.push(error.message));
  app = merchantPage.frameLocator("#app");
});

afterAll(async () => {
  await browser?.close();
  await teardown.run();
});

/** Reads an amount as a page shows it, "£37.20" or "$37.20", in hundredths. */
function readAmount(text: string | null): number {
  const digits = /(\d[\d,]*)\.(\d\d)/.exec(text ?? "");
  if (!digits) throw new Error(`no amount in ${JSON.stringify(text)}`);
  return Number(digits[1]!.replaceAll(",", "")) * 100 + Number(digits[2]);
}

describe("the whole loop in a browser", () => {
  let anchorHandle: string;
  let bundleId: string;

  it("leads a merchant who opens the app for the first time to suggestions automatically", async () => {
    await merchantPage.goto(`${stack.standin.url}/admin`);
    await app.getByText("Decide now").first().waitFor({ timeout: LEARNING_PATIENCE_MS });
    await app.getByText("Decide now").first().click();
    await app.getByRole("heading", { name: "Bundles", exact: true }).waitFor();
    expect(await app.locator("a[data-primary-link]").count()).toBeGreaterThan(0);
  });

  it("shows the evidence of a bundle and publishes it once the merchant approves", async () => {
    await app.locator("a[data-primary-link]").first().click();
    await app.getByRole("button", { name: "Approve", exact: true }).first().waitFor();
    expect(await app.locator("body").innerText()).toMatch(/orders/);
    await app.getByRole("button", { name: "Edit" }).click();
    // Orders of sixty days say nothing about discounts, so none is proposed. The merchant sets one.
    await app.getByLabel("Reward", { exact: true }).selectOption("percent");
    await app.getByLabel("Discount", { exact: true }).fill("10");
    await app.getByRole("button", { name: "Save" }).click();
    await app.getByRole("button", { name: "Edit" }).waitFor();
    await app.getByRole("button", { name: "Approve", exact: true }).first().click();

    await expect.poll(() => deps.db.bundle.count({ where: { status: "published" } })).toBe(1);
    const bundle = await deps.db.bundle.findFirstOrThrow({
      where: { status: "published" },
      include: { components: { orderBy: { position: "asc" } }, decisions: true },
    });
    bundleId = bundle.id;
    expect(bundle.discountRatio).toBe(0.1);
    expect(bundle.decisions.map(({ action }) => action).sort()).toEqual(["approve", "edit"]);
    anchorHandle = stack.standin.state.catalogue.products.get(bundle.components[0]!.productGid)!.handle;
  });

  it("lets a shopper buy the bundle for exactly the widget's price", async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on("pageerror", (error) => problems.push(error.message));
    await treatVisitor(page);
    await page.goto(`${stack.standin.url}/products/${anchorHandle}`);
    const offer = page.locator(`[data-bundlesmith-offer="${bundleId}"]`);
    await offer.waitFor();
    const widgetPrice = readAmount(await offer.locator(".bundlesmith__price").textContent());
    expect(widgetPrice).toBe(Number(await offer.getAttribute("data-price")));

    await offer.getByRole("button", { name: /add/i }).click();
    await expect
      .poll(async () =>
        page.evaluate(async () => (await (await fetch("/cart.js")).json()).total_price as number),
      )
      .toBe(widgetPrice);
    await page.goto(`${stack.standin.url}/cart`);
    expect(await page.locator("main").innerText()).toContain((widgetPrice / 100).toFixed(2));

    await page.goto(`${stack.standin.url}/checkout`);
    expect(await page.locator("main").innerText()).toContain((widgetPrice / 100).toFixed(2));
    await page.getByRole("button", { name: /pay/i }).click();
    await page.waitForURL(/thank-you/);
    const orders = [...stack.standin.state.orders.orders.values()];
    const paid = orders.at(-1)!.lines.reduce((sum, { price, quantity, discountAllocations }) => {
      const off = discountAllocations.reduce(
        (total, { amount }) => total + Math.round(Number(amount) * 100),
        0,
      );
      return sum + Math.round(Number(price) * 100) * quantity - off;
    }, 0);
    expect(paid).toBe(widgetPrice);
  });

  it("counts the sale in the merchant's results", async () => {
    await expect
      .poll(() => deps.db.conversion.findMany({ select: { bundleId: true } }))
      .toMatchObject([{ bundleId }]);
    await merchantPage.goto(`${stack.standin.url}/admin`);
    await merchantPage.getByRole("link", { name: "Results" }).click();
    await app
      .getByRole("heading", { name: /Results|earned/ })
      .first()
      .waitFor();
    // Found by the bundle's id in the page's links.
    await app.locator(`a[href*="${bundleId}"]`).first().waitFor();
  });

  it("raises no script error on any of these pages and keeps every process alive", () => {
    expect(problems).toEqual([]);
  });
});

/** Gives the browser a visitor of the treated arm, because one in ten visitors is held out and sees no offer. */
async function treatVisitor(page: Page): Promise<void> {
  const shop = await deps.db.shop.findFirstOrThrow();
  const permille = 100;
  for (let index = 0; ; index++) {
    const visitor = index.toString(16).padStart(32, "0");
    if (armOf(visitor, { salt: shop.holdoutSalt, holdoutPermille: permille }) === "holdout") continue;
    await page.addInitScript((key) => (document.cookie = `bundlesmith=t:${key}; path=/`), visitor);
    return;
  }
}
