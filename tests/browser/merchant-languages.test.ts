import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Frame, FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endRun, saveRunProgress } from "#app/data/runs/runs.server.ts";
import { LOCALES } from "#app/locales/translate.ts";
import { openWords } from "#app/locales/words.server.ts";
import { addBundle, openBundleShop, SHOP } from "#tests/factories/bundle-shop.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { openAdminInChromium, type AdminInChromium } from "./admin-in-chromium.ts";
import { findBarriers, findCutTexts, keepWholePage, measureOverflow, WIDTHS } from "./embedded-pages.ts";

const ASSETS = "build/client/assets";
const DAY_MS = 86_400_000;
const WEEKS = 30;

const deps = await openTestDeps();
let admin: AdminInChromium;
let page: Page;
let app: FrameLocator;
let bundleId: string;
let runId: string;

beforeAll(async () => {
  const { state, variants } = await openBundleShop(deps, { products: 3, priceMinor: 1_234 });
  await deps.db.shop.update({ where: { shop: SHOP }, data: { backfilledAt: new Date() } });
  bundleId = await addBundle(deps, variants.slice(0, 2), { status: "proposed" });
  await keepEvidence();
  await keepOrders(variants.slice(0, 2));
  runId = (await deps.db.run.create({ data: { shop: SHOP, cutoffAt: new Date(), status: "running" } })).id;

  admin = await openAdminInChromium(deps, state);
  ({ page, app } = admin);
});

afterAll(() => admin?.close());

/** Saves the evidence of a bundle as a run does. */
async function keepEvidence(): Promise<void> {
  const values = {
    standIn: "Product 2",
    sharedRatio: 0.5,
    priceMinor: 1_234,
    insteadOfMinor: 999,
  };
  await deps.db.bundle.update({
    where: { id: bundleId },
    data: { evidence: [{ kind: "text", value: 0.5, code: "standIn", values }] },
  });
}

/** Saves orders of both products over half a year, more of them in some weeks. */
async function keepOrders(pair: readonly { variantGid: string; title: string }[]): Promise<void> {
  const orders = Array.from({ length: WEEKS }, (_, week) =>
    Array.from({ length: 1 + (week % 5) }, (_, number) => ({ gid: `order-${week}-${number}`, week })),
  ).flat();
  await deps.db.order.createMany({
    data: orders.map(({ gid, week }) => ({
      shop: SHOP,
      orderGid: gid,
      placedAt: new Date(Date.now() - (WEEKS - week) * 7 * DAY_MS),
      sourceUpdatedAt: new Date(),
      currency: "USD",
      totalMinor: 2_468,
    })),
  });
  await deps.db.orderLine.createMany({
    data: orders.flatMap(({ gid }) =>
      pair.map(({ variantGid, title }, position) => ({
        shop: SHOP,
        orderGid: gid,
        position,
        variantGid,
        title,
        quantity: 1,
        unitPriceMinor: 1_234,
      })),
    ),
  });
}

/** Opens a page as the admin does for a staff member with this language, and waits until it reacts to clicks. */
async function open(path: string, locale: string): Promise<Frame> {
  const home = `/store/${SHOP.split(".")[0]}/apps/bundlesmith`;
  const address = new URL(`${admin.standinUrl}/admin`);
  if (!page.url().includes(home)) await page.goto(address.href);
  const base = /^\/store\/[^/]+\/apps\/[^/]+/.exec(new URL(page.url()).pathname)![0];
  await page.goto(`${address.origin}${base}${path}?locale=${locale}`);
  await app.locator(".Polaris-Page").waitFor();
  const frame = page.frames().find((candidate) => candidate !== page.mainFrame())!;
  // React has hydrated the page once its elements carry React's own keys.
  await frame.waitForFunction(() =>
    Object.keys(document.querySelector(".Polaris-Page") ?? {}).some((key) => key.startsWith("__react")),
  );
  return frame;
}

describe("the pages in the merchant's language", () => {
  it.each([
    ["de", "Warum dieses Bundle", "22,22 $"],
    ["ja", "このセットの理由", "$"],
    ["en", "Why this bundle", "$22.22"],
  ])("are hydrated in %s as the server rendered them", async (locale, heading, money) => {
    await open(`/app/suggestions/${bundleId}`, locale);
    await app.getByRole("heading", { name: heading, includeHidden: true }).waitFor({ state: "attached" });
    const text = (await app.locator("main").innerText()).replaceAll(/\s/g, " ");
    expect(text).toContain(money);
    expect(admin.problems).toEqual([]);
  });

  it("keep the language from page to page, with their own texts and Shopify's", async () => {
    await open("/app", "de");
    await app.getByText("Zu entscheiden").first().waitFor();
    await page.getByRole("link", { name: "Einstellungen" }).click();
    await app.getByText("Höchster Rabatt").waitFor();
    await page.getByRole("link", { name: "Ergebnisse" }).click();
    await app.getByText("Was deine Angebote wert sind").waitFor();
    expect(admin.problems).toEqual([]);
  });
});

it("a page works after its frame reloads, wherever the merchant came from", async () => {
  const frame = await open("/app", "de");
  await page.getByRole("link", { name: "Einstellungen" }).click();
  await app.getByText("Höchster Rabatt").waitFor();
  await frame.evaluate(() => {
    document.body.innerHTML = "";
    location.reload();
  });
  await app.getByText("Höchster Rabatt").waitFor();
  // As Remix navigates once a deployment has changed its routes.
  await frame.evaluate(() => location.assign("/app/results"));
  await app.getByText("Was deine Angebote wert sind").waitFor();
});

it("a page opens even if its text chunk failed to load once, as after a deployment", async () => {
  await open("/app", "de");
  const chunk = readdirSync(ASSETS).find(
    (name) =>
      /^settings-.*\.js$/.test(name) && readFileSync(join(ASSETS, name), "utf8").includes("Höchster Rabatt"),
  )!;
  let asked = 0;
  await page.route(`**/assets/${chunk}`, (route) => {
    asked += 1;
    return asked === 1 ? route.abort() : route.continue();
  });
  await page.getByRole("link", { name: "Einstellungen" }).click();
  await app.getByText("Höchster Rabatt").waitFor();
  await expect.poll(() => asked).toBe(2);
});

describe("a running search", () => {
  it("moves its bar on the home page as the worker reports", async () => {
    const run = { shop: SHOP, runId };
    const message = { code: "run.forecasting", values: {} } as const;
    await saveRunProgress(deps.db, run, { step: "trends", progress: 0.2, message }, new Date());
    await open("/app", "en");
    await app.getByText("20%").first().waitFor();
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    await saveRunProgress(deps.db, run, { step: "trends", progress: 0.6, message }, new Date());
    await app.getByText("60%").first().waitFor();
    expect(requests.filter((url) => url.includes("_data="))).toEqual([]);
    await endRun(
      deps.db,
      run,
      { status: "succeeded", message: { code: "run.none", values: {} } },
      new Date(),
    );
    await app.getByText("Last search").first().waitFor();
    expect(admin.problems).toEqual([]);
  });
});

/** The pages that a merchant passes, with the element to open on each. `suggestion-list.test.ts` covers the list. */
const PAGES: Readonly<Record<string, { readonly path: () => string; readonly opens?: string }>> = {
  home: { path: () => "/app" },
  offer: { path: () => `/app/suggestions/${bundleId}`, opens: "summary" },
  results: { path: () => "/app/results", opens: '[aria-controls="details"]' },
  automation: { path: () => "/app/automation" },
  settings: { path: () => "/app/settings" },
  help: { path: () => "/app/help?ask=heldOut" },
  experts: { path: () => "/app/runs" },
};

describe.each(LOCALES)("the tour in %s", (locale) => {
  it("lets the merchant approve and undo an example, which decides nothing, and fits a phone without a barrier", async () => {
    const { t } = openWords(locale);
    const width = Math.min(...WIDTHS);
    await page.setViewportSize({ width, height: 1_000 });
    const frame = await open("/app/tour", locale);
    const next = app.getByRole("button", { name: t("tour:next"), exact: true });
    const checkStep = async (step: string) => {
      await app.getByRole("heading", { name: t(`tour:${step}.title`) }).waitFor();
      await keepWholePage(page, frame, { name: `merchant-languages/tour-${step}-${locale}`, width });
      expect([step, ...(await findBarriers(frame)), ...(await findCutTexts(frame))]).toEqual([step]);
      expect([step, await measureOverflow(frame)]).toEqual([step, 0]);
      await next.click();
    };
    await checkStep("orders");
    await app
      .getByRole("button", { name: t("tour:example.set") })
      .first()
      .click();
    await app.getByText(t("common:status.published"), { exact: true }).waitFor();
    await app.getByRole("button", { name: t("bundles:undo"), exact: true }).click();
    for (const step of ["decide", "shown", "proof"]) await checkStep(step);
    expect(await deps.db.decision.count()).toBe(0);
    expect(admin.problems).toEqual([]);
  });
});

// `whole-loop.test.ts` covers the English pages, with more on them.
describe.each(LOCALES.filter((locale) => locale !== "en"))("the pages in %s", (locale) => {
  it.each(Object.keys(PAGES))("have no barrier and do not scroll sideways at any width: %s", async (name) => {
    const { path, opens } = PAGES[name]!;
    const frame = await open(path(), locale);
    if (opens) await app.locator(opens).first().click();
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 1_000 });
      await keepWholePage(page, frame, { name: `merchant-languages/${name}-${locale}-${width}`, width });
      expect([width, ...(await findCutTexts(frame))]).toEqual([width]);
      expect([width, await measureOverflow(frame)]).toEqual([width, 0]);
    }
    // The English pages cover the effect of the width on barriers.
    expect(await findBarriers(frame)).toEqual([]);
    expect(admin.problems).toEqual([]);
  });
});
