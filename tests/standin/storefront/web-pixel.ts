import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { buildExtensions } from "#extensions/build.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import { toScriptSafeJson } from "./liquid/filters.ts";

/** A standard event that the page itself raises, for example `{ name: "product_viewed", data: {…} }`. */
export interface PageEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The built web pixel of the app. @throws Error when it does not build */
export async function readPixelScript(): Promise<string> {
  const { "bundle-pixel": path } = await buildExtensions(["bundle-pixel"]);
  if (path === undefined) throw new Error("the build knows no bundle-pixel");
  return readFile(path, "utf8");
}

/** A script of this folder's `web-pixel/`: Shopify's manager on the page, or its sandbox in the worker. */
export async function readPixelRuntime(name: "manager" | "sandbox"): Promise<string> {
  return readFile(join(import.meta.dirname, "web-pixel", `${name}.js`), "utf8");
}

/**
 * What Shopify adds to the head for analytics: `Shopify.analytics.publish`, the page's standard events, and the pixel
 * with its settings once the app has created it.
 */
export function pixelTags(state: ShopState, events: readonly PageEvent[]): string {
  const settings: unknown = state.app.webPixel ? JSON.parse(state.app.webPixel.settings) : null;
  const setup = { shop: state.domain, settings, events: [{ name: "page_viewed", data: {} }, ...events] };
  return `<script id="web-pixels-setup" type="application/json">${toScriptSafeJson(setup)}</script>\n<script src="/web-pixels/manager.js"></script>`;
}
