import type { FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openBundleShop, SHOP } from "#tests/factories/bundle-shop.ts";
import { keepScreenshot } from "#tests/setup/screenshots.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { openAdminInChromium, type AdminInChromium } from "./admin-in-chromium.ts";
import { openEmbedded } from "./embedded-pages.ts";

const deps = await openTestDeps();
let admin: AdminInChromium;
let page: Page;
let app: FrameLocator;

beforeAll(async () => {
  const { state } = await openBundleShop(deps);
  admin = await openAdminInChromium(deps, state);
  ({ page, app } = admin);
  await admin.enter();
});

afterAll(() => admin?.close());

const store = (settings: object) => deps.db.shop.update({ where: { shop: SHOP }, data: { settings } });
const readStored = async () => (await deps.db.shop.findUniqueOrThrow({ where: { shop: SHOP } })).settings;

beforeEach(() => store({}));

describe.each([
  ["/app/settings", "Visitors who see no offers", "20", { holdoutRatio: 0.2 }, { windowDays: 400 }],
  ["/app/privacy", "Visits", "200", { browseKeptDays: 200 }, { ordersKeptDays: 900 }],
])("the settings on %s", (path, label, text, own, colleagues) => {
  it("keep a colleague's change from after the page was opened", async () => {
    await openEmbedded(page, { appUrl: admin.appUrl, path });
    await app.getByLabel(label).fill(text);
    await store(colleagues);
    await app.getByRole("button", { name: "Save" }).click();
    await page.locator("#toasts").getByText("Saved").waitFor();
    expect(await readStored()).toMatchObject({ ...own, ...colleagues });
    await page.locator("#save-bar").waitFor({ state: "hidden" });
  });

  it("are stored once when they are saved, and not when they are discarded", async () => {
    await openEmbedded(page, { appUrl: admin.appUrl, path });
    const before = await app.getByLabel(label).inputValue();
    const audits = await deps.db.auditEntry.count();
    await app.getByLabel(label).fill("99999");
    await page.locator("#save-bar").getByRole("button", { name: "Save" }).click();
    await app.locator('[aria-invalid="true"]:focus').waitFor();
    await page.locator("#save-bar").getByRole("button", { name: "Discard" }).click();
    await page.locator("#save-bar").waitFor({ state: "hidden" });
    expect(await app.getByLabel(label).inputValue()).toBe(before);
    expect(await app.locator('[aria-invalid="true"]').count()).toBe(0);

    await app.getByLabel(label).fill(text);
    await page.locator("#save-bar").getByRole("button", { name: "Discard" }).click();
    await page.locator("#save-bar").waitFor({ state: "hidden" });
    await app.getByLabel(label).fill(text);
    await page.locator("#save-bar").getByRole("button", { name: "Save" }).click();
    await page.locator("#save-bar").waitFor({ state: "hidden" });
    expect(await readStored()).toMatchObject(own);
    expect(await deps.db.auditEntry.count()).toBe(audits + 1);
  });
});

it("a percentage typed with a comma is saved", async () => {
  await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/settings" });
  await app.getByLabel("Visitors who see no offers").selectText();
  await page.keyboard.type("12,5");
  await page.locator("#save-bar").getByRole("button", { name: "Save" }).click();
  await page.locator("#save-bar").waitFor({ state: "hidden" });
  expect(await readStored()).toMatchObject({ holdoutRatio: 0.125 });
});

describe("collections for the autopilot", () => {
  it("are kept until they are applied, with a warning", async () => {
    const kitchen = { shop: SHOP, collectionGid: "gid://shopify/Collection/1", title: "Kitchen" };
    await deps.db.collection.create({ data: { ...kitchen, readAt: new Date() } });
    const open = () => openEmbedded(page, { appUrl: admin.appUrl, path: "/app/automation" });
    await open();
    await app.getByRole("button", { name: "Switch on" }).click();
    await app.getByLabel("Collections").fill("Kit");
    await app.getByLabel("Kitchen").check({ force: true });
    const warning = app.getByText("You changed the collections but have not applied them yet.");
    await warning.waitFor();
    await keepScreenshot(page, "autopilot-unapplied");

    await open();
    await warning.waitFor();
    await app.getByRole("button", { name: "Apply collections" }).click();
    await warning.waitFor({ state: "hidden" });
    expect(await deps.db.autopilot.findUniqueOrThrow({ where: { shop: SHOP } })).toMatchObject({
      collectionGids: [kitchen.collectionGid],
    });
  });
});

it("meets no script error", () => expect(admin.problems).toEqual([]));
