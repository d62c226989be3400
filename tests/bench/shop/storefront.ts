import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type CDPSession, type Page } from "playwright-core";
import { buildExtensions } from "#extensions/build.ts";
import { CHROMIUM_PATH } from "#tests/setup/chromium.ts";
import { openStorefront, publishOffer } from "#tests/integration/storefront/open-storefront.ts";

/**
 * The cost of the block for a shopper, in Chromium with the CPU slowed four times: sizes, layout shift, the largest
 * paint and the main thread's time with and without the block in turn, in our theme and in those at `THEMES_PATH`,
 * and the time from the click to the cart's new count. Fails when a limit is exceeded.
 */

const EXTENSIONS = join(import.meta.dirname, "../../../extensions");
const PAIRS = 10;
const CPU_SLOWDOWN = 4;
const SKUS = ["KITC-01", "KITC-02", "KITC-03"] as const;

interface PageCost {
  /**
   * From the page's first byte to its largest paint, because the stand-in's server takes longer for our Liquid than
   * Shopify's.
   */
  readonly paintMs: number;
  /** Part of that for fonts and positions: the main thread's time for layout. */
  readonly layoutMs: number;
  /** Layout shift of our block and of the content after it, if nothing before it moved. */
  readonly shift: number;
  /**
   * Time that the main thread ran our scripts, and that they blocked it, including waits for storage and other
   * processes.
   */
  readonly scriptMs: number;
  readonly blockedMs: number;
  /** Time of our scripts and all others in the page's HTML. A theme's own can vary by more than ours take. */
  readonly allMs: number;
}

/** A project whose only extension is the discount: the same shop without our blocks. */
const bareRoot = mkdtempSync(join(tmpdir(), "storefront-bench-"));
mkdirSync(join(bareRoot, "extensions"));
symlinkSync(join(EXTENSIONS, "bundle-discount"), join(bareRoot, "extensions/bundle-discount"));

const browser = await chromium.launch({
  executablePath: CHROMIUM_PATH,
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const open: { close: () => Promise<void> }[] = [];
const withBlock = await openShop();
try {
  const { "bundle-pixel": pixel } = await buildExtensions(["bundle-pixel"]);
  if (pixel === undefined) throw new Error("the build has no bundle-pixel");
  print("storefront.script", sizeOf("bundle-offer/assets/bundle-offer.js"), "bytes", 8_000);
  // In addition to the file: the HTML in each page with an offer that decides the arm before the paint.
  print("storefront.inline-script", await sizeOfInline(withBlock.address), "bytes");
  print("storefront.style", sizeOf("bundle-offer/assets/bundle-offer.css"), "bytes", 9_000);
  print("storefront.pixel", statSync(pixel).size, "bytes", 6_000);

  const bare = await compare("storefront", {}, withBlock);
  const themesPath = process.env["THEMES_PATH"];
  for (const name of ["dawn", "horizon", "skeleton"]) {
    const themeFolder = join(themesPath ?? "", name);
    // Skeleton has no place for blocks, so the embed draws the offers there.
    const blockSettings = name === "skeleton" ? { "bundle-anywhere": {} } : {};
    if (themesPath !== undefined && existsSync(themeFolder))
      await compare(`storefront.${name}`, { themeFolder, blockSettings });
    else console.log(`storefront.${name} skipped: set THEMES_PATH to a folder with the theme as "${name}"`);
  }
  // A slowed CPU stretches waits as well, most on a busy machine. This shows whether the work itself has grown.
  print("storefront.main-thread-unslowed", await scriptMsAdded(bare, withBlock, { slowdown: 1 }), "ms");
  const withoutHoldout = await openShop({}, 0);
  const withoutHoldoutMs = await scriptMsAdded(bare, withoutHoldout, {});
  print("storefront.main-thread-nobody-held-out", withoutHoldoutMs, "ms", 10);
  // A shop's first page, where the block must load the consent script and waits for an idle moment.
  const askingMs = await scriptMsAdded(bare, withBlock, { asksConsent: true });
  print("storefront.main-thread-asking-consent", askingMs, "ms", 10);
  const clicks: number[] = [];
  for (let run = 0; run < 5; run++) clicks.push(await measureClick(browser, withBlock.address));
  print("storefront.click-to-cart-beyond-network", median(clicks), "ms", 150);
} finally {
  await browser.close();
  for (const shop of open) await shop.close();
  rmSync(bareRoot, { recursive: true });
}

async function openShop(options: Parameters<typeof openStorefront>[0] = {}, holdoutPermille = 1) {
  const storefront = await openStorefront(options);
  open.push(storefront);
  const { state, url, gidOf } = storefront;
  // With a holdout the code waits for the arm; one in a thousand is practically nobody.
  state.app.setMetafield({
    ownerGid: state.app.installationGid,
    namespace: "bundlesmith",
    key: "storefront",
    type: "json",
    value: JSON.stringify({ v: 1, salt: "storefront", holdoutPermille }),
  });
  const components = SKUS.map((sku) => [sku, 1] as const);
  publishOffer(storefront, { title: "Coffee for two", basisPoints: 1_250, components });
  const { productGid } = state.catalogue.variant(gidOf(SKUS[0]));
  return { address: `${url}/products/${state.catalogue.product(productGid).handle}` };
}

type OpenShop = Awaited<ReturnType<typeof openShop>>;

/** Prints the cost of our block on a theme's page compared with the same page without, ten times in a row. */
async function compare(
  name: string,
  options: Parameters<typeof openStorefront>[0],
  given?: OpenShop,
): Promise<OpenShop> {
  const bare = await openShop({ ...options, projectRoot: bareRoot });
  const { address } = given ?? (await openShop(options));
  // The first visit of each shop warms up its templates.
  await measurePage(browser, bare.address);
  await measurePage(browser, address);
  const costs: { bare: PageCost; block: PageCost }[] = [];
  for (let pair = 0; pair < PAIRS; pair++)
    costs.push({
      bare: await measurePage(browser, bare.address),
      block: await measurePage(browser, address),
    });
  const added = (of: (cost: PageCost) => number) =>
    median(costs.map(({ bare: before, block }) => of(block) - of(before)));
  const barePaintMs = median(costs.map((cost) => cost.bare.paintMs));
  print(`${name}.cls-added`, Math.max(...costs.map(({ block }) => block.shift)), "", 0);
  print(`${name}.lcp-without`, barePaintMs, "ms");
  print(`${name}.lcp-with`, median(costs.map((cost) => cost.block.paintMs)), "ms");
  // The noise is the difference of the same page between runs.
  const noiseMs = median(costs.map((cost) => Math.abs(cost.bare.paintMs - barePaintMs)));
  print(
    `${name}.lcp-added`,
    added(({ paintMs }) => paintMs),
    "ms",
    Math.max(3 * noiseMs, 0.1 * barePaintMs),
  );
  print(
    `${name}.layout`,
    added(({ layoutMs }) => layoutMs),
    "ms",
  );
  print(
    `${name}.main-thread`,
    added(({ scriptMs }) => scriptMs),
    "ms",
    10,
  );
  print(
    `${name}.main-thread-beyond-bare-page`,
    added(({ allMs }) => allMs),
    "ms",
  );
  print(
    `${name}.main-thread-held`,
    added(({ blockedMs }) => blockedMs),
    "ms",
  );
  return bare;
}

/** The main thread's additional work with the block; the page is measured with and without it in turn. */
async function scriptMsAdded(
  bare: OpenShop,
  block: OpenShop,
  how: { slowdown?: number; asksConsent?: boolean },
): Promise<number> {
  const added: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    const before = await measurePage(browser, bare.address, how);
    added.push((await measurePage(browser, block.address, how)).scriptMs - before.scriptMs);
  }
  return median(added);
}

async function sizeOfInline(address: string): Promise<number> {
  const html = await (await fetch(address)).text();
  const [, script] = /<script>([^<]*bundlesmith[\s\S]*?)<\/script>/.exec(html) ?? [];
  if (script === undefined) throw new Error(`${address}: the app's inline script is missing`);
  return Buffer.byteLength(script);
}

function sizeOf(name: string): number {
  return statSync(join(EXTENSIONS, name)).size;
}

/** Opens a page as a new visitor, by default on a slow computer, passes it on, and deletes the visitor. */
async function visit<T>(
  on: Browser,
  work: (page: Page, session: CDPSession) => Promise<T>,
  slowdown = CPU_SLOWDOWN,
): Promise<T> {
  const context = await on.newContext({ viewport: { width: 390, height: 844 } });
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    return await work(page, session);
  } finally {
    await context.close();
  }
}

async function measurePage(
  on: Browser,
  address: string,
  { slowdown, asksConsent = false }: { slowdown?: number; asksConsent?: boolean } = {},
): Promise<PageCost> {
  const measure = async (page: Page) => {
    if (asksConsent) await page.addInitScript(loadConsentLate);
    await on.startTracing(page, { categories: ["devtools.timeline", "v8"] });
    const html = await (await page.goto(address, { waitUntil: "networkidle" }))!.text();
    const trace = JSON.parse((await on.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
    const seen = await page.evaluate(
      () =>
        new Promise<{ paintMs: number; shift: number }>((resolve) => {
          const [{ responseStart: firstByte }] = performance.getEntriesByType("navigation") as [
            PerformanceNavigationTiming,
          ];
          let paintMs = 0;
          let shift = 0;
          const block = document.querySelector(".bundlesmith");
          // The theme moves the content before the block, which moves everything after it.
          const isOurs = ({ node }: { node: Node | null }) =>
            block !== null && (node === null || (block.compareDocumentPosition(node) & 2) === 0);
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) paintMs = entry.startTime - firstByte;
          }).observe({ type: "largest-contentful-paint", buffered: true });
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries() as LayoutShift[])
              if (entry.sources.every(isOurs)) shift += entry.value;
          }).observe({ type: "layout-shift", buffered: true });
          setTimeout(() => resolve({ paintMs, shift }), 200);
        }),
    );
    return { ...seen, ...mainThreadMs(trace.traceEvents, address, html) };
  };
  return visit(on, measure, slowdown);
}

/** Shopify's script on a page that asks for consent: nothing is known until it has loaded. */
function loadConsentLate(): void {
  const shop: { customerPrivacy?: object; loadFeatures: (features: object[], done: () => void) => void } = {
    loadFeatures: (_features, done) => {
      shop.customerPrivacy = { analyticsProcessingAllowed: () => true };
      done();
    },
  };
  Object.assign(window, { Shopify: shop });
}

interface LayoutShift extends PerformanceEntry {
  readonly value: number;
  readonly sources: readonly { readonly node: Node | null }[];
}

interface TraceEvent {
  readonly name: string;
  readonly tid: number;
  /** Start and length, in microseconds, and the thread's running time within. */
  readonly ts: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly data?: { readonly url?: string; readonly lineNumber?: number } };
}

/** Compilation and execution of our file and of our scripts in the page's HTML, and of all scripts there. */
function mainThreadMs(
  events: readonly TraceEvent[],
  address: string,
  html: string,
): Pick<PageCost, "layoutMs" | "scriptMs" | "blockedMs" | "allMs"> {
  const lineAt = (index: number) => html.slice(0, index).split("\n").length;
  const ours = [...html.matchAll(/<script\b[^>]*>[\s\S]*?<\/script>/g)]
    .filter(([script]) => script.includes("bundlesmith"))
    .map(({ 0: script, index }) => [lineAt(index), lineAt(index + script.length)] as const);
  // Compilation can be inside evaluation, and a call inside a call; each moment counts once.
  const total = { layoutMs: 0, scriptMs: 0, blockedMs: 0, allMs: 0 };
  const reached = new Map<number, number>();
  for (const { name, args, tid, ts, dur = 0, tdur = dur } of events.toSorted((a, b) => a.ts - b.ts)) {
    const { url = "", lineNumber = 0 } = args?.data ?? {};
    const isFile = url.includes("bundle-offer.js");
    if (name === "Layout") total.layoutMs += tdur / 1_000;
    if (!/^(EvaluateScript|FunctionCall|v8\.compile)$/.test(name) || !(isFile || url === address)) continue;
    if (ts < (reached.get(tid) ?? 0)) continue;
    reached.set(tid, ts + dur);
    total.allMs += tdur / 1_000;
    if (!isFile && !ours.some(([first, last]) => lineNumber >= first && lineNumber <= last)) continue;
    total.scriptMs += tdur / 1_000;
    total.blockedMs += dur / 1_000;
  }
  return total;
}

/** From the click on "Add" to the new count in the header, without the time of pending requests. */
async function measureClick(on: Browser, address: string): Promise<number> {
  return visit(on, async (page) => {
    await page.goto(address, { waitUntil: "networkidle" });
    return page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const count = document.querySelector("[data-cart-count]")!;
          const button = document.querySelector<HTMLElement>("[data-bundlesmith-offer] [type=submit]")!;
          const startMs = performance.now();
          new MutationObserver(() => {
            const endMs = performance.now();
            let waitedMs = 0;
            let reachedMs = startMs;
            for (const { startTime, responseEnd } of performance.getEntriesByType(
              "resource",
            ) as PerformanceResourceTiming[]) {
              if (responseEnd <= reachedMs) continue;
              waitedMs += responseEnd - Math.max(startTime, reachedMs);
              reachedMs = responseEnd;
            }
            resolve(endMs - startMs - waitedMs);
          }).observe(count, { childList: true, characterData: true, subtree: true });
          button.click();
        }),
    );
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}

/** One JSON line; a value above its limit fails the benchmark. */
function print(name: string, value: number, unit: string, limit?: number): void {
  const rounded = Number(value.toFixed(3));
  const ratio = limit ? Number((value / limit).toFixed(3)) : null;
  const peer = limit === undefined ? null : "limit";
  console.log(JSON.stringify({ name, value: rounded, unit, peer, limit: limit ?? null, ratio }));
  if (limit !== undefined && rounded > limit) process.exitCode = 1;
}
