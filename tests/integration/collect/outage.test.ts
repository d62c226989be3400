import { beforeAll, describe, expect, it } from "vitest";
import { openDatabase, inTransaction } from "#app/data/db.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { createLog } from "#app/process/log.server.ts";
import { receiveWebhook } from "#app/services/collect/receive-webhook.server.ts";
import { openJobQueue } from "#app/queue/job-queue.server.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { readWebhook } from "#tests/fixtures/webhooks/read-webhook.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "demo-shop.myshopify.com";
const NOWHERE = "127.0.0.1:1";

const deps = await openTestDeps();

beforeAll(async () => {
  await deps.db.shop.create({
    data: shopRow(SHOP, { currency: "EUR" }),
  });
});

const receive = (given: Deps, webhookId: string) =>
  receiveWebhook(given, {
    shop: SHOP,
    topic: "orders/create",
    webhookId,
    triggeredAt: new Date(),
    rawBody: readWebhook("orders-create"),
    now: new Date(),
  });

describe("receiveWebhook in an outage", () => {
  it("keeps the row and answers while Redis is down", async () => {
    const jobs = openJobQueue(`redis://${NOWHERE}`);
    expect(await receive({ ...deps, jobs, log: createLog("silent") }, "w1")).toBe("kept");
    expect(await deps.db.inboxEvent.findFirstOrThrow()).toMatchObject({ webhookId: "w1", appliedAt: null });
  });

  it("keeps messages that arrive together, except for one that cannot be stored", async () => {
    const good = Array.from({ length: 20 }, (_, number) => receive(deps, `together-${number % 15}`));
    // PostgreSQL has no such character.
    const refused = expect(receive(deps, "bad-\u0000")).rejects.toMatchObject({ code: "database_down" });
    expect(new Set(await Promise.all(good))).toEqual(new Set(["kept"]));
    await refused;
    expect(await deps.db.inboxEvent.count({ where: { webhookId: { startsWith: "together" } } })).toBe(15);
  });

  it("reports that the database is down, so that Shopify sends the webhook again", async () => {
    const down = openDatabase(`postgresql://nobody:x@${NOWHERE}/x`);
    await expect(receive({ ...deps, ...down }, "w2")).rejects.toMatchObject({
      code: "database_down",
      isRetryable: true,
    });
    await down.close();
  });
});

it("a connection that PostgreSQL closes between two statements fails only its own transaction", async () => {
  const cutOff = inTransaction(deps.pool, async (client) => {
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    const isGone = new Promise((resolve) => client.once("end", resolve));
    await deps.pool.query("SELECT pg_terminate_backend($1)", [rows[0]!.pid]);
    await isGone;
    await client.query("SELECT 1");
  });
  await expect(cutOff).rejects.toThrow();
  expect((await deps.pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
});
