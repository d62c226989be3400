import { createHmac } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { parse } from "smol-toml";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { toOfferPayload, toResultPayload } from "#app/domain/publish/flow-triggers.ts";
import { OFFER_TRIGGERS, RESULT_TRIGGER } from "#app/queue/catalog.ts";
import { startWorkflows } from "#app/services/publish/start-workflows.server.ts";
import { addBundle, SHOP } from "#tests/factories/bundle-shop.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";
import { openAppProcess } from "#tests/setup/app-process.ts";

const SECRET = "shpss_test_secret";
const OTHER_SHOP = "other.myshopify.com";

/** Shopify's rules for Flow extensions. */
const Extension = z.strictObject({
  name: z.string().min(1),
  description: z.string().min(1),
  handle: z.string().regex(/^[A-Za-z0-9-]{1,30}$/),
  type: z.enum(["flow_trigger", "flow_action"]),
  runtime_url: z.string().startsWith("/").optional(),
});
const FlowToml = z.strictObject({
  extensions: z.tuple([Extension]),
  settings: z.strictObject({
    fields: z.array(
      z.strictObject({
        type: z.enum(["single_line_text_field", "number_decimal", "url"]),
        key: z.string(),
        name: z.string().optional(),
        description: z.string().optional(),
        required: z.boolean().optional(),
      }),
    ),
  }),
});

const tomls = globSync("extensions/flow-*/shopify.extension.toml").map((path) => {
  const { extensions, settings } = FlowToml.parse(parse(readFileSync(path, "utf8")));
  return { ...extensions[0], keys: settings.fields.map(({ key }) => key) };
});
const keysOf = (handle: string) => tomls.find((toml) => toml.handle === handle)?.keys;

describe("the extensions for Shopify Flow", () => {
  it("include one trigger for each that the app sends, with the same fields", () => {
    const offer = toOfferPayload({ id: "1", title: "Tea + Cup", pageUrl: "https://a.example" });
    const result = toResultPayload({ value: 1, low: 0, high: 2 }, "EUR");
    for (const handle of OFFER_TRIGGERS) expect(keysOf(handle)).toEqual(Object.keys(offer));
    expect(keysOf(RESULT_TRIGGER)).toEqual(Object.keys(result));
    expect(tomls.filter(({ type }) => type === "flow_trigger")).toHaveLength(OFFER_TRIGGERS.length + 1);
  });

  it("use only letters and spaces in a trigger's field names, as Shopify requires", () => {
    const keys = tomls.filter(({ type }) => type === "flow_trigger").flatMap((toml) => toml.keys);
    expect(keys.filter((key) => !/^[A-Za-z\s]+$/.test(key))).toEqual([]);
  });

  it("send the action to a route of the app", () => {
    const actions = tomls.filter(({ type }) => type === "flow_action");
    expect(actions.map(({ handle, runtime_url }) => [handle, runtime_url])).toEqual([
      ["pause-offer", "/flow/pause-offer"],
    ]);
    expect(existsSync("app/routes/machines/pause-offer.ts")).toBe(true);
    expect(readFileSync("app/web.ts", "utf8")).toContain('"/flow/pause-offer"');
  });

  it("state money as a decimal number in the shop's currency", () => {
    expect(toResultPayload({ value: 123_456, low: -50, high: 200_000.4 }, "EUR")).toEqual({
      "Worth a month": 1_234.56,
      "At least": -0.5,
      "At most": 2_000,
      Currency: "EUR",
    });
    expect(toResultPayload({ value: 1_200, low: 0, high: 2_000 }, "JPY")).toMatchObject({
      "Worth a month": 1_200,
    });
  });
});

const opened = await openBundleShopEachTest();
let action: (request: Request) => Promise<Response>;
let closeApp: () => Promise<void>;

beforeAll(async () => {
  closeApp = await openAppProcess(opened.deps, { SHOPIFY_API_SECRET: SECRET, LOG_LEVEL: "error" });
  const route = await import("#app/routes/machines/pause-offer.ts");
  action = (request) => route.action({ request, params: {}, context: {} });
});

afterAll(() => closeApp());

describe("starting a workflow", () => {
  const sent: { handle: string; payload: object }[] = [];
  const graphql = (_: string, { variables }: { variables?: object } = {}) => {
    sent.push(variables as (typeof sent)[number]);
    return Promise.resolve(Response.json({ data: { flowTriggerReceive: { userErrors: [] } } }));
  };
  const start = (bundleId: string) =>
    startWorkflows(opened.deps, {
      shop: SHOP,
      event: { trigger: "offer-approved", bundleId },
      apiKey: "key",
      graphql: graphql as never,
    });

  beforeEach(() => void sent.splice(0));

  it("sends nothing for a deleted offer", async () => {
    await start("7d8f2c8e-7d6d-4c55-9a64-0c4b3fd2b8aa");
    expect(sent).toEqual([]);
  });

  it("sends the offer and the URL of its page in the admin", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "approved" });
    await start(bundleId);
    expect(sent).toMatchObject([
      {
        handle: "offer-approved",
        payload: {
          "Offer id": bundleId,
          "Offer page": `https://${SHOP}/admin/apps/key/app/suggestions/${bundleId}`,
        },
      },
    ]);
  });
});

describe("POST /flow/pause-offer", () => {
  const execute = (body: string, secret = SECRET) =>
    action(
      new Request("http://app.test/flow/pause-offer", {
        method: "POST",
        body,
        headers: { "X-Shopify-Hmac-Sha256": createHmac("sha256", secret).update(body).digest("base64") },
      }),
    );
  const execution = (bundleId: string, shop = SHOP) =>
    JSON.stringify({
      shop_id: 1,
      shopify_domain: shop,
      action_run_id: "bdb15e4d-9bb1-4b5b-8e3f-0e1d3f0c5d5a",
      handle: "pause-offer",
      properties: { "offer-id": bundleId },
    });
  const readStatus = async (id: string) =>
    (await opened.deps.db.bundle.findUniqueOrThrow({ where: { id } })).status;

  it("refuses a wrong signature or an invalid body, and changes nothing", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "published" });
    expect((await execute(execution(bundleId), "another")).status).toBe(401);
    expect((await execute(execution("no id"))).status).toBe(400);
    expect((await execute("no JSON")).status).toBe(400);
    expect(await readStatus(bundleId)).toBe("published");
  });

  it("finds no offer of another shop", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "published" });
    expect((await execute(execution(bundleId, OTHER_SHOP))).status).toBe(404);
    expect(await readStatus(bundleId)).toBe("published");
  });

  it("pauses the offer once if called twice, and records Flow as the decider", async () => {
    const bundleId = await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "published" });
    expect((await execute(execution(bundleId))).status).toBe(200);
    expect((await execute(execution(bundleId))).status).toBe(200);
    expect(await readStatus(bundleId)).toBe("paused");
    const decisions = await opened.deps.db.decision.findMany({ select: { action: true, decidedBy: true } });
    expect(decisions).toEqual([{ action: "pause", decidedBy: "flow" }]);
  });
});
