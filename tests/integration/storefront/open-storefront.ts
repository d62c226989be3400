import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import express from "express";
import { fillShop } from "#tests/standin/simulator/fill-shop.ts";
import { simulateShop } from "#tests/standin/simulator/simulate-shop.ts";
import { ShopState } from "#tests/standin/shop/shop-state.ts";
import type { BlockSettings } from "#tests/standin/storefront/app-blocks.ts";
import { storefrontRouter } from "#tests/standin/storefront/router.ts";

const PROJECT_ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const NOW_MS = Date.UTC(2026, 10, 24, 12);

/**
 * A storefront on loopback over a small simulated shop, and one shopper's cookies.
 *
 * @param options.projectRoot folder whose `extensions/` the app deployed
 * @param options.themeFolder another theme than the stand-in's own
 * @param options.blockSettings what the merchant set in the theme editor
 */
export async function openStorefront({
  locale = "en",
  projectRoot = PROJECT_ROOT,
  themeFolder,
  blockSettings = {},
}: {
  locale?: string;
  projectRoot?: string;
  themeFolder?: string;
  blockSettings?: BlockSettings;
} = {}) {
  const state = new ShopState({ name: "Hearth & Field", now: () => NOW_MS });
  const history = simulateShop({ seed: 2, endAtMs: NOW_MS, ordersTotal: 20, days: 30 });
  const { variantGidBySku } = fillShop(state, history);
  const topics: string[] = [];
  state.subscribe(({ topic }) => topics.push(topic));
  const app = express();
  app.use(
    storefrontRouter({ state, projectRoot, locale, blockSettings, ...(themeFolder && { themeFolder }) }),
  );
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const gidOf = (sku: string) => variantGidBySku.get(sku)!;
  return {
    state,
    url,
    topics,
    gidOf,
    /** Digits of a variant's id, as the Ajax cart takes them. */
    idOf: (sku: string) => gidOf(sku).split("/").at(-1)!,
    newShopper: () => new TestShopper(url),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type OpenStorefront = Awaited<ReturnType<typeof openStorefront>>;

/** Writes what `publish` writes: the offers on the product of the first component, and one active discount. */
export function publishOffer(
  { state, gidOf, idOf }: OpenStorefront,
  offer: {
    title: string;
    basisPoints: number;
    components: readonly (readonly [sku: string, quantity: number])[];
    /** Whether any variant of each component's product may stand in. */
    isOpen?: boolean;
    /** Whether the pages of the other components name the anchor too. */
    isEverywhere?: boolean;
    /** Where alone it is shown, as the rule says it. */
    place?: "p" | "f" | "c";
  },
): string {
  const bundleId = crypto.randomUUID();
  const gids = offer.components.map(([sku]) => gidOf(sku));
  const ownerGid = state.catalogue.variant(gids[0]!).productGid;
  const productOf = (gid: string) => state.catalogue.variant(gid).productGid;
  const c = offer.components.map(([sku, q]) => ({
    v: idOf(sku),
    q,
    ...(offer.isOpen && { p: productOf(gidOf(sku)).split("/").at(-1)! }),
  }));
  const place = offer.place && { w: offer.place };
  const offers = { v: 1, o: [{ id: bundleId, t: offer.title, bp: offer.basisPoints, ...place, c }] };
  const set = (key: string, type: string, value: unknown) =>
    state.app.setMetafield({ ownerGid, namespace: "$app", key, type, value: JSON.stringify(value) });
  set("bundles", "json", offers);
  set("bundle_variants", "list.variant_reference", gids);
  for (const gid of offer.isEverywhere ? gids.slice(1) : []) {
    const anchors = {
      key: "bundle_anchors",
      type: "list.product_reference",
      value: JSON.stringify([ownerGid]),
    };
    state.app.setMetafield({ ownerGid: productOf(gid), namespace: "$app", ...anchors });
  }
  state.app.discounts.set("discount", {
    gid: "gid://shopify/DiscountAutomaticNode/1",
    createdAtMs: NOW_MS,
    updatedAtMs: NOW_MS,
    title: "Bundle offer",
    functionId: "bundle-discount",
    startsAtMs: NOW_MS - 1,
    endsAtMs: null,
    combinesWith: { orderDiscounts: true, productDiscounts: false, shippingDiscounts: true },
    discountClasses: ["PRODUCT"],
  });
  return bundleId;
}

/** Publishes another offer beside those that the anchor's product holds. */
export function addOffer(storefront: OpenStorefront, offer: Parameters<typeof publishOffer>[1]): string {
  const { state, gidOf } = storefront;
  const ownerGid = state.catalogue.variant(gidOf(offer.components[0]![0])).productGid;
  const read = (key: string) => JSON.parse(state.app.findMetafield(ownerGid, "$app", key)!.value) as unknown;
  const [rules, variants] = [read("bundles") as { o: object[] }, read("bundle_variants") as string[]];
  const id = publishOffer(storefront, offer);
  const added = read("bundles") as { o: object[] };
  const set = (key: string, type: string, value: unknown) =>
    state.app.setMetafield({ ownerGid, namespace: "$app", key, type, value: JSON.stringify(value) });
  set("bundles", "json", { ...added, o: [...rules.o, ...added.o] });
  const all = [...variants, ...(read("bundle_variants") as string[])];
  set("bundle_variants", "list.variant_reference", [...new Set(all)]);
  return id;
}

/** The fields of /cart.js that the tests look at. */
export interface CartJson {
  item_count: number;
  total_price: number;
  total_discount: number;
  original_total_price: number;
  attributes: Record<string, string>;
  items: {
    id: number;
    key: string;
    quantity: number;
    final_line_price: number;
    discounts: { title: string }[];
  }[];
}

class TestShopper {
  readonly #url: string;
  #cookie = "";
  constructor(url: string) {
    this.#url = url;
  }
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...init.headers, cookie: this.#cookie };
    const response = await fetch(`${this.#url}${path}`, { ...init, headers, redirect: "manual" });
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]!);
    if (cookies.length > 0) this.#cookie = cookies.join("; ");
    return response;
  }
  async page(path: string): Promise<string> {
    return (await this.request(path)).text();
  }
  async post(path: string, body: unknown): Promise<Response> {
    const headers = { "content-type": "application/json" };
    return this.request(path, { method: "POST", headers, body: JSON.stringify(body) });
  }
  async cart(): Promise<CartJson> {
    return (await (await this.request("/cart.js")).json()) as CartJson;
  }
}
