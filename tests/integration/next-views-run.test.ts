import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { openWords } from "#app/locales/words.server.ts";
import { compareNextViewsForRun } from "#app/services/compare-next-views-run.server.ts";
import { readRunPage } from "#app/services/read-run-page.server.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { plantedSessions } from "#tests/factories/planted-sessions.ts";
import { openTestDeps, type TestDeps } from "#tests/setup/test-deps.ts";

const [SHOP, QUIET_SHOP] = ["looked-at.myshopify.com", "quiet.myshopify.com"];
const NOW = new Date("2026-03-01T00:00:00Z");
const PRODUCTS = 20;
const gid = (variant: number) => `gid://shopify/ProductVariant/${variant}`;
const indexOf = new Map(Array.from({ length: PRODUCTS }, (_, item) => [gid(item), item]));

const Metrics = z.object({ hr20: z.number(), mrr20: z.number(), newHr20: z.number(), newMrr20: z.number() });

let deps: TestDeps;

async function compare(shop: string) {
  const { id: runId } = await deps.db.run.create({ data: { shop, cutoffAt: NOW } });
  const task = {
    indexOf,
    from: new Date("2026-01-01T00:00:00Z"),
    to: NOW,
    signal: new AbortController().signal,
  };
  const save = () => compareNextViewsForRun(deps, { shop, runId }, task);
  await save();
  const list = () =>
    deps.db.model.findMany({
      where: { shop, runId },
      select: { step: true, name: true, isChosen: true, metrics: true },
    });
  return { runId, save, list };
}

/** The looks of a shop whose products form a ring; the quiet shop has those of three sessions. */
beforeAll(async () => {
  await chooseBackend("wasm");
  deps = await openTestDeps();
  const { offsets, item, atMs } = plantedSessions({ sessions: 250, products: PRODUCTS, seed: 1 });
  const looksOf = (shop: string, sessions: number) =>
    Array.from({ length: sessions }, (_, session) =>
      Array.from({ length: offsets[session + 1]! - offsets[session]! }, (_, look) => ({
        shop,
        eventId: `${session}-${look}`,
        visitorKey: `v${session}`,
        kind: "product_viewed",
        variantGid: gid(item[offsets[session]! + look]!),
        occurredAt: new Date(atMs[offsets[session]! + look]!),
      })),
    ).flat();
  await deps.db.shop.create({ data: { shop: SHOP, customerKeySecret: "s".repeat(64), holdoutSalt: "salt" } });
  await deps.db.browseEvent.createMany({ data: [...looksOf(SHOP, 250), ...looksOf(QUIET_SHOP, 3)] });
});
afterAll(async () => {
  await deps.close();
});

describe("comparing what tells the next look of a shop's visitors", () => {
  it("keeps nothing of a shop with too few sessions, whatever another shop's visitors do", async () => {
    expect(await (await compare(QUIET_SHOP)).list()).toEqual([]);
  });

  it("keeps every candidate's figures with the run, one of them chosen, and the same on a repeat", async () => {
    const { runId, save, list } = await compare(SHOP);
    const models = await list();
    expect(models.every(({ step }) => step === "sessions")).toBe(true);
    expect(models.filter(({ isChosen }) => isChosen)).toHaveLength(1);
    const gainOf = (name: string) =>
      Metrics.parse(models.find((model) => model.name === name)?.metrics).newMrr20;
    expect(gainOf("session neighbours")).toBeGreaterThan(2 * gainOf("popular looks"));
    const page = await readRunPage(deps, { words: openWords("en"), shop: SHOP, runId, now: NOW });
    expect(page?.sessions).toHaveLength(models.length);
    expect(page?.sessions.map(({ name }) => name)).toContain("Similar visits");
    await save();
    expect((await list()).map(({ name }) => name).sort()).toEqual(models.map(({ name }) => name).sort());
  });
});
