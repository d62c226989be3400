import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { findArtefact, saveModels } from "#app/data/runs/models.server.ts";
import { decodeNeighbours } from "#app/domain/behaviour/neighbours.ts";
import { openWords } from "#app/locales/words.server.ts";
import { trainNextViewsForRun } from "#app/services/behaviour/train-next-views-run.server.ts";
import { readRunSessions } from "#app/services/behaviour/train-behaviour-run.server.ts";
import { readRunPage } from "#app/pages/runs/read-run-page.server.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { plantedSessions } from "#tests/factories/planted-sessions.ts";
import { shopRow } from "#tests/factories/shop-row.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const [SHOP, QUIET_SHOP] = ["looked-at.myshopify.com", "quiet.myshopify.com"];
const NOW = new Date("2026-03-01T00:00:00Z");
const PRODUCTS = 20;
const gid = (variant: number) => `gid://shopify/ProductVariant/${variant}`;
const itemKeys = Array.from({ length: PRODUCTS }, (_, item) => gid(item));
const indexOf = new Map(itemKeys.map((key, item) => [key, item]));

const Metrics = z.object({ hr20: z.number(), mrr20: z.number(), newHr20: z.number(), newMrr20: z.number() });

const deps = await openTestDeps();

async function compare(shop: string) {
  const { id: runId } = await deps.db.run.create({ data: { shop, cutoffAt: NOW } });
  const window = { from: new Date("2026-01-01T00:00:00Z"), to: NOW };
  const task = {
    itemKeys,
    ...window,
    sessions: await readRunSessions(deps, { shop, ...window }, { indexOf, items: indexOf.size }),
    backend: "wasm",
    signal: new AbortController().signal,
  };
  const key = { shop, runId };
  const save = () => trainNextViewsForRun(deps, key, task);
  await save();
  const list = () =>
    deps.db.model.findMany({
      where: { shop, runId },
      select: { step: true, name: true, isChosen: true, metrics: true },
    });
  const readNextViews = async () => {
    const artefact = await findArtefact(deps.db, key, "sessions");
    return artefact ? decodeNeighbours(artefact, { indexOf, items: indexOf.size }) : null;
  };
  return { runId, save, list, readNextViews };
}

/** The looks of a shop whose products form a ring; the quiet shop has those of three sessions. */
beforeAll(async () => {
  await chooseBackend("wasm");
  const { offsets, item, atMs } = plantedSessions({ sessions: 250, products: PRODUCTS, seed: 1 });
  const viewsOf = (shop: string, sessions: number) =>
    Array.from({ length: sessions }, (_, session) =>
      Array.from({ length: offsets[session + 1]! - offsets[session]! }, (_, view) => ({
        shop,
        eventId: `${session}-${view}`,
        visitorKey: `v${session}`,
        kind: "product_viewed",
        variantGid: gid(item[offsets[session]! + view]!),
        occurredAt: new Date(atMs[offsets[session]! + view]!),
      })),
    ).flat();
  await deps.db.shop.create({ data: shopRow(SHOP) });
  await deps.db.browseEvent.createMany({ data: [...viewsOf(SHOP, 250), ...viewsOf(QUIET_SHOP, 3)] });
});

describe("learning what a shop's visitors look at next", () => {
  it("keeps nothing of a shop with too few sessions, whatever another shop's visitors do", async () => {
    const { list, readNextViews } = await compare(QUIET_SHOP);
    expect(await list()).toEqual([]);
    expect(await readNextViews()).toBeNull();
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

  it("says on the run's page of a candidate that was not trained why, in the reader's language", async () => {
    const { id: runId } = await deps.db.run.create({ data: { shop: SHOP, cutoffAt: NOW } });
    const metrics = { notTrained: { code: "training.few", values: { missing: 1_200 } } };
    const untrained = { name: "history attention (cart)", isChosen: false, metrics };
    await saveModels(deps.db, { shop: SHOP, runId }, "behaviour", [untrained]);
    const page = await readRunPage(deps, { words: openWords("de"), shop: SHOP, runId, now: NOW });
    const [carts] = page!.behaviour;
    expect(carts!.rows).toEqual([
      {
        name: "Aufmerksamkeit über Kaufverläufe",
        isChosen: false,
        figures: ["–", "–", "–", "–"],
        note: "Nicht trainiert: Es fehlen 1.200 Bestellungen vor denen, an denen es erprobt wird",
      },
    ]);
  });

  it("leaves to later steps what is looked at after each product", async () => {
    const { partner, count } = (await (await compare(SHOP)).readNextViews())!;
    const first = itemKeys.map((_, item) => partner[item * count]!);
    const inOrder = first.filter((next, item) => next === (item + 1) % PRODUCTS);
    expect(inOrder.length).toBeGreaterThanOrEqual(0.9 * PRODUCTS);
  });
});
