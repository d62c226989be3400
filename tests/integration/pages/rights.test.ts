import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { encodeNeighbours } from "#app/domain/behaviour/behaviour-model.ts";
import type { StaffRight } from "#app/domain/validate/staff-right.ts";
import { TABLES_OF_A_SHOP } from "#app/data/erasure/erasures.server.ts";
import { addBundle, openBundleShop, SHOP } from "#tests/factories/bundle-shop.ts";
import { openAppProcess, takeAnswer } from "#tests/setup/app-process.ts";
import { BROWSER_USER_AGENT } from "#tests/setup/chromium.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { createSessionToken } from "#tests/standin/shop/session-token.ts";
import { startStandin, type Standin } from "#tests/standin/start-standin.ts";

const NO_NEIGHBOURS = { partner: new Int32Array(), strength: new Float32Array(), count: 1 };
const OTHER_SHOP = "other-shop.myshopify.com";
/** Part of every text of the other shop. */
const FOREIGN = "Foreign";
const ROUTES = new URL("../../../app/routes/", import.meta.url);
const APP_URL = "https://app.example";
const AT = new Date("2026-11-20T12:00:00Z");
const FAILED = { name: "publish.shop", attempts: 3, failedAt: AT };

/** Ids of the rows that each of the two shops has. */
interface Ids {
  readonly bundleId: string;
  readonly runId: string;
  readonly modelId: string;
  readonly viewId: string;
  /** Key of a data request, a webhook and a job. */
  readonly key: string;
}

const newIds = (): Ids => ({
  bundleId: randomUUID(),
  runId: randomUUID(),
  modelId: randomUUID(),
  viewId: randomUUID(),
  key: randomUUID(),
});
const own = newIds();
const foreign = newIds();

type Form = Readonly<Record<string, string>>;

/** One request to a route. */
interface Way {
  /** The right that it requires; null if all staff can make it. */
  readonly right: StaffRight | null;
  readonly query?: string;
  readonly params?: (ids: Ids) => Form;
  /** The posted form, or the raw body if it is not a form. */
  readonly form?: (ids: Ids) => Form | string;
}

const VIEW = { right: null } satisfies Way;
const decide = (form: (ids: Ids) => Form, params?: (ids: Ids) => Form): Way => ({
  right: "decide",
  form,
  ...(params ? { params } : {}),
});
const TODAY = new Date().toISOString().slice(0, 10);
const ofBundle = ({ bundleId }: Ids) => ({ bundleId });

const OFFER = { title: "By hand", offer: { kind: "set", rewardType: "percent", rewardValue: "10" } };
/** Products without a bundle, once the shop has them. */
let unbundled: readonly { readonly variantGid: string; readonly quantity: string }[] = [];

const SHARED_TERMS = JSON.stringify({ percent: "12", startsOn: "", endsOn: "", placement: "" });

/** Every route of the app behind a session, with every kind of request to its loader and its action. */
const WAYS: Readonly<Record<string, Readonly<Partial<Record<"loader" | "action", readonly Way[]>>>>> = {
  "admin/layout.tsx": { loader: [VIEW] },
  "admin/not-found.tsx": { loader: [VIEW] },
  "admin/home.tsx": { loader: [VIEW], action: [decide(() => ({ intent: "guide-hide" }))] },
  "admin/activity.tsx": { loader: [VIEW] },
  "admin/automation.tsx": {
    loader: [VIEW],
    action: [
      decide(() => ({ intent: "autopilot-on" })),
      decide(() => ({ intent: "autopilot-off" })),
      decide(() => ({ windowDays: "400" })),
    ],
  },
  "resources/catalogue.ts": { loader: [{ right: null, query: "kind=product&text=o" }] },
  "resources/data-request.ts": {
    loader: [{ right: "export", params: ({ key }) => ({ requestId: key }) }],
  },
  "resources/diagnosis.ts": { loader: [{ right: null, params: ofBundle }] },
  "resources/waiting.ts": { loader: [{ right: null, query: `id=${foreign.bundleId}` }] },
  "resources/export.ts": { loader: [{ right: "export" }] },
  "admin/help.tsx": { loader: [VIEW] },
  "resources/import.ts": {
    loader: [{ right: "export" }],
    action: [
      {
        right: "export",
        form: () => "order_id,ts,sku,title,qty,unit_price\n1,2026-10-02T09:10:12Z,A,Tea,2,4.50\n",
      },
    ],
  },
  "admin/jobs.tsx": {
    loader: [VIEW],
    action: [
      decide(({ key }) => ({ kind: "webhook", id: key })),
      decide(({ key }) => ({ kind: "job", id: `${AT.toISOString()} ${key}` })),
    ],
  },
  "admin/models.tsx": {
    loader: [VIEW],
    action: [decide(({ modelId }) => ({ intent: "use", modelId })), decide(() => ({ intent: "release" }))],
  },
  "resources/collection.ts": {
    loader: [{ right: null, query: "id=gid%3A%2F%2Fshopify%2FCollection%2F1" }],
  },
  "resources/complements.ts": {
    loader: [{ right: null, query: "product=gid%3A%2F%2Fshopify%2FProduct%2F1" }],
  },
  "resources/offer-export.ts": { loader: [{ right: "export" }] },
  "resources/offer-figures.ts": {
    action: [{ right: "decide", form: () => JSON.stringify({ ...OFFER, components: unbundled }) }],
  },
  "admin/offer-file.tsx": {
    action: [
      decide(() => {
        const products = unbundled.map(({ variantGid }) => `${variantGid}*2`).join(" ");
        return { intent: "keep", csv: `kind,title,products,reward\nset,Of a file,${products},10` };
      }),
    ],
  },
  "admin/new-offer.tsx": {
    loader: [VIEW],
    action: [decide(() => ({ intent: "draft", terms: JSON.stringify({ ...OFFER, components: unbundled }) }))],
  },
  "admin/tour.tsx": { loader: [VIEW] },
  "admin/plan.tsx": { loader: [VIEW], action: [decide(() => ({ plan: "free" }))] },
  "admin/privacy.tsx": {
    loader: [VIEW],
    action: [
      decide(() => ({ browseKeptDays: "200" })),
      { right: "erase", form: () => ({ intent: "erase" }) },
    ],
  },
  "resources/progress.ts": { loader: [VIEW] },
  "admin/results.tsx": {
    loader: [VIEW],
    action: [decide(() => ({ firstDay: TODAY, lastDay: TODAY, reason: "sold_out" }))],
  },
  "resources/result-export.ts": { loader: [{ right: "export", query: "days=28" }] },
  "admin/run.tsx": { loader: [{ right: null, params: ({ runId }) => ({ runId }) }] },
  "admin/runs.tsx": {
    loader: [VIEW],
    action: [decide(({ runId }) => ({ intent: "cancel", runId })), decide(() => ({ intent: "start" }))],
  },
  "admin/settings.tsx": {
    loader: [VIEW],
    action: [
      decide(() => ({ intent: "pause-all" })),
      decide(() => ({ minDiscountRatio: "7" })),
      decide(() => ({ intent: "allow-stand-ins" })),
      decide(() => ({ intent: "switch-off" })),
    ],
  },
  "resources/sidekick.ts": { loader: [{ right: null, query: "search=o" }] },
  "resources/theme-style.ts": { loader: [VIEW] },
  "admin/bundle.tsx": {
    loader: [{ right: null, params: ofBundle }],
    action: [
      decide(() => ({ intent: "edit", terms: JSON.stringify({ title: "Seven" }) }), ofBundle),
      decide(() => ({ intent: "reject" }), ofBundle),
      decide(() => ({ intent: "undo" }), ofBundle),
    ],
  },
  "admin/suggestions.tsx": {
    loader: [VIEW],
    action: [
      decide(({ bundleId }) => ({ decision: "approve", id: bundleId })),
      decide(({ bundleId }) => ({ intent: "edit", id: bundleId, terms: SHARED_TERMS })),
      decide(() => ({ intent: "view-save", name: "Tea", query: "search=tea" })),
      decide(({ viewId }) => ({ intent: "view-delete", id: viewId })),
    ],
  },
};

/** Routes without a session, and their protection instead. */
const OPEN: Readonly<Record<string, string>> = {
  "public/front-page.tsx": "tells what the app is",
  "public/privacy.tsx": "tells what the app keeps",
  "public/auth.tsx": "Shopify's library opens a session here",
  "public/login.tsx": "asks for the shop whose session is to be opened",
  "machines/events.ts":
    "the storefront's visitors have none; a batch names its shop and is checked by its form",
  "machines/pause-offer.ts": "Shopify signs the body",
  "machines/visit-ticket.ts": "Shopify signs what it hands on of a storefront",
  "machines/webhooks.ts": "Shopify signs the body",
};

/** The scopes of a staff member who lacks only this right. */
const WITHOUT: Readonly<Record<StaffRight, readonly string[]>> = {
  decide: ["read_orders"],
  export: ["write_discounts"],
  erase: ["read_orders", "write_discounts"],
};

type Handler = (args: { request: Request; params: Form; context: object }) => Promise<Response>;

const deps = await openTestDeps();
let standin: Standin;
let closeApp: () => Promise<void>;
/** The current staff member. */
const staff: { isOwner: boolean; scopes: readonly string[] | null } = { isOwner: true, scopes: null };

beforeAll(async () => {
  const { state, variants } = await openBundleShop(deps);
  unbundled = variants.slice(2, 4).map(({ variantGid }) => ({ variantGid, quantity: "1" }));
  standin = await startStandin({ state, appUrl: APP_URL, apiKey: "key", apiSecret: "secret", staff });
  closeApp = await openAppProcess(deps, { STANDIN_URL: standin.url });
  await deps.db.shop.update({ where: { shop: SHOP }, data: { backfilledAt: AT } });
  await deps.db.shop.create({
    data: { shop: OTHER_SHOP, customerKeySecret: "x".repeat(64), holdoutSalt: "salt-0002" },
  });
  await addBundle(deps, variants.slice(0, 2), { id: own.bundleId, status: "proposed" });
  await addRows(SHOP, "Own", own);
  await deps.db.bundle.create({
    data: {
      id: foreign.bundleId,
      shop: OTHER_SHOP,
      title: FOREIGN,
      status: "proposed",
      currency: "USD",
      componentKey: "a",
      kind: "complementary",
      discountRatio: 0.1,
      expected: {},
      evidence: [],
      validation: {},
    },
  });
  await deps.db.product.create({
    data: {
      shop: OTHER_SHOP,
      productGid: "other",
      title: FOREIGN,
      handle: "",
      status: "active",
      sourceUpdatedAt: AT,
    },
  });
  await addRows(OTHER_SHOP, FOREIGN, foreign);
});
afterAll(async () => {
  await closeApp();
  await standin.stop();
});
beforeEach(() => become({ isOwner: true, scopes: null }));

/** Adds one row of each kind that an address or a form can name. */
async function addRows(shop: string, text: string, ids: Ids): Promise<void> {
  const { db } = deps;
  await db.run.create({ data: { id: ids.runId, shop, cutoffAt: AT, status: "running", message: text } });
  // The running run has no model yet.
  const { id: runId } = await db.run.create({ data: { shop, cutoffAt: AT, status: "succeeded" } });
  const version = { step: "behaviour", name: text, version: 1, isChosen: true, metrics: {} };
  await db.model.create({
    data: {
      id: ids.modelId,
      shop,
      runId,
      artefact: Buffer.from(encodeNeighbours(NO_NEIGHBOURS, [])),
      ...version,
    },
  });
  await db.savedView.create({ data: { id: ids.viewId, shop, name: text, query: "" } });
  await db.dataRequest.create({ data: { shop, requestId: ids.key, requestedAt: AT, answer: { text } } });
  const waiting = { topic: "orders/create", triggeredAt: AT, payload: {}, attempts: 12, problem: text };
  await db.inboxEvent.create({ data: { shop, webhookId: ids.key, ...waiting } });
  await db.deadLetter.create({ data: { shop, jobId: ids.key, payload: { shop }, problem: text, ...FAILED } });
}

async function become(person: typeof staff): Promise<void> {
  Object.assign(staff, person);
  // Makes the app read the person's rights again.
  await deps.db.staffRight.deleteMany();
}

interface Ask {
  readonly file: string;
  readonly kind: "loader" | "action";
  readonly way: Way;
}

/** The route's answer. The body of an endless stream is cut off. */
async function ask(
  { file, kind, way }: Ask,
  { ids = own, token = standin.sessionToken() }: { ids?: Ids; token?: string | null } = {},
): Promise<{ status: number; text: string }> {
  const handlers = (await import(new URL(file, ROUTES).href)) as Partial<Record<string, Handler>>;
  const form = way.form?.(ids);
  const request = new Request(`${APP_URL}/app?${way.query ?? ""}`, {
    headers: {
      "user-agent": BROWSER_USER_AGENT,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(form === undefined
      ? {}
      : { method: "POST", body: typeof form === "string" ? form : new URLSearchParams(form) }),
  });
  const answer = await takeAnswer(handlers[kind]!({ request, params: way.params?.(ids) ?? {}, context: {} }));
  return { status: answer.status, text: await answer.text() };
}

/** All rows of both shops, except those about the staff member who asks. */
async function readRows(): Promise<Record<string, unknown>> {
  const tables = TABLES_OF_A_SHOP.filter(
    (table) => !["Session", "StaffRight", "StaffPreference"].includes(table),
  );
  const rows = await Promise.all(
    tables.map((table) => deps.pool.query(`SELECT to_jsonb(t)::text AS row FROM "${table}" t ORDER BY 1`)),
  );
  return Object.fromEntries(tables.map((table, at) => [table, rows[at]!.rows]));
}

const asks = Object.entries(WAYS).flatMap(([file, { loader = [], action = [] }]) => [
  ...loader.map((way) => ({ file, kind: "loader", way }) as const),
  ...action.map((way) => ({ file, kind: "action", way }) as const),
]);
const named = asks.map((one) => {
  const form = one.way.form?.(own);
  const what = typeof form === "object" ? Object.values(form)[0] : form && "a raw body";
  return [`${one.kind} of ${one.file}${what ? `, ${what}` : ""}`, one] as const;
});
const withIds = named.filter(
  ([, { way }]) =>
    JSON.stringify([way.params?.(own), way.form?.(own)]) !==
    JSON.stringify([way.params?.(foreign), way.form?.(foreign)]),
);

describe("every route of the app", () => {
  it("has all of its loaders and actions in the list above, or is listed as open", async () => {
    const files = readdirSync(ROUTES, { encoding: "utf8", recursive: true }).filter((file) =>
      /\.tsx?$/.test(file),
    );
    const exported = await Promise.all(
      files
        .filter((file) => !(file in OPEN))
        .map(async (file) => {
          const handlers = (await import(new URL(file, ROUTES).href)) as object;
          return [file, ["loader", "action"].filter((kind) => kind in handlers)] as const;
        }),
    );
    const expected = Object.entries(WAYS).map(([file, ways]) => [file, Object.keys(ways)] as const);
    for (const [file, ways] of Object.entries(WAYS))
      for (const asked of Object.values(ways)) expect(asked, file).not.toEqual([]);
    expect(new Map(exported.filter(([, kinds]) => kinds.length > 0))).toEqual(new Map(expected));
    expect(Object.keys(OPEN).filter((file) => !files.includes(file))).toEqual([]);
  });

  it.each(named)("refuses a request without a session: %s", async (_, way) => {
    const before = await readRows();
    const forged = `${standin.sessionToken().slice(0, -6)}AAAAAA`;
    const ofAnother = createSessionToken({ shop: SHOP, apiKey: "another", apiSecret: "secret" });
    for (const token of [null, forged, ofAnother]) {
      const { status, text } = await ask(way, { token });
      expect([302, 400, 401, 410]).toContain(status);
      expect(text).not.toContain(SHOP);
    }
    expect(await readRows()).toEqual(before);
  });

  it.each(named.filter(([, { way }]) => way.right !== null))(
    "gives and changes nothing for staff without the right: %s",
    async (_, one) => {
      await become({ isOwner: false, scopes: WITHOUT[one.way.right!] });
      const before = await readRows();
      expect((await ask(one)).status).toBe(403);
      expect(await readRows()).toEqual(before);
    },
  );

  it.each(withIds)("finds nothing under another shop's id: %s", async (_, one) => {
    const before = await readRows();
    const { status, text } = await ask(one, { ids: foreign });
    expect(status >= 400 || (JSON.parse(text) as { ok?: boolean }).ok === false).toBe(true);
    expect(text).not.toContain(FOREIGN);
    expect(await readRows()).toEqual(before);
  });

  it.each(named.filter(([, { way }]) => way.right === null))(
    "works for staff without any right: %s",
    async (_, one) => {
      await become({ isOwner: false, scopes: [] });
      const { status, text } = await ask(one);
      expect(status).toBe(one.file === "admin/not-found.tsx" ? 404 : 200);
      expect(text).not.toContain(FOREIGN);
    },
  );

  it.each(named.filter(([, { way }]) => way.right !== null))(
    "works for the owner, without anything of another shop: %s",
    async (_, one) => {
      const others = async () => JSON.stringify(await readRows()).split(OTHER_SHOP).length;
      const before = await others();
      const { status, text } = await ask(one);
      // A worker reads a file of orders.
      expect(status, text).toBe(one.file === "resources/import.ts" && text !== "null" ? 202 : 200);
      expect(text).not.toContain(FOREIGN);
      expect(await others()).toBe(before);
    },
  );
});
