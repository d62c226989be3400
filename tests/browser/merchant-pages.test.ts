import type { Browser, FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
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

const teardown = new Teardown();
const problems: string[] = [];
const deps = await openTestDeps();
let stack: Stack;
let browser: Browser;
let page: Page;
let app: FrameLocator;
let bundleId: string;
let runId: string;

beforeAll(async () => {
  const filled = await fillNewShop({
    shop: "demo-shop.myshopify.com",
    ordersPath: null,
    seed: 7,
    endAtMs: Date.now(),
    // The API returns sixty days of them, which must be enough for a page of suggestions.
    ordersTotal: 8_000,
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
  page = await browser.newPage({ userAgent: BROWSER_USER_AGENT, viewport: { width: 1280, height: 1000 } });
  page.on("pageerror", (error) => problems.push(error.message));
  app = page.frameLocator("#app");

  await page.goto(`${stack.standin.url}/admin`);
  await app.getByText("Decide now").first().waitFor({ timeout: LEARNING_PATIENCE_MS });
  const run = await until(
    () => deps.db.run.findFirst({ where: { status: "succeeded" } }),
    "the run has succeeded",
  );
  runId = run.id;
  bundleId = (await deps.db.bundle.findFirstOrThrow({ where: { status: "proposed" } })).id;
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

afterAll(async () => {
  await browser?.close();
  await teardown.run();
});

const open = (path: string) => openEmbedded(page, { appUrl: stack.appUrl, path });

describe("at every width", () => {
  it.each(Object.keys(listPages({ bundleId: "", runId: "" })))(
    "the page %s has no barrier, does not scroll sideways and cuts no text",
    async (name) => {
      const frame = await open(listPages({ bundleId, runId })[name]!);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 1_000 });
        await keepWholePage(page, frame, { name: `merchant-pages/${name}-${width}`, width });
        expect([width, ...(await findBarriers(frame)), ...(await findCutTexts(frame))]).toEqual([width]);
        expect([width, await measureOverflow(frame)]).toEqual([width, 0]);
      }
    },
  );
});

describe("a merchant at work", () => {
  beforeAll(() => page.setViewportSize({ width: 1280, height: 1_400 }));

  it("keeps the typed values when a change is refused, and sees the reason beside the field", async () => {
    await open(`/app/suggestions/${bundleId}`);
    await app.getByRole("button", { name: "Edit" }).click();
    await app.getByLabel("Title shown to shoppers").fill("Better together");
    await app.getByLabel("Reward", { exact: true }).selectOption("percent");
    const discount = app.getByLabel("Discount", { exact: true });
    await discount.fill("95");
    await app.getByRole("button", { name: "Save" }).click();

    await expect.poll(() => discount.getAttribute("aria-invalid")).toBe("true");
    expect(await app.getByLabel("Title shown to shoppers").inputValue()).toBe("Better together");
    expect(await discount.inputValue()).toBe("95");
    expect(await deps.db.decision.count({ where: { bundleId } })).toBe(0);
  });

  it("saves the corrected change from the admin's save bar", async () => {
    await app.getByLabel("Discount", { exact: true }).fill("11");
    await page.locator("#save-bar").getByRole("button", { name: "Save" }).click();
    await expect
      .poll(() => deps.db.bundle.findUnique({ where: { id: bundleId } }))
      .toMatchObject({ title: "Better together", discountRatio: 0.11 });
    await page.locator("#save-bar").waitFor({ state: "hidden" });
    await app.getByText("Details", { exact: true }).click();
    await app.getByText("You, ").first().waitFor();
  });

  it("sees the allowed values beside a setting's field", async () => {
    await open("/app/settings");
    const holdout = app.getByLabel("Visitors who see no offers");
    await holdout.fill("80");
    await app.getByRole("button", { name: "Save" }).click();
    await app.getByText("Enter a number from 0 to 50%").waitFor();
    expect(await holdout.inputValue()).toBe("80");
    await holdout.fill("20");
    await app.getByRole("button", { name: "Save" }).click();
    await expect
      .poll(() => deps.db.shop.findFirstOrThrow({ select: { settings: true } }))
      .toMatchObject({ settings: { holdoutRatio: 0.2 } });
  });

  it("excludes a product found by part of its name", async () => {
    const { title, productGid } = await deps.db.product.findFirstOrThrow({ orderBy: { title: "asc" } });
    await app.getByRole("textbox", { name: "Products" }).fill(title);
    await app.getByRole("checkbox", { name: title }).first().click();
    await app.getByRole("button", { name: "Save" }).click();
    await expect
      .poll(() => deps.db.shop.findFirstOrThrow({ select: { settings: true } }))
      .toMatchObject({ settings: { excludedProductGids: [productGid] } });
  });

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
    await page.getByRole("heading", { name: "Approve subscription" }).waitFor();
    await page.getByRole("button", { name: "Approve" }).click();
    await app.getByText("Your plan").waitFor();
    expect(await deps.db.subscription.findFirstOrThrow()).toMatchObject({ plan: "standard" });
    await app.getByRole("button", { name: "Choose the Free plan" }).click();
    await expect.poll(() => deps.db.subscription.count()).toBe(0);
  });

  it("pauses all offers with one button that asks first", async () => {
    await open("/app/settings");
    await deps.db.bundle.update({ where: { id: bundleId }, data: { status: "approved" } });
    await app.getByRole("button", { name: "Pause all offers" }).click();
    await app.getByRole("dialog").getByRole("button", { name: "Pause all offers" }).click();
    await page.locator("#toasts").getByText("Paused 1 bundle").waitFor();
    expect(await deps.db.bundle.findUnique({ where: { id: bundleId } })).toMatchObject({ status: "paused" });
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
