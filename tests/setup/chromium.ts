import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";
import { PATIENCE_MS } from "./patience.ts";

const WITHOUT_WINDOWS = "/usr/bin/chromium-headless-shell";

/** The headless build has the same engine, takes 80 % of the time, and is Playwright's own choice. */
export const CHROMIUM_PATH =
  process.env["CHROMIUM_PATH"] ?? (existsSync(WITHOUT_WINDOWS) ? WITHOUT_WINDOWS : "/usr/bin/chromium");

/** Shopify's package refuses bots, and the user agent of headless Chromium counts as one. */
export const BROWSER_USER_AGENT =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/**
 * Starts the machine's Chromium without a window and without background network requests. Waits on its pages time out
 * after `PATIENCE_MS`.
 */
export async function launchChromium(): Promise<Browser> {
  const browser = await chromium.launch({
    timeout: PATIENCE_MS,
    executablePath: CHROMIUM_PATH,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return browser.on("context", (context) => context.setDefaultTimeout(PATIENCE_MS));
}
