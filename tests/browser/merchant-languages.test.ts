import { spawn, type ChildProcess } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import type { Browser, Frame, FrameLocator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { addBundle, openBundleShop, SHOP } from "#tests/factories/bundle-shop.ts";
import { BROWSER_USER_AGENT, launchChromium } from "#tests/setup/chromium.ts";
import { findFreePort } from "#tests/setup/free-port.ts";
import { ENCRYPTION_KEYS, openTestDeps, type TestDeps } from "#tests/setup/test-deps.ts";
import { startStandin, type Standin } from "#tests/standin/start-standin.ts";

const ARTEFACTS = fileURLToPath(new URL("../artefacts/merchant-languages/", import.meta.url));
const PRELOAD = new URL("../standin/preload.mjs", import.meta.url).href;
const KEYS = { SHOPIFY_API_KEY: "key", SHOPIFY_API_SECRET: "secret", ENCRYPTION_KEYS };
const PATIENT = { timeout: 20_000 };
const DAY_MS = 86_400_000;
const WEEKS = 30;

let deps: TestDeps;
let standin: Standin;
let web: ChildProcess;
let browser: Browser;
let page: Page;
let app: FrameLocator;
let bundleId: string;
let runId: string;
const problems: string[] = [];

beforeAll(async () => {
  await mkdir(ARTEFACTS, { recursive: true });
  deps = await openTestDeps();
  const { state, variants } = await openBundleShop(deps, { products: 3, priceMinor: 1_234 });
  await deps.db.shop.update({ where: { shop: SHOP }, data: { backfilledAt: new Date() } });
  bundleId = await addBundle(deps, variants.slice(0, 2), { status: "proposed" });
  await keepEvidence();
  await keepOrders(variants.slice(0, 2));
  runId = (await deps.db.run.create({ data: { shop: SHOP, cutoffAt: new Date(), status: "running" } })).id;

  const port = await findFreePort();
  const appUrl = `http://127.0.0.1:${port}`;
  standin = await startStandin({
    appUrl,
    state,
    apiKey: KEYS.SHOPIFY_API_KEY,
    apiSecret: KEYS.SHOPIFY_API_SECRET,
  });
  web = spawn(process.execPath, ["app/web.ts"], {
    env: {
      ...process.env,
      ...KEYS,
      NODE_ENV: "production",
      NODE_OPTIONS: `--import=${PRELOAD}`,
      DATABASE_URL: deps.databaseUrl,
      REDIS_URL: deps.redisUrl,
      SHOPIFY_APP_URL: appUrl,
      STANDIN_URL: standin.url,
      APP_BRIDGE_URL: `${standin.url}/app-bridge.js`,
      PORT: String(port),
      LOG_LEVEL: "error",
    },
    stdio: "inherit",
  });
  await vi.waitFor(async () => expect((await fetch(`${appUrl}/privacy`)).status).toBe(200), {
    timeout: 60_000,
  });
  browser = await launchChromium();
  page = await browser.newPage({ userAgent: BROWSER_USER_AGENT, viewport: { width: 1280, height: 1_000 } });
  page.on("pageerror", (error) => problems.push(error.message));
  app = page.frameLocator("#app");
});

afterAll(async () => {
  await browser?.close();
  web?.kill("SIGKILL");
  await standin?.stop();
  await deps?.close();
});

/** The reasons of a bundle as a run keeps them. */
async function keepEvidence(): Promise<void> {
  const values = {
    missing: "Product 3",
    standIn: "Product 2",
    sharedRatio: 0.5,
    priceMinor: 1_234,
    insteadOfMinor: 999,
  };
  await deps.db.bundle.update({
    where: { id: bundleId },
    data: { evidence: [{ kind: "text", text: "English", value: 0.5, code: "standIn", values }] },
  });
}

/** Orders of both products over half a year, more of them in later weeks. */
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

/** Opens a page as the admin of a staff member with this language does, and waits until it answers to clicks. */
async function open(path: string, locale: string): Promise<Frame> {
  const home = `/store/${SHOP.split(".")[0]}/apps/bundlesmith`;
  const address = new URL(`${standin.url}/admin`);
  if (!page.url().includes(home)) await page.goto(address.href);
  const base = /^\/store\/[^/]+\/apps\/[^/]+/.exec(new URL(page.url()).pathname)![0];
  await page.goto(`${address.origin}${base}${path}?locale=${locale}`);
  await app.locator(".Polaris-Page").waitFor(PATIENT);
  const frame = page.frames().find((candidate) => candidate !== page.mainFrame())!;
  // React has taken the page over once its elements carry what React keeps there.
  await frame.waitForFunction(() =>
    Object.keys(document.querySelector(".Polaris-Page") ?? {}).some((key) => key.startsWith("__react")),
  );
  return frame;
}

async function findBarriers(frame: Frame): Promise<string[]> {
  await frame.evaluate(axe.source);
  const { violations } = await frame.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run());
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`,
  );
}

async function keepScreenshot(frame: Frame, name: string, width: number): Promise<void> {
  const height = await frame.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.min(4_000, height + 160) });
  await page.screenshot({ path: `${ARTEFACTS}${name}-${width}.png` });
}

describe("the pages in the merchant's language", () => {
  it.each([
    ["de", "Warum dieses Bundle", "1,11 $"],
    ["ja", "このセットの理由", "$"],
    ["en", "Why this bundle", "$11.11"],
  ])("are taken over in %s as the server drew them", async (locale, heading, money) => {
    await open(`/app/suggestions/${bundleId}`, locale);
    await app.getByRole("heading", { name: heading }).waitFor(PATIENT);
    const text = (await app.locator("main").innerText()).replaceAll(/\s/g, " ");
    expect(text).toContain(money);
    expect(problems).toEqual([]);
  });

  it("keep the language from page to page, each with its own texts and Shopify's words", async () => {
    await open("/app", "de");
    await app.getByText("Zu entscheiden").first().waitFor(PATIENT);
    await page.getByRole("link", { name: "Automatik" }).click();
    await app.getByText("Höchster Rabatt").waitFor(PATIENT);
    await page.getByRole("link", { name: "Ergebnisse" }).click();
    await app.getByText("Haben die Angebote geholfen?").waitFor(PATIENT);
    expect(problems).toEqual([]);
  });
});

describe("a run at work", () => {
  it("moves its bar on the home page as the worker reports", async () => {
    await deps.db.run.update({ where: { id: runId }, data: { progress: 0.2, step: "trends" } });
    await open("/app", "en");
    await app.getByText("20%").first().waitFor(PATIENT);
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    await deps.db.run.update({ where: { id: runId }, data: { progress: 0.6 } });
    await app.getByText("60%").first().waitFor(PATIENT);
    expect(requests.filter((url) => url.includes("_data="))).toEqual([]);
    await deps.db.run.update({ where: { id: runId }, data: { status: "succeeded", finishedAt: new Date() } });
    await app.getByText("Last learned").first().waitFor(PATIENT);
    expect(problems).toEqual([]);
  });
});

describe.each([1280, 390])("the page of a bundle at a width of %d pixels", (width) => {
  it("has no barrier and does not scroll sideways", async () => {
    await page.setViewportSize({ width, height: 1_000 });
    const frame = await open(`/app/suggestions/${bundleId}`, "de");
    // The chart comes by itself, after the page.
    await app.locator('[class*="Chart"] svg').first().waitFor(PATIENT);
    await app.getByRole("button", { name: "Dasselbe als Tabelle" }).click();
    await app.getByRole("columnheader", { name: "Monat" }).waitFor(PATIENT);
    await keepScreenshot(frame, "bundle", width);
    expect(await findBarriers(frame)).toEqual([]);
    const overflow = await frame.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow).toBe(0);
    expect(problems).toEqual([]);
  });
});
