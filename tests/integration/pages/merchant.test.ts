import { beforeEach, describe, expect, it } from "vitest";
import { openWords } from "#app/locales/words.server.ts";
import { AppError } from "#app/process/errors.ts";
import { applyInboxEvent } from "#app/services/collect/apply-shop-inbox.server.ts";
import { changeModel } from "#app/services/behaviour/change-model.server.ts";
import { changeViews, ViewCommand } from "#app/services/settings/change-views.server.ts";
import { decideBundle } from "#app/services/validate/decide-bundle.server.ts";
import { findSubscription } from "#app/data/shops/subscriptions.server.ts";
import { keepSubscription } from "#app/services/plan/keep-subscription.server.ts";
import { ActivityQuery, readActivityPage } from "#app/pages/activity/read-activity-page.server.ts";
import { readSettingsPage } from "#app/pages/settings/read-settings-page.server.ts";
import { readModelsPage } from "#app/pages/runs/read-models-page.server.ts";
import { readPlanPage } from "#app/pages/plan/read-plan-page.server.ts";
import { readStaffRights } from "#app/services/settings/read-staff.server.ts";
import { receiveWebhook } from "#app/services/collect/receive-webhook.server.ts";
import { readSuggestionsPage, SuggestionQuery } from "#app/pages/suggestions/read-suggestions-page.server.ts";
import { saveTypedSettings } from "#app/services/settings/save-settings.server.ts";
import { searchCatalogue } from "#app/pages/search-catalogue.server.ts";
import { DAY_MS, HOUR_MS } from "#app/domain/time.ts";
import { mayDo } from "#app/domain/validate/staff-right.ts";
import { trialDaysLeft } from "#app/domain/plans.ts";
import {
  addBundle,
  emptyBundleShop,
  openBundleShop,
  SHOP,
  type StockedVariant,
} from "#tests/factories/bundle-shop.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const now = new Date("2026-11-20T12:00:00Z");
const words = openWords("en");
const OTHER_SHOP = "other-shop.myshopify.com";
const deps = await openTestDeps();
let variants: StockedVariant[];

beforeEach(async () => {
  await emptyBundleShop(deps);
  ({ variants } = await openBundleShop(deps, { products: 12 }));
});

const installedDaysAgo = (days: number) =>
  deps.db.shop.update({
    where: { shop: SHOP },
    data: { installedAt: new Date(now.getTime() - days * DAY_MS) },
  });
const paid = (name: string) => ({
  id: "gid://shopify/AppSubscription/1",
  name,
  test: false,
  trialDays: 0,
  createdAt: now.toISOString(),
});

const approve = (bundleId: string) =>
  decideBundle(deps, { shop: SHOP, bundleId, decision: "approve", decidedBy: "42", now });

describe("a plan", () => {
  const fillFreePlan = async () => {
    for (let index = 0; index < 3; index += 1)
      await addBundle(deps, variants.slice(index * 2, index * 2 + 2), { status: "published" });
    return addBundle(deps, variants.slice(6, 8), { status: "proposed" });
  };

  it("refuses one bundle beyond its limit and keeps the live ones, and a larger plan accepts it", async () => {
    await installedDaysAgo(31);
    const bundleId = await fillFreePlan();
    expect(await approve(bundleId)).toMatchObject({ ok: false, reason: "plan_is_full" });
    expect(await deps.db.bundle.count({ where: { shop: SHOP, status: "published" } })).toBe(3);
    await keepSubscription(deps, { shop: SHOP, active: [paid("standard")], now });
    expect(await approve(bundleId)).toMatchObject({ ok: true });
  });

  describe("reported by a webhook", () => {
    const tell = async (
      webhookId: string,
      status: string,
      of: { id?: number; name?: string; hours?: number },
    ) => {
      const { id = 1, name = "plus", hours = 1 } = of;
      const triggeredAt = new Date(now.getTime() + hours * HOUR_MS);
      const app_subscription = { admin_graphql_api_id: `gid://shopify/AppSubscription/${id}`, name, status };
      const rawBody = JSON.stringify({ app_subscription });
      const topic = "app_subscriptions/update";
      await receiveWebhook(deps, { shop: SHOP, topic, webhookId, triggeredAt, rawBody, now: triggeredAt });
      await applyInboxEvent(deps, { shop: SHOP, webhookId, now: triggeredAt });
    };
    const findPlan = async () => (await findSubscription(deps.db, SHOP))?.plan;

    it.each(["CANCELLED", "DECLINED", "EXPIRED", "FROZEN"])("ends when it is %s", async (status) => {
      await keepSubscription(deps, { shop: SHOP, active: [paid("plus")], now });
      await tell("earlier", status, { hours: -1 });
      await tell("another", status, { id: 2 });
      expect(await findPlan()).toBe("plus");
      await tell("own", status, {});
      expect(await findPlan()).toBeUndefined();
    });

    it("starts once it is active, whether its start or the old plan's end is reported first", async () => {
      await tell("asked", "PENDING", {});
      await tell("of another app", "ACTIVE", { name: "something else" });
      expect(await findPlan()).toBeUndefined();
      await tell("started", "ACTIVE", { name: "standard" });
      await tell("larger", "ACTIVE", { id: 2, hours: 2 });
      await tell("smaller ended", "CANCELLED", { name: "standard", hours: 2 });
      expect(await findPlan()).toBe("plus");
    });

    it.each(["a webhook", "the plan page"])(
      "stays ended as %s says, though its start comes later",
      async (who) => {
        await keepSubscription(deps, { shop: SHOP, active: [paid("plus")], now });
        const later = new Date(now.getTime() + 2 * HOUR_MS);
        if (who === "a webhook") await tell("ended", "EXPIRED", { hours: 2 });
        else await keepSubscription(deps, { shop: SHOP, active: [], now: later });
        await tell("late", "ACTIVE", {});
        expect(await findPlan()).toBeUndefined();
        await tell("another", "ACTIVE", { id: 2 });
        expect(await findPlan()).toBe("plus");
      },
    );

    it("keeps the billing details of the same subscription", async () => {
      const active = [{ ...paid("plus"), test: true, trialDays: 3 }];
      await keepSubscription(deps, { shop: SHOP, active, now });
      await tell("again", "ACTIVE", {});
      expect(await deps.db.subscription.findUnique({ where: { shop: SHOP } })).toMatchObject({
        isTest: true,
        trialEndsAt: new Date(now.getTime() + 3 * DAY_MS),
      });
    });
  });

  it("has no second trial for a shop that comes back", async () => {
    await installedDaysAgo(2);
    const firstInstalledAt = new Date(now.getTime() - 31 * DAY_MS);
    await deps.db.shop.update({ where: { shop: SHOP }, data: { firstInstalledAt } });
    expect((await readPlanPage(deps, { shop: SHOP, now, words }))!.daysLeft).toBe(0);
    expect(await approve(await fillFreePlan())).toMatchObject({ ok: false });
  });

  it("limits nothing during the trial", async () => {
    await installedDaysAgo(29);
    expect(await approve(await fillFreePlan())).toMatchObject({ ok: true });
  });

  it("falls back to the free one when Shopify reports no charge, or only another app's", async () => {
    await installedDaysAgo(40);
    await keepSubscription(deps, { shop: SHOP, active: [paid("plus")], now });
    const current = async () =>
      (await readPlanPage(deps, { shop: SHOP, now, words }))!.plans.find(({ isCurrent }) => isCurrent)!.key;
    expect(await current()).toBe("plus");
    await keepSubscription(deps, { shop: SHOP, active: [paid("something else")], now });
    expect(await current()).toBe("free");
  });

  it.each([
    [0, 30],
    [0.5, 30],
    [29.5, 1],
    [30, 0],
    [400, 0],
  ])("%d days after installation has %d days of trial left", (days, left) => {
    expect(trialDaysLeft(0, days * DAY_MS)).toBe(left);
  });
});

describe("a staff member's rights", () => {
  const request = { shop: SHOP, staffId: "42", now };
  const rights = { isOwner: false, scopes: ["read_orders"] };
  const unreachable = () => Promise.reject(new AppError("shopify_unreachable", "no answer", true));

  it("are unknown while Shopify has never answered", async () => {
    expect(await readStaffRights(deps, { ...request, ask: unreachable })).toBeNull();
  });

  it("are read once an hour, and stay the same when Shopify does not answer", async () => {
    let asked = 0;
    const ask = () => {
      asked += 1;
      return Promise.resolve(rights);
    };
    await readStaffRights(deps, { ...request, ask });
    await readStaffRights(deps, { ...request, ask });
    expect(asked).toBe(1);
    const later = new Date(now.getTime() + 2 * HOUR_MS);
    expect(await readStaffRights(deps, { ...request, now: later, ask: unreachable })).toMatchObject(rights);
    await readStaffRights(deps, { ...request, now: later, ask });
    expect(asked).toBe(2);
  });

  it("follow the scopes that the owner has granted", () => {
    expect(mayDo("decide", rights)).toBe(false);
    expect(mayDo("export", rights)).toBe(true);
    expect(mayDo("decide", { isOwner: false, scopes: ["write_discounts"] })).toBe(true);
    expect(mayDo("decide", { isOwner: true, scopes: [] })).toBe(true);
  });
});

describe("the list of bundles", () => {
  const query = SuggestionQuery.parse({});
  const list = async (wanted: object) =>
    (await readSuggestionsPage(deps, { words, now, shop: SHOP, query: { ...query, ...wanted } }))!;
  const idsOf = async (wanted: object) => (await list(wanted)).bundles.map(({ id }) => id);

  it("is filtered by collection, by profit and by confidence", async () => {
    const gid = "gid://shopify/Collection/7";
    await deps.db.collection.create({
      data: { shop: SHOP, collectionGid: gid, title: "Kitchen", readAt: now },
    });
    await deps.db.product.updateMany({
      where: { shop: SHOP, productGid: variants[3]!.productGid },
      data: { collectionGids: [gid] },
    });
    const plain = await addBundle(deps, variants.slice(0, 2), { status: "proposed" });
    const kitchen = await addBundle(deps, variants.slice(2, 4), {
      status: "proposed",
      expectedExtraMarginMinor: 5_000,
    });
    const estimate = { value: 9, low: 4, high: 12 };
    await deps.db.bundle.update({
      where: { id: kitchen, shop: SHOP },
      data: { expected: { extraMarginMinor: estimate }, validation: { isSupported: true } },
    });
    expect((await list({})).collections).toEqual([{ id: gid, title: "Kitchen" }]);
    expect(new Set(await idsOf({}))).toEqual(new Set([plain, kitchen]));
    expect(await idsOf({ collection: gid })).toEqual([kitchen]);
    expect(await idsOf({ collection: "gid://shopify/Collection/8" })).toEqual([]);
    expect(await idsOf({ minProfit: 50 })).toEqual([kitchen]);
    expect(await idsOf({ minProfit: 50.01 })).toEqual([]);
    expect(await idsOf({ confidence: "tested" })).toEqual([kitchen]);
  });

  it("saves views by name, replaces one of the same name, and deletes none of another shop's", async () => {
    const change = (command: object, shop = SHOP) =>
      changeViews(deps, { shop, staffId: "42", command: ViewCommand.parse(command), now, words });
    await change({ intent: "view-save", name: "Sure", query: "confidence=profit" });
    await change({ intent: "view-save", name: "Sure", query: "confidence=tested" });
    const { views } = await list({});
    expect(views).toMatchObject([{ name: "Sure", query: "confidence=tested" }]);
    const gone = { intent: "view-delete", id: views[0]!.id };
    expect(await change(gone, OTHER_SHOP)).toMatchObject({ ok: false });
    expect(await change(gone)).toMatchObject({ ok: true });
    expect((await list({})).views).toEqual([]);
  });
});

describe("the settings page", () => {
  it("saves lists, words and switches, and names the excluded products", async () => {
    const typed = {
      excludedProductGids: JSON.stringify([variants[0]!.productGid]),
      excludedTags: JSON.stringify(["sale"]),
      retrainEvery: "month",
      usesShopifyCosts: "false",
      minDiscountRatio: "7",
    };
    const saved = await saveTypedSettings(deps, { shop: SHOP, typed, now, words, staffId: "42" });
    expect(saved).toMatchObject({ ok: true });
    const page = await readSettingsPage(deps, { shop: SHOP, now, words });
    expect(page).toMatchObject({
      settings: { retrainEvery: "month", usesShopifyCosts: false, minDiscountRatio: 0.07 },
      names: { [variants[0]!.productGid]: "Product 1" },
      leaveOutUrl: `https://${SHOP}/?bundlesmith=out`,
    });
  });

  it.each([
    ["retrainEvery", "hourly"],
    ["excludedTags", "no list"],
    ["minDiscountRatio", "60"],
  ])("refuses %s = %s beside its field and changes nothing", async (field, text) => {
    const typed = { [field]: text, windowDays: "400" };
    const saved = await saveTypedSettings(deps, { shop: SHOP, typed, now, words, staffId: "42" });
    expect(saved).toMatchObject({ ok: false, problems: [{ field }] });
    expect((await readSettingsPage(deps, { shop: SHOP, now, words }))!.settings.windowDays).toBe(1_095);
    expect(await deps.db.auditEntry.count({ where: { shop: SHOP } })).toBe(0);
  });

  it("finds products by part of their name, and treats a percent sign literally", async () => {
    const search = (text: string) => searchCatalogue(deps, { shop: SHOP, kind: "product", text });
    expect((await search("duct 12")).map(({ title }) => title)).toEqual(["Product 12"]);
    expect(await search("%")).toEqual([]);
  });
});

describe("the activity page", () => {
  it("merges all logs in one order, page by page, without another shop's", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { status: "proposed" });
    await approve(bundleId);
    const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
    await deps.db.modelDecision.create({
      data: { shop: SHOP, step: "behaviour", action: "release", decidedBy: "7", decidedAt: at(1) },
    });
    await deps.db.auditEntry.create({
      data: { shop: SHOP, staffId: "42", action: "plan", detail: { plan: "plus" }, at: at(2) },
    });
    await deps.db.auditEntry.create({
      data: { shop: OTHER_SHOP, staffId: "1", action: "settings", at: at(3) },
    });
    const read = (next: string | null) =>
      readActivityPage(deps, { shop: SHOP, ...ActivityQuery.parse({ after: next }), viewer: "42", words });
    const page = (await read(null))!;
    expect(page.entries.map(({ what, who }) => [what, who])).toEqual([
      ["Asked for the Plus plan", "You"],
      ["Went back to the newest version of what was learned", "Staff member 7"],
      ["Approved: Product 1 + Product 2", "You"],
    ]);
    expect((await read(`${at(1).toISOString()}~`))!.entries).toHaveLength(3);
    expect((await read(`${at(1).toISOString()}~z`))!.entries).toHaveLength(1);
  });

  it("loses nothing between two pages, even if all entries have the same time", async () => {
    await deps.db.auditEntry.createMany({
      data: Array.from({ length: 60 }, () => ({ shop: SHOP, staffId: "42", action: "settings", at: now })),
    });
    const read = (next: string | null) =>
      readActivityPage(deps, { shop: SHOP, ...ActivityQuery.parse({ after: next }), viewer: "42", words });
    const first = (await read(null))!;
    const second = (await read(first.next))!;
    const ids = [...first.entries, ...second.entries].map(({ id }) => id);
    expect([first.entries.length, new Set(ids).size, second.next]).toEqual([50, 60, null]);
  });
});

describe("the models page", () => {
  it("shows each version next to the best sellers, and pins one until it is released", async () => {
    const run = await deps.db.run.create({ data: { shop: SHOP, cutoffAt: now, status: "succeeded" } });
    const model = (version: number, name: string, ndcg10: number, isChosen: boolean) =>
      deps.db.model.create({
        data: {
          shop: SHOP,
          runId: run.id,
          step: "behaviour",
          name,
          isChosen,
          metrics: { ndcg10 },
          version,
          artefact: isChosen ? Buffer.from("a") : null,
        },
      });
    const first = await model(1, "ease (product)", 0.25, true);
    await model(1, "popularity (product)", 0.03, false);
    await model(2, "ease (product)", 0.26, true);
    const read = async () => (await readModelsPage(deps, { shop: SHOP, viewer: "42", words }))!;
    expect((await read()).versions).toMatchObject([
      { version: 2, isInUse: true },
      { version: 1, isInUse: false, score: "0.250", baseline: "0.030" },
    ]);
    const change = (modelId: string | null) =>
      changeModel(deps, { shop: SHOP, modelId, actor: "42", now, words });
    expect(await change(first.id)).toMatchObject({ ok: true });
    expect(await read()).toMatchObject({ chosen: { version: 1, who: "You" } });
    expect(await change(null)).toMatchObject({ ok: true });
    expect((await read()).chosen).toBeNull();
    expect(await change(null)).toMatchObject({ ok: false });
  });
});
