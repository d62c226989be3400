import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, expect, it } from "vitest";
import { createPool } from "#app/data/pool.server.ts";
import { tryShopLock } from "#app/data/db.server.ts";
import { backfillShop } from "#app/services/collect/backfill-shop.server.ts";
import { publishShop } from "#app/services/publish/publish-shop.server.ts";
import { reconcileShop } from "#app/services/collect/reconcile-shop.server.ts";
import { fakeQueue } from "#tests/factories/fake-queue.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "busy-shop.myshopify.com";
const shopOf = (number: number) => `shop-${number}.myshopify.com`;

const deps = {
  ...(await openTestDeps()),
  jobs: fakeQueue(({ name, delayMs }) => asked.push({ name, delayMs })),
};
let asked: { name: string; delayMs: number }[];

beforeAll(async () => {
  asked = [];
  await deps.db.shop.create({
    data: shopRow(SHOP),
  });
});

it("releases the lock when the work throws", async () => {
  const locked = { shop: shopOf(1), name: "publish" };
  await expect(tryShopLock(deps.pool, locked, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await tryShopLock(deps.pool, locked, async () => "yes")).toEqual({ ok: true, value: "yes" });
});

it("locks for more jobs than the pool has connections, one per shop", async () => {
  const pool = createPool(deps.databaseUrl, 2);
  let [held, refused] = [0, 0];
  let letGo = () => {};
  const allHaveAsked = new Promise<void>((resolve) => (letGo = resolve));
  const count = () => held + refused === 12 && letGo();
  const tries = Array.from({ length: 12 }, async (_unused, number) => {
    const tried = await tryShopLock(pool, { shop: shopOf(number % 6), name: "publish" }, async () => {
      held += 1;
      count();
      await allHaveAsked;
      await pool.query("SELECT 1");
    });
    if (!tried.ok) refused += 1;
    count();
  });
  await Promise.all(tries);
  expect([held, refused]).toEqual([6, 6]);
  await pool.end();
});

it("holds the lock in a transaction, which survives a connection pooler, and not in a session", async () => {
  const locked = { shop: shopOf(2), name: "publish" };
  const held = await tryShopLock(deps.pool, locked, async () => {
    const { rows } = await deps.pool.query<{ state: string }>(
      `SELECT a.state FROM pg_locks l JOIN pg_stat_activity a USING (pid)
       WHERE l.locktype = 'advisory' AND a.datname = current_database()`,
    );
    return rows.map(({ state }) => state);
  });
  expect(held).toEqual({ ok: true, value: ["idle in transaction"] });
});

it("holds the lock while the work pauses for longer than the database lets a transaction idle", async () => {
  const database = new URL(deps.databaseUrl).pathname.slice(1);
  await deps.pool.query(`ALTER DATABASE ${database} SET idle_in_transaction_session_timeout = 50`);
  const locked = { shop: shopOf(3), name: "publish" };
  const held = await tryShopLock(deps.pool, locked, async () => {
    await sleep(500);
    return tryShopLock(deps.pool, locked, async () => "a second pass");
  });
  expect(held).toEqual({ ok: true, value: { ok: false, reason: "busy" } });
});

const request = {
  shop: SHOP,
  graphql: () => Promise.reject(new Error("Shopify was asked")),
  appUrl: "https://app.example",
};

it.each([
  ["publish", () => publishShop(deps, { ...request, now: new Date() }), "publish.reconcile"],
  ["reconcile", () => reconcileShop(deps, { ...request, now: () => new Date() }), "collect.reconcile"],
  ["backfill", () => backfillShop(deps, { ...request, now: () => new Date() }), null],
] as const)(
  "skips a shop whose %s is already running, and comes back later if there can be something new",
  async (name, start, job) => {
    asked = [];
    // A job that waited would wait for ever: the lock is held until it returns.
    const held = await tryShopLock(deps.pool, { shop: SHOP, name }, async () => void (await start()));
    expect(held).toMatchObject({ ok: true });
    expect(asked.map((one) => one.name)).toEqual(job === null ? [] : [job]);
    expect(asked.every(({ delayMs }) => delayMs > 0)).toBe(true);
  },
);
