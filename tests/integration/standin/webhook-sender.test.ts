import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AppConfig } from "#tests/standin/shop/app-config.ts";
import { ShopState } from "#tests/standin/shop/shop-state.ts";
import { WebhookSender, type WebhookSenderOptions } from "#tests/standin/shop/webhook-sender.ts";

interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

const SECRET = "webhook-secret";
const CONFIG: AppConfig = {
  name: "Test",
  handle: "test",
  scopes: [],
  webhookApiVersion: "2026-10",
  subscriptions: [
    { topic: "products/create", uri: "/webhooks", includeFields: ["admin_graphql_api_id", "variants.sku"] },
    { topic: "orders/create", uri: "/webhooks", includeFields: [] },
    { topic: "app/uninstalled", uri: "/webhooks", includeFields: [] },
    { topic: "shop/redact", uri: "/webhooks", includeFields: [] },
  ],
};

let server: Server;
let received: Received[];
let answer: (attempt: number) => number | null;
let shop: ShopState;
let sender: WebhookSender;

beforeEach(async () => {
  received = [];
  answer = () => 200;
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      received.push({ headers: request.headers, body });
      const status = answer(received.length);
      if (status === null) return;
      response.statusCode = status;
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  shop = new ShopState();
  shop.app.isInstalled = true;
});

afterEach(async () => {
  sender.stop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function open(options: Partial<WebhookSenderOptions> = {}): void {
  const { port } = server.address() as AddressInfo;
  const appUrl = `http://127.0.0.1:${port}`;
  sender = new WebhookSender(shop, {
    appUrl,
    apiSecret: SECRET,
    config: CONFIG,
    retryDelaysMs: [5, 10],
    ...options,
  });
}

const addProduct = (sku: string) =>
  shop.catalogue.addProduct({ title: sku, variants: [{ sku, price: "1.00", inventoryQuantity: 9 }] });

describe("webhooks that the app does not accept", () => {
  it("are sent again with the same id and body until one gets through", async () => {
    answer = (attempt) => (attempt < 3 ? 503 : 200);
    open();
    addProduct("A");
    await sender.drain();
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ headers }) => headers["x-shopify-webhook-id"])).size).toBe(1);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect(sender.counts).toEqual({ queued: 1, delivered: 1, attempts: 3, givenUp: 0 });
  });

  it("are given up after the last retry, and counted", async () => {
    answer = () => 500;
    open();
    addProduct("A");
    await sender.drain();
    expect(sender.counts).toEqual({ queued: 1, delivered: 0, attempts: 3, givenUp: 1 });
  });

  it("count as failed when no answer comes within the time limit", async () => {
    answer = (attempt) => (attempt === 1 ? null : 200);
    open({ timeoutMs: 1_500 });
    addProduct("A");
    await sender.drain();
    expect(sender.counts).toMatchObject({ delivered: 1, attempts: 2 });
  });
});

describe("a webhook", () => {
  it("is signed over its raw body and names topic, shop, version, event and time", async () => {
    open();
    addProduct("Ä");
    await sender.drain();
    const { headers, body } = received[0]!;
    expect(headers["x-shopify-hmac-sha256"]).toBe(createHmac("sha256", SECRET).update(body).digest("base64"));
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "x-shopify-topic": "products/create",
      "x-shopify-shop-domain": "demo-shop.myshopify.com",
      "x-shopify-api-version": "2026-10",
      "x-shopify-event-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(Date.parse(String(headers["x-shopify-triggered-at"]))).toBeGreaterThan(Date.now() - 60_000);
  });

  it("carries only the fields that the app requested, also inside lists", async () => {
    open();
    const { gid } = addProduct("A");
    await sender.drain();
    expect(JSON.parse(received[0]!.body)).toEqual({ admin_graphql_api_id: gid, variants: [{ sku: "A" }] });
  });

  it("is sent only for subscribed topics, and not before the app is installed", async () => {
    open();
    shop.app.isInstalled = false;
    const product = addProduct("A");
    shop.app.isInstalled = true;
    shop.catalogue.updateProduct(product.gid, { title: "B" });
    await sender.drain();
    expect(received).toEqual([]);
  });

  it("still reaches an app that was just removed, and asks it to delete the shop's data", async () => {
    open();
    shop.uninstallApp();
    shop.requestShopRedaction();
    await sender.drain();
    expect(received.map(({ headers }) => headers["x-shopify-topic"]).sort()).toEqual([
      "app/uninstalled",
      "shop/redact",
    ]);
  });

  it("about an order has Shopify's shape: discount shares, cart attributes, the customer's gid", async () => {
    open();
    const variantGid = addProduct("A").variants[0]!.gid;
    shop.orders.create({
      customerGid: "gid://shopify/Customer/77",
      noteAttributes: [{ name: "_bundlesmith", value: "t:abc" }],
      lines: [
        { variantGid, quantity: 2, discountAllocations: [{ amount: "0.20", discountApplicationIndex: 0 }] },
      ],
      discountApplications: [
        {
          type: "automatic",
          title: "Bundle offer",
          value: "0.20",
          valueType: "fixed_amount",
          allocationMethod: "across",
          targetSelection: "explicit",
          targetType: "line_item",
        },
      ],
    });
    await sender.drain();
    const order: unknown = JSON.parse(
      received.find(({ headers }) => headers["x-shopify-topic"] === "orders/create")!.body,
    );
    expect(order).toMatchObject({
      total_price: "1.80",
      note_attributes: [{ name: "_bundlesmith", value: "t:abc" }],
      customer: { admin_graphql_api_id: "gid://shopify/Customer/77" },
      discount_applications: [{ type: "automatic", title: "Bundle offer", target_type: "line_item" }],
      line_items: [
        { quantity: 2, discount_allocations: [{ amount: "0.20", discount_application_index: 0 }] },
      ],
    });
    expect(shop.catalogue.variant(variantGid).inventoryQuantity).toBe(7);
  });
});

describe("faults on the way", () => {
  it("can send everything twice under one id", async () => {
    open();
    sender.setFaults({ duplicateRatio: 1 });
    addProduct("A");
    await sender.drain();
    expect(received).toHaveLength(2);
    expect(new Set(received.map(({ headers }) => headers["x-shopify-webhook-id"])).size).toBe(1);
  });

  it("can let later messages overtake earlier ones, without losing any", async () => {
    open({ concurrency: 1 });
    // Every other message is held back, the first ones for longest.
    const draws = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? 0.9 : 1 - index / 60));
    sender.setFaults({ reorderRatio: 0.95, random: () => draws.shift() ?? 0.99 });
    for (let index = 0; index < 15; index += 1) addProduct(`P${String(index).padStart(2, "0")}`);
    await sender.drain();
    const order = received.map(({ body }) => body);
    expect(order).toHaveLength(15);
    expect(order).not.toEqual([...order].sort());
  });

  it("can hold back all deliveries for a while, as when the app cannot be reached", async () => {
    open();
    sender.pause();
    addProduct("A");
    expect(sender.counts).toMatchObject({ queued: 1, attempts: 0 });
    sender.resume();
    await sender.drain();
    expect(received).toHaveLength(1);
  });
});
