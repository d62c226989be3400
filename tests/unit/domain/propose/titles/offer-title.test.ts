import { describe, expect, it } from "vitest";
import { findTheme, shorten, titleBundle } from "#app/domain/propose/titles/offer-title.ts";

const of = (titles: readonly string[], category = "") => titles.map((title) => ({ title, category }));

describe("findTheme", () => {
  it.each([
    ["one product", ["Red retrospot mug"]],
    ["products that share no word", ["PARTY BUNTING", "JAM MAKING SET WITH JARS"]],
    ["products that share a colour alone", ["IVORY KITCHEN SCALES", "BREAD BIN DINER STYLE IVORY"]],
    ["products that share a size or an amount", ["SET OF 3 CAKE TINS", "SET OF 4 JAM JARS"]],
    ["products that share a finish alone", ["WOODEN FRAME WHITE FINISH", "DRAWER CABINET WHITE FINISH"]],
    ["products that share a material alone", ["WOODEN SPOON", "WOODEN FRAME"]],
    ["numbered articles of a catalogue", ["Product 1", "Product 17"]],
    ["titles of signs and numbers", ["100 / 20", "100 - 30"]],
    ["titles without a letter", ["", ""]],
    ["products that share a joining word", ["TEA FOR ONE", "CARD FOR HIM"]],
  ])("is null for %s", (_, titles) => {
    expect(findTheme(of(titles))).toBeNull();
  });

  it.each([
    ["Regency", ["REGENCY CAKESTAND 3 TIER", "ROSES REGENCY TEACUP AND SAUCER"]],
    ["Roses regency", ["ROSES REGENCY TEACUP AND SAUCER", "REGENCY TEAPOT ROSES"]],
    ["Kitchen", ["IVORY KITCHEN SCALES", "VINTAGE BLUE KITCHEN CABINET"]],
    ["Red kitchen", ["RED KITCHEN SCALES", "VINTAGE RED KITCHEN CABINET"]],
    ["Keep calm", ["GARDENERS KNEELING PAD KEEP CALM", "DOORMAT KEEP CALM AND COME IN"]],
    ["Retrospot", ["RETROSPOT TEA SET CERAMIC 11 PC", "BAKING SET 9 PIECE RETROSPOT"]],
    ["Red retrospot", ["SET/5 RED RETROSPOT LID GLASS BOWLS", "RED RETROSPOT CAKE STAND"]],
    ["Pantry", ["SET OF 3 CAKE TINS PANTRY DESIGN", "RECIPE BOX PANTRY YELLOW DESIGN"]],
    ["Parisienne", ["PARISIENNE CURIO CABINET", "PARISIENNE JEWELLERY DRAWER"]],
    ["Dairy maid", ["DAIRY MAID LARGE MILK JUG", "DAIRY MAID TRADITIONAL TEAPOT"]],
    ["Tea time", ["TEA TIME PARTY BUNTING", "TEA TIME KITCHEN APRON"]],
    ["Happy birthday", ["BLUE HAPPY BIRTHDAY BUNTING", "WOODEN HAPPY BIRTHDAY GARLAND"]],
    ["Red diner", ["RED DINER WALL CLOCK", "BREAD BIN DINER STYLE RED"]],
    ["Sweetheart", ["SWEETHEART CAKESTAND 3 TIER", "CREAM SWEETHEART MINI CHEST"]],
    ["Spaceboy", ["SPACEBOY LUNCH BOX", "CHILDRENS CUTLERY SPACEBOY"]],
    ["Heart", ["WHITE HANGING HEART T-LIGHT HOLDER", "HEARTS OF WICKER LARGE"]],
    [
      "Red spotty paper",
      ["SET/20 RED SPOTTY PAPER NAPKINS", "SET/6 RED SPOTTY PAPER PLATES", "RED SPOTTY PAPER CUPS"],
    ],
    ["Lavender Care", ["Lavender Care Shampoo 250 ml", "Lavender Care Conditioner - 250 ml"]],
    ["Arlo", ["Arlo Tee - Navy / M", "Arlo Jeans - Navy / M"]],
    ["Blue picnic", ["Picnic rug blue", "Picnic basket, blue"]],
    ["Acme", ["Acme razor", "Shaving foam by Acme"]],
    ["Cream enamel", ["ENAMEL FLOWER JUG CREAM", "ENAMEL BREAD BIN CREAM"]],
    ["Camera", ["Camera", "Camera bag"]],
    ["Küchen Landhaus", ["Küchen Uhr Landhaus", "Küchen Waage Landhaus"]],
    ["Cocina lunares azul", ["Reloj de cocina lunares azul", "Báscula de cocina lunares azul"]],
    ["抹茶", ["抹茶 セット", "抹茶 茶碗"]],
  ])("returns %j", (theme, titles) => {
    expect(findTheme(of(titles))).toBe(theme);
  });

  it.each([
    ["Kitchen", "Home > Kitchen", ["Oven glove", "Whisk"]],
    ["Blue kitchen", "Kitchen", ["Blue scales", "Clock blue"]],
    ["Kitchen", "Kitchen", ["Blue scales", "Red clock"]],
  ])("returns %j with the category %s", (theme, category, titles) => {
    expect(findTheme(of(titles, category))).toBe(theme);
  });

  it("ignores a category that only one product has", () => {
    const [scales, clock] = of(["Blue scales", "Clock"], "Kitchen");
    expect(findTheme([scales!, { ...clock!, category: "Garden" }])).toBeNull();
  });
});

describe("shorten", () => {
  it.each([
    ["PARTY BUNTING", "Party bunting", "party bunting"],
    ["SET OF 3 CAKE TINS", "Cake tins", "cake tins"],
    ["Arlo Tee - Navy / M", "Arlo Tee", "Arlo Tee"],
    ["Brushed steel espresso machine with milk frother", "Brushed steel espresso machine…", null],
    ["抹".repeat(60), `${"抹".repeat(35)}…`, null],
    ["🎁".repeat(30), `${"🎁".repeat(17)}…`, null],
  ])("turns %s into %s", (title, first, amid) => {
    expect(shorten(title, "first")).toBe(first);
    expect(shorten(title, "amid")).toBe(amid ?? first);
  });
});

describe("the title of a bundle whose products have long names", () => {
  it("holds no half of a sign, which the database refuses", () => {
    const gifts = "🎁".repeat(60);
    expect(titleBundle([gifts, `A${gifts}`])).toBe(`${"🎁".repeat(28)}… + A${"🎁".repeat(28)}…`);
  });
});
