import { beforeEach, describe, expect, it } from "vitest";
import { replaceForecasts, saveModels } from "#app/data/runs/models.server.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { cancelRun } from "#app/services/runs/start-run.server.ts";
import { prepareRun, forgetRunBaskets } from "#app/services/prepare/prepare-run.server.ts";
import { encodeDrafts } from "#app/services/propose/run-drafts.server.ts";
import { validateForRun } from "#app/services/validate/validate-run.server.ts";
import { addBundle, SHOP } from "#tests/factories/bundle-shop.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";
import { until } from "#tests/setup/patience.ts";

const NOW = new Date("2026-11-24T12:00:00Z");
const estimate = { value: 5, low: 1, high: 9 };
const AN_ORDER_EVERY_MS = DAY_MS / 5;

const opened = await openBundleShopEachTest();
let earlierId: string;
let runId: string;

/**
 * 1,000 orders in 200 days, every third with the first two products, and an earlier run's suggestion of the other
 * two.
 */
beforeEach(async () => {
  forgetRunBaskets();
  await addOrders({ count: 1_000, until: NOW });
  earlierId = await addBundle(opened.deps, opened.variants.slice(2, 4), { status: "proposed" });
  ({ id: runId } = await opened.deps.db.run.create({
    data: { shop: SHOP, cutoffAt: NOW, status: "running", step: "validate" },
  }));
  await saveModels(opened.deps.db, { shop: SHOP, runId }, "drafts", [
    {
      name: "proposals",
      isChosen: true,
      metrics: {},
      artefact: encodeDrafts({ drafts: [draft()], refused: [] }),
    },
  ]);
});

async function addOrders({ count, until }: { count: number; until: Date }): Promise<void> {
  const orders = Array.from({ length: count }, (_, n) => ({
    shop: SHOP,
    orderGid: `gid://shopify/Order/${until.getTime()}${n}`,
    placedAt: new Date(until.getTime() - (n + 1) * AN_ORDER_EVERY_MS),
    sourceUpdatedAt: NOW,
    currency: "USD",
  }));
  await opened.deps.db.order.createMany({ data: orders });
  await opened.deps.db.orderLine.createMany({
    data: orders.flatMap(({ orderGid }, n) =>
      (n % 3 === 0 ? [0, 1] : [2 + (n % 2)]).map((product, position) => {
        const { variantGid, productGid, title } = opened.variants[product]!;
        const line = { shop: SHOP, orderGid, position, variantGid, productGid, title };
        return { ...line, quantity: 1, unitPriceMinor: 1_000 };
      }),
    ),
  });
}

function draft() {
  const components = opened.variants
    .slice(0, 2)
    .map(({ variantGid }) => ({ itemKey: variantGid, quantity: 1 }));
  return {
    componentKey: components.map(({ itemKey }) => `${itemKey}×1`).join("|"),
    kind: "complementary" as const,
    title: "Product 1 + Product 2",
    components,
    discountRatio: 0.05,
    expected: {
      ordersAnyway: estimate,
      ordersWithOffer: estimate,
      extraMarginMinor: estimate,
      extraRevenueMinor: estimate,
    },
    evidence: [],
    isToTry: false,
  };
}

async function callProducts(...titles: readonly string[]): Promise<void> {
  for (const [at, title] of titles.entries())
    await opened.deps.db.product.updateMany({
      where: { productGid: opened.variants[at]!.productGid },
      data: { title },
    });
}

const context = { signal: new AbortController().signal, now: () => NOW };
const validate = () => validateForRun(opened.deps, { shop: SHOP, runId }, context);
const findRun = () => opened.deps.db.run.findUniqueOrThrow({ where: { id: runId } });
const readTitles = async () => {
  const rows = await opened.deps.db.bundle.findMany({
    where: { status: "proposed" },
    orderBy: { title: "asc" },
  });
  return rows.map(({ title }) => title);
};

/** Cancels the run while the step waits for a lock, and returns the answer to the merchant. */
async function cancelWhileLocked(lock: string) {
  const { deps } = opened;
  const other = await deps.pool.connect();
  try {
    await other.query("BEGIN");
    await other.query(lock);
    const validating = validate();
    await until(async () => (await countWaiting()) >= 1, "the step waits");
    const cancelling = cancelRun(deps, { shop: SHOP, runId, now: NOW });
    const isAsked = async () => (await findRun()).status === "cancelled" || (await countWaiting()) >= 2;
    await until(isAsked, "the cancelling waits or is done");
    await other.query("COMMIT");
    await validating;
    return await cancelling;
  } finally {
    // Ends what a failed wait has left open, and does nothing otherwise.
    await other.query("ROLLBACK");
    other.release();
  }
}

/** Number of statements that wait for a lock; a progress update can be among them. */
async function countWaiting(): Promise<number> {
  const { rows } = await opened.deps.pool.query(
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  );
  return rows.length;
}

describe("the step that validates", () => {
  it("saves no amounts of a former currency, gives the reason, and starts a new run", async () => {
    await opened.deps.db.run.update({ where: { id: runId }, data: { step: "prepare" } });
    await prepareRun(opened.deps, { shop: SHOP, runId }, context);
    await opened.deps.db.run.update({ where: { id: runId }, data: { step: "validate" } });
    await opened.deps.db.shop.update({ where: { shop: SHOP }, data: { currency: "EUR" } });
    await validate();
    expect(await readTitles()).toEqual(["Product 3 + Product 4"]);
    expect(await findRun()).toMatchObject({
      status: "failed",
      message: { code: "run.failed" },
      problem: { code: "run.currencyChanged", values: {} },
    });
    const next = await opened.deps.db.run.findFirstOrThrow({ where: { id: { not: runId } } });
    expect(next).toMatchObject({ status: "queued", step: "prepare" });
  });

  it("changes no suggestion of earlier runs when the run is cancelled before it saves", async () => {
    const stated = await cancelWhileLocked('LOCK TABLE "Shop" IN ACCESS EXCLUSIVE MODE');
    expect(stated).toMatchObject({ ok: true });
    expect(await findRun()).toMatchObject({ status: "cancelled", message: { code: "run.cancelled" } });
    expect(await readTitles()).toEqual(["Product 3 + Product 4"]);
    expect(await opened.deps.db.decision.count()).toBe(0);
  });

  it("can no longer be cancelled once it saves, and the merchant is told so", async () => {
    const stated = await cancelWhileLocked(`SELECT 1 FROM "Bundle" WHERE id = '${earlierId}' FOR UPDATE`);
    expect(stated).toMatchObject({ ok: false, reason: "not_active" });
    expect(await findRun()).toMatchObject({ status: "succeeded" });
    expect(await readTitles()).toEqual(["Product 1 with Product 2"]);
  });

  it("shows nothing of a run that stops before its end, and finishes it on retry", async () => {
    const { pool, db } = opened.deps;
    await pool.query(`
      CREATE FUNCTION stop() RETURNS trigger AS $$ BEGIN RAISE 'stopped'; END $$ LANGUAGE plpgsql;
      CREATE TRIGGER stop BEFORE UPDATE ON "Run" FOR EACH ROW WHEN (NEW.status = 'succeeded')
        EXECUTE FUNCTION stop()`);
    try {
      await expect(validate()).rejects.toThrow("stopped");
    } finally {
      await pool.query("DROP FUNCTION stop CASCADE");
    }
    expect(await readTitles()).toEqual(["Product 3 + Product 4"]);

    await validate();
    expect(await findRun()).toMatchObject({
      status: "succeeded",
      message: { code: "run.done", values: { added: 1 } },
      report: { proposed: 1, refused: [] },
    });
    expect(await readTitles()).toEqual(["Product 1 with Product 2"]);
    expect(await db.model.count({ where: { step: "drafts" } })).toBe(0);
  });

  it("suggests nothing that the merchant excluded after the proposal, and says so", async () => {
    const { db } = opened.deps;
    const settings = { excludedProductGids: [opened.variants[0]!.productGid] };
    await db.shop.update({ where: { shop: SHOP }, data: { settings } });
    await validate();
    expect(await readTitles()).toEqual([]);
    const refused = [{ components: ["Product 1", "Product 2"], reason: { code: "refused.notSellable" } }];
    expect(await findRun()).toMatchObject({ status: "succeeded", report: { proposed: 0, refused } });
  });

  it("says that nothing new waits if the supported bundle is already on sale", async () => {
    const { componentKey } = draft();
    await addBundle(opened.deps, opened.variants.slice(0, 2), { status: "published", componentKey });
    await validate();
    expect(await findRun()).toMatchObject({
      message: { code: "run.done", values: { added: 0 } },
      report: { proposed: 1 },
    });
  });

  it("gives a set a title once, in the language in which the merchant last opened the app", async () => {
    const { db } = opened.deps;
    await callProducts("RED RETROSPOT CAKE STAND", "RED RETROSPOT NAPKINS");
    await db.staffPreference.createMany({
      data: [
        { shop: SHOP, staffId: "1", locale: "de", savedAt: NOW },
        { shop: SHOP, staffId: "2", locale: "fr", savedAt: new Date(0) },
        { shop: "other.myshopify.com", staffId: "1", locale: "es", savedAt: new Date(2 * NOW.getTime()) },
      ],
    });
    await validate();
    expect(await readTitles()).toEqual(["Set „Red retrospot“"]);
  });

  it("names the products of a set if an offer on sale already has its theme's name", async () => {
    const { db } = opened.deps;
    await callProducts("Red retrospot cake stand", "Red retrospot napkins");
    await db.bundle.update({
      where: { id: earlierId },
      data: { title: "Red retrospot set", status: "published" },
    });
    await validate();
    expect(await readTitles()).toEqual(["Red retrospot cake stand with Red retrospot napkins"]);
  });

  it("replays the orders that were held back when the run began, despite older orders imported since", async () => {
    const { db } = opened.deps;
    await db.run.update({ where: { id: runId }, data: { step: "prepare" } });
    await prepareRun(opened.deps, { shop: SHOP, runId }, context);
    await db.run.update({ where: { id: runId }, data: { step: "validate" } });
    await addOrders({ count: 600, until: new Date(NOW.getTime() - 200 * DAY_MS) });
    // As in another process.
    forgetRunBaskets();
    await validate();
    expect(await findRun()).toMatchObject({
      status: "succeeded",
      replayFromAt: new Date("2026-10-25T12:00:00Z"),
    });
    const bundle = await db.bundle.findFirstOrThrow({ where: { title: "Product 1 with Product 2" } });
    expect(bundle.validation).toMatchObject({ baskets: 150 });
  });
});

describe("the forecasts of a run", () => {
  it("do not replace an earlier run's once the run has ended", async () => {
    const forecast = {
      variantGid: opened.variants[0]!.variantGid,
      horizonDays: 28,
      ordersExpected: 4,
      ordersLow: 2,
      ordersHigh: 8,
      unitsPerOrder: 1,
      trend: "flat" as const,
      seasonIndex: 1,
      daily: { firstNoonMs: NOW.getTime(), expected: [], low: [], high: [] },
    };
    const { deps } = opened;
    const readRuns = async () => (await deps.db.forecast.findMany()).map((row) => row.runId);
    const later = await deps.db.run.create({ data: { shop: SHOP, cutoffAt: NOW, status: "queued" } });
    await replaceForecasts(deps.pool, { shop: SHOP, runId }, [forecast]);
    await cancelRun(deps, { shop: SHOP, runId: later.id, now: NOW });
    await replaceForecasts(deps.pool, { shop: SHOP, runId: later.id }, []);
    expect(await readRuns()).toEqual([runId]);
  });
});
