import { readdirSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { isBundleDiscount } from "#app/domain/collect/messages/our-marks.ts";
import { readFunctionWasm } from "#extensions/build.ts";
import { inputOf, lineOf, offerOf, runOn } from "./function-inputs.ts";

const LOCALES = new URL("../../../extensions/bundle-offer/locales/", import.meta.url);
/** The storefront's languages but English, as Shopify's codes. */
const TRANSLATED = readdirSync(LOCALES).flatMap((name) => {
  const [, locale] = /^([\w-]+)\.json$/.exec(name) ?? [];
  return locale === undefined ? [] : [locale.toUpperCase().replace("-", "_")];
});
/** Shopify's, one that nobody has, and such as only begin or end like another. */
const OTHERS = ["EN", "TH", "", "PT", "PT_BRA", "E", "ZH_TW"];

let wasm: Uint8Array;
beforeAll(async () => {
  wasm = await readFunctionWasm();
});

const run = (input: unknown) => runOn(wasm, input);

const pair = { v: 1, o: [offerOf(1500, [11, 1], [22, 1])] };

describe("a cart without a discount", () => {
  const complete = () => [lineOf(1, 11, 1, "10.0", pair), lineOf(2, 22, 1, "5.0")];

  it("is one that lacks a component", () => {
    expect(run(inputOf([lineOf(1, 11, 2, "10.0", pair)]))).toEqual([]);
  });

  it("is one of a visitor in the holdout", () => {
    expect(run(inputOf(complete(), `h:${"ab".repeat(16)}`))).toEqual([]);
    expect(run(inputOf(complete(), `t:${"ab".repeat(16)}`))).toHaveLength(1);
  });

  it("is one whose discount may not touch products", () => {
    expect(run({ ...inputOf(complete()), discount: { discountClasses: ["ORDER", "SHIPPING"] } })).toEqual([]);
  });

  it("is one that has a component only as a subscription or as a gift card", () => {
    const [anchor, other] = complete();
    const subscription = {
      ...other!,
      sellingPlanAllocation: { sellingPlan: { id: "gid://shopify/SellingPlan/1" } },
    };
    const product = { ...other!.merchandise.product, isGiftCard: true };
    const giftCard = { ...other!, merchandise: { ...other!.merchandise, product } };
    expect(run(inputOf([anchor!, subscription]))).toEqual([]);
    expect(run(inputOf([anchor!, giftCard]))).toEqual([]);
  });

  it("is one whose offer's last day is over by the shop's calendar, or is no day", () => {
    const ofLastDay = (u: unknown) => {
      const [anchor, other] = [
        lineOf(1, 11, 1, "10.0", { v: 1, o: [{ ...offerOf(1500, [11, 1], [22, 1]), u }] }),
        lineOf(2, 22, 1, "5.0"),
      ];
      return run(inputOf([anchor, other]));
    };
    for (const u of [20261123, 0, -1, "20261231", true, 20261124.5, {}]) expect(ofLastDay(u)).toEqual([]);
    for (const u of [20261124, 20261201, 99991231, null]) expect(ofLastDay(u)).toHaveLength(1);
  });

  it("is one whose offer is for other countries than the shopper's, or for what is no list of them", () => {
    const ofCountries = (m: unknown, isoCode: unknown = "AT") => {
      const offers = { v: 1, o: [{ ...offerOf(1500, [11, 1], [22, 1]), m }] };
      const input = inputOf([lineOf(1, 11, 1, "10.0", offers), lineOf(2, 22, 1, "5.0")]);
      return run({ ...input, localization: { country: { isoCode } } } as typeof input);
    };
    for (const m of ["DE", "CH DE", "TA", "XA TX", "", "A", 7, true, {}, ["AT"]])
      expect(ofCountries(m)).toEqual([]);
    for (const m of ["AT", "AT DE", "CH AT DE", null]) expect(ofCountries(m)).toHaveLength(1);
    for (const unknown of [null, "", "AUT"]) expect(ofCountries("AT", unknown)).toEqual([]);
    expect(ofCountries(undefined, null)).toHaveLength(1);
  });

  it("is one whose saving is less than a hundredth", () => {
    const tiny = { v: 1, o: [offerOf(1, [11, 1], [22, 1])] };
    expect(run(inputOf([lineOf(1, 11, 1, "0.01", tiny), lineOf(2, 22, 1, "0.02")]))).toEqual([]);
  });

  it.each([
    ["of another version", { v: 2, o: pair.o }],
    ["that is a list", [pair]],
    ["that is text", "v1"],
    ["without offers", { v: 1 }],
    [
      "with a fraction of a unit",
      {
        v: 1,
        o: [
          {
            ...pair.o[0],
            c: [
              { v: "11", q: 1.5 },
              { v: "22", q: 1 },
            ],
          },
        ],
      },
    ],
    ["with more than the whole price off", { v: 1, o: [{ ...pair.o[0], bp: 10_001 }] }],
    ["with one component twice", { v: 1, o: [offerOf(1500, [11, 1], [11, 1])] }],
    ["without a title", { v: 1, o: [{ ...pair.o[0], t: "" }] }],
  ])("is one with a metafield %s", (_, metafield) => {
    expect(run(inputOf([lineOf(1, 11, 2, "10.0", metafield), lineOf(2, 22, 2, "5.0")]))).toEqual([]);
  });
});

describe("a complete bundle", () => {
  it("takes its share off the lines that hold it, in hundredths, rounded down", () => {
    const lines = [lineOf(1, 11, 1, "10.0", pair), lineOf(2, 22, 1, "3.33")];
    expect(run(inputOf(lines))).toEqual([
      {
        message: "Bundle offer: Set of 11+22",
        targets: [
          { cartLine: { id: "gid://shopify/CartLine/1", quantity: 1 } },
          { cartLine: { id: "gid://shopify/CartLine/2", quantity: 1 } },
        ],
        value: { fixedAmount: { amount: "1.99" } },
      },
    ]);
  });

  it.each([...TRANSLATED, ...OTHERS])(
    "is named in the shopper's language, and so that the app knows it (%s)",
    (language) => {
      const input = inputOf([lineOf(1, 11, 1, "10.0", pair), lineOf(2, 22, 1, "3.33")]);
      const named = run({ ...input, localization: { language: { isoCode: language } } })[0]!.message!;
      expect(named).toMatch(/^[^:]+: Set of 11\+22$/);
      expect(isBundleDiscount(named)).toBe(true);
      expect(named.startsWith("Bundle offer: ")).toBe(!TRANSLATED.includes(language));
    },
  );

  it("counts as often as the cart holds it, rounded once for each set", () => {
    const lines = [lineOf(1, 11, 5, "10.0", pair), lineOf(2, 22, 3, "3.33")];
    expect(run(inputOf(lines))[0]?.value.fixedAmount?.amount).toBe("5.97");
  });

  it("draws on several lines of one variant at the lowest of their prices", () => {
    const two = { v: 1, o: [offerOf(1000, [11, 3], [22, 1])] };
    const lines = [lineOf(1, 11, 2, "10.0", two), lineOf(2, 11, 2, "8.0", two), lineOf(3, 22, 1, "6.0")];
    const [candidate] = run(inputOf(lines));
    expect(candidate?.targets.map(({ cartLine }) => cartLine.quantity)).toEqual([2, 1, 1]);
    expect(candidate?.value.fixedAmount?.amount).toBe("3.00");
  });

  it("gives way to a choice that saves the shopper more than the largest single bundle", () => {
    const lines = [
      lineOf(1, 1, 1, "10.0", { v: 1, o: [offerOf(900, [1, 1], [2, 1])] }),
      lineOf(2, 2, 1, "10.0", { v: 1, o: [offerOf(1000, [2, 1], [3, 1])] }),
      lineOf(3, 3, 1, "10.0", { v: 1, o: [offerOf(900, [3, 1], [4, 1])] }),
      lineOf(4, 4, 1, "10.0"),
    ];
    expect(run(inputOf(lines)).map(({ message }) => message)).toEqual([
      "Bundle offer: Set of 1+2",
      "Bundle offer: Set of 3+4",
    ]);
  });

  it("is filled by any variant of a product that its rule opens, the dearest units first", () => {
    const rule = offerOf(1000, [11, 1], [22, 1]);
    const open = { v: 1, o: [{ ...rule, c: [{ v: "11", q: 1, p: "1" }, rule.c[1]] }] };
    const lines = [
      lineOf(1, 12, 1, "20.0", open, 1),
      lineOf(2, 13, 1, "30.05", open, 1),
      lineOf(3, 22, 1, "10.0"),
    ];
    const [candidate, ...others] = run(inputOf(lines));
    expect(others).toEqual([]);
    expect(candidate?.targets.map(({ cartLine }) => cartLine.id.at(-1))).toEqual(["2", "3"]);
    expect(candidate?.value.fixedAmount?.amount).toBe("4.00");
  });

  it("of sets that differ in price saves no less than what each of them promised", () => {
    const rule = offerOf(1000, [11, 1], [22, 1]);
    const open = { v: 1, o: [{ ...rule, c: [{ v: "11", q: 1, p: "1" }, rule.c[1]] }] };
    const lines = [
      lineOf(1, 11, 1, "1.05", open, 1),
      lineOf(2, 12, 1, "2.05", open, 1),
      lineOf(3, 22, 2, "1.00"),
    ];
    // Promised were .20 and .30 for 2.05 and 3.05; together 5.10 is .51.
    expect(run(inputOf(lines))[0]?.value.fixedAmount?.amount).toBe("0.51");
  });

  it("counts subscriptions only where the shop's setting says so", () => {
    const plan = { sellingPlan: { id: "gid://shopify/SellingPlan/1" } };
    const cartWith = (offers: object) => [
      { ...lineOf(1, 11, 1, "10.0", offers), sellingPlanAllocation: plan },
      lineOf(2, 22, 1, "5.0"),
    ];
    expect(run(inputOf(cartWith(pair)))).toEqual([]);
    expect(run(inputOf(cartWith({ ...pair, s: 1 })))).toHaveLength(1);
    expect(run(inputOf(cartWith({ ...pair, s: true })))).toEqual([]);
  });

  it("keeps a title in any script", () => {
    const offers = { v: 1, o: [{ ...pair.o[0], t: "Tee 緑 “Größe” \\ 🍵" }] };
    const lines = [lineOf(1, 11, 1, "10.0", offers), lineOf(2, 22, 1, "5.0")];
    expect(run(inputOf(lines))[0]?.message).toBe("Bundle offer: Tee 緑 “Größe” \\ 🍵");
  });
});
