import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { trainBehaviourForRun } from "#app/services/behaviour/train-behaviour-run.server.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { saveSimulatedShop } from "#tests/factories/simulated-orders.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";
import { simulateShop } from "#tests/standin/simulator/simulate-shop.ts";

const SHOP = "browsed.myshopify.com";
const NOW = new Date("2026-11-24T12:00:00Z");
const MINUTE_MS = 60_000;

const deps = await openTestDeps();

/** A simulated shop's orders, and the visits before them: each shopper views the order's products in turn. */
beforeAll(async () => {
  const history = { seed: 4, products: 30, ordersTotal: 500, days: 200, endAtMs: NOW.getTime() };
  await saveSimulatedShop(deps, SHOP, simulateShop(history));
  const orders = await deps.db.order.findMany({
    where: { shop: SHOP },
    select: { orderGid: true, placedAt: true },
  });
  const placedAtOf = new Map(orders.map(({ orderGid, placedAt }) => [orderGid, placedAt.getTime()]));
  const lines = await deps.db.orderLine.findMany({
    where: { shop: SHOP, variantGid: { not: null } },
    select: { orderGid: true, position: true, variantGid: true },
  });
  await deps.db.browseEvent.createMany({
    data: lines.map(({ orderGid, position, variantGid }) => ({
      shop: SHOP,
      eventId: `${orderGid}-${position}`,
      visitorKey: orderGid,
      kind: "product_viewed",
      variantGid,
      occurredAt: new Date(placedAtOf.get(orderGid)! + (position - 20) * MINUTE_MS),
    })),
  });
});

describe("a run of a shop with browsing", () => {
  it("measures co-view next to the other methods", async () => {
    const { id: runId } = await deps.db.run.create({
      data: { id: randomUUID(), shop: SHOP, cutoffAt: NOW },
    });
    const key = { shop: SHOP, runId };
    const context = {
      signal: new AbortController().signal,
      now: () => NOW,
    };
    await trainBehaviourForRun(deps, key, { ...context, backend: await chooseBackend("wasm") });

    const models = await deps.db.model.findMany({ where: { runId } });
    const named = models.filter(({ name }) => name.startsWith("co-view"));
    expect(named.map(({ name }) => name).sort()).toEqual(["co-view (product)"]);
    for (const { metrics } of named) expect((metrics as { ndcg10: number }).ndcg10).toBeGreaterThan(0);
  });
});
