import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { z } from "zod";
import registerTools from "#extensions/sidekick-offers/src/index.ts";
import { addBundle, openBundleShop, SHOP } from "#tests/factories/bundle-shop.ts";
import { openAppProcess, takeAnswer } from "#tests/setup/app-process.ts";
import { BROWSER_USER_AGENT } from "#tests/setup/chromium.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { startStandin, type Standin } from "#tests/standin/start-standin.ts";

const FOLDER = "extensions/sidekick-offers";
const APP_URL = "https://app.example";
/** Origin of the sandbox in which Shopify runs the module. */
const SANDBOX = "https://extensions.shopifycdn.com";

/** The format that Shopify's command line accepts. */
const Tools = z.array(
  z.object({
    name: z.string().regex(/^[a-z_]+$/),
    description: z.string().max(1_000),
    inputSchema: z.looseObject({ type: z.literal("object") }),
    outputSchema: z.looseObject({ type: z.literal("object") }),
  }),
);
const tools = Tools.parse(JSON.parse(readFileSync(`${FOLDER}/tools.json`, "utf8")));
const answerOf = (name: string) =>
  z.fromJSONSchema(
    tools.find((tool) => tool.name === name)!.outputSchema as Parameters<typeof z.fromJSONSchema>[0],
  );

const deps = await openTestDeps();
const registered = new Map<string, (input: object) => Promise<Record<string, unknown>>>();
let standin: Standin;
let closeApp: () => Promise<void>;
let bundleId: string;
/** The session token of Sidekick's user; null if the user is not on the shop's staff. */
let token: string | null;

beforeAll(async () => {
  const { state, variants } = await openBundleShop(deps);
  await deps.db.shop.update({ where: { shop: SHOP }, data: { backfilledAt: new Date() } });
  bundleId = await addBundle(deps, variants.slice(0, 2), { status: "published", approvedAt: new Date() });
  await addBundle(deps, variants.slice(2, 4), { status: "proposed" });
  standin = await startStandin({ state, appUrl: APP_URL, apiKey: "key", apiSecret: "secret" });
  closeApp = await openAppProcess(deps, { STANDIN_URL: standin.url });
  vi.stubGlobal("shopify", { tools: { register: registered.set.bind(registered) } });
  const fetchElsewhere = fetch;
  vi.stubGlobal("fetch", (asked: string, options?: RequestInit) =>
    typeof asked === "string" && asked.startsWith("/")
      ? answer(asked, options)
      : fetchElsewhere(asked, options),
  );
  registerTools();
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await closeApp();
  await standin.stop();
});

/** The app's response to a request from the sandbox, with the CORS checks of a browser. */
async function answer(path: string, options: RequestInit = {}): Promise<Response> {
  const { pathname } = new URL(path, APP_URL);
  const diagnosed = /^\/app\/diagnosis\/(.+)$/.exec(pathname)?.[1];
  const { loader } = diagnosed
    ? await import("#app/routes/resources/diagnosis.ts")
    : await import("#app/routes/resources/sidekick.ts");
  const ask = async (method: string, headers: Record<string, string>) =>
    takeAnswer(
      loader({
        request: new Request(new URL(path, APP_URL), {
          method,
          headers: { "user-agent": BROWSER_USER_AGENT, origin: SANDBOX, ...headers },
        }),
        params: diagnosed ? { bundleId: decodeURIComponent(diagnosed) } : {},
        context: {},
      }),
    );
  const preflight = await ask("OPTIONS", { "access-control-request-headers": "authorization" });
  expect(preflight.status).toBeLessThan(300);
  expect(preflight.headers.get("access-control-allow-headers")?.toLowerCase()).toContain("authorization");
  const given = await ask("GET", {
    ...(options.headers as Record<string, string>),
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  });
  if (given.ok) expect(given.headers.get("access-control-allow-origin")).toBe("*");
  return given;
}

it("refuses the tools to users who are not on the shop's staff", async () => {
  token = null;
  await expect(registered.get("find_offers")!({})).rejects.toThrow(/answered [34]\d\d/);
  await expect(registered.get("why_offer_is_not_shown")!({ id: bundleId })).rejects.toThrow(
    /answered [34]\d\d/,
  );
});

it("answers 404 for an offer id that the shop does not have", async () => {
  token = standin.sessionToken();
  const id = "00000000-0000-4000-8000-000000000000";
  await expect(registered.get("why_offer_is_not_shown")!({ id })).rejects.toThrow("answered 404");
});

it("registers the tools that tools.json declares, with descriptions within Shopify's limit", () => {
  expect([...registered.keys()]).toEqual(tools.map(({ name }) => name));
});

it("finds approved offers by a part of their title, in the declared format", async () => {
  token = standin.sessionToken();
  const found = await registered.get("find_offers")!({ query: "product 1" });
  expect(answerOf("find_offers").parse(found)).toEqual({
    results: [
      {
        id: bundleId,
        type: "offer",
        title: "Product 1 + Product 2",
        status: "published",
        waitsFor: null,
        url: `https://${SHOP}/admin/apps/key/app/suggestions/${bundleId}`,
        price: "$18.00",
        priceWithoutOffer: "$20.00",
        orders: 0,
        revenue: "$0.00",
      },
    ],
    hasMore: false,
  });
  expect(await registered.get("find_offers")!({})).toMatchObject({ results: [{ id: bundleId }] });
  expect(await registered.get("find_offers")!({ query: "Umbrella" })).toMatchObject({ results: [] });
});

it("states why an offer is not shown, in the declared format", async () => {
  token = standin.sessionToken();
  const said = await registered.get("why_offer_is_not_shown")!({ id: bundleId });
  expect(answerOf("why_offer_is_not_shown").parse(said)).toMatchObject({
    cause: { code: expect.any(String) },
  });
});
