import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { shopRow } from "#tests/factories/shop-row.ts";
import { openAppProcess } from "#tests/setup/app-process.ts";
import { BROWSER_USER_AGENT } from "#tests/setup/chromium.ts";
import { holdLimits } from "#tests/setup/hold-limits.ts";
import { untilLimiterConnected } from "#tests/setup/limiter-connected.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "demo-shop.myshopify.com";

const deps = await openTestDeps();
let post: (body: string, headers?: Record<string, string>) => Promise<Response>;
let preflight: () => Promise<Response>;
let closeApp: () => Promise<void>;

const event = (id: string, changes: Record<string, unknown> = {}) => ({
  id,
  kind: "offer_seen",
  at: new Date().toISOString(),
  visitor: "0123456789abcdef0123456789abcdef",
  arm: "h",
  product: "301",
  variant: "9007199254740993111",
  bundle: "3f1d6a50-2a54-4c1c-9b1e-0d5ec2a5a001",
  ...changes,
});

const batch = (...events: unknown[]) => JSON.stringify({ v: 1, shop: SHOP, events });

beforeAll(async () => {
  const close = await openAppProcess(deps, { LOG_LEVEL: "error" });
  const events = await import("#app/routes/machines/events.ts");
  const limits = await import("#app/web/rate-limit.server.ts");
  await untilLimiterConnected(limits.browseLimiter(), deps.redisUrl);
  closeApp = async () => {
    limits.browseLimiter().close();
    await close();
  };
  const context = { params: {}, context: {} };
  post = async (body, headers = {}) =>
    events.action({
      request: new Request("http://app.test/events", {
        method: "POST",
        body,
        headers: { "Content-Type": "text/plain", "User-Agent": BROWSER_USER_AGENT, ...headers },
      }),
      ...context,
    });
  preflight = async () =>
    events.loader({ request: new Request("http://app.test/events", { method: "OPTIONS" }), ...context });
});

afterAll(() => closeApp());

beforeEach(async () => {
  await deps.db.browseEvent.deleteMany();
  await deps.db.shop.deleteMany();
  await deps.db.shop.create({
    data: shopRow(SHOP),
  });
});

describe("POST /events", () => {
  it.each([
    ["invalid JSON", "<b>", 400],
    ["an empty body", "", 400],
    ["an unknown field", batch({ ...event("event-0001"), email: "a@b.example" }), 400],
  ])("refuses %s and saves nothing", async (_, body, status) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(await deps.db.browseEvent.count()).toBe(0);
  });

  it("does not reveal which shops have the app: another shop gets the same response, and nothing is saved", async () => {
    const [other, own] = [
      { v: 1, shop: "nobody.myshopify.com", events: [event("event-0001")] },
      batch(event("event-0002")),
    ];
    const answers = [await post(JSON.stringify(other)), await post(own)];
    expect(new Set(answers.map(({ status, headers }) => JSON.stringify([status, [...headers]]))).size).toBe(
      1,
    );
    expect(await deps.db.browseEvent.findMany({ select: { eventId: true } })).toEqual([
      { eventId: "event-0002" },
    ]);
  });

  it("saves each event once, even if it is sent twice", async () => {
    expect((await post(batch(event("event-0001"), event("event-0002")))).status).toBe(204);
    expect((await post(batch(event("event-0002"), event("event-0003")))).status).toBe(204);
    const kept = await deps.db.browseEvent.findMany({ orderBy: { eventId: "asc" } });
    expect(kept.map(({ eventId }) => eventId)).toEqual(["event-0001", "event-0002", "event-0003"]);
    expect(kept[0]).toMatchObject({
      arm: null,
      variantGid: "gid://shopify/ProductVariant/9007199254740993111",
      bundleId: "3f1d6a50-2a54-4c1c-9b1e-0d5ec2a5a001",
    });
  });

  it("ignores crawlers that run the page", async () => {
    const agent = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
    expect((await post(batch(event("event-0001")), { "User-Agent": agent })).status).toBe(204);
    expect(await deps.db.browseEvent.count()).toBe(0);
  });

  it("limits one network by its address, ignores its other headers, and does not limit another network", async () => {
    const statuses = [];
    for (let number = 0; number < 205; number++) {
      const answer = await post(batch(event(`event-${1_000 + number}`)), {
        "X-Client-Address": `198.51.100.${number % 200}`,
        "X-Forwarded-For": `203.0.113.${number}`,
      });
      statuses.push(answer.status);
      if (number === 0) await holdLimits(deps);
    }
    expect(statuses.filter((status) => status === 204)).toHaveLength(200);
    expect(statuses.at(-1)).toBe(429);
    const other = await post(batch(event("event-9999")), { "X-Client-Address": "198.51.101.7" });
    expect(other.status).toBe(204);
  });

  it("counts the addresses of one IPv6 /64 network together, and other networks separately", async () => {
    let last = 0;
    for (let number = 0; number < 205; number++) {
      const address = number % 2 === 0 ? `2001:db8:5:7::${number}` : `2001:db8:5:7:${number}:2:3:4`;
      last = (await post(batch(event("event-0001")), { "X-Client-Address": address })).status;
      if (number === 0) await holdLimits(deps);
    }
    expect(last).toBe(429);
    for (const address of ["2001:db8:5:8::1", "::ffff:203.0.113.1", "2001:db8::7"]) {
      expect((await post(batch(event("event-0001")), { "X-Client-Address": address })).status).toBe(204);
    }
  });

  it("writes no address to Redis, which may persist its keys", async () => {
    await post(batch(event("event-0001")), { "X-Client-Address": "203.0.113.77" });
    const redis = new Redis(deps.redisUrl);
    const keys = await redis.keys("*");
    redis.disconnect();
    expect(keys.some((key) => key.includes("limit:address"))).toBe(true);
    expect(keys.filter((key) => key.includes("203.0.113"))).toEqual([]);
  });

  it("limits requests without a client address too", async () => {
    const body = JSON.stringify({ v: 1, shop: "no-proxy.myshopify.com", events: [event("event-0001")] });
    let last = 0;
    for (let number = 0; number < 205; number++) {
      last = (await post(body)).status;
      if (number === 0) await holdLimits(deps);
    }
    expect(last).toBe(429);
  });

  it("answers a CORS preflight", async () => {
    const answer = await preflight();
    expect(answer.status).toBe(204);
    expect(answer.headers.get("Access-Control-Allow-Headers")).toBe("Content-Type");
  });
});
