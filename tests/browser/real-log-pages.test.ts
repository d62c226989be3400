import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BROWSER_USER_AGENT, launchChromium } from "#tests/setup/chromium.ts";
import { findFreePort } from "#tests/setup/free-port.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { fillNewShop } from "#tests/standin/demo/fill.ts";
import { runLoop } from "#tests/standin/demo/loop.ts";
import { Merchant } from "#tests/standin/demo/merchant.ts";
import { startStack, type Stack } from "#tests/standin/demo/stack.ts";
import { Teardown } from "#tests/standin/demo/teardown.ts";
import { Watch } from "#tests/standin/demo/watch.ts";
import { seededRandom } from "#tests/standin/simulator/random.ts";
import {
  findBarriers,
  keepWholePage,
  listPages,
  measureOverflow,
  openEmbedded,
  WIDTHS,
} from "./embedded-pages.ts";

/** Your own order log, in the format of `--orders`. Without one there is nothing real to show. */
const ORDER_LOG = process.env["BUNDLESMITH_ORDER_LOG"];

const teardown = new Teardown();
const deps = await openTestDeps();
let stack: Stack;
let browser: Browser;
let page: Page;
let paths: Readonly<Record<string, string>>;

const title = ORDER_LOG
  ? "with the orders of a real shop"
  : "with the orders of a real shop (skipped: BUNDLESMITH_ORDER_LOG names no order log)";

describe.skipIf(!ORDER_LOG)(title, () => {
  beforeAll(async () => {
    const filled = await fillNewShop({
      shop: "demo-shop.myshopify.com",
      ordersPath: ORDER_LOG!,
      seed: 7,
      endAtMs: Date.now(),
    });
    const say = () => {};
    stack = await startStack(
      {
        adminPort: await findFreePort(),
        appPort: await findFreePort(),
        databaseUrl: deps.databaseUrl,
        redisUrl: deps.redisUrl,
        apiPointsPerSecond: 2_000,
        state: filled.state,
        say,
        onCrash: say,
      },
      teardown,
    );
    const watch = new Watch(stack.databaseUrl, stack.shop);
    const merchant = new Merchant(stack.appUrl, stack.standin);
    await runLoop({ stack, filled, merchant, watch, random: seededRandom(7), say });
    await watch.close();
    const bundle = await deps.db.bundle.findFirstOrThrow({
      where: { status: "proposed" },
      orderBy: { expectedExtraMarginMinor: "desc" },
    });
    const run = await deps.db.run.findFirstOrThrow({ where: { status: "succeeded" } });
    paths = listPages({ bundleId: bundle.id, runId: run.id });
    browser = await launchChromium();
    page = await browser.newPage({ userAgent: BROWSER_USER_AGENT });
    await page.goto(`${stack.standin.url}/admin`);
    await page.frameLocator("#app").locator(".Polaris-Page").waitFor();
  });

  afterAll(async () => {
    await browser?.close();
    await teardown.run();
  });

  describe.each(WIDTHS)("at a width of %d pixels", (width) => {
    it.each(Object.keys(listPages({ bundleId: "", runId: "" })))(
      "the page %s has no barrier and does not scroll sideways, with a screenshot",
      async (name) => {
        await page.setViewportSize({ width, height: 1_000 });
        const frame = await openEmbedded(page, { appUrl: stack.appUrl, path: paths[name]! });
        await keepWholePage(page, frame, { name: `real-log-pages/${name}-${width}`, width });
        expect(await findBarriers(frame)).toEqual([]);
        expect(await measureOverflow(frame)).toBe(0);
      },
    );
  });
});
