import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { findArtefact, findArtefactInUse, saveModels } from "#app/data/runs/models.server.ts";
import { openWords } from "#app/locales/words.server.ts";
import { readModelsPage } from "#app/pages/runs/read-models-page.server.ts";
import { changeModel } from "#app/services/behaviour/change-model.server.ts";
import { emptyBundleShop, openBundleShop, SHOP } from "#tests/factories/bundle-shop.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const OTHER_SHOP = "other.myshopify.com";

const deps = await openTestDeps();
let minute = 0;

beforeEach(async () => {
  await emptyBundleShop(deps);
  await openBundleShop(deps);
});

const nextMinute = () => new Date(Date.UTC(2026, 10, 25, 0, ++minute));
const actor = "gid://shopify/StaffMember/1";

/** A run with a trained model, whose artefact is the run's number. */
async function saveRun(number: number, status = "succeeded"): Promise<string> {
  const runId = randomUUID();
  await deps.db.run.create({ data: { id: runId, shop: SHOP, status, cutoffAt: nextMinute() } });
  await saveVersion(runId, number);
  return runId;
}

async function saveVersion(runId: string, number: number): Promise<void> {
  const metrics = { hr10: 0.4, ndcg10: 0.2, fitMs: 3 };
  const candidates = [
    { name: "ease (product)", isChosen: false, metrics },
    { name: "relu network (product)", isChosen: true, metrics },
    { name: "rp3beta (product)", isChosen: true, metrics, artefact: Uint8Array.of(number) },
  ];
  const origin = { dataFrom: new Date(0), dataTo: new Date(1_000), backend: "wasm" };
  await saveModels(deps.db, { shop: SHOP, runId }, "behaviour", candidates, origin);
}

const inUse = async (runId: string) => {
  const artefact = await findArtefactInUse(deps.db, { shop: SHOP, runId });
  return artefact && [...artefact];
};
const words = openWords("en");
const readPage = () => readModelsPage(deps, { shop: SHOP, viewer: actor, words });
const versionsOf = async () => (await readPage()).versions;
const choose = (modelId: string | null, shop = SHOP) =>
  changeModel(deps, { shop, modelId, actor, now: nextMinute(), words });
const use = async (version: number) =>
  choose((await versionsOf()).find((one) => one.version === version)!.modelId);

describe("a model that the merchant pins", () => {
  it("is refused if it does not exist, belongs to another shop, or its run failed", async () => {
    await saveRun(1, "failed");
    const { modelId } = (await versionsOf())[0]!;
    const refused = { ok: false, message: words.t("server:model.notUsable") };
    expect(await choose(randomUUID())).toEqual(refused);
    expect(await choose(modelId, OTHER_SHOP)).toEqual(refused);
    expect(await choose(modelId)).toEqual(refused);
    expect(await choose(null)).toEqual({ ok: false, message: words.t("server:model.newestAlready") });
    expect((await readPage()).decisions).toEqual([]);
  });

  it("is used by later runs until it is released", async () => {
    const first = await saveRun(1);
    expect(await inUse(first)).toEqual([1]);
    expect(await use(1)).toEqual({ ok: true, message: words.t("server:model.held", { version: 1 }) });
    const second = await saveRun(2);
    expect(await inUse(second)).toEqual([1]);
    expect((await versionsOf()).map(({ version, isInUse }) => [version, isInUse])).toEqual([
      [2, false],
      [1, true],
    ]);

    expect(await choose(null)).toMatchObject({ ok: true });
    expect(await inUse(second)).toEqual([2]);
    const page = await readPage();
    expect(page.chosen).toBeNull();
    expect(page.decisions.map(({ action, version, who }) => [action, version, who])).toEqual([
      ["release", 1, "You"],
      ["use", 1, "You"],
    ]);
  });

  it("gives way to a newer choice, and choosing it twice is one decision", async () => {
    for (const number of [1, 2, 3]) await saveRun(number);
    await use(1);
    await use(2);
    const again = await Promise.all([use(2), use(2)]);
    expect(again.map(({ ok }) => ok)).toEqual([true, true]);
    const { chosen, decisions } = await readPage();
    expect(chosen).toMatchObject({ version: 2, who: "You" });
    expect(decisions).toHaveLength(2);
  });

  it("is kept however old it gets, and of the others the newest five are kept", async () => {
    const runs: string[] = [];
    for (const number of [1, 2]) runs.push(await saveRun(number));
    await use(1);
    for (const number of [3, 4, 5, 6, 7]) runs.push(await saveRun(number));
    const versions = await versionsOf();
    expect(versions.map(({ version, isUsable }) => [version, isUsable])).toEqual([
      [7, true],
      [6, true],
      [5, true],
      [4, true],
      [3, true],
      [2, false],
      [1, true],
    ]);
    expect(versions.find(({ version }) => version === 2)!.score).toBe("0.200");
    expect(await inUse(runs.at(-1)!)).toEqual([1]);
    expect(await use(2)).toMatchObject({ ok: false });
  });
});

describe("a version", () => {
  it("is replaced only by successful runs, and unsuccessful runs keep nothing after the next one", async () => {
    for (const number of [1, 2, 3, 4, 5]) await saveRun(number);
    for (const [index, status] of ["failed", "cancelled", "failed", "cancelled"].entries())
      await saveRun(6 + index, status);
    const atWork = await saveRun(10, "running");
    const versions = await versionsOf();
    const withContent = await deps.db.model.findMany({
      where: { shop: SHOP, artefact: { not: null } },
      orderBy: { version: "desc" },
    });
    expect(withContent.map(({ version }) => version)).toEqual([10, 5, 4, 3, 2, 1]);
    expect(versions.filter(({ isUsable }) => isUsable).map(({ version }) => version)).toEqual([
      5, 4, 3, 2, 1,
    ]);
    expect(await inUse(atWork)).toEqual([10]);
  });

  it("keeps its number when its run saves it again, and states its origin", async () => {
    await saveRun(1);
    const runId = await saveRun(2);
    await saveVersion(runId, 9);
    const [newest] = await versionsOf();
    expect(newest).toMatchObject({ runId, version: 2, backend: "wasm", learnedTo: "Jan 1, 1970" });
    expect(newest).toMatchObject({ method: "Neural network", score: "0.200" });
    expect(await findArtefact(deps.db, { shop: SHOP, runId }, "behaviour")).toEqual(Uint8Array.of(9));
  });
});
