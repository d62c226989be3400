import { createHmac } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { armOf } from "#app/domain/evaluate/proof/holdout.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { openAppProcess } from "#tests/setup/app-process.ts";
import { untilLimiterConnected } from "#tests/setup/limiter-connected.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "demo-shop.myshopify.com";
const DRAW = { salt: "salt-0001", holdoutPermille: 100 };
const DAY_MS = 86_400_000;

const deps = await openTestDeps();
let ask: (query: URLSearchParams, address?: string) => Promise<Response>;
let post: (body: unknown, address?: string) => Promise<Response>;
let closeApp: () => Promise<void>;

let drawn = 0;
/** Returns a new visitor key that the shop's salt assigns to the arm. */
function drawVisitor(arm: "treated" | "holdout"): string {
  for (;;) {
    const key = (++drawn).toString(16).padStart(32, "0");
    if (armOf(key, DRAW) === arm) return key;
  }
}

/** The query of a request that Shopify's app proxy forwards. */
function signed(visitor: string, changes: Record<string, string> = {}, secret = "secret"): URLSearchParams {
  const query = new URLSearchParams({
    visitor,
    shop: SHOP,
    logged_in_customer_id: "",
    path_prefix: "/apps/bundlesmith",
    timestamp: String(Math.floor(Date.now() / 1_000)),
    ...changes,
  });
  const text = [...query].map(([name, value]) => `${name}=${value}`).sort();
  query.set("signature", createHmac("sha256", secret).update(text.join("")).digest("hex"));
  return query;
}

const events = (visitor: string, changes: Record<string, unknown> = {}) =>
  ["page_viewed", "product_viewed"].map((kind, place) => ({
    id: `event-${visitor}-${place}`,
    kind,
    at: new Date().toISOString(),
    visitor,
    arm: "h",
    product: "301",
    variant: null,
    bundle: null,
    ...changes,
  }));

beforeAll(async () => {
  const close = await openAppProcess(deps, { LOG_LEVEL: "error" });
  const ticket = await import("#app/routes/machines/visit-ticket.ts");
  const eventsRoute = await import("#app/routes/machines/events.ts");
  const limits = await import("#app/web/rate-limit.server.ts");
  await untilLimiterConnected(limits.browseLimiter(), deps.redisUrl);
  closeApp = async () => {
    limits.browseLimiter().close();
    await close();
  };
  const context = { params: {}, context: {} };
  ask = async (query, address = "203.0.113.1") =>
    ticket.loader({
      request: new Request(`http://app.test/storefront/ticket?${query.toString()}`, {
        headers: { "X-Forwarded-For": `192.0.2.66, ${address}`, "X-Client-Address": "198.51.100.1" },
      }),
      ...context,
    });
  post = async (body, address = "203.0.113.1") =>
    eventsRoute.action({
      request: new Request("http://app.test/events", {
        method: "POST",
        body: JSON.stringify(body),
        headers: { "X-Client-Address": address },
      }),
      ...context,
    });
});

afterAll(() => closeApp());

beforeEach(async () => {
  await deps.db.browseEvent.deleteMany();
  await deps.db.shop.deleteMany();
  await deps.db.shop.create({ data: shopRow(SHOP, { settings: { holdoutRatio: 0.1 } }) });
});

const keptArms = async (visitorKey: string) =>
  (await deps.db.browseEvent.findMany({ where: { visitorKey } })).map(({ arm }) => arm);

describe("GET /storefront/ticket", () => {
  const visitor = "0123456789abcdef0123456789abcdef";
  it.each([
    ["without a signature", () => new URLSearchParams({ visitor, shop: SHOP }), 401],
    ["signed with another secret", () => signed(visitor, {}, "guessed"), 401],
    ["with an old signature", () => signed(visitor, { timestamp: "1700000000" }), 401],
    ["without a visitor key", () => signed("ada@mail.example"), 400],
    ["from a shop without the app", () => signed(visitor, { shop: "nobody.myshopify.com" }), 404],
  ])("refuses a request %s", async (_, query, status) => {
    const answer = await ask(query());
    expect(answer.status).toBe(status);
    expect(await answer.text()).toBe("");
  });

  it("refuses another visitor than the signed one", async () => {
    const query = signed(visitor);
    query.set("visitor", drawVisitor("holdout"));
    expect((await ask(query)).status).toBe(401);
  });

  it("limits the tickets of a network with too many holdout visitors, but not those of other networks", async () => {
    const statuses = [];
    for (let number = 0; number < 12; number++) {
      const address = `203.0.114.${number}`;
      statuses.push((await ask(signed(drawVisitor("holdout")), address)).status);
    }
    expect(statuses.slice(0, 3)).toEqual([200, 200, 200]);
    expect(statuses.at(-1)).toBe(429);
    expect((await ask(signed(drawVisitor("treated")), "203.0.114.7")).status).toBe(429);
    expect((await ask(signed(drawVisitor("holdout")), "203.0.115.7")).status).toBe(200);
  });
});

describe("a ticket with a batch of events", () => {
  it.each(["treated", "holdout"] as const)(
    "gives the visitor the arm of the shop's draw: %s",
    async (arm) => {
      const visitor = drawVisitor(arm);
      const ticket = await (await ask(signed(visitor), "2001:db8::1")).text();
      expect(ticket).toMatch(/^[\w-]{22}$/);
      expect((await post({ v: 1, shop: SHOP, ticket, events: events(visitor) })).status).toBe(204);
      expect(await keptArms(visitor)).toEqual([arm, arm]);
    },
  );

  it("is not valid for another visitor, and that visitor's events are saved without an arm", async () => {
    const [visitor, other] = [drawVisitor("treated"), drawVisitor("holdout")];
    const ticket = await (await ask(signed(visitor), "2001:db8:1::1")).text();
    await post({ v: 1, shop: SHOP, ticket, events: [...events(other), ...events(visitor)] });
    expect(await keptArms(other)).toEqual([null, null]);
    expect(await keptArms(visitor)).toEqual(["treated", "treated"]);
  });

  it("is valid until the end of the next day, for one shop and one secret", async () => {
    const { readVisitTicket, writeVisitTicket } =
      await import("#app/services/collect/visit-ticket.server.ts");
    const visit = { shop: SHOP, visitorKey: drawVisitor("treated"), nowMs: Date.UTC(2026, 10, 24, 23, 59) };
    const ticket = writeVisitTicket("shop secret", visit, "treated");
    const read = (changes: object, secret = "shop secret") =>
      readVisitTicket(secret, ticket, { ...visit, ...changes });
    expect(read({ nowMs: visit.nowMs + DAY_MS })).toBe("treated");
    expect(read({ nowMs: visit.nowMs + 2 * DAY_MS })).toBeNull();
    expect(read({ shop: "other.myshopify.com" })).toBeNull();
    expect(read({}, "another secret")).toBeNull();
  });

  it("saves events of invented visitors up to the limit of a small shop, and a third of it per network", async () => {
    const invent = (number: number, address: string) => {
      const some = Array.from({ length: 100 }, (_, place) => ({
        ...events("f".repeat(32))[0]!,
        id: `invented-${number}-${place}`,
        visitor: (number * 100 + place).toString(16).padStart(32, "e"),
      }));
      return post({ v: 1, shop: SHOP, events: some }, address);
    };
    for (let number = 0; number < 15; number++) await invent(number, "198.51.7.1");
    expect(await deps.db.browseEvent.count()).toBe(1_000);
    for (let number = 15; number < 60; number++) await invent(number, `198.52.${number}.1`);
    // The limit also counts the visitors without a ticket of the tests above.
    const kept = await deps.db.browseEvent.count();
    expect(kept).toBeGreaterThan(2_800);
    expect(kept).toBeLessThanOrEqual(3_000);
    expect(await deps.db.browseEvent.count({ where: { arm: { not: null } } })).toBe(0);
  });
});
