import "@shopify/shopify-app-remix/adapters/node";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Session } from "@shopify/shopify-app-remix/server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { SealedSessionStorage } from "#app/data/shops/sealed-session-storage.server.ts";
import { addBundle, emptyBundleShop, openBundleShop, SHOP } from "#tests/factories/bundle-shop.ts";
import { openAppProcess, takeAnswer } from "#tests/setup/app-process.ts";
import { BROWSER_USER_AGENT } from "#tests/setup/chromium.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { createSessionToken } from "#tests/standin/shop/session-token.ts";

const APP_URL = "https://app.example";
const OF_OWNER = { associated_user_scope: "", associated_user: { account_owner: true } };

const RENEWED = { access_token: "shpat_new", expires_in: 3_600 };

const deps = await openTestDeps();
/** How Shopify answers calls of the Admin API. */
let answerCall: RequestListener;
let closeApp: () => Promise<void>;

const shopify = createServer((request, response) => {
  if (request.url!.startsWith("/admin/api/")) return answerCall(request, response);
  void text(request).then((asked) => {
    const token = asked.includes("refresh_token") ? RENEWED : OF_OWNER;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(token));
  });
});

beforeAll(async () => {
  shopify.listen(0, "127.0.0.1");
  await once(shopify, "listening");
  closeApp = await openAppProcess(deps, {
    STANDIN_URL: `http://127.0.0.1:${(shopify.address() as AddressInfo).port}`,
    LOG_LEVEL: "silent",
  });
});
afterAll(async () => {
  await closeApp();
  shopify.closeAllConnections();
  shopify.close();
});
beforeEach(async () => {
  await emptyBundleShop(deps);
  const { variants } = await openBundleShop(deps);
  await addBundle(deps, variants.slice(0, 2), { status: "published" });
  await new SealedSessionStorage(deps.db, deps.secrets).storeSession(
    new Session({
      id: `offline_${SHOP}`,
      shop: SHOP,
      state: "",
      isOnline: false,
      accessToken: "shpat_any",
      refreshToken: "shprt_any",
    }),
  );
});
afterEach(() => {
  vi.restoreAllMocks();
});

const answerWith =
  (status: number): RequestListener =>
  (_, response) =>
    response.writeHead(status, { "content-type": "application/json" }).end("{}");

const createToken = () => createSessionToken({ shop: SHOP, apiKey: "key", apiSecret: "secret" });

/** The route's answer, or the one that it throws. */
async function ask(handler: (args: never) => Promise<Response>, url: string, init: RequestInit) {
  const request = new Request(url, {
    ...init,
    headers: { "user-agent": BROWSER_USER_AGENT, ...(init.headers as Record<string, string>) },
  });
  return takeAnswer(handler({ request, params: {}, context: {} } as never));
}

describe("a Shopify that never answers", () => {
  it("ends the worker's pass, which says so to the merchant", async () => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    vi.spyOn(AbortSignal, "timeout").mockImplementation(() => timeout(50));
    answerCall = () => {};
    const { handlers } = await import("#jobs/handlers.ts");
    const { signal } = new AbortController();

    await expect(handlers["publish.reconcile"](deps, { shop: SHOP }, { signal })).rejects.toMatchObject({
      code: "shopify_unreachable",
    });

    const { problem } = await deps.db.publication.findFirstOrThrow();
    expect(problem).toEqual([{ code: "publish.noAnswer", values: {} }]);
  });
});

describe("a Shopify that has revoked the app's token", () => {
  it("makes the page load again with a new token", async () => {
    answerCall = answerWith(401);
    const { loader } = await import("#app/routes/admin/home.tsx");
    const query = new URLSearchParams({
      shop: SHOP,
      host: Buffer.from("admin.shopify.com/store/demo-shop").toString("base64"),
      embedded: "1",
      id_token: createToken(),
    });
    const answer = await ask(loader, `${APP_URL}/app?${query.toString()}`, {});

    expect(answer.status).toBe(302);
    expect(answer.headers.get("location")).toMatch(/^\/auth\/session-token\?/);
  });
});

describe("a worker whose token Shopify refuses before it expires", () => {
  it("renews it for the next try", async () => {
    const used: unknown[] = [];
    answerCall = (request, response) => {
      used.push(request.headers["x-shopify-access-token"]);
      answerWith(401)(request, response);
    };
    const { handlers } = await import("#jobs/handlers.ts");
    const { signal } = new AbortController();
    const pass = () => handlers["publish.reconcile"](deps, { shop: SHOP }, { signal });

    await expect(pass()).rejects.toThrow("401");
    await expect(pass()).rejects.toThrow("401");

    expect(used).toEqual(["shpat_any", RENEWED.access_token]);
  });
});

describe("a choice of a plan", () => {
  it.each([
    ["standard", 402],
    ["standard", 503],
    ["free", 503],
  ])(
    "of %s that Shopify answers with %d tells the merchant that it was not confirmed",
    async (plan, status) => {
      const subscriptionGid = "gid://shopify/AppSubscription/1";
      await deps.db.subscription.create({
        data: { shop: SHOP, plan: "plus", subscriptionGid, isTest: true, readAt: new Date() },
      });
      answerCall = answerWith(status);
      const { action } = await import("#app/routes/admin/plan.tsx");
      const answer = await ask(action, `${APP_URL}/app/plan`, {
        method: "POST",
        headers: { authorization: `Bearer ${createToken()}` },
        body: new URLSearchParams({ plan }),
      });

      expect(await answer.json()).toEqual({
        ok: false,
        message:
          "Shopify did not confirm this change. Your plan is the one marked here. Try again in a few minutes.",
      });
      expect(await deps.db.subscription.findFirst()).toMatchObject({ plan: "plus" });
    },
  );
});
