import type { Frame, FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DailyForecast } from "#app/domain/trends/item-forecast.ts";
import { editBundle } from "#app/services/validate/edit-bundle.server.ts";
import { addBundle, openBundleShop, SHOP, type StockedVariant } from "#tests/factories/bundle-shop.ts";
import { keepScreenshot } from "#tests/setup/screenshots.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { openAdminInChromium, type AdminInChromium } from "./admin-in-chromium.ts";
import { findBarriers, keepWholePage, measureOverflow, openEmbedded } from "./embedded-pages.ts";

const DAY_MS = 86_400_000;
/** Height of a usual phone's screen in CSS pixels. */
const PHONE_HEIGHT = 844;

const deps = await openTestDeps();
let admin: AdminInChromium;
let page: Page;
let app: FrameLocator;
let variants: StockedVariant[];
let bundleId: string;

beforeAll(async () => {
  const shop = await openBundleShop(deps, { products: 5 });
  ({ variants } = shop);
  bundleId = await addBundle(deps, variants.slice(0, 2), { status: "proposed" });
  await fillPast();
  admin = await openAdminInChromium(deps, shop.state);
  ({ page, app } = admin);
  await admin.enter();
});

afterAll(() => admin?.close());

/** Four weeks of days with more orders towards the end of a week, and none on every seventh day. */
function toDays(times: number): DailyForecast {
  const expected = Array.from({ length: 28 }, (_, day) => (day % 7 === 6 ? 0 : times * (1 + (day % 7) / 4)));
  return {
    firstNoonMs: Date.now() + DAY_MS / 2,
    expected,
    low: expected.map((orders) => Math.floor(orders / 2)),
    high: expected.map((orders) => Math.ceil(orders * 2)),
  };
}

/** Half a year of orders that hold the first two products, a forecast, stock, and a bundle that earns. */
async function fillPast(): Promise<void> {
  const nowMs = Date.now();
  for (let index = 0; index < 24; index++) {
    const placedAt = new Date(nowMs - index * 7.5 * DAY_MS);
    await deps.db.order.create({
      data: {
        shop: SHOP,
        orderGid: `gid://shopify/Order/${index + 1}`,
        placedAt,
        sourceUpdatedAt: placedAt,
        currency: "USD",
        customerKey: index % 3 === 0 ? null : `customer-${index % 5}`,
        totalMinor: 2_400,
        lines: {
          create: variants.slice(0, 2).map(({ variantGid, productGid, title }, position) => ({
            position,
            variantGid,
            productGid,
            title,
            quantity: 1,
            unitPriceMinor: 1_000,
          })),
        },
      },
    });
  }
  await deps.db.variant.updateMany({ where: { shop: SHOP }, data: { inventoryQuantity: 40 } });
  const run = await deps.db.run.create({ data: { shop: SHOP, cutoffAt: new Date(), status: "succeeded" } });
  await deps.db.forecast.createMany({
    data: variants.slice(0, 2).map(({ variantGid }, index) => ({
      shop: SHOP,
      variantGid,
      runId: run.id,
      horizonDays: 28,
      ordersExpected: 30 + 20 * index,
      ordersLow: 20,
      ordersHigh: 70,
      trend: "up",
      daily: toDays(index + 1),
    })),
  });
  const other = await addBundle(deps, [variants[0]!, variants[3]!], { status: "published" });
  await deps.db.conversion.create({
    data: {
      shop: SHOP,
      orderGid: "gid://shopify/Order/1",
      bundleId: other,
      sets: 1,
      revenueMinor: 1_800,
      discountMinor: 200,
      convertedAt: new Date(nowMs - DAY_MS),
    },
  });
}

/** Opens the bundle as the admin does. */
async function openBundle(): Promise<Frame> {
  const frame = await openEmbedded(page, { appUrl: admin.appUrl, path: `/app/suggestions/${bundleId}` });
  await app.getByText("Details", { exact: true }).waitFor();
  return frame;
}

const openDetails = () => app.getByText("Details", { exact: true }).click();

/** The number of words above the details, and the distance of the details from the top in CSS pixels. */
async function measureAboveDetails(frame: Frame): Promise<{ words: number; top: number }> {
  return frame.evaluate(() => {
    const main = document.querySelector("main")!;
    const details = main.querySelector("details")!;
    const texts = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
    let words = 0;
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      if (details.compareDocumentPosition(text) !== Node.DOCUMENT_POSITION_PRECEDING) break;
      words += text.textContent!.split(/\s+/).filter(Boolean).length;
    }
    return { words, top: details.getBoundingClientRect().top + scrollY };
  });
}

describe("the page of a bundle", () => {
  it("shows what a decision needs in 350 words and on two screens of a phone", async () => {
    await page.setViewportSize({ width: 390, height: PHONE_HEIGHT });
    const { words, top } = await measureAboveDetails(await openBundle());
    expect(words).toBeLessThanOrEqual(350);
    expect(top).toBeLessThanOrEqual(2 * PHONE_HEIGHT);
    await app.getByRole("button", { name: "Approve" }).waitFor();
    for (const title of ["Product 1", "Product 2"]) {
      const link = app.getByRole("link", { name: `${title}: In Shopify` });
      expect(await link.getAttribute("href")).toMatch(/^shopify:\/\/admin\/products\/\d+$/);
      await app.getByRole("link", { name: `${title}: In your shop` }).waitFor();
    }
  });

  it("has its buttons next to its title, even if the title is long", async () => {
    await page.setViewportSize({ width: 1_280, height: PHONE_HEIGHT });
    const { title } = await deps.db.bundle.findUniqueOrThrow({ where: { id: bundleId } });
    const retitle = (to: string) => deps.db.bundle.update({ where: { id: bundleId }, data: { title: to } });
    await retitle("A title of many words. ".repeat(5).trim());
    await openBundle();
    const heading = (await app.getByRole("heading", { level: 1 }).boundingBox())!;
    const button = (await app.getByRole("button", { name: "Approve" }).boundingBox())!;
    await retitle(title);
    expect(button.y).toBeLessThan(heading.y + heading.height);
  });

  it("previews no price while the fields are invalid", async () => {
    await openBundle();
    const add = app.getByText(/^Add 2 to cart/);
    await add.waitFor();
    await app.getByRole("button", { name: "Edit" }).click();
    await app.getByLabel("Discount", { exact: true }).fill("");
    await expect.poll(() => add.count()).toBe(0);
    await app.getByText("For the saved terms").waitFor();
    await app.getByLabel("Discount", { exact: true }).fill("10");
    await add.waitFor();
  });

  it("lets the merchant confirm an amount of a former currency by typing the same number again", async () => {
    const reward = { type: "amount", amountMinor: 500 };
    const foreign = await addBundle(deps, variants.slice(2, 4), { status: "proposed" });
    const where = { id: foreign, shop: SHOP };
    await deps.db.bundle.update({ where, data: { currency: "EUR", terms: { kind: "set", reward } } });
    await openEmbedded(page, { appUrl: admin.appUrl, path: `/app/suggestions/${foreign}` });
    await app.getByRole("button", { name: "Edit" }).click();
    const save = app.getByRole("button", { name: "Save" });
    await save.waitFor();
    expect(await save.isDisabled()).toBe(true);
    const amount = app.getByLabel("Amount off", { exact: true });
    for (const typed of ["", "5.00"]) await amount.fill(typed);
    await save.click();
    await expect.poll(() => deps.db.bundle.findUnique({ where })).toMatchObject({ currency: "USD" });
    await deps.db.bundle.delete({ where });
  });

  it("has its charts in the server's HTML, before any script", async () => {
    const sent = page.waitForResponse((response) =>
      response.url().startsWith(`${admin.appUrl}/app/suggestions/${bundleId}`),
    );
    await openBundle();
    const html = await (await sent).text();
    expect(html.match(/data-chart/g)?.length).toBeGreaterThanOrEqual(4);
    expect(html).toContain("<polyline");
  });

  it.each([1280, 390])(
    "has no barrier at %d pixels and does not scroll sideways, open or closed",
    async (width) => {
      await page.setViewportSize({ width, height: 1_000 });
      const frame = await openBundle();
      await keepWholePage(page, frame, { name: `bundle-page/bundle-${width}-closed`, width });
      expect(await findBarriers(frame)).toEqual([]);
      await openDetails();
      await app.getByRole("button", { name: "Edit" }).click();
      await app.getByLabel("Title shown to shoppers").waitFor();
      await keepWholePage(page, frame, { name: `bundle-page/bundle-${width}`, width });
      expect(await measureOverflow(frame)).toBe(0);
      await frame.evaluate(() => document.querySelectorAll("details").forEach((one) => (one.open = true)));
      expect(await findBarriers(frame)).toEqual([]);
    },
  );

  it("keeps its light colours, charts included, if the system prefers dark ones", async () => {
    await page.setViewportSize({ width: 1280, height: 1_400 });
    const readColours = async (colorScheme: "light" | "dark") => {
      await page.emulateMedia({ colorScheme });
      const frame = await openBundle();
      await openDetails();
      if (colorScheme === "dark") await keepScreenshot(page, "bundle-page/bundle-dark");
      return frame.evaluate(() => {
        const colourOf = (selector: string, property: "backgroundColor" | "color" | "stroke") => {
          const element = document.querySelector(selector);
          return element && getComputedStyle(element)[property];
        };
        return {
          asksForDark: matchMedia("(prefers-color-scheme: dark)").matches,
          colours: [
            colourOf("body", "backgroundColor"),
            colourOf("body", "color"),
            colourOf(".Polaris-ShadowBevel", "backgroundColor"),
            colourOf("[data-chart] polyline", "stroke"),
            colourOf("[data-chart] span", "color"),
          ],
        };
      });
    };
    const light = await readColours("light");
    const dark = await readColours("dark");
    await page.emulateMedia({ colorScheme: null });
    expect([light.asksForDark, dark.asksForDark]).toEqual([false, true]);
    expect(dark.colours).not.toContain(null);
    expect(dark.colours).toEqual(light.colours);
    expect(dark.colours[0]).toBe("rgb(241, 241, 241)");
  });

  it("keeps typed values over a reload, and shows an error beside the field until it is typed in again", async () => {
    await page.setViewportSize({ width: 1280, height: 1_400 });
    await openBundle();
    await app.getByRole("button", { name: "Edit" }).click();
    await app.getByLabel("Title shown to shoppers").fill("Better together");
    const discount = app.getByLabel("Discount", { exact: true });
    await discount.fill("95");
    await openBundle();
    expect(await app.getByLabel("Title shown to shoppers").inputValue()).toBe("Better together");
    await app.locator("form").getByRole("button", { name: "Save" }).click();
    const problem = app.getByText("At most 90%");
    await problem.waitFor();
    expect(await deps.db.decision.count()).toBe(0);
    await discount.fill("9");
    await problem.waitFor({ state: "detached" });
    await app.getByText("For the saved terms").waitFor();
  });

  it("does not approve while it shows unsaved terms", async () => {
    await app.getByRole("button", { name: "Approve" }).click();
    await page.locator("#toasts").getByText("Save or discard your changes first").waitFor();
    expect(await deps.db.decision.count()).toBe(0);
  });

  it("warns beside the field about a discount above the highest one before it is saved", async () => {
    await app.getByLabel("Discount", { exact: true }).fill("60");
    await app.locator("form").getByText("The discount is above your highest of 20%.").waitFor();
    expect(await deps.db.decision.count()).toBe(0);
  });

  it("adds a product from Shopify's picker, shows its price, and saves both", async () => {
    await app.getByLabel("Discount", { exact: true }).fill("10");
    await app.getByRole("button", { name: "Add products" }).click();
    const picker = page.getByRole("dialog", { name: "Add products" });
    await picker.getByLabel("Search products").fill("product 5");
    await picker.getByText("Product 5").click();
    await picker.getByRole("button", { name: "Add" }).click();
    await app.getByText("$27.00").first().waitFor();
    await app.locator("form").getByRole("button", { name: "Save" }).click();
    await expect.poll(() => deps.db.bundleComponent.count({ where: { shop: SHOP, bundleId } })).toBe(3);
    await app.getByText("The products were chosen by hand").first().waitFor({ state: "attached" });
    await openBundle();
    await app.getByRole("button", { name: "Edit" }).click();
    expect(await app.locator("form").getByRole("button", { name: "Save" }).isDisabled()).toBe(true);
  });

  it("adds no country or language that the arrow keys only pass, and keeps the time when the day changes", async () => {
    const removing = app.getByRole("button", { name: /^Remove A(fghanistan|lbania|lgeria)/ });
    for (const [label, added] of [
      ["Countries", removing],
      ["Title in another language", app.getByLabel(/^Title in (?!another)/)],
    ] as const) {
      await app.getByRole("combobox", { name: label }).focus();
      for (let key = 0; key < 3; key++) await page.keyboard.press("ArrowDown");
      expect(await added.count()).toBe(0);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await expect.poll(() => added.count()).toBe(1);
    }
    const [day, time] = [app.getByLabel("Last day", { exact: true }), app.getByLabel("Last day: Time")];
    await day.fill("2099-12-24");
    await time.fill("18:30");
    await day.fill("");
    await day.fill("2099-12-25");
    expect(await time.inputValue()).toBe("18:30");
  });

  it("saves a note without overwriting the autopilot's newer price", async () => {
    await deps.db.bundle.update({ where: { id: bundleId }, data: { discountRatio: 0.125 } });
    const save = () => app.locator("form").getByRole("button", { name: "Save" }).click();
    const read = async () => {
      const { title, note, discountRatio } = await deps.db.bundle.findUniqueOrThrow({
        where: { id: bundleId },
      });
      return { title, note, discountRatio };
    };
    const note = "Ask the supplier first";
    await app.getByLabel("Notes").fill(note);
    await save();
    await expect.poll(read).toMatchObject({ note, discountRatio: 0.125 });
    const discount = app.getByLabel("Discount", { exact: true });
    await expect.poll(() => discount.inputValue()).toBe("12.5");
    // A price that no merchant can type does not prevent other changes.
    await app.getByLabel("Title shown to shoppers").fill("Three for you");
    await save();
    await expect.poll(read).toMatchObject({ title: "Three for you", note, discountRatio: 0.125 });
  });

  it("asks before it overwrites a colleague's newer change, and keeps the typed values", async () => {
    const title = app.getByLabel("Title shown to shoppers");
    const save = () => app.locator("form").getByRole("button", { name: "Save" }).click();
    const readTitle = async () => (await deps.db.bundle.findUniqueOrThrow({ where: { id: bundleId } })).title;
    await openBundle();
    await app.getByRole("button", { name: "Edit" }).click();
    await title.fill("Mine");
    const changes = { title: "Theirs" };
    await editBundle(deps, { shop: SHOP, bundleId, changes, decidedBy: "7", now: new Date() });
    // After the reload the page has seen the colleague's change, but the merchant has not.
    await openBundle();
    await save();
    const dialog = app.getByRole("dialog", { name: "Changed by someone else" });
    await dialog.frameLocator("iframe").getByText("→ Theirs (Staff member 7,").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    expect([await readTitle(), await title.inputValue()]).toEqual(["Theirs", "Mine"]);
    await save();
    const insist = dialog.getByRole("button", { name: "Save anyway" });
    await insist.waitFor();
    let isSent = false;
    const held: (() => void)[] = [];
    await page.route(
      (url) => url.pathname === `/app/suggestions/${bundleId}`,
      async (route) => {
        isSent ||= route.request().method() === "POST";
        if (isSent && route.request().method() === "GET") await new Promise<void>((go) => held.push(go));
        await route.continue();
      },
    );
    await insist.click();
    await expect.poll(() => held.length).toBe(1);
    expect([await readTitle(), await title.inputValue()]).toEqual(["Mine", "Mine"]);
    // Typed during the reload. The merchant is not asked about their own save.
    await title.fill("Mine again");
    held.shift()!();
    await page.unrouteAll({ behavior: "wait" });
    await save();
    await expect.poll(readTitle).toBe("Mine again");
  });

  it("meets no script error", () => {
    expect(admin.problems).toEqual([]);
  });
});
