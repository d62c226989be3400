import { describe, expect, it } from "vitest";
import { openWords } from "#app/locales/words.server.ts";
import { decideBundles } from "#app/services/validate/decide-bundle.server.ts";
import { editBundles } from "#app/services/validate/edit-bundles.server.ts";
import { describeConflicts } from "#app/pages/describe-decision.server.ts";
import { readSuggestionsPage, SuggestionQuery } from "#app/pages/suggestions/read-suggestions-page.server.ts";
import { addBundle, SHOP } from "#tests/factories/bundle-shop.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";

const DAY_MS = 86_400_000;
const now = new Date("2026-11-20T12:00:00Z");
const words = openWords("en");
/** The state in which a run leaves a bundle. */
const OPEN = { status: "proposed" };
const PAIRS = [
  [0, 1],
  [0, 2],
  [0, 3],
  [1, 2],
  [1, 3],
] as const;

const opened = await openBundleShopEachTest();

const add = ([first, second]: readonly [number, number], fields = OPEN) =>
  addBundle(opened.deps, [opened.variants[first]!, opened.variants[second]!], fields);
const list = async (asked: Partial<SuggestionQuery>) =>
  (await readSuggestionsPage(opened.deps, {
    shop: SHOP,
    query: { ...SuggestionQuery.parse({}), ...asked },
    words,
    now,
  }))!;

describe("the filter by collection", () => {
  it("says when the list is cut, and includes the chosen collection even if it was deleted", async () => {
    const toGid = (number: number) => `gid://shopify/Collection/${number}`;
    await opened.deps.db.collection.createMany({
      data: Array.from({ length: 251 }, (_, at) => ({
        shop: SHOP,
        collectionGid: toGid(1_000 + at),
        title: `Collection ${1_000 + at}`,
        readAt: now,
      })),
    });
    const offered = async (collection: string | null) => (await list({ collection })).collections.slice(250);
    expect(await offered(null)).toEqual([]);
    expect(await offered(toGid(1_000))).toEqual([]);
    expect(await offered(toGid(1_250))).toEqual([{ id: toGid(1_250), title: "Collection 1250" }]);
    expect(await offered(toGid(77))).toEqual([{ id: toGid(77), title: "77" }]);
    expect((await list({})).hasMoreCollections).toBe(true);
    await opened.deps.db.collection.delete({
      where: { shop_collectionGid: { shop: SHOP, collectionGid: toGid(1_250) } },
    });
    expect((await list({})).hasMoreCollections).toBe(false);
    await opened.deps.db.collection.deleteMany();
  });
});

describe("a plan without room", () => {
  it("is told above the suggestions, until an offer is paused", async () => {
    await opened.deps.db.shop.update({
      where: { shop: SHOP },
      data: { installedAt: new Date(now.getTime() - 300 * DAY_MS) },
    });
    const live = await Promise.all(PAIRS.slice(1, 4).map((pair) => add(pair, { status: "published" })));
    expect((await list({})).planIsFull).toBeNull();
    await add(PAIRS[0]);
    expect((await list({})).planIsFull).toContain("Your plan has no room for more live bundles.");
    await opened.deps.db.bundle.update({ where: { id: live[0]! }, data: { status: "paused" } });
    expect((await list({})).planIsFull).toBeNull();
  });
});

describe("undoing a decision on several bundles", () => {
  it("leaves the bundles alone that the plan did not allow", async () => {
    // After its trial, the free plan allows three live bundles.
    await opened.deps.db.shop.update({
      where: { shop: SHOP },
      data: { installedAt: new Date(now.getTime() - 300 * DAY_MS) },
    });
    await add(PAIRS[0], { status: "approved" });
    await add(PAIRS[1], { status: "approved" });
    const bundleIds = await Promise.all(PAIRS.slice(2).map((pair) => add(pair)));
    const decide = (decision: "reject" | "approve" | "undo", ids: readonly string[], minutes: number) =>
      decideBundles(opened.deps, {
        shop: SHOP,
        bundleIds: ids,
        decision,
        decidedBy: "42",
        now: new Date(now.getTime() + minutes * 60_000),
      });
    await decide("reject", bundleIds, 1);

    const { decidedIds, refused, reasons } = await decide("approve", bundleIds, 2);
    expect([decidedIds, refused, reasons]).toEqual([bundleIds.slice(0, 1), 2, ["plan_is_full"]]);

    await decide("undo", decidedIds, 3);
    const after = await opened.deps.db.bundle.findMany({ where: { id: { in: bundleIds } } });
    expect(after.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  });
});

describe("a decision on several bundles from an outdated page", () => {
  it("leaves out a bundle decided in the meantime, and names its decision in the reader's language", async () => {
    const [first, second] = [await add(PAIRS[0]), await add(PAIRS[1])];
    const { deps } = opened;
    const by = { shop: SHOP, decidedBy: "42", now };
    await decideBundles(deps, { ...by, decidedBy: "7", bundleIds: [second], decision: "approve" });

    const { decidedIds, conflicts, reasons } = await decideBundles(deps, {
      ...by,
      bundleIds: [first, second],
      seen: new Map([first, second].map((id) => [id, { seenStatus: "proposed" as const }])),
      decision: "reject",
    });
    expect([decidedIds, reasons]).toEqual([[first], ["decision_conflict"]]);
    const stated = { shop: SHOP, viewer: "42", decided: conflicts };
    expect(await describeConflicts(deps, { ...stated, words })).toEqual([
      {
        bundleId: second,
        title: "Product 1 + Product 3",
        status: "approved",
        isStillPossible: true,
        text: "It has already been decided: Approved (Staff member 7, Nov 20, 2026, 12:00 PM).",
      },
    ]);
    const [german] = await describeConflicts(deps, { ...stated, viewer: "7", words: openWords("de") });
    expect(german!.text).toBe("Inzwischen wurde entschieden: Freigegeben (Du, 20.11.2026, 12:00).");
  });
});

describe("a change of several bundles from an outdated page", () => {
  it("leaves out a bundle whose same field a colleague changed, names it, and changes the others", async () => {
    const { deps } = opened;
    const bundleIds = await Promise.all(PAIRS.slice(0, 3).map((pair) => add(pair)));
    const seen = new Map((await list({})).bundles.map(({ id, newest }) => [id, newest]));
    const by = { shop: SHOP, words };
    const edit = (decidedBy: string, ids: readonly string[], typed: object, minutes: number) =>
      editBundles(deps, {
        ...by,
        decidedBy,
        bundleIds: ids,
        now: new Date(now.getTime() + minutes * 60_000),
        typed: { percent: "", startsOn: "", endsOn: "", placement: "", ...typed },
        ...(decidedBy === "42" && { seenNewest: seen }),
      });
    await edit("7", [bundleIds[0]!], { percent: "15" }, 0);
    await edit("7", [bundleIds[1]!], { placement: "cart" }, 0);

    const { message, ids, conflicts } = await edit("42", bundleIds, { percent: "12" }, 1);
    expect([message, ids]).toEqual([
      "Changed 2 bundles. 1 could not be changed: Changed by someone else",
      bundleIds.slice(1),
    ]);
    const after = await deps.db.bundle.findMany({ where: { id: { in: bundleIds } } });
    expect(bundleIds.map((id) => after.find((one) => one.id === id)!.discountRatio)).toEqual([
      0.15, 0.12, 0.12,
    ]);
    expect(
      await describeConflicts(deps, { ...by, viewer: "42", decided: conflicts, wished: "edits" }),
    ).toMatchObject([
      {
        bundleId: bundleIds[0],
        title: "Product 1 + Product 2",
        text: "In the meantime: Changed: discount 10% → 15% (Staff member 7, Nov 20, 2026, 12:00 PM).",
      },
    ]);
    // A reloaded page has seen the colleague's change.
    const anew = new Map((await list({})).bundles.map(({ id, newest }) => [id, newest]));
    for (const [id, newest] of anew) seen.set(id, newest);
    expect(await edit("42", bundleIds, { percent: "11" }, 2)).toMatchObject({ ok: true, conflicts: [] });
  });

  it("reports a bundle that no longer exists", async () => {
    const gone = "00000000-0000-4000-8000-000000000000";
    const typed = { percent: "12", startsOn: "", endsOn: "", placement: "" };
    const about = { shop: SHOP, decidedBy: "42", bundleIds: [gone], now, typed, words };
    expect((await editBundles(opened.deps, about)).message).toBe(
      "Changed 0 bundles. 1 could not be changed: This bundle does not exist.",
    );
  });
});

describe("the list of suggestions", () => {
  it("shows the last page after the page of the merchant has become empty", async () => {
    await add(PAIRS[0]);
    await add(PAIRS[1]);
    const { query, bundles, hasNext } = await list({ page: 2 });
    expect([query.page, bundles.length, hasNext]).toEqual([1, 2, false]);
  });

  it("is empty and on its first page if nothing matches the filters", async () => {
    await add(PAIRS[0]);
    const { query, bundles } = await list({ page: 3, search: "Umbrella" });
    expect([query.page, bundles]).toEqual([1, []]);
  });

  it("limits typed filters to their range instead of ignoring them", () => {
    const read = (asked: object) => SuggestionQuery.parse(asked);
    expect(["12.5", "-5", "2000000", "1e30"].map((minProfit) => read({ minProfit }).minProfit)).toEqual([
      12.5, 0, 2_000_000, 1e12,
    ]);
    expect(read({ search: ` ${"a".repeat(120)}` }).search).toBe("a".repeat(100));
  });

  it.each(["P%2", "Product _"])("finds nothing for %s, which no title contains", async (search) => {
    await add(PAIRS[0]);
    expect((await list({ search })).bundles).toEqual([]);
  });

  it.each(["100%", "_", "a\\b"])("finds only the title that contains %s", async (search) => {
    await add(PAIRS[0]);
    const id = await add(PAIRS[1]);
    await opened.deps.db.bundle.update({ where: { id }, data: { title: "100% cotton, size_a\\b" } });
    expect((await list({ search })).bundles.map((bundle) => bundle.id)).toEqual([id]);
  });

  it("lists what can be shown today above what waits or is sold out, whatever they earn", async () => {
    const { db } = opened.deps;
    const [later, soldOut, now1, now2] = [
      await add(PAIRS[0]),
      await add(PAIRS[4]),
      await add(PAIRS[1]),
      await add(PAIRS[3]),
    ];
    const set = (id: string, data: object) => db.bundle.update({ where: { id }, data });
    await set(later, { expectedExtraMarginMinor: 9_000, startsAt: new Date(now.getTime() + 30 * DAY_MS) });
    await set(soldOut, { expectedExtraMarginMinor: 8_000 });
    await set(now1, { expectedExtraMarginMinor: 10 });
    await set(now2, { expectedExtraMarginMinor: 20 });
    const { shop, variantGid } = { shop: SHOP, variantGid: opened.variants[3]!.variantGid };
    await db.variant.update({
      where: { shop_variantGid: { shop, variantGid } },
      data: { inventoryQuantity: 0 },
    });
    const { bundles } = await list({});
    expect(bundles.map(({ id, readiness, startsOn }) => [id, readiness, startsOn])).toEqual([
      [now2, "now", null],
      [now1, "now", null],
      [later, "later", "Dec 20, 2026"],
      [soldOut, "missing", null],
    ]);
    const byAge = await list({ sort: "newest" });
    expect(byAge.bundles).toHaveLength(4);
  });

  it.each([
    ["a set at a fixed price", { kind: "set", reward: { type: "price", priceMinor: 1_500 } }, "missing"],
    ["a gift with a purchase", { kind: "gift", spendMinor: null, giftBasisPoints: 10_000 }, "missing"],
    ["a gift by spending", { kind: "gift", spendMinor: 2_000, giftBasisPoints: 10_000 }, "now"],
    ["a choice", { kind: "range", units: 2, allowsRepeats: true, reward: { type: "none" } }, "now"],
  ])("says of %s whether one product that is sold out holds it up", async (_, terms, readiness) => {
    const { db } = opened.deps;
    const id = await add(PAIRS[0]);
    await db.bundle.update({ where: { id }, data: { terms } });
    await db.bundleComponent.updateMany({
      where: { bundleId: id, position: 1 },
      data: { isGift: terms.kind === "gift" },
    });
    const { variantGid } = opened.variants[0]!;
    await db.variant.updateMany({ where: { shop: SHOP, variantGid }, data: { inventoryQuantity: 0 } });
    const gift = { shop: SHOP, variantGid: opened.variants[2]!.variantGid };
    if (readiness === "now" && terms.kind === "gift")
      await db.bundleComponent.create({
        data: {
          ...gift,
          bundleId: id,
          position: 2,
          productGid: opened.variants[2]!.productGid,
          title: "C",
          priceMinor: 1_000,
        },
      });
    expect((await list({})).bundles).toMatchObject([{ id, readiness }]);
  });

  it("searches also for a text that ends within an emoji", async () => {
    await add(PAIRS[0]);
    const { search } = SuggestionQuery.parse({ search: `${"a".repeat(99)}😀` });
    expect((await list({ search })).bundles).toEqual([]);
  });

  it("shows the offer's title, its products and a month's gain in round figures", async () => {
    const id = await add(PAIRS[0]);
    const { db } = opened.deps;
    const estimate = { value: 4_000, low: 3_900, high: 9_000 };
    const expected = {
      ordersAnyway: estimate,
      ordersWithOffer: estimate,
      extraMarginMinor: estimate,
      extraRevenueMinor: estimate,
    };
    for (const [position, title] of ["RED RETROSPOT CAKE STAND", "RED RETROSPOT NAPKINS"].entries())
      await db.bundleComponent.updateMany({ where: { shop: SHOP, bundleId: id, position }, data: { title } });
    await db.bundle.update({
      where: { id },
      data: { expected, title: "For the party" },
    });
    expect((await list({})).bundles[0]).toMatchObject({
      title: "For the party",
      products: ["Red retrospot cake stand", "Red retrospot napkins"],
      gain: { text: "about $45 a month", sureness: "likely" },
    });
  });
});
