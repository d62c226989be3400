import { readOffers, type OfferImpression } from "./shopper.ts";
import { isAvailable } from "#tests/standin/shop/catalogue.ts";
import { toHundredths } from "#tests/standin/shop/decimal.ts";
import { legacyId } from "#tests/standin/shop/shop-clock.ts";
import type { ShopState } from "#tests/standin/shop/shop-state.ts";
import { drawArm, drawEventId, drawVisitorKey, type Arm } from "./draw-arm.ts";
import { pickWeighted, type Random } from "./random.ts";

/** A product whose page visitors open. */
interface VisitedProduct {
  readonly handle: string;
  /** Digits of the ids. */
  readonly productId: string;
  readonly variantId: string;
  readonly priceMinor: number;
  /** Relative number of visitors. */
  readonly weight: number;
}

/** The behaviour of shoppers, which an evaluation should find. */
interface VisitTruth {
  /** Share of a page's visitors who buy only that product. */
  readonly singleRatio: number;
  /** Share of the treated visitors of a page with an offer who buy an offered bundle. */
  readonly bundleRatio: number;
}

interface VisitOptions {
  readonly storefrontUrl: string;
  /** Where the pixel's events go; null sends none. */
  readonly appUrl: string | null;
  readonly shop: string;
  readonly visitors: number;
  readonly random: Random;
  readonly truth: VisitTruth;
  readonly products: readonly VisitedProduct[];
  /** The app's storefront settings, as in its installation's metafield. */
  readonly storefront: { readonly salt: string; readonly holdoutPermille: number };
  readonly now?: () => number;
  readonly concurrency?: number;
}

interface ArmCounts {
  visitors: number;
  orders: number;
  revenueMinor: number;
  bundlesBought: number;
}

interface VisitCounts {
  readonly arms: Readonly<Record<Arm, ArmCounts>>;
  readonly impressions: number;
  readonly eventsSent: number;
  /** Mean over all visitors of the spending when treated minus the spending without offers, minor units. */
  readonly trueEffectPerVisitorMinor: number;
}

interface Plan {
  readonly visitor: string;
  readonly arm: Arm;
  readonly product: VisitedProduct;
  readonly wantsProduct: boolean;
  readonly wantsBundle: boolean;
  /** In [0, 1): selects one of the page's offers. */
  readonly offerPlace: number;
  readonly eventIds: readonly string[];
}

const EVENTS_A_VISIT = 6;

/** Every product of a shop that can be bought now, with equal numbers of visitors. */
export function listVisitedProducts(state: ShopState): VisitedProduct[] {
  return [...state.catalogue.products.values()].flatMap((product) => {
    const variant = product.variants.find((one) => isAvailable(product, one));
    if (!variant || product.isGiftCard) return [];
    const productId = String(legacyId(product.gid));
    const variantId = String(legacyId(variant.gid));
    return [
      { handle: product.handle, productId, variantId, priceMinor: toHundredths(variant.price), weight: 1 },
    ];
  });
}

/**
 * Visitors by HTTP, each with a cookie jar. They open a product's page, draw their arm as the theme block does and
 * report their actions as the pixel does. Some buy the product or, when treated, a bundle that the page offers.
 *
 * @returns counts by arm, and the true effect that the draws imply
 * @throws Error naming the address when the storefront or the app refuses a request
 * Known weakness: one page per visit, and nobody comes back.
 */
export async function simulateVisits(options: VisitOptions): Promise<VisitCounts> {
  const { visitors, concurrency = 4 } = options;
  const plans = Array.from({ length: visitors }, () => drawPlan(options));
  const zero = (): ArmCounts => ({ visitors: 0, orders: 0, revenueMinor: 0, bundlesBought: 0 });
  const arms = { treated: zero(), holdout: zero() };
  const totals = { impressions: 0, eventsSent: 0, effectMinor: 0 };
  let next = 0;
  const work = async () => {
    for (let plan = plans[next++]; plan !== undefined; plan = plans[next++]) {
      const visit = await makeVisit(options, plan);
      const counts = arms[plan.arm];
      counts.visitors++;
      counts.orders += visit.spentMinor > 0 ? 1 : 0;
      counts.revenueMinor += visit.spentMinor;
      counts.bundlesBought += visit.boughtBundle ? 1 : 0;
      totals.impressions += visit.impressions;
      totals.eventsSent += visit.eventsSent;
      totals.effectMinor += visit.effectMinor;
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, visitors) }, work));
  return {
    arms,
    impressions: totals.impressions,
    eventsSent: totals.eventsSent,
    trueEffectPerVisitorMinor: visitors === 0 ? 0 : totals.effectMinor / visitors,
  };
}

/** All draws of a visitor at once, so that the order of the answers changes nothing. */
function drawPlan({ random, products, storefront, truth }: VisitOptions): Plan {
  const visitor = drawVisitorKey(random);
  return {
    visitor,
    arm: drawArm(visitor, storefront),
    product:
      products[
        pickWeighted(
          random,
          products.map(({ weight }) => weight),
        )
      ]!,
    wantsProduct: random() < truth.singleRatio,
    wantsBundle: random() < truth.bundleRatio,
    offerPlace: random(),
    eventIds: Array.from({ length: EVENTS_A_VISIT }, () => drawEventId(random)),
  };
}

async function makeVisit(options: VisitOptions, plan: Plan) {
  const { product, arm, wantsProduct, wantsBundle } = plan;
  const session = new Session(options.storefrontUrl);
  // The page contains its offers in both arms; a style rule hides them from the holdout.
  const offers = readOffers(await (await session.request(`/products/${product.handle}`)).text());
  const offer = offers[Math.floor(plan.offerPlace * offers.length)] ?? null;
  const singleMinor = wantsProduct ? product.priceMinor : 0;
  const treatedMinor = offer && wantsBundle ? offer.priceMinor : singleMinor;
  const isShown = arm === "treated" && offer !== null;
  const bought = isShown && wantsBundle ? offer : null;

  const report = new Report(options, plan, session);
  report.add("page_viewed", {});
  report.add("product_viewed", { product: product.productId, variant: product.variantId });
  if (isShown) report.add("offer_seen", { bundle: offer.bundleId, variant: product.variantId });
  if (bought) report.add("offer_added", { bundle: bought.bundleId, variant: product.variantId });
  else if (wantsProduct)
    report.add("product_added_to_cart", { product: product.productId, variant: product.variantId });

  let spentMinor = 0;
  if (bought || wantsProduct) {
    const items: OfferImpression["items"] = bought?.items ?? [{ id: Number(product.variantId), quantity: 1 }];
    spentMinor = await buy(session, items, `${arm === "treated" ? "t" : "h"}:${plan.visitor}`);
  }
  return {
    spentMinor,
    boughtBundle: bought !== null,
    impressions: isShown ? 1 : 0,
    effectMinor: treatedMinor - singleMinor,
    eventsSent: await report.send(),
  };
}

/** @returns the cart's total, hundredths */
async function buy(session: Session, items: OfferImpression["items"], armValue: string): Promise<number> {
  await session.post("/cart/add.js", { items });
  const cart = await session.post("/cart/update.js", { attributes: { _bundlesmith: armValue } });
  const { total_price: total } = (await cart.json()) as { total_price: number };
  await session.request("/checkout", { method: "POST" });
  return total;
}

/** A visitor's cookies and requests. */
class Session {
  readonly #url: string;
  #cookie = "";
  constructor(url: string) {
    this.#url = url;
  }

  async post(path: string, body: unknown): Promise<Response> {
    const headers = { "content-type": "application/json" };
    return this.request(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...init.headers, cookie: this.#cookie };
    const response = await fetch(`${this.#url}${path}`, { ...init, headers, redirect: "manual" });
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]!);
    if (cookies.length > 0) this.#cookie = cookies.join("; ");
    if (response.status >= 400)
      throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response;
  }
}

/** One visit's events as the pixel sends them. */
class Report {
  readonly #options: VisitOptions;
  readonly #plan: Plan;
  readonly #events: Record<string, unknown>[] = [];
  readonly #session: Session;
  constructor(options: VisitOptions, plan: Plan, session: Session) {
    this.#options = options;
    this.#plan = plan;
    this.#session = session;
  }

  add(kind: string, about: { product?: string; variant?: string; bundle?: string }): void {
    const at = new Date((this.#options.now ?? Date.now)()).toISOString();
    const { visitor, arm, eventIds } = this.#plan;
    const nothing = { product: null, variant: null, bundle: null };
    const id = eventIds[this.#events.length];
    this.#events.push({ id, kind, at, visitor, arm: arm === "treated" ? "t" : "h", ...nothing, ...about });
  }

  /** @returns the number of events sent */
  async send(): Promise<number> {
    const { appUrl, shop } = this.#options;
    if (appUrl === null) return 0;
    const { visitor } = this.#plan;
    // Like the app's proxy: each visitor has an address of their own, and therefore a rate limit of their own.
    const headers = { "content-type": "text/plain", "x-forwarded-for": toAddress(visitor) };
    const ticket = await this.#session.request(`/apps/bundlesmith/ticket?visitor=${visitor}`, { headers });
    const response = await fetch(`${appUrl}/events`, {
      method: "POST",
      headers,
      body: JSON.stringify({ v: 1, shop, ticket: await ticket.text(), events: this.#events }),
    });
    if (!response.ok) throw new Error(`/events answered ${response.status}: ${await response.text()}`);
    return this.#events.length;
  }
}

/** An address of the documentation range, from the visitor's 32 hex digits. */
function toAddress(visitor: string): string {
  return `2001:db8:${visitor.slice(0, 24).match(/.{4}/g)!.join(":")}`;
}
