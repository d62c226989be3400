import { spawn, type SpawnOptions } from "node:child_process";
import type { Browser, FrameLocator, Page } from "playwright-core";
import { afterEach } from "vitest";
import type { QueueName } from "#app/queue/catalog.ts";
import { BROWSER_USER_AGENT, launchChromium } from "#tests/setup/chromium.ts";
import { findFreePort } from "#tests/setup/free-port.ts";
import { untilOk } from "#tests/setup/patience.ts";
import { ENCRYPTION_KEYS, type TestDeps } from "#tests/setup/test-deps.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import { startStandin } from "#tests/standin/start-standin.ts";

const PRELOAD = new URL("../standin/preload.mjs", import.meta.url).href;
const KEYS = { apiKey: "key", apiSecret: "secret" };

let opened: AdminInChromium | null = null;

/** Prints the page's contents after a failed wait, which only says what was missing. */
afterEach(async ({ task }) => {
  if (task.result?.state !== "fail" || opened === null) return;
  const addresses = opened.page.frames().map((frame) => frame.url());
  const text = await opened.app.locator("body").innerText({ timeout: 5_000 }).catch(String);
  process.stdout.write(
    `${task.name}\nended on ${addresses.join(", ")}\n${text}\n${opened.problems.join("\n")}\n`,
  );
});

export interface AdminInChromium {
  readonly browser: Browser;
  readonly page: Page;
  /** The app inside the admin. */
  readonly app: FrameLocator;
  readonly appUrl: string;
  readonly standinUrl: string;
  /** Script errors of the page so far. */
  readonly problems: readonly string[];
  /** Opens the app in the admin and waits for its page. */
  enter(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts the app's web process next to a stand-in of this shop, and a browser that has opened neither yet.
 *
 * @param queues queues whose jobs a worker does as well; none by default
 */
export async function openAdminInChromium(
  deps: TestDeps,
  state: ShopState,
  { queues = [] }: { queues?: readonly QueueName[] } = {},
): Promise<AdminInChromium> {
  const port = await findFreePort();
  const appUrl = `http://127.0.0.1:${port}`;
  const standin = await startStandin({ appUrl, state, ...KEYS });
  const options: SpawnOptions = {
    env: {
      PATH: process.env["PATH"],
      NODE_ENV: "production",
      NODE_OPTIONS: `--import=${PRELOAD}`,
      STANDIN_URL: standin.url,
      DATABASE_URL: deps.databaseUrl,
      REDIS_URL: deps.redisUrl,
      SHOPIFY_API_KEY: KEYS.apiKey,
      SHOPIFY_API_SECRET: KEYS.apiSecret,
      SHOPIFY_APP_URL: appUrl,
      APP_BRIDGE_URL: `${standin.url}/app-bridge.js`,
      ENCRYPTION_KEYS,
      PORT: String(port),
      SHUTDOWN_WAIT_SECONDS: "0",
      LOG_LEVEL: "error",
    },
    stdio: ["ignore", 2, 2],
  };
  const processes = [spawn(process.execPath, ["app/web.ts"], options)];
  if (queues.length > 0) {
    processes.push(spawn(process.execPath, ["jobs/worker.ts", "--queues", queues.join(",")], options));
  }
  await untilOk(`${appUrl}/healthz`);
  const browser = await launchChromium();
  const page = await browser.newPage({
    userAgent: BROWSER_USER_AGENT,
    viewport: { width: 1280, height: 1_000 },
  });
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(error.message));
  const app = page.frameLocator("#app");
  opened = {
    browser,
    page,
    app,
    appUrl,
    standinUrl: standin.url,
    problems,
    async enter() {
      await page.goto(`${standin.url}/admin`);
      await app.locator(".Polaris-Page").waitFor();
    },
    async close() {
      opened = null;
      await browser.close();
      for (const one of processes) one.kill("SIGKILL");
      await standin.stop();
    },
  };
  return opened;
}
