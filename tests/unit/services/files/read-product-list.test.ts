import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readProductList } from "#app/services/files/read-product-list.server.ts";
import { inEnglish } from "#tests/factories/write-english.ts";

const HEADER = "SKU,Title,Category,Variant Price,cost,stock,status";
let folder: string;

async function read(rows: readonly (string | Uint8Array)[], header = HEADER) {
  const path = join(folder, "products.csv");
  await writeFile(
    path,
    Buffer.concat([header, ...rows].flatMap((row) => [Buffer.from(row), Buffer.from("\n")])),
  );
  return readProductList(path, "EUR");
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundlesmith-products-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("product with an unreadable cell", () => {
  it.each([
    [
      "A1,Soap,,abc,,,",
      /^Variant Price "abc" is not a decimal number from 0 on, such as 12\.50$/,
      "priceMinor",
    ],
    ["A1,Soap,,$5,,,", /^Variant Price "\$5" is not/, "priceMinor"],
    ["A1,Soap,,1e5,,,", /^Variant Price "1e5" is not/, "priceMinor"],
    ["A1,Soap,,-5,,,", /^Variant Price "-5" is not/, "priceMinor"],
    [`A1,Soap,,${"9".repeat(30)},,,`, /^Variant Price "9+" is not/, "priceMinor"],
    ["A1,Soap,,,x,,", /^cost "x" is not a decimal number/, "costMinor"],
    ["A1,Soap,,,-0.01,,", /^cost "-0\.01" is not/, "costMinor"],
    ["A1,Soap,,,,ten,", /^stock "ten" is not a whole number$/, "stockUnits"],
    ["A1,Soap,,,,1.5,", /^stock "1\.5" is not a whole number$/, "stockUnits"],
  ] as const)("%s is used without that cell, and reported", async (row, reason, fact) => {
    const { products, rejectedCount, flawedCount, flawed } = await read(["A0,Mug,,1,1,1,active", row]);
    expect(products[1]).toMatchObject({ key: "A1", title: "Soap", [fact]: null });
    expect([rejectedCount, flawedCount]).toEqual([0, 1]);
    expect(flawed).toMatchObject([{ line: 3 }]);
    expect(flawed[0]!.flaws.map(inEnglish).join()).toMatch(reason);
  });

  it("is reported once, with all flaws", async () => {
    const { flawedCount, flawed } = await read(["A1,Soap,,abc,x,ten,sold out"]);
    expect(flawedCount).toBe(1);
    expect(flawed[0]!.flaws).toHaveLength(4);
  });
});

describe("product status", () => {
  it.each([
    ["", true],
    ["active", true],
    ["Published", true],
    ["TRUE", true],
    ["draft", false],
    ["Archived", false],
    ["inactive", false],
    ["unlisted", false],
    ["false", false],
  ])("%j is for sale: %s", async (status, isActive) => {
    const { products, flawedCount } = await read([`A1,Soap,,,,,${status}`]);
    expect([products[0]!.isActive, flawedCount]).toEqual([isActive, 0]);
  });

  it("that is unknown is reported, and the product counts as active", async () => {
    const { products, flawed } = await read(["A1,Soap,,,,,sold out"]);
    expect(products[0]!.isActive).toBe(true);
    expect(flawed[0]!.flaws.map(inEnglish)).toEqual(['status "sold out" is not one such as active or draft']);
  });
});

describe("Shopify's product export", () => {
  const SHOPIFY = "Handle,Title,Body (HTML),Type,Variant SKU,Variant Price,Status";

  it("has title, type and status of a product only in the row of its first variant", async () => {
    const { products, flawedCount } = await read(
      [
        "shirt,Shirt,,Clothes,S1,5.00,draft",
        "shirt,,,,S2,6.00,",
        "mug,Mug,,,M1,7.00,",
        "bag,Bag,,Bags,,,archived",
        "bag,,,,B1,8.00,",
      ],
      SHOPIFY,
    );
    expect(products.map(({ key, title, category, isActive }) => [key, title, category, isActive])).toEqual([
      ["S1", "Shirt", "Clothes", false],
      ["S2", "Shirt", "Clothes", false],
      ["M1", "Mug", "", true],
      ["B1", "Bag", "Bags", false],
    ]);
    expect(flawedCount).toBe(0);
  });

  it("can have a long description, but no title of many rows", async () => {
    const long = `"${"more\n".repeat(80)}"`;
    const { products, rejected } = await read(
      [`a,Shirt,${long},,A1,5.00,`, `b,${long},,,B1,5.00,`, "c,Mug,,,C1,7.00,"],
      SHOPIFY,
    );
    expect(products.map(({ key }) => key)).toEqual(["A1", "C1"]);
    expect(rejected).toEqual([{ line: 83, reason: { code: "row.runaway", values: { line: 163 } } }]);
  });
});

describe("product list", () => {
  it("that is not UTF-8 is used, and reported", async () => {
    const latin = Buffer.from("A1,Caf\xe9,,,,,", "latin1");
    const { products, garbledCount, garbledLine } = await read(["A0,Mug,,,,,", latin]);
    expect([products.length, garbledCount, garbledLine]).toEqual([2, 1, 3]);
  });

  it.each([
    ["with rows without a SKU", [HEADER, ",Soap,,,,,", ",Mug,,,,,"], /2 rejected; line 2: the SKU is empty/],
    ["with a header only", [HEADER], /it has a header only/],
    ["without anything", [""], /the file is empty/],
  ] as const)("%s is refused with the place and the reason", async (_, [header, ...rows], reason) => {
    await expect(read(rows, header)).rejects.toThrow(reason);
  });
});
