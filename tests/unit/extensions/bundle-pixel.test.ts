import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startPixel, type PixelApi } from "#extensions/bundle-pixel/src/start-pixel.ts";
import type { EventRecord, PixelEvent } from "#extensions/bundle-pixel/src/event-record.ts";
import { hashClientId } from "#extensions/bundle-pixel/src/visitor.ts";

const VISITOR = "0123456789abcdef0123456789abcdef";
const ENDPOINT = "https://app.example/events";

interface Batch {
  v: number;
  shop: string;
  ticket?: string;
  events: EventRecord[];
}

/** Starts the pixel in a fake browser that records its requests. */
function startIn({
  kept = "",
  isAllowed = true,
  settings = {},
  href,
}: {
  /** Value of the block's cookie. */
  kept?: string | (() => string);
  isAllowed?: boolean;
  settings?: Record<string, unknown>;
  /** URL of the page. Without it the pixel requests no ticket. */
  href?: string;
} = {}) {
  const cookies = new Map<string, string>();
  const batches: { url: string; body: Batch }[] = [];
  const listeners = new Map<string, (event: PixelEvent) => void>();
  let onConsent: Parameters<PixelApi["customerPrivacy"]["subscribe"]>[1] = () => {};
  startPixel({
    settings: { shop: "demo-shop.myshopify.com", endpoint: ENDPOINT, ...settings },
    analytics: { subscribe: (name, callback) => listeners.set(name, callback) },
    browser: {
      cookie: {
        get: async (name) =>
          name !== "bundlesmith" ? (cookies.get(name) ?? "") : typeof kept === "string" ? kept : kept(),
        set: async (cookie) => {
          const [name, value] = cookie.split(";")[0]!.split("=") as [string, string];
          return cookie.endsWith("; max-age=0") ? cookies.delete(name) : cookies.set(name, value);
        },
      },
      sendBeacon: async (url, body) => {
        batches.push({ url, body: JSON.parse(body!) as Batch });
        return true;
      },
    },
    init: {
      ...(href && { context: { document: { location: { href } } } }),
      customerPrivacy: { analyticsProcessingAllowed: isAllowed },
    },
    customerPrivacy: { subscribe: (_name, callback) => (onConsent = callback) },
  });
  return {
    batches,
    cookies,
    listeners,
    events: () => batches.flatMap(({ body }) => body.events),
    fire: (name: string, event: Partial<PixelEvent> = {}) =>
      listeners.get(name)!({
        id: `e-${name}`,
        timestamp: "2026-11-24T10:00:00.000Z",
        clientId: "client-1",
        ...event,
      }),
    consent: (analyticsProcessingAllowed: boolean) =>
      onConsent({ customerPrivacy: { analyticsProcessingAllowed } }),
    settle: () => vi.advanceTimersByTimeAsync(1_500),
  };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("the pixel", () => {
  it("sends nothing without consent, and drops queued events when consent is withdrawn", async () => {
    const pixel = startIn({ isAllowed: false });
    pixel.fire("page_viewed");
    await pixel.settle();
    pixel.consent(true);
    pixel.fire("product_viewed");
    await vi.advanceTimersByTimeAsync(10);
    pixel.consent(false);
    await pixel.settle();
    expect(pixel.batches).toEqual([]);
  });

  it("drops events queued before consent was withdrawn, even if it is given again before the batch is sent", async () => {
    const pixel = startIn({ kept: `t:${VISITOR}` });
    pixel.fire("page_viewed");
    pixel.consent(false);
    pixel.consent(true);
    pixel.fire("product_viewed");
    await pixel.settle();
    expect(pixel.events().map(({ kind }) => kind)).toEqual(["product_viewed"]);
  });

  it.each(["own", "out"])("sends nothing for the merchant's own visits (cookie %s)", async (kept) => {
    const pixel = startIn({ kept });
    pixel.fire("page_viewed");
    pixel.fire("bundlesmith:offer_seen", { customData: { bundle: null, arm: null, visitor: null } });
    pixel.fire("bundlesmith:offer_added", { customData: { bundle: null, arm: "t", visitor: VISITOR } });
    await pixel.settle();
    expect(pixel.batches).toEqual([]);
  });

  it("subscribes to no events without an endpoint", () => {
    expect(startIn({ settings: { endpoint: "" } }).listeners.size).toBe(0);
  });

  it("sends the events of one page in one batch, in the endpoint's format", async () => {
    const pixel = startIn({ kept: `t:${VISITOR}` });
    pixel.fire("page_viewed");
    pixel.fire("product_viewed", {
      data: { productVariant: { id: "44", product: { id: "gid://shopify/Product/7" } } },
    });
    await pixel.settle();
    const common = { at: "2026-11-24T10:00:00.000Z", visitor: VISITOR, arm: "t", bundle: null };
    expect(pixel.batches).toEqual([
      {
        url: ENDPOINT,
        body: {
          v: 1,
          shop: "demo-shop.myshopify.com",
          events: [
            { id: "e-page_viewed", kind: "page_viewed", product: null, variant: null, ...common },
            { id: "e-product_viewed", kind: "product_viewed", product: "7", variant: "44", ...common },
          ],
        },
      },
    ]);
  });

  it("sends an add-to-cart event at once, because the shopper may leave the page", async () => {
    const pixel = startIn({ kept: `t:${VISITOR}` });
    pixel.fire("product_added_to_cart", {
      data: { cartLine: { merchandise: { id: "44", product: { id: "7" } } } },
    });
    await vi.advanceTimersByTimeAsync(1);
    expect(pixel.events()).toMatchObject([{ kind: "product_added_to_cart", variant: "44", product: "7" }]);
  });

  it("sends at most twenty events in a batch", async () => {
    const pixel = startIn({ kept: `t:${VISITOR}` });
    for (let i = 0; i < 45; i++) pixel.fire("page_viewed", { id: `e${i}` });
    await pixel.settle();
    expect(pixel.batches.map(({ body }) => body.events.length)).toEqual([20, 20, 5]);
  });

  it("takes the visitor and the arm from the theme block's events and uses them for later events", async () => {
    const pixel = startIn();
    const bundle = "7f9c24e8-3b12-4fef-91e0-5a1b1c1d1e1f";
    pixel.fire("bundlesmith:offer_seen", {
      customData: { bundle, variant: "44", arm: "t", visitor: VISITOR },
    });
    pixel.fire("collection_viewed");
    await pixel.settle();
    expect(pixel.events()).toMatchObject([
      { kind: "offer_seen", bundle, variant: "44", arm: "t", visitor: VISITOR },
      { kind: "collection_viewed", arm: "t", visitor: VISITOR },
    ]);
  });

  it("adds the arm to earlier views if the block stores it shortly after them", async () => {
    let kept = "";
    const pixel = startIn({ kept: () => kept });
    pixel.fire("page_viewed");
    pixel.fire("product_viewed");
    await vi.advanceTimersByTimeAsync(400);
    kept = `h:${VISITOR}`;
    await pixel.settle();
    expect(pixel.events()).toMatchObject([
      { kind: "page_viewed", arm: "h", visitor: VISITOR },
      { kind: "product_viewed", arm: "h", visitor: VISITOR },
    ]);
  });

  it("sends nothing if consent is withdrawn while it reads the arm", async () => {
    const pixel = startIn({
      kept: () => {
        pixel.consent(false);
        return `t:${VISITOR}`;
      },
    });
    pixel.fire("page_viewed");
    await pixel.settle();
    expect(pixel.batches).toEqual([]);
  });

  it("takes the arm from the block's cookie, and prefers the arm in the block's events", async () => {
    const pixel = startIn({ kept: `t:${VISITOR}` });
    pixel.fire("page_viewed");
    await pixel.settle();
    pixel.fire("bundlesmith:offer_dismissed", { customData: { arm: "h", visitor: VISITOR } });
    pixel.fire("collection_viewed");
    await pixel.settle();
    expect(pixel.events().map(({ arm }) => arm)).toEqual(["t", "h", "h"]);
  });

  it("ignores an arm without a visitor and an unknown arm", async () => {
    for (const stated of [{ kept: "t:" }, { kept: `x:${VISITOR}` }]) {
      const pixel = startIn(stated);
      pixel.fire("bundlesmith:offer_seen", { customData: { arm: "h", visitor: null } });
      pixel.fire("page_viewed");
      await pixel.settle();
      expect(pixel.events()).toMatchObject([{ arm: null }, { arm: null }]);
    }
  });

  it("subscribes to no event that the app does not use", () => {
    const listened = [...startIn().listeners.keys()];
    for (const name of ["cart_viewed", "product_removed_from_cart", "checkout_started", "checkout_completed"])
      expect(listened).not.toContain(name);
  });

  it("identifies a visitor without a valid cookie by a hash of Shopify's client id", async () => {
    const pixel = startIn({ kept: "not a visitor" });
    pixel.fire("page_viewed");
    await pixel.settle();
    expect(pixel.events()[0]?.visitor).toBe(hashClientId("client-1"));
    expect(hashClientId("client-1")).toMatch(/^[0-9a-f]{32}$/);
    expect(hashClientId("client-2")).not.toBe(hashClientId("client-1"));
  });
});

describe("a visitor's ticket", () => {
  const TICKET = "abcdefghijklmnopqrst_-";
  const PAGE = "https://demo.example/products/kettle";
  const answerWith = (answer: () => Promise<Response>) => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", (url: URL) => {
      asked.push(url.href);
      return answer();
    });
    return asked;
  };

  it.each([
    ["refuses", async () => new Response(null, { status: 429 })],
    ["answers with a page", async () => new Response("<html></html>")],
    ["cannot be reached", async () => Promise.reject(new TypeError("no network"))],
  ])("is omitted if the storefront %s, and requested once per page", async (_, answer) => {
    const asked = answerWith(answer);
    const pixel = startIn({ kept: `t:${VISITOR}`, href: PAGE });
    pixel.fire("page_viewed");
    await pixel.settle();
    pixel.fire("collection_viewed");
    await pixel.settle();
    expect(asked).toHaveLength(1);
    expect(pixel.batches.map(({ body }) => body.ticket)).toEqual([undefined, undefined]);
    expect(pixel.cookies.size).toBe(0);
  });

  it("is requested with the first batch, sent with every batch, and stored in a cookie", async () => {
    const asked = answerWith(async () => new Response(TICKET));
    const pixel = startIn({ kept: `t:${VISITOR}`, href: PAGE });
    pixel.fire("page_viewed");
    await pixel.settle();
    pixel.fire("product_added_to_cart");
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toEqual([`https://demo.example/apps/bundlesmith/ticket?visitor=${VISITOR}`]);
    expect(pixel.batches.map(({ body }) => body.ticket)).toEqual([TICKET, TICKET]);
    expect(pixel.cookies.get("bundlesmith-ticket")).toBe(`${VISITOR}.${TICKET}`);
  });

  it("does not delay an event after which the shopper may leave the page", async () => {
    answerWith(() => new Promise(() => {}));
    const pixel = startIn({ kept: `t:${VISITOR}`, href: PAGE });
    pixel.fire("product_added_to_cart");
    await vi.advanceTimersByTimeAsync(1);
    expect(pixel.batches.map(({ body }) => body.ticket)).toEqual([undefined]);
  });

  it("is not requested for a visitor known only by the client id, and not stored after consent is withdrawn", async () => {
    const asked = answerWith(async () => new Response(TICKET));
    const guessed = startIn({ href: PAGE });
    guessed.fire("page_viewed");
    await guessed.settle();
    expect(asked).toEqual([]);

    let answer: (response: Response) => void = () => {};
    answerWith(() => new Promise((resolve) => (answer = resolve)));
    const pixel = startIn({ kept: `t:${VISITOR}`, href: PAGE });
    pixel.fire("page_viewed");
    await pixel.settle();
    pixel.consent(false);
    answer(new Response(TICKET));
    await pixel.settle();
    expect(pixel.batches).toEqual([]);
    expect(pixel.cookies.size).toBe(0);
  });

  it("is deleted with the visitor's key when consent is withdrawn", async () => {
    answerWith(async () => new Response(TICKET));
    const pixel = startIn({ kept: `t:${VISITOR}`, href: PAGE });
    pixel.fire("page_viewed");
    await pixel.settle();
    expect(pixel.cookies.size).toBe(1);
    pixel.consent(false);
    await pixel.settle();
    expect(pixel.cookies.size).toBe(0);
  });
});
