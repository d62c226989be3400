import type { Browser, FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { armOf } from "#app/domain/evaluate/proof/holdout.ts";
import { fillNewShop } from "#tests/standin/demo/fill.ts";
import { startStack, type Stack } from "#tests/standin/demo/stack.ts";
import { Teardown } from "#tests/standin/demo/teardown.ts";
import { BROWSER_USER_AGENT, launchChromium } from "#tests/setup/chromium.ts";
import { findFreePort } from "#tests/setup/free-port.ts";
import { LEARNING_PATIENCE_MS, until } from "#tests/setup/patience.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import {
  findBarriers,
  findCutTexts,
  keepWholePage,
  listPages,
  measureOverflow,
  openEmbedded,
  WIDTHS,
} from "./embedded-pages.ts";

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
    await merchantPage.locator("#save-bar").getByRole("button", { name: "Save" }).click();
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
});

const open = (path: string) => openEmbedded(merchantPage, { appUrl: stack.appUrl, path });

describe("at every width", () => {
  let ids: { bundleId: string; runId: string };

  beforeAll(async () => {
    const find = () => deps.db.run.findFirst({ where: { status: "succeeded" } });
    const { id: runId } = await until(find, "the run has succeeded");
    const { id: bundleId } = await deps.db.bundle.findFirstOrThrow({ where: { status: "proposed" } });
    ids = { bundleId, runId };
    await deps.db.deadLetter.create({
      data: {
        shop: stack.shop,
        jobId: "backfill-1",
        failedAt: new Date(),
        name: "collect.backfill",
        payload: {},
        attempts: 3,
        problem: "The bulk operation gid://shopify/BulkOperation/7204837 failed, for good",
      },
    });
  });

  it.each(Object.keys(listPages({ bundleId: "", runId: "" })))(
    "the page %s has no barrier, does not scroll sideways and cuts no text",
    async (name) => {
      const frame = await open(listPages(ids)[name]!);
      for (const width of WIDTHS) {
        await merchantPage.setViewportSize({ width, height: 1_000 });
        await keepWholePage(merchantPage, frame, { name: `whole-loop/${name}-${width}`, width });
        expect([width, ...(await findBarriers(frame)), ...(await findCutTexts(frame))]).toEqual([width]);
        expect([width, await measureOverflow(frame)]).toEqual([width, 0]);
      }
    },
  );
});

describe("a merchant at work", () => {
  beforeAll(() => merchantPage.setViewportSize({ width: 1280, height: 1_400 }));

  it("saves a view of the list by name and finds it again", async () => {
    await open("/app/suggestions?confidence=tested");
    await app.getByLabel("Save this view as").fill("Held up");
    await app.getByRole("button", { name: "Save view", exact: true }).click();
    await expect
      .poll(() => deps.db.savedView.findFirst({ select: { name: true, query: true } }))
      .toMatchObject({ name: "Held up", query: expect.stringContaining("confidence=tested") });
    await app.getByRole("button", { name: "Held up", exact: true }).waitFor();
  });

  it("subscribes to a plan on Shopify's own page, and goes back to the free one", async () => {
    await open("/app/plan");
    await app.getByRole("button", { name: "Choose the Standard plan" }).click();
    await merchantPage.getByRole("heading", { name: "Approve subscription" }).waitFor();
    await merchantPage.getByRole("button", { name: "Approve" }).click();
    await app.getByText("Your plan").waitFor();
    expect(await deps.db.subscription.findFirstOrThrow()).toMatchObject({ plan: "standard" });
    await app.getByRole("button", { name: "Choose the Free plan" }).click();
    await expect.poll(() => deps.db.subscription.findFirst()).toMatchObject({ plan: "free" });
  });

  it("pauses all offers with one button that asks first", async () => {
    await open("/app/settings");
    await app.getByRole("button", { name: "Pause all offers" }).click();
    await app.getByRole("dialog").getByRole("button", { name: "Pause all offers" }).click();
    await merchantPage.locator("#toasts").getByText("Paused 1 bundle").waitFor();
    expect(await deps.db.bundle.count({ where: { status: "paused" } })).toBe(1);
  });

  it("excludes a product found by part of its name", async () => {
    await open("/app/settings");
    const { title, productGid } = await deps.db.product.findFirstOrThrow({ orderBy: { title: "asc" } });
    await app.getByRole("textbox", { name: "Products" }).fill(title);
    await app.getByRole("checkbox", { name: title }).first().click();
    await app.getByRole("button", { name: "Save" }).click();
    await expect
      .poll(() => deps.db.shop.findFirstOrThrow({ select: { settings: true } }))
      .toMatchObject({ settings: { excludedProductGids: [productGid] } });
  });

  it("erases the history after its question names the consequences", async () => {
    await open("/app/privacy");
    await app.getByRole("button", { name: "Erase the history" }).click();
    const dialog = app.getByRole("dialog");
    const question = dialog.frameLocator("iframe");
    await question.getByText("What stops").waitFor();
    await question.getByLabel("I understand").check();
    await dialog.getByRole("button", { name: "Erase permanently" }).click();
    await app.getByText("The history was last erased on").waitFor();
    expect([await deps.db.order.count(), await deps.db.bundle.count(), await deps.db.run.count()]).toEqual([
      0, 0, 0,
    ]);
    expect(await deps.db.product.count()).toBeGreaterThan(0);
  });

  it("meets no script error on any page, and no process exits", () => {
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
