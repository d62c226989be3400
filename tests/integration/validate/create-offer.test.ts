import { describe, expect, it } from "vitest";
import { openDatabase } from "#app/data/db.server.ts";
import { saveProposals } from "#app/data/bundles/proposals.server.ts";
import type { OfferTerms } from "#app/domain/offer/offer.ts";
import type { Locale } from "#app/locales/translate.ts";
import { openWords } from "#app/locales/words.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { readOfferFigures } from "#app/pages/bundle/read-offer-figures.server.ts";
import { createOffer } from "#app/services/validate/create-offer.server.ts";
import { editBundleTerms } from "#app/services/validate/edit-bundle.server.ts";
import { readOfferOutlook } from "#app/services/evaluate/read-offer-evidence.server.ts";
import { undoDecision } from "#app/services/validate/undo-decision.server.ts";
import { SHOP } from "#tests/factories/bundle-shop.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";
import { addPlacedOrder } from "#tests/factories/placed-order.ts";
import { supportedProposal } from "#tests/factories/supported-proposal.ts";

const opened = await openBundleShopEachTest();
const NOW = new Date("2026-11-24T12:00:00Z");

/** Creates an offer of the first products (two by default) from typed values. */
const create = (
  offer: object,
  { products = 2, publishes = false, gift = -1, ...more } = {},
  deps: Deps = opened.deps,
  locale: Locale = "en",
) =>
  createOffer(deps, {
    shop: SHOP,
    graphql: () => Promise.reject(new Error("nothing is to be asked for")),
    publishes,
    decidedBy: "42",
    now: NOW,
    words: openWords(locale),
    typed: {
      title: "By hand",
      offer,
      components: opened.variants
        .slice(0, products)
        .map(({ variantGid }, at) => ({ variantGid, quantity: "1", isGift: at === gift })),
      ...more,
    },
  });

/** The form's figures for an offer of the first products. */
const readFigures = (offer: object, gift = -1, products = 2) =>
  readOfferFigures(opened.deps, {
    shop: SHOP,
    bundleId: null,
    typed: {
      offer,
      components: opened.variants
        .slice(0, products)
        .map(({ variantGid }, at) => ({ variantGid, quantity: "1", isGift: at === gift })),
    },
    words: openWords("en"),
    now: NOW,
  });
const SET = { kind: "set", rewardType: "percent", rewardValue: "12.5" };

describe("an offer made by hand", () => {
  it.each([
    ["tiers", { kind: "breaks", tiers: [2, 2].map((units) => ({ units: String(units), value: "10" })) }],
    ["reward", { kind: "set", rewardType: "price", rewardValue: "20.00" }],
    ["reward", { kind: "set", rewardType: "price", rewardValue: "1,299" }],
    ["reward", { ...SET, rewardValue: "12.345" }],
    ["units", { kind: "range", units: "13", rewardValue: "10" }],
    ["gift", { kind: "gift", giftPercent: "100" }],
    ["spend", { kind: "gift", countsSpend: true, spend: "much", giftPercent: "100" }],
  ])("is refused with a message beside %s, and is not saved", async (field, offer) => {
    expect(await create(offer)).toMatchObject({
      ok: false,
      problems: [{ field, message: expect.stringMatching(/^[A-Z1-9]/) }],
    });
    expect(await opened.deps.db.bundle.count()).toBe(0);
  });

  it("has no title and no figures before it has the products that its kind needs", async () => {
    const gift = { kind: "gift", giftPercent: "100" };
    expect(await readFigures(SET, -1, 1)).toBeNull();
    expect(await readFigures(gift, -1, 1)).toBeNull();
    expect(await readFigures(gift, 1)).not.toBeNull();
  });

  it("is refused if it exists already, and names the existing one", async () => {
    const first = await create(SET);
    const second = await create({ ...SET, rewardValue: "20" });
    expect(second).toMatchObject({ ok: false, twin: { id: first.ok && first.bundleId, title: "By hand" } });
    expect(await create({ kind: "range", units: "2", rewardValue: "10" })).toMatchObject({ ok: true });
  });

  it("is saved once if it is created twice at once, and the second attempt names the first", async () => {
    const both = await Promise.all([create(SET), create(SET)]);
    const first = both.find(({ ok }) => ok);
    expect(both).toContainEqual(
      expect.objectContaining({ ok: false, twin: { id: first?.ok && first.bundleId, title: "By hand" } }),
    );
    expect(await opened.deps.db.bundle.count()).toBe(1);
  });

  it("is checked on the connection that saves it, so that it works with a pool of one", async () => {
    const single = openDatabase(opened.deps.databaseUrl, 1);
    try {
      expect(await create(SET, {}, { ...opened.deps, ...single })).toMatchObject({ ok: true });
    } finally {
      await single.close();
    }
  });

  it("is warned of if one product of its pool breaks the margin floor, whichever comes first", async () => {
    const { variantGid } = opened.variants[1]!;
    await opened.deps.db.variant.updateMany({ where: { variantGid }, data: { costMinor: 900 } });
    const range = { kind: "range", units: "2", rewardType: "price", rewardValue: "18.00" };
    expect((await readFigures(range))?.steps).toMatchObject([
      {
        leaves: expect.stringContaining("it leaves you $4.00"),
        warning:
          "The choice with the lowest margin sells for $18.00 and leaves you $0.00. That is a margin of 0%, below your lowest of 15%.",
      },
    ]);
    const created = await create(range);
    expect(created.message).toContain("Leaves a margin of 0%");
    const bundleId = created.ok ? created.bundleId : "";
    const typed = { offer: { kind: "range", units: "2", rewardType: "price", rewardValue: "17.90" } };
    const words = openWords("en");
    const edited = await editBundleTerms(opened.deps, {
      shop: SHOP,
      bundleId,
      decidedBy: "42",
      now: NOW,
      words,
      typed,
    });
    expect(edited).toMatchObject({ ok: true, warnings: [expect.stringContaining("margin")] });
  });

  it("is warned of in the reader's language, with its period between the sentences", async () => {
    const saved = (locale: Locale, rewardValue: string, products: number) =>
      create({ ...SET, rewardValue }, { products }, opened.deps, locale);
    expect(await saved("ja", "30", 2)).toMatchObject({
      message: "保存しました。割引が設定した上限の20%を超えています。",
    });
    expect(await saved("en", "30", 3)).toMatchObject({
      message: "Saved. The discount is above your highest of 20%.",
    });
  });

  it("accepts hundredths of a percent, and ends at a minute in the shop's time zone", async () => {
    await opened.deps.db.shop.updateMany({ data: { timeZone: "America/New_York" } });
    expect(await create(SET, { publishes: true, endsOn: "2026-12-24T18:30" } as object)).toMatchObject({
      ok: true,
      message: openWords("en").t("server:doneOne.approve"),
    });
    expect(await opened.deps.db.bundle.findFirst()).toMatchObject({
      status: "approved",
      discountRatio: 0.125,
      terms: null,
      endsAt: new Date("2026-12-24T23:30:00Z"),
    });
  });

  it("is saved beyond the shop's limits, with a warning", async () => {
    const message = expect.stringContaining("The discount is above your highest of 20%.");
    expect(await create({ ...SET, rewardValue: "60" })).toMatchObject({ ok: true, message });
  });

  it("is warned of beyond the shop's limits before it is saved", async () => {
    const figures = await readFigures({ ...SET, rewardValue: "60" });
    expect(figures?.steps[0]?.warning).toContain("The discount is above your highest of 20%.");
  });

  it("that went live at once can be undone like any other", async () => {
    const created = await create(SET, { publishes: true });
    const bundleId = created.ok ? created.bundleId : "";
    const undone = await undoDecision(opened.deps, {
      shop: SHOP,
      bundleId,
      decidedBy: "42",
      now: new Date(NOW.getTime() + 60_000),
    });
    expect(undone).toMatchObject({ ok: true });
    expect(await opened.deps.db.bundle.findFirst()).toMatchObject({ status: "proposed" });
  });

  it.each([
    ["Product 1 with Product 2", SET, {}],
    ["Pick any 2", { kind: "range", units: "2", rewardValue: "10" }, {}],
    ["Product 1", { kind: "breaks", tiers: [{ units: "2", value: "10" }] }, { products: 1 }],
    ["Buy more, save more", { kind: "breaks", tiers: [{ units: "2", value: "10" }] }, {}],
    ["Get Product 3 free", { kind: "gift", giftPercent: "100" }, { products: 3, gift: 2 }],
  ])("gets the title %s if the merchant gives none", async (title, offer, which) => {
    expect(await create(offer, { ...which, title: undefined } as object)).toMatchObject({ ok: true });
    expect(await opened.deps.db.bundle.findFirst()).toMatchObject({ title });
  });

  it("does not get another offer's title, and the form shows that beforehand", async () => {
    await create(SET, { products: 3, title: "Product 1 with Product 2" } as object);
    const figures = await readFigures(SET);
    const created = await create(SET, { title: undefined } as object);
    const id = created.ok ? created.bundleId : "";
    const { title } = await opened.deps.db.bundle.findUniqueOrThrow({ where: { id } });
    expect([title, figures?.title]).toEqual(["Product 1 + Product 2", "Product 1 + Product 2"]);
  });

  it.each([
    ["a set", SET, -1, ["Product 2 is out of stock."]],
    ["breaks of either", { kind: "breaks", tiers: [{ units: "2", value: "10" }] }, -1, []],
    ["a gift", { kind: "gift", giftPercent: "100" }, 1, ["Product 2 is out of stock."]],
  ])(
    "of %s names before saving what is out of stock and cannot be left out",
    async (_, offer, gift, said) => {
      const { variantGid } = opened.variants[1]!;
      await opened.deps.db.variant.update({
        where: { shop_variantGid: { shop: SHOP, variantGid } },
        data: { inventoryQuantity: 0 },
      });
      const figures = await readFigures(offer, gift);
      expect(figures?.more.map(({ text }) => text)).toEqual(said);
    },
  );

  it.each(["draft", "archived"])("names before saving a product that is %s", async (status) => {
    const { productGid } = opened.variants[1]!;
    await opened.deps.db.product.update({
      where: { shop_productGid: { shop: SHOP, productGid } },
      data: { status },
    });
    const figures = await readFigures(SET);
    expect(figures?.more.map(({ text }) => text)).toEqual([
      "Product 2 is not on sale. Make it active in Shopify.",
    ]);
  });

  it("stays unchanged while it waits, whatever runs propose", async () => {
    await create(SET);
    const { id: runId } = await opened.deps.db.run.create({
      data: { shop: SHOP, cutoffAt: NOW, message: "" },
    });
    const propose = (proposals: Parameters<typeof saveProposals>[2]) =>
      opened.deps.db.$transaction((tx) => saveProposals(tx, { shop: SHOP, runId }, proposals, NOW));
    await propose([]);
    await propose([supportedProposal(opened.variants.slice(0, 2))]);
    expect(await opened.deps.db.bundle.findMany()).toMatchObject([
      { kind: "merchant", status: "proposed", discountRatio: 0.125, title: "By hand" },
    ]);
  });

  it("is refused if other variants of the same products are on offer, unless its variants are fixed", async () => {
    const [first] = opened.variants;
    const other = {
      ...first!,
      variantGid: `${first!.variantGid}9`,
      title: "Large",
      shop: SHOP,
      priceMinor: 1_000,
    };
    const { variantGid, productGid, title, shop, priceMinor } = other;
    await opened.deps.db.variant.create({ data: { variantGid, productGid, title, shop, priceMinor } });
    await create(SET);
    const components = [variantGid, opened.variants[1]!.variantGid].map((gid) => ({
      variantGid: gid,
      quantity: "1",
    }));
    expect(await create(SET, { components } as object)).toMatchObject({
      ok: false,
      twin: { title: "By hand" },
    });
    const closed = await create(SET, { components, letsShopperChoose: false } as object);
    const two = components.map((one) => ({ ...one, quantity: "2" }));
    const more = await create(SET, { components: two } as object);
    expect([closed, more]).toMatchObject([{ ok: true }, { ok: true }]);
    // An edit cannot turn it into a copy of an existing offer either, neither by opening the choice nor by changing
    // units.
    const edit = ({ bundleId = "" }: object & { bundleId?: string }, typed: object) =>
      editBundleTerms(opened.deps, {
        shop: SHOP,
        bundleId,
        decidedBy: "42",
        now: new Date(NOW.getTime() + 1_000),
        words: openWords("en"),
        typed,
      });
    const message = expect.stringContaining("By hand");
    expect(await edit(closed, { letsShopperChoose: true })).toMatchObject({
      problems: [{ field: "letsShopperChoose", message }],
    });
    expect(await edit(more, { components })).toMatchObject({ problems: [{ field: "components", message }] });
    expect(await edit(more, { title: "Two of each", offer: { ...SET, rewardValue: "15" } })).toMatchObject({
      ok: true,
    });
  });

  it("gets its expected gain from the shop's orders, and can compete with learned suggestions", async () => {
    await sellForNinetyDays();
    await create(SET);
    const bundle = await opened.deps.db.bundle.findFirstOrThrow();
    expect(Number(bundle.expectedExtraMarginMinor)).not.toBe(0);
    expect(bundle.expected).toMatchObject({ ordersAnyway: { value: expect.closeTo((30 * 28) / 90, 0) } });
  });

  it.each([
    ["a set", { kind: "set", reward: { type: "percent", basisPoints: 1_000 } }],
    ["a gift", { kind: "gift", spendMinor: null, giftBasisPoints: 10_000 }],
  ] as const)("of %s is based on orders that hold at least as many of each product", async (_, terms) => {
    await sellForNinetyDays();
    await opened.deps.db.orderLine.updateMany({
      where: { position: 1, orderGid: { in: ["gid://shopify/Order/0", "gid://shopify/Order/3"] } },
      data: { quantity: 2 },
    });
    const components = opened.variants.slice(0, 2).map(({ variantGid, productGid }, at) => {
      return {
        variantGid,
        productGid,
        quantity: at + 1,
        isGift: at === 1 && terms.kind === "gift",
        priceMinor: 1_000,
      };
    });
    const { evidence, expected } = await readOfferOutlook(opened.deps, {
      shop: SHOP,
      terms,
      components,
      now: NOW,
    });
    expect(evidence[0]).toMatchObject({ code: "handTogether", values: { together: 2 } });
    expect(expected?.ordersAnyway.value).toBeCloseTo((2 * 28) / 90, 1);
  });

  const PERCENT = { type: "percent", basisPoints: 1_000 } as const;
  const LIMITED: readonly [string, OfferTerms, number, number][] = [
    ["a set while all of it lasts", { kind: "set", reward: PERCENT }, 2, 0.5],
    [
      "breaks of one product while that lasts",
      { kind: "breaks", scope: "variant", tiers: [{ units: 2, reward: PERCENT }] },
      1,
      0.5,
    ],
    [
      "a choice of several all the time, as others take its place",
      { kind: "range", units: 2, allowsRepeats: true, reward: PERCENT },
      2,
      1,
    ],
  ];
  it.each(LIMITED)("is expected to sell %s, and reports a shortage", async (_, terms, products, share) => {
    await sellForNinetyDays();
    const components = opened.variants.slice(0, products).map(({ variantGid, productGid }) => {
      return { variantGid, productGid, quantity: 1, isGift: false, priceMinor: 1_000 };
    });
    const read = async (inventoryQuantity: number | null) => {
      const { variantGid } = opened.variants[0]!;
      await opened.deps.db.variant.updateMany({ where: { variantGid }, data: { inventoryQuantity } });
      return readOfferOutlook(opened.deps, { shop: SHOP, terms, components, now: NOW });
    };
    const unlimited = await read(null);
    // Each product sells 60 units in 90 days, so 9 units last for about half of the 28 days.
    const limited = await read(9);
    const soldIn = ({ expected }: typeof limited) => expected!.ordersWithOffer.value;
    expect(soldIn(limited) / soldIn(unlimited)).toBeCloseTo(share, 1);
    const codes = limited.evidence.map(({ code }) => code);
    expect(codes.includes("stockShort")).toBe(share < 1);
    expect(unlimited.evidence.map(({ code }) => code)).not.toContain("stockShort");
  });

  it.each([
    ["20.00", 30],
    ["20.01", 0],
  ])("for a gift from %s counts the orders that spent that much: %i", async (spend, orders) => {
    await sellForNinetyDays();
    await create({ kind: "gift", countsSpend: true, spend, giftPercent: "100" }, { products: 3, gift: 2 });
    const { expected } = await opened.deps.db.bundle.findFirstOrThrow();
    expect(expected).toMatchObject({ ordersAnyway: { value: expect.closeTo((orders * 28) / 90, 0) } });
  });
});

/** One order a day at 10.00 per product. Every third holds the first two products, the others hold one of them. */
async function sellForNinetyDays(): Promise<void> {
  for (let number = 0; number < 90; number++) {
    const from = number % 3 === 0 ? 0 : number % 2;
    const held = opened.variants.slice(from, number % 3 === 0 ? 2 : from + 1);
    const placedAt = new Date(NOW.getTime() - (number + 1) * 86_400_000);
    await addPlacedOrder(opened.deps, held, { number, fields: { placedAt } });
  }
}
