import { expect, it } from "vitest";
import { enforceRetention } from "#app/services/privacy/enforce-retention.server.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const SHOP = "demo-shop.myshopify.com";
const NOW = new Date("2026-11-24T12:00:00Z");
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000);

const deps = await openTestDeps();

it("runs are deleted after 400 days unless their models are kept, and the staff log after two years", async () => {
  await deps.db.shop.create({ data: shopRow(SHOP) });
  const run = (id: string, days: number, artefact: Uint8Array<ArrayBuffer> | null) =>
    deps.db.run.create({
      data: {
        shop: SHOP,
        message: { code: id, values: {} },
        status: "succeeded",
        cutoffAt: daysAgo(days),
        finishedAt: daysAgo(days),
        models: {
          create: { shop: SHOP, step: "behaviour", name: "ease", isChosen: true, metrics: {}, artefact },
        },
      },
    });
  await run("young", 399, null);
  await run("old", 401, null);
  await run("old with its models", 401, new Uint8Array(1));
  for (const days of [729, 731]) {
    await deps.db.auditEntry.create({
      data: { shop: SHOP, staffId: "1", action: "settings", at: daysAgo(days) },
    });
  }

  await enforceRetention(deps, { now: NOW });

  const left = (await deps.db.run.findMany()).map(({ message }) => (message as { code: string }).code);
  expect(left.toSorted()).toEqual(["old with its models", "young"]);
  expect(await deps.db.model.count()).toBe(2);
  expect(await deps.db.auditEntry.count()).toBe(1);
});
