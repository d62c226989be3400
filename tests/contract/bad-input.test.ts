import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { applyShopInbox } from "#app/services/collect/apply-shop-inbox.server.ts";
import { importOrderLog } from "#app/services/collect/import-order-log.server.ts";
import { AppError } from "#app/process/errors.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { readWebhook, signedRequest } from "#tests/fixtures/webhooks/read-webhook.ts";
import { openAppProcess, takeAnswer } from "#tests/setup/app-process.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

/** Runs per kind of input, more than 2,000 in total. `FUZZ_RUNS=10000` is the long run. */
const RUNS = Number(process.env["FUZZ_RUNS"] ?? 650);
const SHOP = "demo-shop.myshopify.com";
const SECRET = "shpss_test_secret";
const TOPICS = {
  "orders/create": "orders-create",
  "orders/delete": "orders-delete",
  "orders/edited": "orders-edited",
  "refunds/create": "refunds-create",
  "products/update": "products-update",
  "inventory_levels/update": "inventory-levels-update",
  "products/delete": "products-delete",
  "discounts/update": "discounts-update",
  "customers/data_request": "customers-data-request",
  "customers/redact": "customers-redact",
} as const;
const BATCH = JSON.stringify({
  v: 1,
  shop: SHOP,
  events: [
    {
      id: "event-0001",
      kind: "offer_seen",
      at: "2026-11-02T09:10:12.000Z",
      visitor: "0123456789abcdef0123456789abcdef",
      arm: "h",
      product: "301",
      variant: "9007199254740993111",
      bundle: null,
    },
  ],
});

const CSV =
  "order_id,ts,sku,title,qty,unit_price\n1,2026-11-02T09:10:12Z,A,Tea,2,4.50\n1,2026-11-02T09:10:12Z,B,Mug,1,8.00\n";

const deps = await openTestDeps();
let postWebhook: (request: Request) => Promise<Response>;
let postEvents: (body: string, userAgent: string) => Promise<Response>;
let closeApp: () => Promise<void>;

beforeAll(async () => {
  const close = await openAppProcess(deps, { SHOPIFY_API_SECRET: SECRET, LOG_LEVEL: "silent" });
  await deps.db.shop.create({
    data: shopRow(SHOP, { currency: "EUR" }),
  });
  const webhooks = await import("#app/routes/machines/webhooks.ts");
  const events = await import("#app/routes/machines/events.ts");
  const limits = await import("#app/web/rate-limit.server.ts");
  const context = { params: {}, context: {} };
  postWebhook = (request) => takeAnswer(webhooks.action({ request, ...context }));
  postEvents = (body, userAgent) => {
    const headers = { "Content-Type": "text/plain", "User-Agent": userAgent };
    return events.action({
      request: new Request("http://app.test/events", { method: "POST", body, headers }),
      ...context,
    });
  };
  closeApp = async () => {
    limits.browseLimiter().close();
    await close();
  };
});

afterAll(() => closeApp());

const wrongValue = fc.oneof(
  fc.constantFrom(
    "null",
    "[]",
    "{}",
    "-1",
    "1e400",
    "0.1",
    '""',
    '"\\u0000"',
    '"\\ud800"',
    "9".repeat(40),
    "2147483648",
    '"0000-01-01T00:00:00Z"',
    '"9999-12-31T23:59:59-10:00"',
    JSON.stringify("long".repeat(2_000)),
    "true",
  ),
  fc.jsonValue().map((value) => JSON.stringify(value)),
);

const JSON_VALUE = /(?<=": )(?:"(?:[^"\\]|\\.)*"|-?[\d.]+|null|true|false)/g;
const CSV_CELL = /(?<=^|,)[^,\n]+/gm;

/** A text with a value replaced, a piece removed or repeated, or random characters inserted. */
const mutated = (text: string, value = JSON_VALUE): fc.Arbitrary<string> => {
  const values = [...text.matchAll(value)];
  const place = fc.integer({ min: 0, max: text.length });
  const swap = fc
    .tuple(fc.constantFrom(...(values.length > 0 ? values : [null])), wrongValue)
    .map(([found, wrong]) =>
      found ? text.slice(0, found.index) + wrong + text.slice(found.index + found[0].length) : wrong,
    );
  const cut = fc.tuple(place, place).map(([from, to]) => text.slice(0, from) + text.slice(to));
  const write = fc
    .tuple(place, fc.string({ unit: "binary", maxLength: 8 }))
    .map(([at, wrong]) => text.slice(0, at) + wrong + text.slice(at));
  return fc.oneof({ weight: 4, arbitrary: swap }, cut, write);
};

it("accepts or refuses any signed webhook and never fails", async () => {
  const webhook = fc
    .constantFrom(...(Object.keys(TOPICS) as (keyof typeof TOPICS)[]))
    .chain((topic) => fc.record({ topic: fc.constant(topic), rawBody: mutated(readWebhook(TOPICS[topic])) }));
  let number = 0;
  let kept = 0;
  await fc.assert(
    fc.asyncProperty(webhook, async ({ topic, rawBody }) => {
      const request = signedRequest(rawBody, { topic, secret: SECRET, webhookId: `fuzz-${number++}` });
      const { status } = await postWebhook(request);
      // A mutated payload of customers/* may name another shop.
      expect(topic.startsWith("customers/") ? [200, 401] : [200]).toContain(status);
      if (status === 200) kept += 1;
    }),
    { numRuns: RUNS },
  );
  expect(await deps.db.inboxEvent.count()).toBe(kept);

  // Every stored webhook is also applied, so none is retried for a day and then abandoned.
  const now = new Date(Date.now() + 60_000);
  for (let left = kept; left > 0; left -= 100) await applyShopInbox(deps, { shop: SHOP, now: () => now });
  const waiting = await deps.db.inboxEvent.findMany({ where: { appliedAt: null } });
  expect(waiting.map(({ topic, problem }) => `${topic}: ${problem}`)).toEqual([]);
});

it("refuses unsigned requests with a 4xx and saves no row", async () => {
  const before = await deps.db.inboxEvent.count();
  const headers = fc.record(
    {
      "X-Shopify-Hmac-Sha256": fc.base64String(),
      "X-Shopify-Topic": fc.constantFrom("orders/create", "", "x"),
      "X-Shopify-Shop-Domain": fc.constantFrom(SHOP, "other.myshopify.com", "", "'; --"),
      "X-Shopify-Webhook-Id": fc.constantFrom("w1", "", "w".repeat(3_000)),
      "X-Shopify-Triggered-At": fc.constantFrom("yesterday", "2026-11-02T09:15:04Z"),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(headers, mutated(readWebhook("orders-create")), async (given, body) => {
      const request = new Request("http://app.test/webhooks", {
        method: "POST",
        body,
        headers: given as Record<string, string>,
      });
      expect([400, 401]).toContain((await postWebhook(request)).status);
    }),
    { numRuns: RUNS },
  );
  expect(await deps.db.inboxEvent.count()).toBe(before);
});

it.each([
  ["time is hundreds of thousands of years ahead", 200, "X-Shopify-Triggered-At", "+275760-09-13T00:00:00Z"],
  ["time is hundreds of thousands of years ago", 200, "X-Shopify-Triggered-At", "-271821-04-20T00:00:00Z"],
  ["id is longer than a database key", 400, "X-Shopify-Webhook-Id", "w".repeat(3_000)],
  ["topic is 3,500 characters long", 400, "X-Shopify-Topic", "orders/".repeat(500)],
] as const)("if the %s, answers a signed webhook with %d", async (_, status, header, value) => {
  const request = signedRequest(readWebhook("orders-create"), {
    topic: "orders/create",
    secret: SECRET,
    webhookId: `${header}-${value.length}`,
  });
  request.headers.set(header, value);
  expect((await postWebhook(request)).status).toBe(status);
});

it("answers any batch of the pixel with 204 or a 4xx", async () => {
  await fc.assert(
    fc.asyncProperty(
      mutated(BATCH.replaceAll('":', '": ')),
      fc.constantFrom("", "curl/8", "Mozilla/5.0"),
      async (body, agent) => {
        const { status } = await postEvents(body, agent);
        expect(status === 204 || (status >= 400 && status < 500), `${status} for ${body}`).toBe(true);
      },
    ),
    { numRuns: RUNS },
  );
});

it("imports a whole order file or refuses it with a reason", async () => {
  async function* toBody(text: string) {
    yield Buffer.from(text);
  }
  let imported = 0;
  await fc.assert(
    fc.asyncProperty(mutated(CSV, CSV_CELL), async (text) => {
      const lines = await deps.db.orderLine.count();
      try {
        await importOrderLog(deps, { shop: SHOP, body: toBody(text) });
        imported += 1;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        expect(error.code).toBe("input_invalid");
        expect(await deps.db.orderLine.count()).toBe(lines);
      }
    }),
    { numRuns: Math.ceil(RUNS / 4) },
  );
  expect(imported).toBeGreaterThan(0);
});
