import { beforeEach, describe, expect, it } from "vitest";
import { EXPORTED_TABLES } from "#app/data/erasure/export-shop-rows.server.ts";
import { deleteHistory, HISTORY_TABLES } from "#app/data/erasure/history-erasure.server.ts";
import { sweepInbox } from "#app/services/collect/sweep-inbox.server.ts";
import { askToErase, eraseHistory } from "#app/services/privacy/erase-history.server.ts";
import { exportShopData } from "#app/services/privacy/export-shop-data.server.ts";
import { tryShopLock } from "#app/data/db.server.ts";
import {
  addBundle,
  emptyBundleShop,
  openBundleShop,
  SHOP,
  type StockedVariant,
} from "#tests/factories/bundle-shop.ts";
import { fakeQueue } from "#tests/factories/fake-queue.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const NOW = new Date("2026-11-24T12:00:00Z");
const OTHER_SHOP = "other-shop.myshopify.com";

const deps = {
  ...(await openTestDeps()),
  jobs: fakeQueue(({ name, dedupeKey }) => asked.push([name, dedupeKey])),
};
let variants: StockedVariant[];
/** Names and keys of the jobs that were enqueued. */
let asked: [name: string, key: string][];

beforeEach(async () => {
  await emptyBundleShop(deps);
  ({ variants } = await openBundleShop(deps));
  await deps.db.shop.update({ where: { shop: SHOP }, data: { reconciledAt: new Date(0) } });
  asked = [];
});

async function addOrders(shop: string, count: number): Promise<void> {
  const stamp = { shop, placedAt: NOW, sourceUpdatedAt: NOW, currency: "USD" };
  const gids = Array.from({ length: count }, (_, number) => `gid://shopify/Order/${number}`);
  await deps.db.order.createMany({ data: gids.map((orderGid) => ({ ...stamp, orderGid })) });
  await deps.db.orderLine.createMany({
    data: gids.map((orderGid) => ({
      shop,
      orderGid,
      position: 0,
      title: "Cup",
      quantity: 1,
      unitPriceMinor: 500,
    })),
  });
}

async function addOtherShop(): Promise<void> {
  await deps.db.shop.create({
    data: { shop: OTHER_SHOP, customerKeySecret: "other-secret", holdoutSalt: "s" },
  });
  await addOrders(OTHER_SHOP, 3);
}

const ask = () => askToErase(deps, { shop: SHOP, askedBy: "42", now: NOW });
const erase = () => eraseHistory(deps, { shop: SHOP, now: () => NOW });

async function readExport(shop = SHOP): Promise<string> {
  let text = "";
  for await (const part of exportShopData(deps, { shop, now: NOW })) text += part;
  return text;
}

describe("erasing a shop's history", () => {
  it("does nothing without a request, and refuses a shop that is not installed", async () => {
    await addOrders(SHOP, 2);
    await erase();
    expect(await deps.db.order.count()).toBe(2);
    await expect(askToErase(deps, { shop: OTHER_SHOP, askedBy: "42", now: NOW })).rejects.toMatchObject({
      code: "input_invalid",
    });
  });

  it.each([
    ["the first time", "backfill"],
    ["what changed", "reconcile"],
  ])("waits while the shop is being read for %s, because that would bring orders back", async (_, name) => {
    await addOrders(SHOP, 2);
    await ask();
    await tryShopLock(deps.pool, { shop: SHOP, name }, erase);
    expect(await deps.db.order.count()).toBe(2);
    expect(asked.filter(([name]) => name === "collect.erase")).toHaveLength(2);
    await erase();
    expect(await deps.db.order.count()).toBe(0);
  });

  it("is one erasure and one job, however often it is requested before it ends", async () => {
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.filter((isNew) => isNew)).toHaveLength(1);
    expect(new Set(asked.filter(([name]) => name === "collect.erase").map(([, key]) => key)).size).toBe(1);
    expect(await deps.db.auditEntry.findMany({ where: { shop: SHOP } })).toMatchObject([
      { action: "shop-erase", staffId: "42" },
    ]);
  });

  it("is enqueued again when the queue has lost it, but not once it has ended", async () => {
    await ask();
    asked = [];
    await sweepInbox(deps, { now: new Date(NOW.getTime() + 30_000) });
    expect(asked).toEqual([]);
    await sweepInbox(deps, { now: new Date(NOW.getTime() + 120_000) });
    expect(asked.map(([name]) => name)).toEqual(["collect.erase"]);
    await erase();
    asked = [];
    await sweepInbox(deps, { now: new Date(NOW.getTime() + 180_000) });
    expect(asked).toEqual([]);
  });

  it("takes offers down and stops the run and the autopilot as soon as it is requested", async () => {
    const bundleId = await addBundle(deps, variants.slice(0, 2), { status: "published" });
    await deps.db.run.create({ data: { shop: SHOP, cutoffAt: NOW, status: "running" } });
    await deps.db.autopilot.create({ data: { shop: SHOP, onSince: NOW } });
    await ask();
    expect(await deps.db.bundle.findUnique({ where: { id: bundleId } })).toMatchObject({ status: "paused" });
    expect(await deps.db.run.findFirst()).toMatchObject({ status: "cancelled" });
    expect(await deps.db.autopilot.findFirst()).toMatchObject({ onSince: null });
    expect(asked.map(([name]) => name)).toContain("publish.reconcile");
  });

  it("deletes the history and keeps the installation, the catalogue, other shops and other messages", async () => {
    await addOtherShop();
    await addOrders(SHOP, 5);
    await addBundle(deps, variants.slice(0, 2), { status: "published" });
    const message = { shop: SHOP, triggeredAt: NOW, payload: {} };
    await deps.db.inboxEvent.createMany({
      data: [
        { ...message, webhookId: "1", topic: "orders/create" },
        { ...message, webhookId: "2", topic: "customers/redact" },
        { ...message, webhookId: "3", topic: "customers/redact", appliedAt: NOW },
      ],
    });
    const products = await deps.db.product.count();
    await ask();
    await erase();
    for (const table of HISTORY_TABLES.filter((name) => name !== "InboxEvent")) {
      const { rowCount } = await deps.pool.query(`SELECT 1 FROM "${table}" WHERE shop = $1`, [SHOP]);
      expect([table, rowCount]).toEqual([table, 0]);
    }
    expect(await deps.db.inboxEvent.findMany({ select: { webhookId: true } })).toEqual([{ webhookId: "2" }]);
    expect(await deps.db.product.count()).toBe(products);
    expect(await deps.db.order.count({ where: { shop: OTHER_SHOP } })).toBe(3);
    expect(await deps.db.shop.findUnique({ where: { shop: SHOP } })).toMatchObject({ reconciledAt: NOW });
    expect(await deps.db.erasure.findUnique({ where: { shop: SHOP } })).toMatchObject({
      erasedRatio: 1,
      finishedAt: NOW,
    });
    expect(asked.at(-1)?.[0]).toBe("publish.reconcile");
  });

  it("makes the shop read again everything since the request, even what was read while it waited", async () => {
    await ask();
    const readAt = new Date(NOW.getTime() + 5 * 3_600_000);
    await deps.db.shop.update({ where: { shop: SHOP }, data: { reconciledAt: readAt } });
    await addOrders(SHOP, 2);
    await erase();
    expect(await deps.db.order.count()).toBe(0);
    expect(await deps.db.shop.findUnique({ where: { shop: SHOP } })).toMatchObject({ reconciledAt: NOW });
  });

  it("resumes after a worker was killed, without lowering its progress", async () => {
    await addOrders(SHOP, 5);
    await ask();
    await deps.db.erasure.update({ where: { shop: SHOP }, data: { erasedRatio: 0.9 } });
    const ratios: number[] = [];
    const stop = new AbortController();
    stop.abort();
    await expect(eraseHistory(deps, { shop: SHOP, now: () => NOW, signal: stop.signal })).rejects.toThrow();
    ratios.push((await deps.db.erasure.findFirst())!.erasedRatio);
    await erase();
    ratios.push((await deps.db.erasure.findFirst())!.erasedRatio);
    expect(ratios).toEqual([0.9, 1]);
    expect(await deps.db.order.count()).toBe(0);
  });

  it("leaves nothing of a run that began during it and used rows that were left", async () => {
    await addOrders(SHOP, 5);
    let hasBegun = false;
    const begin = async () => {
      if (hasBegun || (await deps.db.order.count()) > 0) return;
      hasBegun = true;
      await deps.db.run.create({ data: { shop: SHOP, cutoffAt: NOW, status: "running" } });
      await addBundle(deps, variants.slice(0, 2), { status: "proposed" });
    };
    await deleteHistory(deps.pool, SHOP, { onProgress: begin });
    expect(hasBegun).toBe(true);
    expect(await deps.db.bundle.count()).toBe(0);
    expect(await deps.db.run.count()).toBe(0);
  });
});

describe("the file of a shop's data", () => {
  it("holds no secret, no access token and nothing of another shop", async () => {
    await addOtherShop();
    await deps.db.shop.update({ where: { shop: SHOP }, data: { customerKeySecret: "own-secret" } });
    await deps.db.session.create({
      data: { id: "s1", shop: SHOP, state: "state-value", accessToken: "token-value" },
    });
    const text = await readExport();
    for (const hidden of ["own-secret", "other-secret", "token-value", "state-value", OTHER_SHOP])
      expect(text).not.toContain(hidden);
    const { rows } = await deps.pool.query<{ name: string }>(
      `SELECT DISTINCT column_name::text AS name FROM information_schema.columns
       WHERE table_schema = 'public' AND table_name = ANY($1) AND column_name ~* '(secret|token|password)'`,
      [EXPORTED_TABLES],
    );
    expect(rows).toEqual([{ name: "customerKeySecret" }]);
  });

  it("has one JSON object per line: a first line, every row of the shop, and an end with their number", async () => {
    await addOrders(SHOP, 1_203);
    await addBundle(deps, variants.slice(0, 2), { status: "published" });
    const lines = (await readExport()).trimEnd().split("\n");
    const parsed = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(parsed[0]).toEqual({ export: { shop: SHOP, at: NOW.toISOString(), format: 1 } });
    expect(parsed.at(-1)).toEqual({ end: { rows: lines.length - 2 } });
    const tables = parsed.slice(1, -1).map(({ table }) => table);
    for (const table of EXPORTED_TABLES) {
      const { rowCount } = await deps.pool.query(`SELECT 1 FROM "${table}" WHERE shop = $1`, [SHOP]);
      expect([table, tables.filter((name) => name === table).length]).toEqual([table, rowCount]);
    }
  });

  it("shows one instant, even if orders arrive while it is read", async () => {
    await addOrders(SHOP, 600);
    const parts = exportShopData(deps, { shop: SHOP, now: NOW });
    let text = (await parts.next()).value as string;
    text += (await parts.next()).value as string;
    await deps.db.order.create({
      data: { shop: SHOP, orderGid: "late", placedAt: NOW, sourceUpdatedAt: NOW, currency: "USD" },
    });
    for await (const part of parts) text += part;
    expect(text).not.toContain('"late"');
    expect(text).toContain("gid://shopify/Order/599");
  });

  it("releases its connection when the reader leaves", async () => {
    await addOrders(SHOP, 600);
    for (let turn = 0; turn < 20; turn += 1) {
      const parts = exportShopData(deps, { shop: SHOP, now: NOW });
      await parts.next();
      await parts.next();
      await parts.return(undefined);
    }
    expect(deps.pool.totalCount - deps.pool.idleCount).toBe(0);
  });
});
