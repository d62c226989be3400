import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchChromium } from "#tests/setup/chromium.ts";
import { addOffer, openStorefront, publishOffer, type OpenStorefront } from "./open-storefront.ts";
import { writeOtherTheme } from "./other-theme.ts";

const PRODUCT_PAGE = "/products/pour-over-coffee-dripper";
const offers = "[data-bundlesmith-offer]";

let browser: Browser;
let folder: string;
beforeAll(async () => {
  browser = await launchChromium();
  folder = mkdtempSync(join(tmpdir(), "offers-anywhere-"));
  writeOtherTheme(join(folder, "open"));
  writeOtherTheme(join(folder, "closed"), { apps: "nowhere" });
});
afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

type Settings = Readonly<Record<string, unknown>>;

/** A shop with an offer. `anywhere` has the settings of the embed that draws it; null if the embed is off. */
async function openShop(themeFolder: string, anywhere: Settings | null): Promise<OpenStorefront> {
  const storefront = await openStorefront({
    themeFolder,
    blockSettings: anywhere === null ? {} : { "bundle-anywhere": anywhere },
  });
  publishOffer(storefront, {
    title: "Coffee for two",
    basisPoints: 1_250,
    components: [
      ["KITC-01", 1],
      ["KITC-02", 2],
    ],
  });
  return storefront;
}

function holdOutAll({ state }: OpenStorefront): void {
  state.app.setMetafield({
    ownerGid: state.app.installationGid,
    namespace: "bundlesmith",
    key: "storefront",
    type: "json",
    value: JSON.stringify({ v: 1, holdoutPermille: 1_000, salt: "salt" }),
  });
}

async function openProduct(page: Page, themeFolder: string, anywhere: Settings | null) {
  const storefront = await openShop(themeFolder, anywhere);
  await page.goto(`${storefront.url}${PRODUCT_PAGE}`, { waitUntil: "load" });
  return storefront;
}

/** The same shop with more content below the form. Each page is sent piece by piece, up to the next mark on request. */
async function serveInPieces(origin: string, marks: readonly string[]) {
  let sendNext = () => {};
  const server = createServer((request, response) => {
    void (async () => {
      const answer = await fetch(`${origin}${request.url}`);
      const type = answer.headers.get("content-type") ?? "";
      response.writeHead(answer.status, { "content-type": type });
      if (!type.includes("html")) return response.end(Buffer.from(await answer.arrayBuffer()));
      const html = (await answer.text()).replace(
        "</main>",
        `${"<p>What the theme tells.</p>".repeat(12)}</main>`,
      );
      let sent = 0;
      for (const mark of marks) {
        const next = html.indexOf(mark, Math.max(sent, html.indexOf("<body")));
        response.write(html.slice(sent, next));
        sent = next;
        await new Promise<void>((resolve) => (sendNext = resolve));
      }
      return response.end(html.slice(sent));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sendNext: () => sendNext(),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe("in a theme that has no place for app blocks", () => {
  const place = () => join(folder, "closed");

  it("no offer is drawn while the embed is off", async () => {
    const page = await browser.newPage();
    const shop = await openProduct(page, place(), null);
    expect(await page.locator(offers).count()).toBe(0);
    await page.close();
    await shop.close();
  });

  it("the embed puts the offers after the forms of product and cart, and they add the bundle", async () => {
    const page = await browser.newPage();
    const shop = await openProduct(page, place(), {});
    expect(await page.locator(`form:has([name=add]) + .bundlesmith ${offers}`).count()).toBe(1);
    await page.evaluate(
      (id) => fetch("/cart/add.js", { method: "POST", body: new URLSearchParams({ id, quantity: "1" }) }),
      shop.idOf("KITC-01"),
    );
    await page.goto(`${shop.url}/cart`);
    expect(await page.locator(`form[action="/cart"] + .bundlesmith ${offers}`).count()).toBe(1);
    await page.locator(`${offers} [type=submit]`).click();
    const readTotal = async () => {
      const answer = await page.context().request.get(`${shop.url}/cart.js`);
      return ((await answer.json()) as { total_price: number }).total_price;
    };
    await expect.poll(readTotal).toBe(3_675);
    await page.close();
    await shop.close();
  });

  it("the embed brings its own style, because the page has no block whose style sheet Shopify would load", async () => {
    const page = await browser.newPage();
    const shop = await openProduct(page, place(), {});
    expect(await page.locator("link[href*='bundle-offer.css']").count()).toBe(0);
    expect(await page.locator("script[src*='bundle-offer.js']").count()).toBe(1);
    expect(await page.locator(offers).evaluate((box) => getComputedStyle(box).display)).toBe("grid");
    await page.close();
    await shop.close();
  });

  it("the page's parser creates the offers, no script does, and each button has its own offer's form", async () => {
    const shop = await openShop(place(), {});
    const components = [["KITC-01", 1] as const, ["KITC-03", 1] as const];
    addOffer(shop, { title: "Coffee to pour", basisPoints: 1_000, components });
    const page = await browser.newPage();
    await page.addInitScript(() => {
      const known = Object.getOwnPropertyDescriptor(Element.prototype, "innerHTML")!;
      const set = function (this: Element, html: string) {
        if (html.includes("data-bundlesmith-offer")) document.documentElement.dataset["parsed"] = "by script";
        known.set!.call(this, html);
      };
      Object.defineProperty(Element.prototype, "innerHTML", { ...known, set });
    });
    await page.goto(`${shop.url}${PRODUCT_PAGE}`, { waitUntil: "load" });
    expect(await page.locator("html").getAttribute("data-parsed")).toBeNull();
    const owners = await page
      .locator(`${offers} [type=submit]`)
      .evaluateAll((buttons) =>
        (buttons as HTMLButtonElement[]).map(
          (button) =>
            button.form?.closest("[data-bundlesmith-offer]") === button.closest("[data-bundlesmith-offer]"),
        ),
      );
    expect(owners).toEqual([true, true]);
    await page.close();
    await shop.close();
  });

  it.each([390, 1280])("nothing moves at %i px, even if the end of the page arrives late", async (width) => {
    const shop = await openShop(place(), {});
    const slow = await serveInPieces(shop.url, ["<form", "</main>"]);
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    await page.goto(`${slow.url}${PRODUCT_PAGE}`, { waitUntil: "commit" });
    await page.locator("main").waitFor();
    slow.sendNext();
    await page.locator("form [name=add]").waitFor();
    const countPaints = () => page.evaluate(() => performance.getEntriesByType("paint").length);
    await expect.poll(countPaints).toBeGreaterThan(0);
    slow.sendNext();
    await page.waitForLoadState("load");
    await page.locator(`form:has([name=add]) + .bundlesmith ${offers}`).waitFor();
    const seen = await page.evaluate(
      () =>
        new Promise<{ shift: number; paintMs: number; endMs: number }>((resolve) => {
          let shift = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) shift += (entry as unknown as { value: number }).value;
          }).observe({ type: "layout-shift", buffered: true });
          const [{ startTime: paintMs }] = performance.getEntriesByType("paint") as [PerformanceEntry];
          const [{ domInteractive: endMs }] = performance.getEntriesByType("navigation") as [
            PerformanceNavigationTiming,
          ];
          // A frame with the offers has been drawn, and its layout shifts were reported.
          requestAnimationFrame(() =>
            requestAnimationFrame(() => setTimeout(() => resolve({ shift, paintMs, endMs }))),
          );
        }),
    );
    expect(seen.paintMs, "painted before the page's end").toBeLessThan(seen.endMs);
    expect(seen.shift).toBe(0);
    expect(await page.locator(`form:has([name=add]) + .bundlesmith ${offers}`).isVisible()).toBe(true);
    await page.close();
    await slow.close();
    await shop.close();
  });

  it("a holdout visitor sees no offer and no gap, even before the cookies are read", async () => {
    const shop = await openShop(place(), {});
    holdOutAll(shop);
    const page = await browser.newPage();
    await page.addInitScript(() => {
      window.cookieStore.getAll = () => new Promise(() => {});
      new MutationObserver((_changes, observer) => {
        const section = document.querySelector<HTMLElement>(".bundlesmith");
        if (section === null) return;
        observer.disconnect();
        requestAnimationFrame(() => {
          document.documentElement.dataset["heightPainted"] = String(section.offsetHeight);
        });
      }).observe(document, { childList: true, subtree: true });
    });
    await page.goto(`${shop.url}${PRODUCT_PAGE}`, { waitUntil: "load" });
    expect(await page.locator(offers).count()).toBe(1);
    expect(await page.locator("html").getAttribute("data-height-painted")).toBe("0");
    expect(await page.locator(".bundlesmith").isVisible()).toBe(false);
    await page.close();
    await shop.close();
  });

  it("a holdout visitor's page does not wait for the cookies before it has an offer to paint", async () => {
    const shop = await openShop(place(), {});
    holdOutAll(shop);
    const slow = await serveInPieces(shop.url, ["<form"]);
    const page = await browser.newPage();
    await page.addInitScript(() => {
      window.cookieStore.getAll = () => new Promise(() => {});
    });
    await page.goto(`${slow.url}${PRODUCT_PAGE}`, { waitUntil: "commit" });
    await page.locator("main").waitFor();
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    const readArm = () => page.locator("html").getAttribute("data-bundlesmith");
    expect(await readArm()).toBe("?");
    slow.sendNext();
    await expect.poll(readArm).toBe("h");
    await page.close();
    await slow.close();
    await shop.close();
  });

  it.each(["no selector at all (", ".absent"])(
    "the offers are at the end of the page if %j finds nothing",
    async (after) => {
      const page = await browser.newPage();
      const shop = await openProduct(page, place(), { after });
      expect(await page.locator(`body > .bundlesmith:last-child ${offers}`).isVisible()).toBe(true);
      await page.close();
      await shop.close();
    },
  );

  it("without script the offers are at the end of the page and add the bundle", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    const shop = await openProduct(page, place(), {});
    const section = await page.locator("body > .bundlesmith").boundingBox();
    const theme = await page.locator("main").boundingBox();
    expect(section!.y).toBeGreaterThanOrEqual(theme!.y + theme!.height);
    await page.locator(`body > .bundlesmith [type=submit]:visible`).click();
    const answer = await context.request.get(`${shop.url}/cart.js`);
    expect(((await answer.json()) as { total_price: number }).total_price).toBe(3_675);
    await context.close();
    await shop.close();
  });

  it("the embed draws nothing if the theme has our block", async () => {
    const page = await browser.newPage();
    const shop = await openProduct(page, join(folder, "open"), {});
    expect(await page.locator(offers).count()).toBe(1);
    expect(await page.locator("[data-bundlesmith-embed]").count()).toBe(0);
    await page.close();
    await shop.close();
  });
});
