import { beforeEach, describe, expect, it } from "vitest";
import { saveModels } from "#app/data/runs/models.server.ts";
import { encodeNeighbours } from "#app/domain/behaviour/behaviour-model.ts";
import type { RunStatus } from "#app/domain/run-status.ts";
import { readComplements } from "#app/services/behaviour/read-complements.server.ts";
import { emptyBundleShop, openBundleShop, SHOP, type StockedVariant } from "#tests/factories/bundle-shop.ts";
import { openTestDeps } from "#tests/setup/test-deps.ts";

const deps = await openTestDeps();
const TITLES = [
  "Wall paint", "Angled brush", "Masking tape", "Roller tray", "Dust sheet", "Wall paint white",
  "Rosemary care shampoo", "Rosemary care conditioner", "Rosemary care mask", "Rosemary care serum",
]; // prettier-ignore
let variants: StockedVariant[];
let gids: string[];

beforeEach(async () => {
  await emptyBundleShop(deps);
  ({ variants } = await openBundleShop(deps, { products: TITLES.length }));
  gids = variants.map(({ productGid }) => productGid);
  for (const [at, title] of TITLES.entries()) await changeProduct(at, { title });
});

const changeProduct = (at: number, data: object) =>
  deps.db.product.update({ where: { shop_productGid: { shop: SHOP, productGid: gids[at]! } }, data });

/** A run whose model says that other products go with the first one, in this order, and the first with them. */
async function saveRun(
  order: readonly number[],
  {
    status = "succeeded",
    of = 0,
    strengths = [],
  }: { status?: RunStatus; of?: number; strengths?: readonly number[] } = {},
): Promise<void> {
  const { id: runId } = await deps.db.run.create({ data: { shop: SHOP, status, cutoffAt: new Date() } });
  const count = order.length;
  const partner = new Int32Array(variants.length * count).fill(-1);
  const strength = new Float32Array(variants.length * count);
  order.forEach((other, place) => {
    partner[of * count + place] = other;
    strength[of * count + place] = strengths[place] ?? 1 - place / 10;
    partner[other * count] = of;
    strength[other * count] = 1;
  });
  const keys = variants.map(({ variantGid }) => variantGid);
  const artefact = encodeNeighbours({ count, partner, strength }, keys);
  await saveModels(deps.db, { shop: SHOP, runId }, "behaviour", [
    { name: "given", isChosen: true, metrics: {}, artefact },
  ]);
}

const complementsOf = async (...chosen: number[]) => {
  const found = await readComplements(deps, { shop: SHOP, productGids: chosen.map((at) => gids[at]!) });
  return found.map((gid) => TITLES[gids.indexOf(gid)]);
};

describe("the complements of an offer's products", () => {
  it("are unknown before a run has succeeded", async () => {
    expect(await complementsOf(0)).toEqual([]);
    await saveRun([1, 2], { status: "failed" });
    expect(await complementsOf(0)).toEqual([]);
  });

  it("come from the newest run, without the products already in the offer", async () => {
    await saveRun([1, 2, 3]);
    await saveRun([3, 1, 2]);
    expect(await complementsOf(0)).toEqual(["Roller tray", "Angled brush", "Masking tape"]);
    expect(await complementsOf(0, 3)).toEqual(["Angled brush", "Masking tape"]);
  });

  it("include no other design of a product, and none that cannot be bought or that the merchant excludes", async () => {
    await saveRun([5, 4, 3, 2, 1]);
    await changeProduct(4, { status: "draft" });
    await changeProduct(3, { tags: ["heavy"] });
    await deps.db.variant.updateMany({
      where: { shop: SHOP, productGid: gids[2]! },
      // It was oversold until the shop stopped selling it without stock.
      data: { inventoryQuantity: -1 },
    });
    await deps.db.shop.update({ where: { shop: SHOP }, data: { settings: { excludedTags: ["heavy"] } } });
    expect(await complementsOf(0)).toEqual(["Angled brush"]);
  });

  it("include none that is far behind the best one", async () => {
    await saveRun([1, 2, 3], { strengths: [1, 0.3, 0.2] });
    expect(await complementsOf(0)).toEqual(["Angled brush", "Masking tape"]);
  });

  it("include the rest of a product line, but not one of many designs", async () => {
    await saveRun([1, 7, 8], { of: 6 });
    expect(await complementsOf(6)).toEqual([TITLES[1], TITLES[7], TITLES[8]]);
    await saveRun([7, 8, 9, 1], { of: 6 });
    expect(await complementsOf(6)).toEqual([TITLES[1]]);
  });
});
