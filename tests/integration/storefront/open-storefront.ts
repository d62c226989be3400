import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import express from "express";
import { writeRules, type OfferRule } from "#app/domain/offer/offer-rule.ts";
import { parseRules } from "#tests/factories/parse-rules.ts";
import { fillShop } from "#tests/standin/simulator/fill-shop.ts";
import { simulateShop } from "#tests/standin/simulator/simulate-shop.ts";
import { ShopState } from "#tests/standin/shop/shop-state.ts";
import type { BlockSettings } from "#tests/standin/storefront/app-blocks.ts";
import { storefrontRouter } from "#tests/standin/storefront/router.ts";

export const PROJECT_ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const NOW_MS = Date.UTC(2026, 10, 24, 12);

/**
 * A storefront on loopback over a small simulated shop, and a shopper with cookies.
 *
 * @param options.projectRoot folder whose `extensions/` the app deployed
 * @param options.themeFolder a theme other than the stand-in's own
 * @param options.blockSettings the merchant's settings in the theme editor
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
  const gidOf = (sku: string) => variantGidBySku.get(sku)!;
  const served = { state, projectRoot, locale, blockSettings, ...(themeFolder && { themeFolder }) };
  return {
    ...(await serveStorefront(served)),
    state,
    topics,
    gidOf,
    /** Digits of a variant's id, as the Ajax cart takes them. */
    idOf: (sku: string) => gidOf(sku).split("/").at(-1)!,
  };
}

/** Serves the storefront of an existing shop on loopback. */
export async function serveStorefront(options: Parameters<typeof storefrontRouter>[0]) {
  const server = createServer(express().use(storefrontRouter(options)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    newShopper: () => new TestShopper(url),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type OpenStorefront = Awaited<ReturnType<typeof openStorefront>>;

interface PublishedSet {
  readonly title: string;
  /** 0 is full price. */
  readonly basisPoints: number;
  readonly components: readonly (readonly [sku: string, quantity: number])[];
  /** Whether any variant of each component's product counts. */
  readonly isOpen?: boolean;
  /** Whether the pages of the other components also name the anchor. */
  readonly isEverywhere?: boolean;
  /** The only place where it is shown, as the rule writes it; everywhere if absent. */
  readonly place?: "p" | "f" | "c";
}

/** Publishes a set as the only offer of its first component's product. */
export function publishOffer(storefront: OpenStorefront, offer: PublishedSet): string {
  const anchorGid = productOf(storefront, offer.components[0]![0]);
  for (const key of ["offers", "bundle_variants"])
    storefront.state.app.deleteMetafield(anchorGid, "$app", key);
  return addOffer(storefront, offer);
}

/** Publishes another set next to the existing offers of the anchor's product. */
export function addOffer(storefront: OpenStorefront, offer: PublishedSet): string {
  const { idOf } = storefront;
  const parts = offer.components.map(([sku, quantity]) => ({
    variant: idOf(sku),
    quantity,
    product: offer.isOpen ? productOf(storefront, sku).split("/").at(-1)! : null,
  }));
  const rule = { ...ruleHead(offer.title), place: offer.place ?? null };
  const { basisPoints } = offer;
  const reward =
    basisPoints === 0 ? ({ type: "none" } as const) : ({ type: "percent", basisPoints } as const);
  const skus = offer.components.map(([sku]) => sku);
  const named = offer.isEverywhere ? skus.slice(1) : [];
  return publishRule(storefront, { ...rule, kind: "set", reward, parts }, { skus, named });
}

/** The common fields of a rule without limits. */
export function ruleHead(title: string) {
  const limits = { place: null, lastDay: null, countries: [], times: null };
  return { id: crypto.randomUUID(), title, titles: {}, ...limits };
}

/**
 * Writes what `publish` writes: the rule next to those of its products, the variants that the first of them lists,
 * the anchor on the products that name it, and one active discount.
 *
 * @param options.skus variants that the anchor lists, its own first
 * @param options.pool variants whose products carry the rule; only the anchor by default
 * @param options.named variants whose products name the anchor
 */
export function publishRule(
  storefront: OpenStorefront,
  rule: OfferRule,
  {
    skus,
    pool = skus.slice(0, 1),
    named = [],
  }: { skus: readonly string[]; pool?: readonly string[]; named?: readonly string[] },
): string {
  const { state, gidOf } = storefront;
  const anchorGid = productOf(storefront, skus[0]!);
  const read = (ownerGid: string, key: string) => state.app.findMetafield(ownerGid, "$app", key)?.value;
  const set = (ownerGid: string, key: string, type: string, value: string) =>
    state.app.setMetafield({ ownerGid, namespace: "$app", key, type, value });
  for (const ownerGid of new Set(pool.map((sku) => productOf(storefront, sku)))) {
    const known = parseRules(read(ownerGid, "offers") ?? "2");
    if (!known.ok) throw new Error(known.reason);
    const offers = [...known.value.offers, rule];
    set(ownerGid, "offers", "single_line_text_field", writeRules({ ...known.value, offers }));
  }
  const listed = JSON.parse(read(anchorGid, "bundle_variants") ?? "[]") as string[];
  const all = JSON.stringify([...new Set([...listed, ...skus.map(gidOf)])]);
  set(anchorGid, "bundle_variants", "list.variant_reference", all);
  for (const sku of named) {
    const ownerGid = productOf(storefront, sku);
    if (ownerGid !== anchorGid)
      set(ownerGid, "bundle_anchors", "list.product_reference", JSON.stringify([anchorGid]));
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
  return rule.id;
}

function productOf({ state, gidOf }: OpenStorefront, sku: string): string {
  return state.catalogue.variant(gidOf(sku)).productGid;
}

/** The fields of /cart.js that the tests read. */
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
