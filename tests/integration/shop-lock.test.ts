import { afterAll, beforeAll, expect, it } from "vitest";
import { createPool } from "#app/data/pool.server.ts";
import { withShopLock } from "#app/data/shop-lock.server.ts";
import { openTestDeps, type TestDeps } from "#tests/setup/test-deps.ts";

let deps: TestDeps;
const shopOf = (number: number) => `shop-${number}.myshopify.com`;

beforeAll(async () => {
  deps = await openTestDeps();
});
afterAll(() => deps.close());

it("gives the lock back when the work throws", async () => {
  const locked = { shop: shopOf(1), name: "publish" };
  await expect(withShopLock(deps.pool, locked, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await withShopLock(deps.pool, locked, async () => "yes")).toBe("yes");
});

it.each([
  ["one shop, one after the other", () => 1],
  ["as many shops, all at once", (number: number) => number],
])("lets more jobs lock than the pool has connections: %s", async (_, pickShop) => {
  const pool = createPool(deps.databaseUrl, 2);
  const inside = new Map<string, number>();
  const done = await Promise.all(
    Array.from({ length: 12 }, async (_unused, number) => {
      const shop = shopOf(pickShop(number));
      await withShopLock(pool, { shop, name: "publish" }, async () => {
        inside.set(shop, (inside.get(shop) ?? 0) + 1);
        expect(inside.get(shop)).toBe(1);
        await pool.query("SELECT pg_sleep(0.02)::text");
        inside.set(shop, 0);
      });
      return true;
    }),
  );
  expect(done).toHaveLength(12);
  await pool.end();
});
