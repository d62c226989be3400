import type { Pool } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimDueInboxRows } from "#app/data/inbox/inbox.server.ts";
import { saveStock } from "#app/data/products/products.server.ts";
import { inTransaction } from "#app/data/db.server.ts";
import { applyShopInbox, continueShopInbox } from "#app/services/collect/apply-shop-inbox.server.ts";
import type { JobQueue } from "#app/queue/job-queue.server.ts";
import { startWorkers, type Workers } from "#jobs/start-workers.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { until } from "#tests/setup/patience.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const BUSY = "busy-shop.myshopify.com";
const QUIET = "quiet-shop.myshopify.com";
/** One instant for all, because a shop's turn is granted once in a period of time. */
const ASKED_AT = new Date();

const deps = await openTestDeps();
let workers: Workers | undefined;

beforeEach(async () => {
  await deps.db.inboxEvent.deleteMany();
  await deps.db.inventoryLevel.deleteMany();
  await deps.db.product.deleteMany();
  await deps.db.shop.deleteMany();
  await deps.db.shop.createMany({
    data: [BUSY, QUIET].map((shop) => shopRow(shop)),
  });
});
afterEach(async () => {
  await workers?.close();
  workers = undefined;
});

async function addVariant(shop: string, inventoryItemGid: string) {
  const productGid = "gid://shopify/Product/1";
  const at = new Date("2026-11-01T09:00:00Z");
  const named = { title: "Cup", handle: "cup", status: "active" } as const;
  await deps.db.product.create({ data: { shop, productGid, ...named, sourceUpdatedAt: at } });
  return deps.db.variant.create({
    data: {
      shop,
      productGid,
      variantGid: "gid://shopify/ProductVariant/1",
      title: "",
      priceMinor: 500,
      inventoryItemGid,
      inventoryQuantity: 9,
      stockUpdatedAt: at,
      position: 1,
    },
  });
}

async function fillInbox(shop: string, count: number, payload: object = { kind: "noted" }): Promise<void> {
  const at = new Date();
  await deps.db.inboxEvent.createMany({
    data: Array.from({ length: count }, (_, number) => ({
      shop,
      webhookId: `w-${count}-${number}`,
      topic: "app/scopes_update",
      triggeredAt: at,
      receivedAt: new Date(at.getTime() + number),
      payload,
    })),
  });
}

const countWaiting = (shop: string) => deps.db.inboxEvent.count({ where: { shop, appliedAt: null } });
const askFor = (shop: string) => continueShopInbox(deps, { shop, now: ASKED_AT });

/** The pool, whose first own query waits for `act`. A turn marks its rows with these queries. */
function beforeFirstQuery(pool: Pool, act: () => Promise<void>): Pool {
  let acted: Promise<void> | undefined;
  return new Proxy(pool, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (name !== "query") return value.bind(target) as unknown;
      return async (...query: unknown[]) => {
        await (acted ??= act());
        return Reflect.apply(value, target, query) as unknown;
      };
    },
  });
}

const untilApplied = (shop: string) =>
  until(async () => (await countWaiting(shop)) === 0, `no row of ${shop} waits`);

describe("a turn of a shop's inbox", () => {
  it("ends after a hundred rows, and its next turn queues behind shops that came later", async () => {
    await fillInbox(BUSY, 250);
    await fillInbox(QUIET, 5);
    await askFor(BUSY);
    await askFor(QUIET);
    const leftWhenAskedAgain: number[] = [];
    const enqueue: JobQueue["enqueue"] = async (name, payload, options) => {
      leftWhenAskedAgain.push(await countWaiting(BUSY));
      // This would never end if the quiet shop had to wait for the busy one's next turn.
      await untilApplied(QUIET);
      await deps.jobs.enqueue(name, payload, options);
    };
    const jobs = { ...deps.jobs, enqueue };
    workers = await startWorkers({ ...deps, jobs }, { redisUrl: deps.redisUrl, queues: ["ingest"] });
    await untilApplied(BUSY);
    expect(leftWhenAskedAgain).toEqual([150, 50]);
  });

  it("is followed by another one for rows that arrived while it ran, without the sweep", async () => {
    await fillInbox(QUIET, 90);
    await askFor(QUIET);
    const waitedWhenAskedAgain: number[] = [];
    const enqueue: JobQueue["enqueue"] = async (name, payload, options) => {
      waitedWhenAskedAgain.push(await countWaiting(QUIET));
      await deps.jobs.enqueue(name, payload, options);
    };
    const jobs = { ...deps.jobs, enqueue };
    // This request has no effect, because the shop already has its turn.
    const pool = beforeFirstQuery(deps.pool, async () => {
      await fillInbox(QUIET, 7);
      await askFor(QUIET);
    });
    workers = await startWorkers({ ...deps, jobs, pool }, { redisUrl: deps.redisUrl, queues: ["ingest"] });
    await untilApplied(QUIET);
    expect(waitedWhenAskedAgain).toEqual([7]);
  });

  it("takes the oldest rows, and leaves the newest to the next turn", async () => {
    await fillInbox(BUSY, 103);
    await applyShopInbox(deps, { shop: BUSY, now: () => new Date(Date.now() + 60_000) });
    const left = await deps.db.inboxEvent.findMany({
      where: { shop: BUSY, appliedAt: null },
      orderBy: { receivedAt: "asc" },
    });
    expect(left.map(({ webhookId }) => webhookId)).toEqual(["w-103-100", "w-103-101", "w-103-102"]);
  });

  it("continues past a row that fails, which is tried again later", async () => {
    await fillInbox(QUIET, 1, { kind: "nonsense" });
    await fillInbox(QUIET, 3);
    const now = new Date(Date.now() + 60_000);
    expect(await applyShopInbox(deps, { shop: QUIET, now: () => now })).toEqual({ applied: 3, failed: 1 });
    expect(await applyShopInbox(deps, { shop: QUIET, now: () => now })).toEqual({ applied: 0, failed: 0 });
    const later = new Date(now.getTime() + 1_000);
    expect(await applyShopInbox(deps, { shop: QUIET, now: () => later })).toEqual({ applied: 0, failed: 1 });
  });

  it("saves the other rows of a batch when a table refuses one", async () => {
    const level = { inventoryItemGid: "gid://shopify/InventoryItem/1", updatedAt: "2026-11-02T09:00:00Z" };
    const stock = (locationKey: string, availableUnits: number) => ({
      kind: "stock",
      stock: { ...level, locationKey, availableUnits },
    });
    await fillInbox(QUIET, 1, stock("attic", 3_000_000_000));
    await fillInbox(QUIET, 2, stock("cellar", 3));
    const now = new Date(Date.now() + 60_000);
    expect(await applyShopInbox(deps, { shop: QUIET, now: () => now })).toEqual({ applied: 2, failed: 1 });
    expect(await deps.db.inventoryLevel.findMany({ where: { shop: QUIET } })).toMatchObject([
      { locationKey: "cellar", availableUnits: 3 },
    ]);
    expect(await deps.db.inboxEvent.findFirst({ where: { shop: QUIET, appliedAt: null } })).toMatchObject({
      attempts: 1,
    });
  });

  it("adds up the stock of two locations that two turns save at once", async () => {
    const level = { inventoryItemGid: "gid://shopify/InventoryItem/1", updatedAt: "2026-11-02T09:00:00Z" };
    const reported = (locationKey: string, availableUnits: number) => [
      { event: { ...level, locationKey, availableUnits }, reportedAt: new Date(level.updatedAt) },
    ];
    const save = (locationKey: string, availableUnits: number) =>
      inTransaction(deps.pool, (client) => saveStock(client, QUIET, reported(locationKey, availableUnits)));
    const { variantGid } = await addVariant(QUIET, level.inventoryItemGid);
    await save("attic", 5);
    await save("cellar", 3);
    let second: Promise<unknown> | undefined;
    await inTransaction(deps.pool, async (client) => {
      await saveStock(client, QUIET, reported("attic", 0));
      second = save("cellar", 0);
      await until(async () => {
        const { rows } = await deps.pool.query(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows.length > 0;
      }, "the second turn waits for the first");
    });
    await second;
    expect(await deps.db.variant.findFirst({ where: { variantGid } })).toMatchObject({
      inventoryQuantity: 0,
    });
  });

  it("keeps Shopify's total while a location has not reported, and sums the locations once all have", async () => {
    const inventoryItemGid = "gid://shopify/InventoryItem/1";
    const { variantGid } = await addVariant(QUIET, inventoryItemGid);
    await deps.db.variant.updateMany({
      where: { variantGid },
      data: { inventoryQuantity: 51, locationCount: 2 },
    });
    const save = async (hour: number, locationKey: string, availableUnits: number) => {
      const updatedAt = `2026-11-02T${hour}:00:00Z`;
      const event = { inventoryItemGid, locationKey, availableUnits, updatedAt };
      const reported = [{ event, reportedAt: new Date(updatedAt) }];
      const variants = await inTransaction(deps.pool, (client) => saveStock(client, QUIET, reported));
      const variant = await deps.db.variant.findFirstOrThrow({ where: { variantGid } });
      return [variant.inventoryQuantity, variants.length];
    };
    expect(await save(10, "till", 1)).toEqual([51, 0]);
    expect(await save(12, "till", 0)).toEqual([50, 1]);
    expect(await save(11, "till", 9)).toEqual([50, 0]);
    expect(await save(13, "cellar", 48)).toEqual([48, 1]);
    expect(await save(14, "cellar", 47)).toEqual([47, 1]);
    // The till is closed for good: the next reading counts one location and its stock.
    await deps.db.variant.updateMany({ where: { variantGid }, data: { locationCount: 1 } });
    expect(await save(15, "cellar", 40)).toEqual([40, 1]);
  });

  it("leaves a row to the turn that has claimed it", async () => {
    await fillInbox(QUIET, 3);
    const now = () => new Date(Date.now() + 60_000);
    await inTransaction(deps.pool, async (client) => {
      await claimDueInboxRows(client, QUIET, { now: now(), limit: 2 });
      expect(await applyShopInbox(deps, { shop: QUIET, now })).toEqual({ applied: 1, failed: 0 });
    });
    expect(await applyShopInbox(deps, { shop: QUIET, now })).toEqual({ applied: 2, failed: 0 });
  });

  it("stops between two rows when the worker shuts down, and leaves the rest waiting", async () => {
    await fillInbox(QUIET, 50);
    const signal = AbortSignal.abort();
    await applyShopInbox(deps, { shop: QUIET, now: () => new Date(Date.now() + 60_000), signal });
    expect(await countWaiting(QUIET)).toBe(50);
  });
});
