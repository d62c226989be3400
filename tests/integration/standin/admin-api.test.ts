import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "#tests/standin/shop/app-data.ts";
import type { ShopProduct } from "#tests/standin/shop/shop-records.ts";
import { ShopState } from "#tests/standin/shop/shop-state.ts";
import { startStandin, type Standin, type StandinOptions } from "#tests/standin/start-standin.ts";
import { API_KEY, API_SECRET, openAdmin, postTokenRequest } from "#tests/factories/admin-session.ts";

const DAY_MS = 86_400_000;
let standin: Standin;

/** No app listens there: these tests only call the Admin API. */
const open = (options: Partial<StandinOptions> = {}) =>
  startStandin({
    appUrl: "http://127.0.0.1:1",
    apiKey: API_KEY,
    apiSecret: API_SECRET,
    webhooks: { retryDelaysMs: [] },
    ...options,
  });

const addProduct = (title: string, { sku = title, price = "10.00" } = {}): ShopProduct =>
  standin.state.catalogue.addProduct({ title, variants: [{ sku, price, inventoryQuantity: 5 }] });

beforeEach(async () => {
  standin = await open();
  return () => standin.stop();
});

describe("token exchange", () => {
  it("refuses a wrong secret, a broken session token, and an unknown grant", async () => {
    const wrongSecret = await postTokenRequest(standin, { client_secret: "guess" });
    expect(wrongSecret).toMatchObject({ status: 400, body: { error: "invalid_client" } });
    const broken = await postTokenRequest(standin, { subject_token: `${standin.sessionToken()}x` });
    expect(broken).toMatchObject({ status: 400, body: { error: "invalid_subject_token" } });
    const password = await postTokenRequest(standin, { grant_type: "password" });
    expect(password).toMatchObject({ status: 400, body: { error: "unsupported_grant_type" } });
    expect(standin.state.app.isInstalled).toBe(false);
  });

  it("gives an offline token that expires and can be refreshed, and an online one with its user", async () => {
    const offline = await postTokenRequest(standin);
    expect(offline.body).toMatchObject({
      expires_in: 3_600,
      scope: expect.stringContaining("write_products"),
    });
    const refreshed = await postTokenRequest(standin, {
      grant_type: "refresh_token",
      refresh_token: offline.body["refresh_token"],
    });
    expect(refreshed.status).toBe(200);
    expect(refreshed.body["access_token"]).not.toBe(offline.body["access_token"]);
    const online = await postTokenRequest(standin, {
      requested_token_type: "urn:shopify:params:oauth:token-type:online-access-token",
    });
    expect(online.body).toMatchObject({ associated_user: { account_owner: true } });
  });

  it("answers 401 to a token that is unknown or belongs to an app that was uninstalled", async () => {
    const ask = (token: string) =>
      fetch(`${standin.url}/admin/api/2026-10/graphql.json`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-shopify-access-token": token },
        body: JSON.stringify({ query: "{ shop { name } }" }),
      });
    const { body } = await postTokenRequest(standin);
    const token = String(body["access_token"]);
    expect((await ask("shpat_made_up")).status).toBe(401);
    expect((await ask(token)).status).toBe(200);
    standin.uninstallApp();
    expect((await ask(token)).status).toBe(401);
  });
});

describe("what the Admin API refuses", () => {
  it("has no field that Shopify's schema lacks, and accepts no argument of the wrong type", async () => {
    const admin = await openAdmin(standin);
    expect((await admin("{ shop { nickname } }")).errors?.[0]?.message).toContain(
      'Cannot query field "nickname"',
    );
    expect((await admin('{ products(first: "many") { nodes { id } } }')).errors).toHaveLength(1);
    expect((await admin("{ products { nodes { id } } }")).errors?.[0]?.message).toContain("first or last");
    expect((await admin("{ products(first: 251) { nodes { id } } }")).errors?.[0]?.message).toContain("250");
  });

  it("denies, field by field, what the token's scopes do not cover", async () => {
    const customerGid = "gid://shopify/Customer/1";
    const { gid } = addProduct("Soap").variants[0]!;
    standin.state.orders.create({ lines: [{ variantGid: gid, quantity: 1 }], customerGid });
    const admin = await openAdmin(standin);
    const answer = await admin("{ orders(first: 1) { nodes { name customer { id } } } }");
    expect(answer.data).toMatchObject({ orders: { nodes: [{ name: "#1001", customer: null }] } });
    expect(answer.errors?.[0]).toMatchObject({
      message: expect.stringContaining("read_customers"),
      extensions: { code: "ACCESS_DENIED" },
    });
  });

  it("reports a field of Shopify's without data, instead of inventing a value", async () => {
    addProduct("Soap");
    const admin = await openAdmin(standin);
    const { errors } = await admin("{ products(first: 1) { nodes { seo { title } } } }");
    expect(errors?.[0]?.extensions?.code).toBe("STANDIN_NOT_HELD");
  });

  it("hides orders older than 60 days from an app without read_all_orders", async () => {
    const { gid } = addProduct("Soap").variants[0]!;
    const nowMs = Date.now();
    for (const ageDays of [10, 59, 61, 400]) {
      const order = { lines: [{ variantGid: gid, quantity: 1 }], placedAtMs: nowMs - ageDays * DAY_MS };
      standin.state.orders.create(order, { isSilent: true });
    }
    const admin = await openAdmin(standin);
    const { data } = await admin("{ orders(first: 10) { nodes { id } } }");
    expect(data).toMatchObject({ orders: { nodes: [{}, {}] } });
    expect((data as unknown as { orders: { nodes: unknown[] } }).orders.nodes).toHaveLength(2);
  });

  it("throttles by cost with HTTP 200, and refills the points over time", async () => {
    await standin.stop();
    let nowMs = 0;
    standin = await open({ apiMaxPoints: 30, apiPointsPerSecond: 40, apiClock: () => nowMs });
    const admin = await openAdmin(standin);
    const query = "{ products(first: 50) { nodes { id variants(first: 3) { nodes { id } } } } }";
    const dear = await admin(query);
    expect(dear.errors?.[0]?.extensions?.code).toBe("THROTTLED");
    const mutation =
      'mutation { discountAutomaticDelete(id: "gid://shopify/DiscountAutomaticNode/1") { userErrors { code } } }';
    const answers = [await admin(mutation), await admin(mutation), await admin(mutation)];
    const { requestedQueryCost, throttleStatus } = answers[0]!.extensions.cost;
    expect(requestedQueryCost).toBeGreaterThanOrEqual(10);
    expect(throttleStatus).toMatchObject({ maximumAvailable: 30, restoreRate: 40 });
    expect(answers.some(({ errors }) => errors?.[0]?.extensions?.code === "THROTTLED")).toBe(true);
    nowMs += 600;
    expect((await admin(mutation)).errors).toBeUndefined();
  });

  it("refuses one query that costs more than 1000 points", async () => {
    const admin = await openAdmin(standin);
    const query =
      "{ products(first: 250) { nodes { variants(first: 250) { nodes { inventoryItem { variants(first: 250) { nodes { product { id } } } } } } } } }";
    expect((await admin(query)).errors?.[0]?.extensions?.code).toBe("MAX_COST_EXCEEDED");
  });
});

describe("reading the catalogue", () => {
  it("pages through all products once, even when one is deleted between two pages", async () => {
    for (let index = 0; index < 7; index += 1) addProduct(`Soap ${index}`);
    const admin = await openAdmin(standin);
    const seen: string[] = [];
    let after: string | null = null;
    for (let page = 0; page < 5; page += 1) {
      const { data } = await admin(
        "query ($after: String) { products(first: 2, after: $after) { nodes { id title } pageInfo { hasNextPage endCursor } } }",
        { after },
      );
      const { nodes, pageInfo } = (data as unknown as { products: ProductPage }).products;
      seen.push(...nodes.map(({ title }) => title));
      if (page === 0) standin.state.catalogue.deleteProduct(nodes[1]!.id);
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(seen).toEqual(["Soap 0", "Soap 1", "Soap 2", "Soap 3", "Soap 4", "Soap 5", "Soap 6"]);
  });

  it("finds changes since an instant, by status and by SKU, and refuses an unknown filter", async () => {
    const [old, changed] = [addProduct("Old"), addProduct("Changed", { sku: "C-1" })];
    const since = new Date(old.updatedAtMs + 500).toISOString();
    standin.state.catalogue.updateProduct(changed.gid, { status: "DRAFT" });
    const admin = await openAdmin(standin);
    const find = async (query: string) => {
      const answer = await admin(
        "query ($query: String) { products(first: 9, query: $query) { nodes { title } } }",
        { query },
      );
      return (answer.data as unknown as { products: ProductPage } | null)?.products.nodes.map(
        ({ title }) => title,
      );
    };
    expect(await find(`updated_at:>='${since}'`)).toEqual(["Changed"]);
    expect(await find("status:active")).toEqual(["Old"]);
    expect(await find("sku:C-1 AND status:draft")).toEqual(["Changed"]);
    expect(await find("colour:red")).toBeUndefined();
  });
});

interface ProductPage {
  nodes: { id: string; title: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string };
}

describe("metafields", () => {
  const SET = `mutation ($metafields: [MetafieldsSetInput!]!) {
    metafieldsSet(metafields: $metafields) { metafields { namespace compareDigest } userErrors { code elementIndex field } }
  }`;
  let admin: Awaited<ReturnType<typeof openAdmin>>;
  let product: ShopProduct;

  beforeEach(async () => {
    admin = await openAdmin(standin);
    product = addProduct("Soap");
  });

  const set = async (...metafields: Record<string, unknown>[]) => {
    const { data } = await admin(SET, { metafields });
    return (data as unknown as { metafieldsSet: { metafields: unknown; userErrors: { code: string }[] } })
      .metafieldsSet;
  };
  const json = (value: string, more: Record<string, unknown> = {}) => ({
    ownerId: product.gid,
    key: "bundles",
    type: "json",
    value,
    ...more,
  });

  it.each([
    ["text that is not JSON", () => json("{"), "INVALID_VALUE"],
    [
      "a reference to a variant that is not there",
      () => json('["gid://shopify/ProductVariant/1"]', { type: "list.variant_reference" }),
      "INVALID_VALUE",
    ],
    ["an owner that is not there", () => json("{}", { ownerId: "gid://shopify/Product/1" }), "INVALID"],
    ["a key with a space", () => json("{}", { key: "a b" }), "INVALID"],
    ["another app's namespace", () => json("{}", { namespace: "app--1" }), "APP_NOT_AUTHORIZED"],
    ["a missing type", () => json("{}", { type: null }), "BLANK"],
    ["a stale digest", () => json("{}", { compareDigest: digestOf("{}") }), "STALE_OBJECT"],
  ])("refuses %s and writes nothing of the call", async (_, wrong, code) => {
    const answer = await set(json("{}", { key: "fine" }), wrong());
    expect(answer.userErrors).toMatchObject([{ code, elementIndex: 1 }]);
    expect(answer.metafields).toBeNull();
    expect(standin.state.app.metafields.size).toBe(0);
  });

  it("accepts 25 in one call and not 26", async () => {
    const many = Array.from({ length: 26 }, (_, index) => json("{}", { key: `key_${index}` }));
    expect((await set(...many)).userErrors).toMatchObject([{ code: "LESS_THAN_OR_EQUAL_TO" }]);
    expect((await set(...many.slice(1))).userErrors).toEqual([]);
    expect(standin.state.app.metafields.size).toBe(25);
  });

  it("compares before it sets: null means no value yet, a digest means an unchanged value", async () => {
    expect((await set(json('{"v":1}', { compareDigest: null }))).userErrors).toEqual([]);
    expect((await set(json('{"v":2}', { compareDigest: null }))).userErrors).toMatchObject([
      { code: "STALE_OBJECT" },
    ]);
    expect((await set(json('{"v":2}', { compareDigest: digestOf('{"v":1}') }))).userErrors).toEqual([]);
    expect(standin.state.app.findMetafield(product.gid, "$app", "bundles")?.value).toBe('{"v":2}');
  });

  it("loses the app's own metafields when it is uninstalled, and keeps those of the shop", async () => {
    await set(json("{}"), json("{}", { namespace: "custom", key: "care" }));
    standin.uninstallApp();
    expect([...standin.state.app.metafields.values()].map(({ namespace }) => namespace)).toEqual(["custom"]);
  });
});

describe("discounts and bulk operations", () => {
  const CREATE = `mutation ($discount: DiscountAutomaticAppInput!) {
    discountAutomaticAppCreate(automaticAppDiscount: $discount) {
      automaticAppDiscount { discountId status } userErrors { code field }
    }
  }`;
  const discount = (more: Record<string, unknown> = {}) => ({
    discount: {
      title: "Bundle offer",
      functionHandle: "bundle-discount",
      startsAt: "2026-01-01T00:00:00Z",
      discountClasses: ["PRODUCT"],
      ...more,
    },
  });

  it("creates one automatic app discount for the app's own Function and refuses others", async () => {
    const admin = await openAdmin(standin);
    const codes = async (more: Record<string, unknown>) => {
      const { data } = await admin(CREATE, discount(more));
      const { userErrors } = (
        data as unknown as { discountAutomaticAppCreate: { userErrors: { code: string }[] } }
      ).discountAutomaticAppCreate;
      return userErrors.map(({ code }) => code);
    };
    expect(await codes({ functionHandle: "nobody" })).toEqual(["INVALID"]);
    expect(await codes({ functionHandle: null })).toEqual(["MISSING_FUNCTION_IDENTIFIER"]);
    expect(await codes({ endsAt: "2025-01-01T00:00:00Z" })).toEqual(["END_DATE_BEFORE_START_DATE"]);
    expect(await codes({})).toEqual([]);
    expect(await codes({})).toEqual(["TAKEN"]);
    expect(standin.state.app.listActiveDiscounts()).toHaveLength(1);
  });

  const RUN = `mutation ($query: String!, $isGrouped: Boolean!) {
    bulkOperationRunQuery(query: $query, groupObjects: $isGrouped) { bulkOperation { id } userErrors { message } }
  }`;

  it.each([true, false])(
    "writes a bulk query's records as JSON lines (grouped by parent: %s)",
    async (isGrouped) => {
      const [first, second] = [addProduct("Soap"), addProduct("Brush")];
      const admin = await openAdmin(standin);
      const query = "{ products { edges { node { id title variants { edges { node { sku } } } } } } }";
      await admin(RUN, { query, isGrouped });
      await standin.bulk.drain();
      const { data } = await admin("{ currentBulkOperation { status url objectCount } }");
      const { url, status } = (data as unknown as { currentBulkOperation: { url: string; status: string } })
        .currentBulkOperation;
      expect(status).toBe("COMPLETED");
      const text = await (await fetch(url)).text();
      const lines = text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown);
      const roots = [first, second].map(({ gid, title }) => ({ id: gid, title }));
      const children = [first, second].map(({ gid, title }) => ({ sku: title, __parentId: gid }));
      expect(lines).toEqual(
        isGrouped ? [roots[0], children[0], roots[1], children[1]] : [...roots, ...children],
      );
    },
  );

  it.each([
    ["no connection", "{ shop { name } }"],
    [
      "a connection inside a list",
      "{ orders { edges { node { refunds { refundLineItems { edges { node { quantity } } } } } } } }",
    ],
    ["a field that is not there", "{ products { edges { node { colour } } } }"],
  ])("runs no bulk query with %s", async (_, query) => {
    const admin = await openAdmin(standin);
    const { data } = await admin(RUN, { query, isGrouped: true });
    expect(data).toMatchObject({
      bulkOperationRunQuery: {
        bulkOperation: null,
        userErrors: [{ message: expect.stringContaining("Invalid bulk query") }],
      },
    });
  });
});

describe("starting", () => {
  let other: Standin;
  beforeAll(async () => {
    other = await open({ state: new ShopState({ domain: "other.myshopify.com", currency: "GBP" }) });
  });
  afterAll(() => other.stop());

  it("reports in one line which port is taken", async () => {
    const port = Number(new URL(other.url).port);
    await expect(open({ port })).rejects.toThrow(`Port ${port} is in use`);
  });
});
