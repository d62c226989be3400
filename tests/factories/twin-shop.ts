import { TABLES_OF_A_SHOP } from "#app/data/erasure/erasures.server.ts";
import type { TestDeps } from "#tests/setup/test-deps.ts";

type Rows = Pick<TestDeps, "db" | "pool">;

/** Keys that are unique across shops, and the foreign keys to them. The twin needs other values. */
const UNIQUE = ["id", "runId", "bundleId", "modelId"];
/** Texts for people. They mark a row of the other shop wherever it is shown. */
const TEXTS = ["title", "problem", "query", "message", "note", "customerKeySecret", "holdoutSalt"];
const AMOUNTS = [
  ...["quantity", "totalMinor", "amountMinor", "priceMinor", "costMinor", "revenueMinor", "sets", "count"],
  ...["availableUnits", "inventoryQuantity", "ordersExpected", "erasedRatio", "removedRatio"],
];

/** Adds a row to each table of a shop that the loop leaves empty, so a query without the shop finds a row. */
export async function fillTables({ db }: Rows, shop: string, at: Date): Promise<void> {
  const webhookId = "waiting";
  await db.collection.create({
    data: { shop, collectionGid: "gid://shopify/Collection/1", title: "Tea", readAt: at },
  });
  await db.refund.create({
    data: {
      shop,
      refundGid: "gid://shopify/Refund/1",
      orderGid: "gid://shopify/Order/2200",
      refundedAt: at,
      amountMinor: 1,
      lines: [],
    },
  });
  await db.inventoryLevel.create({
    data: {
      shop,
      inventoryItemGid: "gid://shopify/InventoryItem/1",
      locationKey: "1",
      availableUnits: 3,
      sourceUpdatedAt: at,
    },
  });
  // Long ago, so these days do not affect the compared results.
  const [startsAt, endsAt] = [new Date("2025-01-01T00:00:00Z"), new Date("2025-01-02T00:00:00Z")];
  await db.leftOutDays.create({
    data: { shop, startsAt, endsAt, reason: "sold_out", notedAt: startsAt },
  });
  await db.stretch.create({
    data: {
      shop,
      kind: "theme_tried",
      rolloutGid: "gid://shopify/Rollout/1",
      name: "Spring",
      startedAt: startsAt,
      endedAt: endsAt,
    },
  });
  await db.dataRequest.create({ data: { shop, requestId: "1", requestedAt: at, answer: { orders: [] } } });
  await db.deadLetter.create({
    data: {
      shop,
      jobId: "1",
      failedAt: at,
      name: "publish.shop",
      payload: { shop },
      attempts: 3,
      problem: "It failed",
    },
  });
  await db.dueWork.create({ data: { shop, kind: "publish.reconcile", dueAt: at } });
  await db.inboxEvent.create({
    data: {
      shop,
      webhookId,
      topic: "orders/create",
      triggeredAt: at,
      payload: {},
      attempts: 12,
      problem: "It failed",
    },
  });
  await db.session.create({
    data: { id: `online_${shop}`, shop, isOnline: true, state: "", accessToken: "" },
  });
  const { id: runId } = await db.run.findFirstOrThrow({ where: { shop } });
  await db.trainingCheckpoint.create({
    data: { shop, runId, key: "behaviour", state: new Uint8Array(1) },
  });
  await db.drift.create({ data: { shop, kind: "offer_changed", count: 2, foundAt: at } });
  await db.savedView.create({ data: { shop, name: "Tea", query: "search=tea" } });
  await db.orderImport.create({ data: { shop, importId: "1", state: "done", aliveAt: at } });
  await db.orderImportPart.create({ data: { shop, number: 0, sealed: new Uint8Array(1) } });
  await db.subscription.create({
    data: {
      shop,
      plan: "standard",
      subscriptionGid: "gid://shopify/AppSubscription/1",
      isTest: false,
      readAt: at,
    },
  });
  await db.erasure.create({ data: { shop, askedAt: at, finishedAt: at } });
  await db.staffPreference.create({ data: { shop, staffId: "42", locale: "en" } });
  await db.staffRight.create({ data: { shop, staffId: "42", isOwner: true, scopes: [], readAt: at } });
  await db.holdoutChange.create({ data: { shop, changedAt: at, ratioBefore: 0.1, ratioAfter: 0.2 } });
  await db.sharedAnswer.create({ data: { shop, answer: [1, 20], learnedAt: at } });
  const effect = { value: 3, low: 1, high: 5 };
  await db.measuredPeriod.create({
    data: {
      shop,
      startedAt: new Date(at.getTime() - 60 * 86_400_000),
      endedAt: new Date(at.getTime() - 32 * 86_400_000),
      measuredAt: at,
      result: {
        visitors: { treated: 30, holdout: 3 },
        isEnough: true,
        isDrawBroken: false,
        sampleRatioPValue: null,
        perVisitorMinor: effect,
        incrementalRevenueMinor: effect,
      },
    },
  });
  const released = { step: "behaviour", action: "release", decidedBy: "42", decidedAt: at };
  await db.modelDecision.create({ data: { shop, ...released } });
}

/**
 * Adds a second shop with the same ids of products, orders, customers and visitors, but with three times the amounts and
 * with marked texts. A query that does not filter by shop counts or shows these rows.
 *
 * @throws Error if the shop has no row in a table, because a missing filter would go unnoticed there
 */
export async function addTwin({ pool }: Rows, shop: string, twin: string): Promise<void> {
  for (const table of TABLES_OF_A_SHOP.toReversed()) {
    const { rows } = await pool.query<{ name: string; type: string }>(
      `SELECT column_name AS name, data_type AS type FROM information_schema.columns WHERE table_name = $1 AND table_schema = 'public'`,
      [table],
    );
    const names = rows.map(({ name }) => name);
    const values = rows.map(({ name, type }) => {
      if (name === "shop") return `'${twin}'`;
      if (UNIQUE.includes(name)) return `"${name}" || '-twin'`;
      if (TEXTS.includes(name) && type === "jsonb") return `"${name}" || '{"whose": "Foreign "}'`;
      if (TEXTS.includes(name) || `${table}.${name}` === "SavedView.name") return `'Foreign ' || "${name}"`;
      return AMOUNTS.includes(name) ? `"${name}" * 3` : `"${name}"`;
    });
    const { rowCount } = await pool.query(
      `INSERT INTO "${table}" (${names.map((name) => `"${name}"`).join(", ")})
       SELECT ${values.join(", ")} FROM "${table}" WHERE "shop" = $1`,
      [shop],
    );
    if (rowCount === 0) throw new Error(`${table} holds nothing of ${shop}`);
  }
}
