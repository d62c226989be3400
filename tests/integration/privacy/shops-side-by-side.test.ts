import { randomUUID } from "node:crypto";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { TABLES_OF_A_SHOP } from "#app/data/erasure/erasures.server.ts";
import { openWords } from "#app/locales/words.server.ts";
import { askForDueWork, keepDueWork } from "#app/services/due-work/ask-for-due-work.server.ts";
import { askForDueDays } from "#app/services/publish/ask-for-due-days.server.ts";
import { cancelRun, startRun } from "#app/services/runs/start-run.server.ts";
import { changeGuide } from "#app/services/settings/change-guide.server.ts";
import { countLiveBundlesLeft } from "#app/data/shops/subscriptions.server.ts";
import { decideBundles } from "#app/services/validate/decide-bundle.server.ts";
import { undoDecision } from "#app/services/validate/undo-decision.server.ts";
import { editBundle } from "#app/services/validate/edit-bundle.server.ts";
import { enforceRetention } from "#app/services/privacy/enforce-retention.server.ts";
import { eraseShop, readDataRequestFile } from "#app/services/privacy/answer-privacy-request.server.ts";
import { exportShopData } from "#app/services/privacy/export-shop-data.server.ts";
import { exportResults } from "#app/pages/results/export-results.server.ts";
import { fitTrendsForRun } from "#app/services/trends/fit-trends-run.server.ts";
import { keepFinishedPeriods } from "#app/services/evaluate/keep-finished-periods.server.ts";
import { pauseAllBundles } from "#app/services/validate/pause-all-bundles.server.ts";
import { prepareRun } from "#app/services/prepare/prepare-run.server.ts";
import { proposeForRun } from "#app/services/propose/propose-run.server.ts";
import { publishShop } from "#app/services/publish/publish-shop.server.ts";
import { readActivityPage } from "#app/pages/activity/read-activity-page.server.ts";
import { readAutomationPage } from "#app/pages/automation/read-automation-page.server.ts";
import { readBundlePage } from "#app/pages/bundle/read-bundle-page.server.ts";
import { readDiagnosis } from "#app/pages/bundle/diagnosis/read-diagnosis.server.ts";
import { exportOffers } from "#app/services/validate/export-offers.server.ts";
import {
  readCollectionDraft,
  readComplementDrafts,
  readNewOffer,
} from "#app/pages/bundle/read-terms-draft.server.ts";
import { readOfferFigures } from "#app/pages/bundle/read-offer-figures.server.ts";
import { readSettingsPage } from "#app/pages/settings/read-settings-page.server.ts";
import { readStaffLocale, readStaffRights } from "#app/services/settings/read-staff.server.ts";
import { readTour } from "#app/pages/tour/read-tour.server.ts";
import { readProgress } from "#app/pages/describe-run.server.ts";
import { readHomePage } from "#app/pages/home/read-home-page.server.ts";
import { readJobsPage } from "#app/pages/failed-work/read-jobs-page.server.ts";
import { readModelsPage } from "#app/pages/runs/read-models-page.server.ts";
import { readPlanPage } from "#app/pages/plan/read-plan-page.server.ts";
import { readPrivacyPage } from "#app/pages/privacy/read-privacy-page.server.ts";
import { readResultsPage } from "#app/pages/results/read-results-page.server.ts";
import { readRunPage, readRunsPage } from "#app/pages/runs/read-runs.server.ts";
import { findOffers } from "#app/pages/suggestions/find-offers.server.ts";
import { readSuggestionsPage, SuggestionQuery } from "#app/pages/suggestions/read-suggestions-page.server.ts";
import { recordConversions } from "#app/services/evaluate/record-conversions.server.ts";
import { repairRuns } from "#app/services/runs/run-step.server.ts";
import { saveTypedSettings } from "#app/services/settings/save-settings.server.ts";
import { searchCatalogue } from "#app/pages/search-catalogue.server.ts";
import { steerShop } from "#app/services/evaluate/steer-shop.server.ts";
import { sweepInbox } from "#app/services/collect/sweep-inbox.server.ts";
import { switchAutopilotOn } from "#app/services/validate/switch-autopilot.server.ts";
import { changePublication } from "#app/services/publish/change-publication.server.ts";
import { trainBehaviourForRun } from "#app/services/behaviour/train-behaviour-run.server.ts";
import { validateForRun } from "#app/services/validate/validate-run.server.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { fakeQueue } from "#tests/factories/fake-queue.ts";
import { saveSimulatedShop } from "#tests/factories/simulated-orders.ts";
import { addTwin, fillTables } from "#tests/factories/twin-shop.ts";
import { openStandinGraphql } from "#tests/factories/standin-graphql.ts";
import { findUnscoped, recordStatements } from "#tests/setup/statements/recorded-statements.ts";
import { readSources } from "#tests/setup/statements/source-tree.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { ShopState } from "#tests/standin/shop/shop-state.ts";
import { simulateShop } from "#tests/standin/simulator/simulate-shop.ts";

const SHOP = "simulated.myshopify.com";
const TWIN = "twin-shop.myshopify.com";
const NOW = new Date("2026-11-24T12:00:00Z");

const words = openWords("en");
const deps = { ...(await openTestDeps()), jobs: fakeQueue() };
const ORDERS = 1_200;
const LAST_ORDER = `gid://shopify/Order/${ORDERS}`;
let bundleIds: string[];
let runId: string;

beforeAll(async () => {
  const history = { seed: 3, products: 40, ordersTotal: ORDERS, days: 200, endAtMs: NOW.getTime() };
  await saveSimulatedShop(deps, SHOP, simulateShop(history));
});
afterEach(() => vi.restoreAllMocks());

/** One pass of the loop, from orders to suggestions. */
async function learn(): Promise<string> {
  const started = await startRun(deps, { shop: SHOP, now: NOW });
  if (!started.ok) throw new Error(started.detail);
  const key = { shop: SHOP, runId: started.value.runId };
  const step = { signal: new AbortController().signal, now: () => NOW };
  const training = { ...step, backend: await chooseBackend("wasm") };
  await prepareRun(deps, key, step);
  await trainBehaviourForRun(deps, key, training);
  await fitTrendsForRun(deps, key, training);
  await proposeForRun(deps, key, step);
  await validateForRun(deps, key, step);
  return key.runId;
}

/** The shop at Shopify, without any of these products: only queries to our own tables matter here. */
function openAdmin() {
  const state = new ShopState({ domain: SHOP });
  state.app.isInstalled = true;
  return openStandinGraphql(state).graphql;
}

async function publish(): Promise<void> {
  const graphql = openAdmin();
  await publishShop(deps, { shop: SHOP, graphql, appUrl: "https://app.example", now: NOW }).catch(
    (error: unknown) => {
      if (!String(error).includes("Shopify")) throw error;
    },
  );
}

/** What shoppers see, take and buy. */
async function shopAround(): Promise<void> {
  const at = new Date(NOW.getTime() - 3_600_000);
  await deps.db.browseEvent.createMany({
    data: ["a", "b", "c"].flatMap((visitor, index) =>
      ["page_viewed", "offer_seen", "offer_added"].map((kind) => ({
        shop: SHOP,
        eventId: `${visitor}-${kind}`,
        visitorKey: visitor.repeat(32),
        kind,
        arm: index === 0 ? "holdout" : "treated",
        bundleId: kind === "page_viewed" ? null : bundleIds[0]!,
        occurredAt: at,
      })),
    ),
  });
  await deps.db.order.updateMany({
    where: { shop: SHOP, orderGid: { in: [LAST_ORDER, `gid://shopify/Order/${ORDERS - 1}`] } },
    data: { visitorKey: "a".repeat(32), arm: "holdout", placedAt: at, refundedMinor: 1 },
  });
  await deps.db.conversion.create({
    data: {
      shop: SHOP,
      orderGid: LAST_ORDER,
      bundleId: bundleIds[0]!,
      sets: 1,
      revenueMinor: 1_800,
      discountMinor: 200,
      convertedAt: at,
    },
  });
}

/** The actions of the shop's staff in the admin, and of the autopilot. */
async function decide(): Promise<void> {
  const by = { shop: SHOP, decidedBy: "42", now: NOW };
  const [first, second, third] = bundleIds as [string, string, string];
  await decideBundles(deps, { ...by, bundleIds: [first, second], decision: "approve" });
  await decideBundles(deps, { ...by, bundleIds: [third], decision: "reject" });
  await undoDecision(deps, { ...by, bundleId: third });
  await editBundle(deps, { ...by, bundleId: first, changes: { discountRatio: 0.07 } });
  await saveTypedSettings(deps, { shop: SHOP, staffId: "42", typed: {}, now: NOW, words } as never);
  await changeGuide(deps, { shop: SHOP, staffId: "42", isHidden: true, now: NOW });
  await switchAutopilotOn(deps, { shop: SHOP, now: NOW, collectionGids: [] });
  await publish();
  await steerShop(deps, { shop: SHOP, now: NOW });
  await recordConversions(deps, {
    shop: SHOP,
    orderGids: ["gid://shopify/Order/1", LAST_ORDER],
  });
  await pauseAllBundles(deps, by);
}

const list = (tab: string) =>
  readSuggestionsPage(deps, { words, shop: SHOP, query: SuggestionQuery.parse({ tab }), now: NOW });

async function readLines(parts: AsyncIterable<string>): Promise<string[]> {
  let text = "";
  for await (const part of parts) text += part;
  return text.split("\n");
}

/** The answer of each service that reads for the admin, by service name. */
async function readAnswers(): Promise<Record<string, unknown>> {
  const page = { words, shop: SHOP, now: NOW };
  const graphql = openAdmin();
  const catalogue = ["product", "collection", "tag"] as const;
  const newOffer = await readNewOffer(deps, { shop: SHOP, from: bundleIds[0]!, productGid: null });
  return {
    readNewOffer: newOffer,
    readCollectionDraft: await readCollectionDraft(deps, {
      shop: SHOP,
      collectionGid: "gid://shopify/Collection/1",
    }),
    readComplementDrafts: await readComplementDrafts(deps, {
      shop: SHOP,
      productGids: newOffer.draft.components.map(({ productGid }) => productGid),
    }),
    readDiagnosis: await readDiagnosis(deps, {
      ...page,
      graphql,
      apiKey: "client-id",
      bundleId: bundleIds[0]!,
    }),
    exportOffers: await exportOffers(deps, { shop: SHOP }),
    readOfferFigures: await readOfferFigures(deps, { bundleId: null, ...page, typed: newOffer?.draft }),
    readHomePage: await readHomePage(deps, { ...page, graphql, apiKey: "client-id" }),
    findOffers: await findOffers(deps, { ...page, search: "", apiKey: "client-id" }),
    readSuggestionsPage: [await list("decide"), await list("approved"), await list("rejected")],
    readBundlePage: await readBundlePage(deps, { ...page, bundleId: bundleIds[0]!, viewer: "42" }),
    readResultsPage: await readResultsPage(deps, { ...page, days: 28 }),
    exportResults: await exportResults(deps, { shop: SHOP, days: 28, now: NOW }),
    readRunsPage: await readRunsPage(deps, page),
    readRunPage: await readRunPage(deps, { ...page, runId }),
    readAutomationPage: await readAutomationPage(deps, page),
    readSettingsPage: await readSettingsPage(deps, page),
    readTour: await readTour(deps, page),
    readModelsPage: await readModelsPage(deps, { ...page, viewer: "42" }),
    readPlanPage: await readPlanPage(deps, page),
    readPrivacyPage: await readPrivacyPage(deps, page),
    readDataRequestFile: await readDataRequestFile(deps, { shop: SHOP, requestId: "1" }),
    readActivityPage: await readActivityPage(deps, { ...page, viewer: "42", after: null }),
    readJobsPage: await readJobsPage(deps, page),
    readStaffLocale: await readStaffLocale(deps, { shop: SHOP, staffId: "42", asked: null, now: NOW }),
    readStaffRights: await readStaffRights(deps, {
      shop: SHOP,
      staffId: "42",
      ask: () => Promise.reject(new Error("what is known is young enough")),
      now: new Date(NOW.getTime() - 1_800_000),
    }),
    searchCatalogue: await Promise.all(
      catalogue.map((kind) => searchCatalogue(deps, { shop: SHOP, kind, text: "e" })),
    ),
    readProgress: await readProgress(deps, page),
    exportShopData: (await readLines(exportShopData(deps, { shop: SHOP, now: NOW }))).toSorted(),
    countLiveBundlesLeft: await countLiveBundlesLeft(deps.db, { shop: SHOP, now: NOW }),
  };
}

/** The services that the pages' own modules read with, by name. */
function listReadingServices(): string[] {
  const imported = readSources("app/{routes/**/*,web/page-request.server}.{ts,tsx}").flatMap(({ text }) =>
    [...text.matchAll(/^import \{([^}]*)\} from "#app\/(?:services|pages)\/[^"]+\.server\.ts"/gm)].flatMap(
      ([, names]) => names!.split(",").map((name) => name.trim()),
    ),
  );
  return [...new Set(imported)].filter((name) =>
    /^(read|search|export|watch|count|list|find)[A-Z]/.test(name),
  );
}

async function readTables(shop: string): Promise<Record<string, string[]>> {
  const tables: Record<string, string[]> = {};
  for (const table of TABLES_OF_A_SHOP) {
    const { rows } = await deps.pool.query<{ row: string }>(
      `SELECT md5(to_jsonb(t)::text) AS row FROM "${table}" t WHERE "shop" = $1 ORDER BY 1`,
      [shop],
    );
    tables[table] = rows.map(({ row }) => row);
  }
  return tables;
}

describe("two shops side by side, with the same products, orders and visitors", () => {
  it("are kept apart by every statement of the loop, the admin's pages and staff actions", async () => {
    const recorded = recordStatements();
    runId = await learn();
    const bundles = await deps.db.bundle.findMany({
      where: { shop: SHOP, status: "proposed" },
      orderBy: { id: "asc" },
    });
    bundleIds = bundles.map(({ id }) => id);
    expect(bundleIds.length).toBeGreaterThan(3);
    await decide();
    await shopAround();
    await fillTables(deps, SHOP, new Date(NOW.getTime() - 3_600_000));
    const own = recorded.length;
    await readAnswers();
    vi.restoreAllMocks();
    expect(recorded.length - own).toBeGreaterThan(100);
    expect(findUnscoped(recorded, SHOP)).toEqual([]);
  });

  it("neither see nor change each other's data: pages, rows and answers stay the same", async () => {
    const alone = await readAnswers();
    expect(listReadingServices().filter((name) => !(name in alone))).toEqual([]);
    await addTwin(deps, SHOP, TWIN);
    const twin = await readTables(TWIN);
    expect(twin["Order"]!.length).toBe(ORDERS);

    const recorded = recordStatements();
    expect(await readAnswers()).toEqual(alone);
    await learn();
    await decide();
    const off = { shop: SHOP, graphql: openAdmin(), intent: "switch-off", now: NOW, words } as const;
    await changePublication(deps, off);
    const again = await startRun(deps, { shop: SHOP, now: NOW });
    await cancelRun(deps, { shop: SHOP, runId: again.ok ? again.value.runId : randomUUID(), now: NOW });
    await eraseShop(deps, { shop: SHOP, requestedAt: new Date(Date.now() + 10 * 86_400_000) });
    vi.restoreAllMocks();

    expect(recorded.filter(({ answer }) => /twin|Foreign /.test(answer)).map(({ text }) => text)).toEqual([]);
    expect(await readTables(TWIN)).toEqual(twin);
    expect(Object.values(await readTables(SHOP)).flat()).toEqual([]);
  });

  it("are only read together by the named sweeps, and otherwise one by one", async () => {
    const recorded = recordStatements();
    await keepDueWork(deps, { now: NOW });
    await askForDueWork(deps, { now: NOW });
    await repairRuns(deps);
    await sweepInbox(deps, { now: NOW });
    await askForDueDays(deps, { now: NOW, aheadMs: 90_000 });
    // At the current time, like the migration's first months.
    await enforceRetention(deps, { now: new Date() });
    await keepFinishedPeriods(deps, { now: NOW });
    vi.restoreAllMocks();
    const swept = new Set(findUnscoped(recorded, TWIN).map(nameStatement));
    expect([...swept].toSorted()).toEqual([
      // Rows that were applied a week ago.
      "DELETE InboxEvent",
      // Due work of all shops together.
      "INSERT DueWork",
      // Publishing shops with a bundle whose first or last day is near.
      "SELECT Bundle",
      // Shops whose first reading or erasure has just failed for good and pauses.
      "SELECT DeadLetter",
      // Due work and its shops.
      "SELECT DueWork",
      // Erasures that were requested and have not ended.
      "SELECT Erasure",
      // Shops with waiting rows, and the number of rows that need a person.
      "SELECT InboxEvent",
      "SELECT Publication",
      // Open runs, for the queue.
      "SELECT Run",
      // The list of shops.
      "SELECT Shop",
      // Partitions created ahead.
      "SET BrowseEvent",
      "UPDATE DueWork",
    ]);
  });
});

/** The verb and table of a statement that is not bound to a shop: "SELECT Shop". */
function nameStatement(unscoped: string): string {
  const [, table, verb] = /^(\w+) \w+:\s*(\w+)/.exec(unscoped)!;
  return `${verb} ${table}`;
}
