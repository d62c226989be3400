import { randomBytes } from "node:crypto";

/** An offer as the theme block draws it on a product page. */
export interface OfferImpression {
  readonly bundleId: string;
  /** Price of the whole bundle that the widget shows, hundredths. */
  readonly priceMinor: number;
  readonly items: readonly { readonly id: number; readonly quantity: number }[];
}

/** One shopper without a browser: a cookie jar, a visitor id in the treated arm, and the contents of pages. */
export class Shopper {
  readonly visitor = randomBytes(16).toString("hex");
  readonly #storefrontUrl: string;
  #cookie = "";

  constructor(storefrontUrl: string) {
    this.#storefrontUrl = storefrontUrl;
  }

  /** The offers that a product page shows, in the order of the page. */
  async seeOffers(handle: string): Promise<OfferImpression[]> {
    return readOffers(await (await this.#request(`/products/${handle}`, {})).text());
  }

  /** Presses "Add all" of an offer; returns the cart's total after discounts, hundredths. */
  async addToCart({ items }: OfferImpression): Promise<number> {
    const body = JSON.stringify({ items, attributes: { _bundlesmith: `t:${this.visitor}` } });
    const headers = { "content-type": "application/json" };
    await this.#request("/cart/add.js", { method: "POST", headers, body });
    await this.#request("/cart/update.js", { method: "POST", headers, body });
    const cart = (await (await this.#request("/cart.js", {})).json()) as { total_price: number };
    return cart.total_price;
  }

  /** Pays for the cart. */
  async checkOut(): Promise<void> {
    await this.#request("/checkout", { method: "POST", body: new URLSearchParams() });
  }

  async #request(path: string, init: RequestInit): Promise<Response> {
    const response = await fetch(`${this.#storefrontUrl}${path}`, {
      ...init,
      redirect: "manual",
      headers: { ...init.headers, cookie: this.#cookie },
    });
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(";")[0]!);
    if (cookies.length > 0) this.#cookie = cookies.join("; ");
    if (response.status < 400) return response;
    throw new Error(`${path} answered ${response.status}: ${(await response.text()).slice(0, 200)}`);
  }
}

/** A part of an offer: its only variant, or the selected one of several. */
const PART =
  /name="items\[\d+\]\[id\]" value="(\d+)"|<select[^>]*name="items\[\d+\]\[id\]"(?![^>]*\sdisabled)[^>]*>(?:(?!<\/select>)[\s\S])*?<option value="(\d+)"[^>]*\sselected>/g;

/** Reads the widget from a page as the browser would send it, without the parts for browsers without script. */
export function readOffers(html: string): OfferImpression[] {
  const offers = html.matchAll(/<div[^>]*data-bundlesmith-offer="([^"]+)"[^>]*>([\s\S]*?)<noscript>/g);
  const read = [...offers].map(([offer, bundleId, content]) => {
    const ids = [...content!.matchAll(PART)];
    const quantities = [...content!.matchAll(/name="items\[\d+\]\[quantity\]" value="(\d+)"/g)];
    return {
      bundleId: bundleId!,
      priceMinor: Number(/data-price="(\d+)"/.exec(offer)?.[1]),
      items: ids.map(([, only, chosen], index) => ({
        id: Number(only ?? chosen),
        quantity: Number(quantities[index]?.[1] ?? 1),
      })),
    };
  });
  // Nothing is selected yet in an offer that needs a choice.
  return read.filter(({ items }) => items.length > 0);
}
