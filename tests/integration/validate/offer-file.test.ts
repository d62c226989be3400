import { describe, expect, it } from "vitest";
import { openWords } from "#app/locales/words.server.ts";
import { createOffer } from "#app/services/validate/create-offer.server.ts";
import { exportOffers } from "#app/services/validate/export-offers.server.ts";
import { expectDrafts } from "#app/services/validate/edit-bundle.server.ts";
import { importOffers } from "#app/services/validate/import-offers.server.ts";
import { SHOP } from "#tests/factories/bundle-shop.ts";
import { openBundleShopEachTest } from "#tests/factories/bundle-shop-each-test.ts";
import { addPlacedOrder } from "#tests/factories/placed-order.ts";

const opened = await openBundleShopEachTest();
const NOW = new Date("2026-11-24T12:00:00Z");
const HEADER = "kind,title,products,gift,reward_type,reward,tiers,units,ends";

const read = (rows: readonly string[], { keeps = false, header = HEADER } = {}) =>
  importOffers(opened.deps, {
    shop: SHOP,
    csv: [header, ...rows].join("\r\n"),
    keeps,
    decidedBy: "42",
    now: NOW,
    words: openWords("en"),
  });
const count = () => opened.deps.db.bundle.count();
const id = (at: number) => opened.variants[at]!.variantGid.split("/").at(-1)!;
/** One row of each kind. */
const rows = () => [
  `set,Pair,${id(0)}*1 ${id(1)}*2,,percent,12.5,,,2026-12-24T18:30`,
  `range,"Any 3, mixed",product-1 product-2,,price,25.00,,3,`,
  `breaks,More,${id(2)}*1,,percent,,2:10 3:15,,`,
  `gift,Gift,${id(0)}*1,product-4,,100,,,`,
];

describe("a file of offers", () => {
  it.each([
    ["kind,title,products,colour\r\nset,A,b,c", "There is no column “colour”. Nothing was saved."],
    ["kind,title\r\nset,A", "The column “products” is missing. Nothing was saved."],
    ["kind,title,products", "The file contains no offers."],
    ['kind,title,products\r\nset,"A,b', /^Line \d is not valid CSV/],
    [
      `kind,title,products${"\r\nset,A,b".repeat(501)}`,
      "The file contains more than 500 offers. Nothing was saved.",
    ],
    ["x".repeat(1_000_001), "The file is larger than 1 MB. Nothing was saved."],
  ])("is refused with the reason: %#", async (csv, message) => {
    const [header, ...lines] = csv.split("\r\n");
    expect(await read(lines, { header: header! })).toEqual({
      ok: false,
      offers: [],
      problems: [],
      message: typeof message === "string" ? message : expect.stringMatching(message),
    });
  });

  it("gets the row, the column and the expected value for each bad cell, and saves no row at all", async () => {
    const { ok, message, problems } = await read(
      [
        rows()[0]!,
        `bundle,Pair,${id(0)}*1 ${id(1)}*1,,percent,10,,,`,
        `set,,${id(0)}*1 ${id(2)}*1,,percent,ten,,,2026-02-30`,
      ],
      { keeps: true },
    );
    expect({ ok, message }).toEqual({ ok: false, message: "1 cell must be corrected. Nothing was saved." });
    expect(problems).toEqual([
      "Row 3, kind: This value is not possible. Expected: set, range, breaks or gift",
    ]);
    const typed = await read([`set,,${id(0)}*1 ${id(2)}*1,,percent,ten,,,2026-02-30`], { keeps: true });
    expect(typed.problems).toEqual([
      "Row 2, title: Give it a title. Expected: at most 120 characters",
      "Row 2, reward: Enter a number. Expected: a number: 12.5 for percent, 5.00 for amounts",
      expect.stringMatching(/^Row 2, ends: This day does not exist. Expected: 2026-12-24/),
    ]);
    const sold = await read([
      "set,Pair,tea-pot cup,,percent,10,,,",
      `set,Pair,${id(0)}*1 ${id(1)}*1,,price,20.00,,,`,
      `set,Pair,${id(0)}*1 ${id(2)}*1,,percent,10,,,`,
      `set,Again,${id(2)}*1 ${id(0)}*1,,percent,20,,,`,
    ]);
    expect(sold.problems).toEqual([
      expect.stringMatching(/^Row 2, products: You have no product “tea-pot”/),
      expect.stringMatching(/^Row 3, reward: Together they cost \$20.00 today, so this saves nothing/),
      expect.stringMatching(/^Row 5, products: The same offer as in row 4/),
    ]);
    expect(await count()).toBe(0);
  });

  it("with the same products in other variants is a copy, unless the variants are fixed", async () => {
    const { productGid } = opened.variants[0]!;
    const variantGid = "gid://shopify/ProductVariant/990001";
    await opened.deps.db.variant.create({
      data: { shop: SHOP, productGid, variantGid, title: "Blue", priceMinor: 1_000 },
    });
    const header = "kind,title,products,reward,other_variants";
    const pairs = (other: string) => [
      `set,Red,${id(0)}*1 ${id(1)}*1,10,yes`,
      `set,Blue,990001*1 ${id(1)}*1,10,${other}`,
      `set,Two blue,990001*2 ${id(1)}*1,10,yes`,
    ];
    expect((await read(pairs("yes"), { header })).problems).toEqual([
      expect.stringMatching(/^Row 3, products: The same offer as in row 2/),
    ]);
    expect(await read(pairs("no"), { header })).toMatchObject({ ok: true, problems: [] });
  });

  it("finds by a handle the current product, not a deleted one that had the handle before", async () => {
    const { productGid } = opened.variants[0]!;
    const { handle } = await opened.deps.db.product.findFirstOrThrow({ where: { shop: SHOP, productGid } });
    await opened.deps.db.product.updateMany({ where: { productGid }, data: { deletedAt: NOW } });
    await opened.deps.db.product.create({
      data: {
        shop: SHOP,
        productGid: "gid://shopify/Product/990002",
        title: "Made anew",
        handle,
        status: "active",
        sourceUpdatedAt: NOW,
        variants: {
          create: [{ variantGid: "gid://shopify/ProductVariant/990002", title: "", priceMinor: 1_000 }],
        },
      },
    });
    expect(await read([`set,Pair,${handle} ${id(1)}*1,,percent,10,,,`], { keeps: true })).toMatchObject({
      ok: true,
      problems: [],
    });
    const held = await opened.deps.db.bundleComponent.findMany({ orderBy: { position: "asc" } });
    expect(held[0]!.variantGid).toBe("gid://shopify/ProductVariant/990002");
  });

  it("is first shown and then saved as drafts", async () => {
    const shown = await read(rows());
    expect(shown).toMatchObject({ ok: true, message: "4 offers would become drafts.", problems: [] });
    expect(shown.offers.map(({ line, kind }) => [line, kind])).toEqual([
      [2, "set"],
      [3, "range"],
      [4, "breaks"],
      [5, "gift"],
    ]);
    expect(await count()).toBe(0);
    expect(await read(rows(), { keeps: true })).toMatchObject({ message: "4 offers are now drafts." });
    const kept = await opened.deps.db.bundle.findMany({ orderBy: { title: "asc" } });
    expect(kept).toMatchObject([
      {
        title: "Any 3, mixed",
        terms: { kind: "range", units: 3, reward: { type: "price", priceMinor: 2_500 } },
      },
      { title: "Gift", terms: { kind: "gift", giftBasisPoints: 10_000 } },
      { title: "More", terms: { kind: "breaks" } },
      { title: "Pair", terms: null, discountRatio: 0.125, endsAt: new Date("2026-12-24T18:30:00Z") },
    ]);
    expect(new Set(kept.map(({ status }) => status))).toEqual(new Set(["proposed"]));
  });

  it("gets each offer's expected gain from the shop's orders once it is saved", async () => {
    await addPlacedOrder(opened.deps, opened.variants, { number: 1, fields: { placedAt: NOW } });
    await read(rows(), { keeps: true });
    const now = new Date(NOW.getTime() + 86_400_000);
    await expectDrafts(opened.deps, { shop: SHOP, now, signal: new AbortController().signal });
    const kept = await opened.deps.db.bundle.findMany();
    expect(kept.map(({ expected }) => expected)).toEqual(
      rows().map(() => expect.objectContaining({ extraMarginMinor: expect.anything() })),
    );
  });

  it("is saved once if it is submitted twice at once, and the second finds everything there", async () => {
    const both = await Promise.all([read(rows(), { keeps: true }), read(rows(), { keeps: true })]);
    expect(both.map(({ message }) => message).sort()).toEqual([
      "0 offers are now drafts. 4 already exist and stay as they are.",
      "4 offers are now drafts.",
    ]);
    expect(await count()).toBe(4);
  });

  it("can come back from an export with more rows, and existing offers stay as they are", async () => {
    await read(rows(), { keeps: true });
    const exported = (await exportOffers(opened.deps, { shop: SHOP }))!.trimEnd().split("\r\n");
    const [header, ...lines] = exported;
    const added = lines.map((line) => line.replace(`${id(0)}*1 ${id(1)}*2`, `${id(0)}*1 ${id(1)}*3`));
    const both = [...lines, ...added.filter((line) => !lines.includes(line))];
    expect(await read(both, { header: header!, keeps: true })).toMatchObject({
      ok: true,
      message: "1 offer is now a draft. 4 already exist and stay as they are.",
    });
    expect(await count()).toBe(5);
  });

  it("can come back with more rows even if an offer ended, saves nothing now or has a deleted product", async () => {
    const readExport = async () => (await exportOffers(opened.deps, { shop: SHOP }))!.trimEnd().split("\r\n");
    await read(rows(), { keeps: true });
    const [header, ...lines] = await readExport();
    const pair = lines.find((line) => line.startsWith("set,"))!;
    await opened.deps.db.bundle.updateMany({ data: { endsAt: new Date(NOW.getTime() - 1) } });
    await opened.deps.db.variant.updateMany({ data: { priceMinor: 800 } });
    await opened.deps.db.product.updateMany({
      where: { productGid: opened.variants[2]!.productGid },
      data: { deletedAt: NOW },
    });
    const ended = (await readExport()).slice(1);
    const more = pair.replace(`${id(0)}*1 ${id(1)}*2`, `${id(0)}*1 ${id(1)}*3`);
    expect(await read([...ended, more], { header: header! })).toMatchObject({
      problems: [],
      message: "1 offer would become a draft. 4 already exist and stay as they are.",
    });
  });

  it("keeps an offer's collection, which can be its only content", async () => {
    await opened.deps.db.product.updateMany({
      where: { productGid: { in: opened.variants.slice(1, 3).map(({ productGid }) => productGid) } },
      data: { collectionGids: ["gid://shopify/Collection/77"] },
    });
    const row = "range,Any two teas,collection:77,,percent,10,,2,";
    expect(await read([row], { keeps: true })).toMatchObject({ ok: true });
    const kept = await opened.deps.db.bundle.findFirstOrThrow({ include: { components: true } });
    expect(kept).toMatchObject({
      collectionGid: "gid://shopify/Collection/77",
      componentKey: "range:2:in:77",
    });
    expect(kept.components).toHaveLength(2);
    const [header, line] = (await exportOffers(opened.deps, { shop: SHOP }))!.trimEnd().split("\r\n");
    expect(line).toContain(`collection:77 ${id(1)}*1 ${id(2)}*1`);
    expect(await read([line!], { header: header! })).toMatchObject({ ok: true, offers: [] });
    expect(await read(["range,None,collection:78,,percent,10,,2,"])).toMatchObject({
      problems: [expect.stringMatching(/^Row 2, products: /)],
    });
  });

  it("escapes formulas for spreadsheets, and reads a title that looks like one", async () => {
    const title = '=HYPERLINK("https://evil.example","Sale")';
    await createOffer(opened.deps, {
      shop: SHOP,
      graphql: () => Promise.reject(new Error("nothing is to be asked for")),
      publishes: false,
      decidedBy: "42",
      now: NOW,
      words: openWords("en"),
      typed: {
        title,
        offer: { kind: "set", rewardType: "percent", rewardValue: "10" },
        components: [0, 1].map((at) => ({ variantGid: opened.variants[at]!.variantGid, quantity: "1" })),
      },
    });
    const [header, line] = (await exportOffers(opened.deps, { shop: SHOP }))!.split("\r\n");
    expect(line).toContain(`"'=HYPERLINK(""https`);
    await opened.deps.db.bundle.deleteMany();
    await read([line!], { header: header!, keeps: true });
    expect(await opened.deps.db.bundle.findMany()).toMatchObject([{ title }]);
  });
});
