import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "#tests/setup/chromium.ts";
import { findFreePort } from "#tests/setup/free-port.ts";
import { stopProcess } from "#tests/setup/services.ts";
import { startStandin, type Standin } from "#tests/standin/start-standin.ts";
import { API_KEY, API_SECRET } from "#tests/factories/admin-session.ts";

/** The package answers 410 to robots, among them plain fetch and headless Chromium. */
const USER_AGENT =
  "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

let standin: Standin;
let app: ChildProcess;
let appUrl: string;

beforeAll(async () => {
  const port = await findFreePort();
  appUrl = `http://127.0.0.1:${port}`;
  standin = await startStandin({ appUrl, apiKey: API_KEY, apiSecret: API_SECRET });
  const preload = new URL("../../standin/preload.mjs", import.meta.url).href;
  app = spawn("node", ["--import", preload, fileURLToPath(new URL("./tiny-app.ts", import.meta.url))], {
    env: {
      ...process.env,
      PORT: String(port),
      STANDIN_URL: standin.url,
      SHOPIFY_API_KEY: API_KEY,
      SHOPIFY_API_SECRET: API_SECRET,
      APP_BRIDGE_URL: `${standin.url}/app-bridge.js`,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (app.stdout) await once(app.stdout, "data");
});

afterAll(async () => {
  await stopProcess(app);
  await standin.stop();
});

const askApp = (path: string, headers: Record<string, string> = {}) =>
  fetch(appUrl + path, { headers: { "user-agent": USER_AGENT, ...headers }, redirect: "manual" });

async function readWorker(): Promise<{
  name: string;
  installs: number;
  received: string[];
  sessions: string[];
}> {
  return (await (await askApp("/app/worker")).json()) as never;
}

describe("Shopify's own package against the stand-in", () => {
  it("refuses a session token that was signed with another secret", async () => {
    const [header, payload] = standin.sessionToken().split(".");
    const response = await askApp("/app/data", { authorization: `Bearer ${header}.${payload}.AAAA` });
    expect(response.status).toBe(401);
    expect(response.headers.get("x-shopify-retry-invalid-session-request")).toBe("1");
  });

  it("exchanges a session token for an access token and calls the Admin API with it", async () => {
    const response = await askApp("/app", { authorization: `Bearer ${standin.sessionToken()}` });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("Demo Shop");
    expect(standin.state.app.isInstalled).toBe(true);
  });

  it("keeps an offline session that a worker uses later without a merchant's request", async () => {
    expect(await readWorker()).toMatchObject({
      name: "Demo Shop",
      installs: 1,
      sessions: ["offline_demo-shop.myshopify.com"],
    });
  });

  it("accepts the stand-in's webhooks after checking their signatures", async () => {
    const product = standin.state.catalogue.addProduct({
      title: "Oat soap",
      variants: [{ sku: "OAT", price: "4.00" }],
    });
    standin.state.catalogue.deleteProduct(product.gid);
    await standin.webhooks.drain();
    expect(standin.webhooks.counts).toMatchObject({ delivered: 2, givenUp: 0 });
    const { received } = await readWorker();
    expect(received.sort()).toEqual([
      "PRODUCTS_CREATE demo-shop.myshopify.com",
      "PRODUCTS_DELETE demo-shop.myshopify.com",
    ]);
  });

  it("allows framing only by the stand-in's admin and by Shopify's own domains", async () => {
    const shop = standin.state.domain;
    const response = await askApp(`/app?shop=${shop}`, { authorization: `Bearer ${standin.sessionToken()}` });
    const policy = response.headers.get("content-security-policy");
    expect(policy).toContain(`frame-ancestors ${standin.url} https://${shop} https://admin.shopify.com`);
  });
});

describe("the admin page in a browser", () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(async () => {
    await browser.close();
  });

  it("frames the app, gives its fetches a token, draws its menu, title and toasts, and follows its location", async () => {
    const page = await browser.newPage({ userAgent: USER_AGENT });
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (line) => {
      if (line.type() === "error") problems.push(line.text());
    });
    await page.goto(`${standin.url}/admin`);
    const frame = page.frameLocator("#app");
    await frame.locator("#shop", { hasText: "Demo Shop" }).waitFor();
    await frame.locator("#data", { hasText: "token of demo-shop.myshopify.com" }).waitFor();
    await page.locator("#title-bar h1", { hasText: "Tiny app" }).waitFor();

    await page.getByRole("button", { name: "Do it" }).click();
    await page.locator(".toast", { hasText: "Done" }).waitFor();

    await page.getByRole("link", { name: "Second page" }).click();
    await page.waitForURL("**/apps/bundlesmith/app/second");
    expect(problems).toEqual([]);
    await page.close();
  });

  it("loads a page again with a fresh token when the app was opened with an old one", async () => {
    const page = await browser.newPage({ userAgent: USER_AGENT });
    await page.goto(`${standin.url}/admin`);
    await page.frameLocator("#app").locator("#shop").waitFor();
    const stale = await page.evaluate(() => {
      const frame = document.querySelector<HTMLIFrameElement>("#app");
      const url = new URL(frame?.src ?? "");
      url.searchParams.set("id_token", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA");
      if (frame) frame.src = url.href;
      return url.href;
    });
    const reloaded = await page.waitForEvent("response", {
      predicate: (response) => response.url() !== stale && response.url().includes("/app?") && response.ok(),
    });
    expect(reloaded.url()).toContain("id_token=");
    await page.frameLocator("#app").locator("#shop", { hasText: "Demo Shop" }).waitFor();
    await page.close();
  });
});
