import "@shopify/shopify-app-remix/adapters/node";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { Session } from "@shopify/shopify-app-remix/server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { SealedSessionStorage } from "#app/data/shops/sealed-session-storage.server.ts";
import { emptyBundleShop, openBundleShop, SHOP } from "#tests/factories/bundle-shop.ts";
import { openAppProcess } from "#tests/setup/app-process.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const deps = await openTestDeps();
/** How Shopify answers calls of the Admin API. */
let answerCall: RequestListener;
let closeApp: () => Promise<void>;

const shopify = createServer((request, response) => answerCall(request, response));

beforeAll(async () => {
  shopify.listen(0, "127.0.0.1");
  await once(shopify, "listening");
  closeApp = await openAppProcess(deps, {
    STANDIN_URL: `http://127.0.0.1:${(shopify.address() as AddressInfo).port}`,
  });
});
afterAll(async () => {
  await closeApp();
  shopify.closeAllConnections();
  shopify.close();
});
beforeEach(async () => {
  await emptyBundleShop(deps);
  await openBundleShop(deps);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Shortens every time limit. */
function loseNoTime(): void {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  vi.spyOn(AbortSignal, "timeout").mockImplementation(() => timeout(50));
}

describe("a Shopify that never answers", () => {
  it("ends the worker's pass, which says so to the merchant", async () => {
    loseNoTime();
    answerCall = () => {};
    await new SealedSessionStorage(deps.db, deps.secrets).storeSession(
      new Session({
        id: `offline_${SHOP}`,
        shop: SHOP,
        state: "",
        isOnline: false,
        accessToken: "shpat_any",
      }),
    );
    const { handlers } = await import("#jobs/handlers.ts");
    const { signal } = new AbortController();

    await expect(handlers["publish.reconcile"](deps, { shop: SHOP }, { signal })).rejects.toMatchObject({
      code: "shopify_unreachable",
    });

    const { problem } = await deps.db.publication.findFirstOrThrow();
    expect(problem).toEqual([{ code: "publish.noAnswer", values: {} }]);
  });
});
