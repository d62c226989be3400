import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { shopRow } from "#tests/factories/shop-row.ts";
import { PERSONAL_TEXTS, readWebhook, signedRequest } from "#tests/fixtures/webhooks/read-webhook.ts";
import { openAppProcess, takeAnswer } from "#tests/setup/app-process.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SECRET = "shpss_test_secret";
const SECRET_BEFORE = "shpss_the_one_before";
const SHOP = "demo-shop.myshopify.com";

const deps = await openTestDeps();
let action: (request: Request) => Promise<Response>;
let closeApp: () => Promise<void>;

beforeAll(async () => {
  const secrets = { SHOPIFY_API_SECRET: SECRET, SHOPIFY_API_SECRET_BEFORE: SECRET_BEFORE };
  closeApp = await openAppProcess(deps, { ...secrets, LOG_LEVEL: "error" });
  const route = await import("#app/routes/machines/webhooks.ts");
  action = (request) => takeAnswer(route.action({ request, params: {}, context: {} }));
});

afterAll(() => closeApp());

beforeEach(async () => {
  await deps.db.inboxEvent.deleteMany({});
  await deps.db.shop.deleteMany({});
  await deps.db.shop.create({
    data: shopRow(SHOP, { currency: "EUR" }),
  });
  const redis = new Redis(deps.redisUrl);
  await redis.flushdb();
  redis.disconnect();
});

/** The interval of app/services/ask-workers.server.ts. */
const STRETCH_MS = 5_000;

async function countApplyJobs(): Promise<number> {
  const queue = new Queue("ingest", {
    connection: { url: deps.redisUrl },
    prefix: "bundlesmith",
  });
  const jobs = await queue.getJobs(["waiting", "delayed"]);
  await queue.close();
  return jobs.filter((job) => job.name === "collect.apply").length;
}

describe("POST /webhooks", () => {
  it("refuses a body that is not signed with the app's secret and saves nothing", async () => {
    const forged = signedRequest(readWebhook("orders-create"), {
      topic: "orders/create",
      secret: "another",
      webhookId: "w1",
    });
    expect((await action(forged)).status).toBe(401);
    expect(await deps.db.inboxEvent.count()).toBe(0);
  });

  it("refuses a signature that is not base64 and a changed body", async () => {
    const genuine = signedRequest("{}", { topic: "orders/create", secret: SECRET, webhookId: "w1" });
    const changed = new Request(genuine, { body: `{"a":1}` });
    expect((await action(changed)).status).toBe(401);
    const headers = new Headers(genuine.headers);
    headers.set("X-Shopify-Hmac-Sha256", "%%%");
    expect(
      (await action(new Request("http://app.test/webhooks", { method: "POST", body: "{}", headers }))).status,
    ).toBe(401);
  });

  it("refuses two signatures in one header, even if both are valid", async () => {
    const genuine = signedRequest("{}", { topic: "orders/create", secret: SECRET, webhookId: "w1" });
    const headers = new Headers(genuine.headers);
    headers.append("X-Shopify-Hmac-Sha256", headers.get("X-Shopify-Hmac-Sha256")!);
    const doubled = new Request("http://app.test/webhooks", { method: "POST", body: "{}", headers });
    expect((await action(doubled)).status).toBe(401);
    expect(await deps.db.inboxEvent.count()).toBe(0);
  });

  it("accepts the previous secret during a rotation, but no older one", async () => {
    const answerTo = async (secret: string) =>
      (await action(signedRequest("{}", { topic: "app/scopes_update", secret, webhookId: secret }))).status;
    expect(await answerTo(SECRET_BEFORE)).toBe(200);
    expect(await answerTo(SECRET)).toBe(200);
    expect(await answerTo("shpss_an_older_one")).toBe(401);
  });

  it("refuses the previous secret after the rotation", async () => {
    const secrets = { SHOPIFY_API_SECRET: SECRET, SHOPIFY_API_SECRET_BEFORE: undefined };
    const close = await openAppProcess(deps, { ...secrets, LOG_LEVEL: "error" });
    const route = await import("#app/routes/machines/webhooks.ts");
    const answerTo = async (secret: string) => {
      const request = signedRequest("{}", { topic: "app/scopes_update", secret, webhookId: secret });
      return (await takeAnswer(route.action({ request, params: {}, context: {} }))).status;
    };
    expect(await answerTo(SECRET_BEFORE)).toBe(401);
    expect(await answerTo(SECRET)).toBe(200);
    await close();
  });

  it.each([
    ["app/uninstalled", { domain: "tea.example", myshopify_domain: SHOP }],
    ["shop/redact", { shop_id: 954889, shop_domain: SHOP }],
    ["customers/redact", { shop_id: 954889, shop_domain: SHOP, customer: { id: 7 } }],
    ["customers/data_request", { shop_id: 954889, shop_domain: SHOP, customer: { id: 7 } }],
  ])("refuses %s of one shop under the name of another, and saves nothing", async (topic, payload) => {
    const other = "other-shop.myshopify.com";
    await deps.db.shop.create({
      data: shopRow(other, { currency: "EUR" }),
    });
    const send = async (shop: string) =>
      (await action(signedRequest(JSON.stringify(payload), { topic, secret: SECRET, shop, webhookId: "w1" })))
        .status;
    expect(await send(other)).toBe(401);
    expect(await deps.db.inboxEvent.count()).toBe(0);
    expect(await countApplyJobs()).toBe(0);
    expect(await send(SHOP)).toBe(200);
    expect(await deps.db.inboxEvent.count({ where: { shop: SHOP } })).toBe(1);
  });

  it("answers 400 without a signature and 405 to other methods than POST", async () => {
    expect(
      (await action(new Request("http://app.test/webhooks", { method: "POST", body: "{}" }))).status,
    ).toBe(400);
    expect((await action(new Request("http://app.test/webhooks"))).status).toBe(405);
  });

  it.each([
    ["orders/create", "orders-create"],
    ["orders/updated", "orders-create"],
    ["orders/cancelled", "orders-create"],
    ["orders/delete", "orders-delete"],
    ["orders/edited", "orders-edited"],
    ["refunds/create", "refunds-create"],
    ["products/create", "products-update"],
    ["products/update", "products-update"],
    ["products/delete", "products-delete"],
    ["inventory_levels/update", "inventory-levels-update"],
    ["collections/update", "discounts-update"],
    ["collections/delete", "products-delete"],
    ["discounts/update", "discounts-update"],
    ["discounts/delete", "discounts-update"],
    ["themes/publish", "discounts-update"],
    ["shop/update", "shop-update"],
    ["customers/data_request", "customers-data-request"],
    ["customers/redact", "customers-redact"],
    ["shop/redact", "shop-redact"],
    ["app/uninstalled", "shop-redact"],
    ["bulk_operations/finish", "shop-redact"],
  ])("saves %s once if delivered three times, without personal data", async (topic, file) => {
    const rawBody = readWebhook(file);
    const firstStretch = Math.floor(Date.now() / STRETCH_MS);
    for (let time = 0; time < 3; time++) {
      const answer = await action(signedRequest(rawBody, { topic, secret: SECRET, webhookId: "w1" }));
      expect(answer.status).toBe(200);
    }
    const rows = await deps.db.inboxEvent.findMany();
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ topic, problem: null, appliedAt: null });
    const kept = JSON.stringify(rows[0]?.payload);
    for (const text of PERSONAL_TEXTS) expect(kept).not.toContain(text);
    // Each interval with a delivery enqueues one job.
    const stretches = Math.floor(Date.now() / STRETCH_MS) - firstStretch + 1;
    const jobs = await countApplyJobs();
    expect(jobs).toBeGreaterThan(0);
    expect(jobs).toBeLessThanOrEqual(stretches);
  });

  it("saves the exact ids of an order, beyond 2^53", async () => {
    const request = signedRequest(readWebhook("orders-create"), {
      topic: "orders/create",
      secret: SECRET,
      webhookId: "w1",
    });
    await action(request);
    const { payload } = await deps.db.inboxEvent.findFirstOrThrow();
    expect(payload).toMatchObject({
      order: {
        orderGid: "gid://shopify/Order/9007199254740993001",
        placedAt: "2026-11-02T09:14:58.000Z",
        arm: "treated",
        visitorKey: "0123456789abcdef0123456789abcdef",
        totalMinor: 5_750,
        lines: [
          {
            variantGid: "gid://shopify/ProductVariant/9007199254740993111",
            unitPriceMinor: 4_500,
            discountMinor: 550,
            bundleDiscountMinor: 450,
          },
          { quantity: 2, discountMinor: 200, bundleDiscountMinor: 200 },
        ],
      },
    });
  });

  it("acknowledges an invalid payload, and saves the name of the invalid field", async () => {
    const rawBody = readWebhook("orders-create").replace(
      `"updated_at": "2026`,
      `"updated_at": "yesterday, 2026`,
    );
    const answer = await action(
      signedRequest(rawBody, { topic: "orders/create", secret: SECRET, webhookId: "w1" }),
    );
    expect(answer.status).toBe(200);
    const row = await deps.db.inboxEvent.findFirstOrThrow();
    expect(row.problem).toContain("updated_at");
    expect(row.appliedAt).not.toBeNull();
    expect(await countApplyJobs()).toBe(0);
  });

  it("reads the shop's row again for each webhook", async () => {
    const send = (webhookId: string, topic = "orders/create") =>
      action(
        signedRequest(readWebhook(topic === "orders/create" ? "orders-create" : "customers-redact"), {
          topic,
          secret: SECRET,
          webhookId,
        }),
      );
    const readKey = async (webhookId: string) => {
      const row = await deps.db.inboxEvent.findFirstOrThrow({ where: { webhookId } });
      return (row.payload as { order: { customerKey: string } }).order.customerKey;
    };
    await send("w1");
    await deps.db.shop.updateMany({ data: { customerKeySecret: "t".repeat(64) } });
    await send("w2");
    expect(await readKey("w2")).not.toBe(await readKey("w1"));

    await deps.db.shop.updateMany({ data: { uninstalledAt: new Date() } });
    expect((await send("w3")).status).toBe(200);
    await send("w4", "customers/redact");
    await deps.db.shop.updateMany({ data: { uninstalledAt: null } });
    await send("w5");
    await deps.db.shop.deleteMany({});
    expect((await send("w6")).status).toBe(200);
    const kept = await deps.db.inboxEvent.findMany({ select: { webhookId: true } });
    expect(kept.map(({ webhookId }) => webhookId).sort()).toEqual(["w1", "w2", "w4", "w5"]);
  });

  it("saves nothing for a shop that has not installed the app", async () => {
    const answer = await action(
      signedRequest(readWebhook("orders-create"), {
        topic: "orders/create",
        secret: SECRET,
        shop: "stranger.myshopify.com",
        webhookId: "w1",
      }),
    );
    expect(answer.status).toBe(200);
    expect(await deps.db.inboxEvent.count()).toBe(0);
  });
});
