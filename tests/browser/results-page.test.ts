import type { FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY_MS } from "#app/domain/time.ts";
import { addBundle, openBundleShop, SHOP } from "#tests/factories/bundle-shop.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { openAdminInChromium, type AdminInChromium } from "./admin-in-chromium.ts";
import { openEmbedded } from "./embedded-pages.ts";

const deps = await openTestDeps();
let admin: AdminInChromium;
let page: Page;
let app: FrameLocator;

beforeAll(async () => {
  const { state, variants } = await openBundleShop(deps);
  const bundleId = await addBundle(deps, variants.slice(0, 2), { status: "published" });
  const seen = { shop: SHOP, eventId: "1", visitorKey: "v", kind: "offer_seen", arm: "treated", bundleId };
  await deps.db.browseEvent.create({ data: { ...seen, occurredAt: new Date(Date.now() - 60_000) } });
  admin = await openAdminInChromium(deps, state);
  ({ page, app } = admin);
  await admin.enter();
});

afterAll(() => admin?.close());

it("an offer's results can be read on a phone without scrolling the table", async () => {
  await page.setViewportSize({ width: 390, height: 1_000 });
  await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/results" });
  for (const name of ["Revenue", "Orders"]) {
    const heading = app.getByLabel("Results of each offer").getByRole("columnheader", { name, exact: true });
    const { x, width } = (await heading.boundingBox())!;
    expect(x + width).toBeLessThanOrEqual(390);
  }
  await page.setViewportSize({ width: 1280, height: 1_000 });
});

it("a newly chosen time is announced with its figures", async () => {
  await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/results" });
  const announced = app.getByRole("status").filter({ hasText: "Revenue:" });
  await expect.poll(() => announced.textContent()).toContain("Last 28 days · Revenue: ");
  await app.getByRole("combobox", { name: "Time", exact: true }).selectOption("90");
  await expect.poll(() => announced.textContent()).toContain("Last 90 days · Revenue: ");
});

describe("days to leave out of the results", () => {
  it("survive a reload and a refusal, and are cleared once they are saved", async () => {
    const open = async () => {
      await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/results" });
      await app.getByRole("button", { name: "Details" }).click();
    };
    const read = () =>
      Promise.all(["First day", "Last day", "Why"].map((label) => app.getByLabel(label).inputValue()));
    const tomorrow = new Date(Date.now() + DAY_MS).toISOString().slice(0, 10);
    await open();
    await app.getByLabel("First day").fill(tomorrow);
    await app.getByLabel("Last day").fill("2020-01-01");
    await app.getByLabel("Why").selectOption("sold_out");
    await app.getByRole("button", { name: "Leave out" }).click();
    await page.locator("#toasts").getByText("The last day is before the first.").waitFor();
    expect(await read()).toEqual([tomorrow, "2020-01-01", "sold_out"]);

    await openEmbedded(page, { appUrl: admin.appUrl, path: "/app/results" });
    await app.getByLabel("First day").waitFor();
    await expect.poll(read).toEqual([tomorrow, "2020-01-01", "sold_out"]);
    await app.getByLabel("Last day").fill(tomorrow);
    await app.getByRole("button", { name: "Leave out" }).click();
    await page.locator("#toasts").getByText("Saved. The figures").waitFor();
    await expect.poll(read).toEqual(["", "", "outage"]);
    expect(await deps.db.leftOutDays.findMany()).toMatchObject([{ shop: SHOP, reason: "sold_out" }]);
  });

  it("are listed with an undo button until they begin", async () => {
    await app.getByText("Still ahead; no figure will count them.").waitFor();
    await app.getByRole("button", { name: "Undo" }).click();
    await page.locator("#toasts").getByText("Undone. The figures").waitFor();
    await app.getByText("Still ahead").waitFor({ state: "hidden" });
    expect(await deps.db.leftOutDays.count()).toBe(0);
  });
});

it("meets no script error", () => expect(admin.problems).toEqual([]));
