import { describe, expect, it } from "vitest";
import { openWords } from "#app/locales/words.server.ts";
import { editBundles } from "#app/services/validate/edit-bundles.server.ts";
import { addBundle, SHOP } from "#tests/factories/bundle-shop.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";

const opened = await openBundleShopEachTest();
const NOW = new Date("2026-11-24T12:00:00Z");
const reward = { type: "percent", basisPoints: 500 };
const RANGE = { kind: "range", units: 2, allowsRepeats: true, reward };
const BREAKS = { kind: "breaks", scope: "product", tiers: [{ units: 2, reward }] };

const add = async (at: number, terms: object | null) => {
  const id = await addBundle(opened.deps, opened.variants.slice(at, at + 2), { discountRatio: 0.05 });
  if (terms) await opened.deps.db.bundle.update({ where: { id }, data: { terms } });
  return id;
};
const edit = (bundleIds: readonly string[], typed: object) =>
  editBundles(opened.deps, {
    shop: SHOP,
    decidedBy: "42",
    now: NOW,
    words: openWords("en"),
    bundleIds,
    typed: { percent: "", startsOn: "", endsOn: "", placement: "", ...typed },
  });
const read = (id: string) =>
  opened.deps.db.bundle.findUniqueOrThrow({ where: { id }, include: { decisions: true } });

describe("several offers changed at once", () => {
  it("stay unchanged if a typed value is invalid, with the form's message", async () => {
    const id = await add(0, null);
    expect(await edit([id], { percent: "95" })).toEqual({
      ok: false,
      message: "At most 90%",
      ids: [],
      conflicts: [],
    });
    expect(await edit([id], { endsOn: "2026-11-01" })).toEqual({
      ok: false,
      message: "Changed 0 bundles. 1 could not be changed: The last day is in the past",
      ids: [],
      conflicts: [],
    });
    expect(await read(id)).toMatchObject({ discountRatio: 0.05, endsAt: null, decisions: [] });
  });

  it("get a discount if they have a single one, while quantity breaks keep theirs", async () => {
    const [set, range, breaks] = [await add(0, null), await add(1, RANGE), await add(2, BREAKS)];
    expect(await edit([set, range, breaks], { percent: "12.5" })).toEqual({
      ok: false,
      message:
        "Changed 2 bundles. 1 could not be changed: Quantity breaks and gifts keep their own discounts.",
      ids: [set, range],
      conflicts: [],
    });
    expect(await read(set)).toMatchObject({ discountRatio: 0.125, decisions: [{ action: "edit" }] });
    expect(await read(range)).toMatchObject({ terms: { ...RANGE, reward: { basisPoints: 1_250 } } });
    expect(await read(breaks)).toMatchObject({ terms: BREAKS, decisions: [] });
  });

  it("report once which of the shop's limits they exceed", async () => {
    const ids = [await add(0, null), await add(1, RANGE)];
    const { ok, message } = await edit(ids, { percent: "60" });
    expect([ok, message.split("The discount is above your highest of 20%.").length]).toEqual([true, 2]);
    const some = await edit([ids[0]!, await add(2, BREAKS)], { percent: "61" });
    expect(some.message).toMatch(/keep their own discounts\. The discount is above your highest of 20%./);
  });

  it("keep the values of empty fields, whatever their kind", async () => {
    const [range, breaks] = [await add(1, RANGE), await add(2, BREAKS)];
    expect(await edit([range, breaks], { endsOn: "2026-12-24", placement: "cart" })).toEqual({
      ok: true,
      message: "Changed 2 bundles",
      ids: [range, breaks],
      conflicts: [],
    });
    const ended = { endsAt: new Date("2026-12-24T23:59:59.999Z"), startsAt: null, placement: "cart" };
    expect(await read(range)).toMatchObject({ ...ended, terms: RANGE });
    expect(await read(breaks)).toMatchObject({ ...ended, terms: BREAKS });
  });
});
