import pg from "pg";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { openWords } from "#app/locales/words.server.ts";
import { inTransaction } from "#app/data/db.server.ts";
import { readHistoryCounts } from "#app/data/orders/basket-lines.server.ts";
import { exportResults } from "#app/pages/results/export-results.server.ts";
import { readBundlePage } from "#app/pages/bundle/read-bundle-page.server.ts";
import { readHomePage } from "#app/pages/home/read-home-page.server.ts";
import { readResultsPage } from "#app/pages/results/read-results-page.server.ts";
import { readRunPage, readRunsPage } from "#app/pages/runs/read-runs.server.ts";
import { readActivityPage } from "#app/pages/activity/read-activity-page.server.ts";
import { readAutomationPage } from "#app/pages/automation/read-automation-page.server.ts";
import { readModelsPage } from "#app/pages/runs/read-models-page.server.ts";
import { readPlanPage } from "#app/pages/plan/read-plan-page.server.ts";
import { readPrivacyPage } from "#app/pages/privacy/read-privacy-page.server.ts";
import { readSuggestionsPage, SuggestionQuery } from "#app/pages/suggestions/read-suggestions-page.server.ts";
import { sumOffers } from "#app/data/visits/exposures.server.ts";
import {
  addBundle,
  emptyBundleShop,
  openBundleShop,
  SHOP,
  type StockedVariant,
} from "#tests/factories/bundle-shop.ts";
import { openStandinGraphql, type RecordedGraphql } from "#tests/factories/standin-graphql.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const now = new Date("2026-11-20T12:00:00Z");
const query = SuggestionQuery.parse({});
/** The state in which a run leaves a bundle. */
const OPEN = { status: "proposed" };

const words = openWords("en");
const deps = await openTestDeps();
let variants: StockedVariant[];
let admin: Pick<RecordedGraphql, "graphql">;

beforeEach(async () => {
  await emptyBundleShop(deps);
  const opened = await openBundleShop(deps, { products: 60 });
  ({ variants } = opened);
  admin = openStandinGraphql(opened.state);
});

describe("the loaders", () => {
  const RUN_ID = "0d9f1c52-9d5f-4f6a-8f0e-3d1f1c7e5a01";

  it.each<[string, (bundleId: string) => Promise<unknown>]>([
    ["the home page", () => readHomePage(deps, { words, shop: SHOP, ...admin, apiKey: "client-id", now })],
    ["a bundle", (bundleId) => readBundlePage(deps, { now, words, shop: SHOP, bundleId, viewer: "42" })],
    ["the results", () => readResultsPage(deps, { words, shop: SHOP, days: 28, now })],
    ["the exported results", () => exportResults(deps, { shop: SHOP, days: 28, now })],
    ["the runs", () => readRunsPage(deps, { words, shop: SHOP, now })],
    ["a run", () => readRunPage(deps, { words, shop: SHOP, runId: RUN_ID, now })],
    ["the automation", () => readAutomationPage(deps, { words, shop: SHOP, now })],
    ["the models", () => readModelsPage(deps, { words, shop: SHOP, viewer: "42" })],
    ["the plans", () => readPlanPage(deps, { words, shop: SHOP, now })],
    ["privacy", () => readPrivacyPage(deps, { words, shop: SHOP })],
    ["what people did", () => readActivityPage(deps, { words, shop: SHOP, viewer: "42", after: null })],
  ])("of %s run as many queries with much data as with little", async (_, read) => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { status: "published" });
    await addPast(bundleId, 1);
    const withLittle = await countQueries(() => read(bundleId));
    for (let index = 2; index < 30; index += 1) {
      const other = await addBundle(deps, variants.slice(index, index + 2), { status: "published" });
      await addPast(other, index);
    }
    expect(await countQueries(() => read(bundleId))).toBe(withLittle);
  });

  it("of the list run as many queries for a full page of bundles as for one", async () => {
    await addBundle(deps, variants.slice(0, 2), OPEN);
    const forOne = await countQueries(() => readSuggestionsPage(deps, { words, now, shop: SHOP, query }));
    for (let index = 1; index < 50; index += 1) await addBundle(deps, variants.slice(index, index + 2), OPEN);
    const forMany = await countQueries(() => readSuggestionsPage(deps, { words, now, shop: SHOP, query }));
    expect(forMany).toBe(forOne);
  });

  it("of the list of approved bundles run as many queries for a full page as for one", async () => {
    const approved = { words, now, shop: SHOP, query: { ...query, tab: "approved" as const } };
    await addBundle(deps, variants.slice(0, 2), { status: "published" });
    const forOne = await countQueries(() => readSuggestionsPage(deps, approved));
    for (let index = 1; index < 30; index += 1)
      await addBundle(deps, variants.slice(index, index + 2), { status: "published" });
    expect(await countQueries(() => readSuggestionsPage(deps, approved))).toBe(forOne);
  });

  describe("of a shop with many orders", () => {
    beforeEach(async () => {
      await deps.pool.query(
        `INSERT INTO "Order" (shop, "orderGid", "placedAt", "sourceUpdatedAt", currency, "visitorKey")
         SELECT $1, 'o' || n, $2::timestamp(3) - n * interval '1 minute', $2::timestamp(3), 'USD', 'v' || n
         FROM generate_series(1, 20000) n`,
        [SHOP, now.toISOString()],
      );
      await deps.pool.query(
        `INSERT INTO "OrderLine" (shop, "orderGid", position, "variantGid", title, quantity, "unitPriceMinor")
         SELECT shop, "orderGid", 0, $1, 'Product', 1, 1000 FROM "Order"`,
        [variants[0]!.variantGid],
      );
      await deps.pool.query('ANALYZE "Order", "OrderLine"');
    });

    it("do not scan the orders to find those of a file", async () => {
      const plan = await explainLast(() => readHistoryCounts(deps.pool, { shop: SHOP }));
      expect(plan).not.toContain('Scan on "Order" f');
    });

    it("read only the order lines of the orders that took an offer", async () => {
      await addBundle(deps, variants.slice(0, 2), { status: "published", discountRatio: 0 });
      const window = { shop: SHOP, from: new Date(now.getTime() - 28 * 86_400_000), to: now };
      const plan = await explainLast(() => sumOffers(deps.pool, window));
      expect(plan).toContain('on "OrderLine"');
      expect(plan).not.toContain('Seq Scan on "OrderLine"');
    });
  });

  /** Adds one more of everything that a page lists. */
  async function addPast(bundleId: string, index: number): Promise<void> {
    const runId = RUN_ID.replace(/..$/, String(index).padStart(2, "0"));
    await deps.db.run.create({ data: { id: runId, shop: SHOP, cutoffAt: now, status: "succeeded" } });
    await deps.db.model.create({
      data: { shop: SHOP, runId: RUN_ID, step: "behaviour", name: `m${index}`, isChosen: false, metrics: {} },
    });
    await deps.db.decision.create({ data: { shop: SHOP, bundleId, decidedBy: "42", action: "approve" } });
    await deps.db.auditEntry.create({ data: { shop: SHOP, staffId: "42", action: "settings", at: now } });
    await deps.db.savedView.create({ data: { shop: SHOP, name: `View ${index}`, query: "" } });
    await deps.db.conversion.create({
      data: {
        shop: SHOP,
        orderGid: `gid://shopify/Order/${index}`,
        bundleId,
        sets: 1,
        revenueMinor: 1_800,
        discountMinor: 200,
        convertedAt: new Date(now.getTime() - 3_600_000),
      },
    });
  }
});

describe("the exported results", () => {
  it("contain no spreadsheet formula, whatever the title of a bundle is", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { status: "published" });
    await deps.db.bundle.update({ where: { id: bundleId }, data: { title: '=HYPERLINK("x"),1' } });
    await deps.db.conversion.create({
      data: {
        shop: SHOP,
        orderGid: "gid://shopify/Order/1",
        bundleId,
        sets: 1,
        revenueMinor: 1_800,
        discountMinor: 200,
        convertedAt: new Date(now.getTime() - 3_600_000),
      },
    });
    const lines = (await exportResults(deps, { shop: SHOP, days: 28, now }))!.split("\r\n");
    expect(lines[1]).toBe('"\'=HYPERLINK(""x""),1",complementary,published,0,0,0,1,18.00,2.00,USD');
  });
});

async function countQueries(work: () => Promise<unknown>): Promise<number> {
  const query = vi.spyOn(pg.Client.prototype, "query");
  await work();
  const count = query.mock.calls.length;
  query.mockRestore();
  return count;
}

/** PostgreSQL's plan for the last query of `work`, with the same values. */
async function explainLast(work: () => Promise<unknown>): Promise<string> {
  const query = vi.spyOn(pg.Client.prototype, "query");
  await work();
  const asked = query.mock.calls as unknown as [string, unknown[]?][];
  const [text, values] = asked.findLast(([, some]) => Array.isArray(some))!;
  query.mockRestore();
  return inTransaction(deps.pool, async (client) => {
    // Like `sumOffers`.
    if (text.includes("sold AS")) await client.query("SET LOCAL enable_nestloop = off");
    const { rows } = await client.query<Record<"QUERY PLAN", string>>(`EXPLAIN ${text}`, values);
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  });
}
