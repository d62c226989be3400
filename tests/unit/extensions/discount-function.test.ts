import { readdirSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { isBundleDiscount } from "#app/domain/collect/messages/our-marks.ts";
import { readFunctionWasm } from "#tests/standin/storefront/read-function.ts";
import { writeRules } from "#app/domain/offer/offer-rule.ts";
import type { DiscountResult } from "#tests/standin/function-host/run-discount-function.ts";
import { runFunction } from "#tests/standin/function-host/run-function.ts";
import { inputOf, lineOf, offerOf, rulesOf, runOn, setOf } from "./function-inputs.ts";

const LOCALES = new URL("../../../extensions/bundle-offer/locales/", import.meta.url);
/** The storefront's languages except English, as Shopify's language codes. */
const TRANSLATED = readdirSync(LOCALES).flatMap((name) => {
  const [, locale] = /^([\w-]+)\.json$/.exec(name) ?? [];
  return locale === undefined ? [] : [locale.toUpperCase().replace("-", "_")];
});
/** Codes without a translation, unknown codes, and codes that share only a prefix with a translated one. */
const OTHERS = ["EN", "TH", "", "PT", "PT_BRA", "E", "ZH_TW"];

let wasm: Uint8Array;
beforeAll(async () => {
  wasm = await readFunctionWasm();
});

const run = (input: unknown) => runOn(wasm, input);

const pairSet = setOf(1500, [11, 1], [22, 1]);
const pair = rulesOf(pairSet);

describe("a cart gets no discount", () => {
  const complete = () => [lineOf(1, 11, 1, "10.0", pair), lineOf(2, 22, 1, "5.0")];

  it("if it lacks a component", () => {
    expect(run(inputOf([lineOf(1, 11, 2, "10.0", pair)]))).toEqual([]);
  });

  it.each([
    `h:${"ab".repeat(16)}`,
    `H:${"ab".repeat(16)}`,
    `T:${"ab".repeat(16)}`,
    `t:${"AB".repeat(16)}`,
    `t:${"ab".repeat(15)}`,
    `t:${"ab".repeat(16)}c`,
    `t:${"xy".repeat(16)}`,
    "t:",
    "h",
    " ",
  ])("if its visitor is in the holdout or its mark is invalid (%s)", (mark) => {
    expect(run(inputOf(complete(), mark))).toEqual([]);
  });

  it("but does get one if its mark is a treated visitor's or empty", () => {
    expect(run(inputOf(complete(), `t:${"ab".repeat(16)}`))).toHaveLength(1);
    expect(run(inputOf(complete(), ""))).toHaveLength(1);
  });

  it("if the discount may not apply to products", () => {
    expect(run({ ...inputOf(complete()), discount: { discountClasses: ["ORDER", "SHIPPING"] } })).toEqual([]);
  });

  it("if it has a component only as a subscription or as a gift card", () => {
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

  it("after the offer's last day in the shop's time zone", () => {
    const ofLastDay = (lastDay: number | null) =>
      run(inputOf([lineOf(1, 11, 1, "10.0", rulesOf({ ...pairSet, lastDay })), lineOf(2, 22, 1, "5.0")]));
    for (const day of [20261123, 20000101]) expect(ofLastDay(day)).toEqual([]);
    for (const day of [20261124, 20261201, 99991231, null]) expect(ofLastDay(day)).toHaveLength(1);
  });

  it("if the offer is for other countries than the shopper's", () => {
    const ofCountries = (countries: string[], isoCode: unknown = "AT") => {
      const lines = [lineOf(1, 11, 1, "10.0", rulesOf({ ...pairSet, countries })), lineOf(2, 22, 1, "5.0")];
      return run({ ...inputOf(lines), localization: { country: { isoCode } } });
    };
    for (const countries of [["DE"], ["CH", "DE"], ["XA", "TX"]]) expect(ofCountries(countries)).toEqual([]);
    for (const countries of [["AT"], ["CH", "AT", "DE"], []]) expect(ofCountries(countries)).toHaveLength(1);
    for (const unknown of [null, "", "AUT"]) expect(ofCountries(["AT"], unknown)).toEqual([]);
    expect(ofCountries([], null)).toHaveLength(1);
  });

  it("if the saving is less than a hundredth", () => {
    const tiny = rulesOf(setOf(1, [11, 1], [22, 1]));
    expect(run(inputOf([lineOf(1, 11, 1, "0.01", tiny), lineOf(2, 22, 1, "0.02")]))).toEqual([]);
  });

  it("if the exchange rate is unknown and the offer is an amount in the shop's currency", () => {
    const amountOff = rulesOf({ ...pairSet, reward: { type: "amount", hundredths: 100 } });
    const lines = [lineOf(1, 11, 1, "10.0", amountOff), lineOf(2, 22, 1, "5.0")];
    for (const rate of ["", "0.0", "-1", "1e3", null]) {
      expect(run({ ...inputOf(lines), presentmentCurrencyRate: rate })).toEqual([]);
    }
    expect(run(inputOf(lines, null, "USD", "1.105"))[0]?.value.fixedAmount?.amount).toBe("1.11");
  });

  it.each([
    ["another version", pair.replace("2", "3")],
    ["the former JSON format", '{"v":1,"o":[]}'],
    ["no offers", "2"],
    ["a fraction of a unit", pair.replace("22*1", "22*1.5")],
    ["more than 100 % off", pair.replace("%1500", "%10001")],
    ["no title", pair.replace(/[^|]*$/, "")],
    ["a truncated second offer", `${pair}~s|0b5b`],
  ])("if its rules are invalid: %s", (_, rules) => {
    expect(run(inputOf([lineOf(1, 11, 2, "10.0", rules), lineOf(2, 22, 2, "5.0")]))).toEqual([]);
  });
});

describe("a complete bundle", () => {
  it("discounts its lines by its percentage, in hundredths, rounded down", () => {
    const lines = [lineOf(1, 11, 1, "10.0", pair), lineOf(2, 22, 1, "3.33")];
    expect(run(inputOf(lines))).toEqual([
      {
        message: "Bundle offer: Set of 11+22",
        targets: [
          { cartLine: { id: "gid://shopify/CartLine/1" } },
          { cartLine: { id: "gid://shopify/CartLine/2" } },
        ],
        value: { fixedAmount: { amount: "1.99" } },
      },
    ]);
  });

  it.each([...TRANSLATED, ...OTHERS])(
    "is titled in the shopper's language, and the app recognises the title (%s)",
    (language) => {
      const input = inputOf([lineOf(1, 11, 1, "10.0", pair), lineOf(2, 22, 1, "3.33")]);
      const named = run({ ...input, localization: { language: { isoCode: language } } })[0]!.message!;
      expect(named).toMatch(/^[^:]+: Set of 11\+22$/);
      expect(isBundleDiscount(named)).toBe(true);
      expect(named.startsWith("Bundle offer: ")).toBe(!TRANSLATED.includes(language));
    },
  );

  it("is discounted as often as the cart holds it, rounded once per set", () => {
    const lines = [lineOf(1, 11, 5, "10.0", pair), lineOf(2, 22, 3, "3.33")];
    expect(run(inputOf(lines))[0]?.value.fixedAmount?.amount).toBe("5.97");
  });

  it("takes units from several lines of one variant at their lowest price", () => {
    const two = rulesOf(setOf(1000, [11, 3], [22, 1]));
    const lines = [lineOf(1, 11, 2, "10.0", two), lineOf(2, 11, 2, "8.0", two), lineOf(3, 22, 1, "6.0")];
    const [candidate] = run(inputOf(lines));
    expect(candidate?.targets.map(({ cartLine }) => cartLine.quantity)).toEqual([undefined, 1, undefined]);
    expect(candidate?.value.fixedAmount?.amount).toBe("3.00");
  });

  it("is left out if other bundles together save the shopper more", () => {
    const lines = [
      lineOf(1, 1, 1, "10.0", rulesOf(setOf(900, [1, 1], [2, 1]))),
      lineOf(2, 2, 1, "10.0", rulesOf(setOf(1000, [2, 1], [3, 1]))),
      lineOf(3, 3, 1, "10.0", rulesOf(setOf(900, [3, 1], [4, 1]))),
      lineOf(4, 4, 1, "10.0"),
    ];
    expect(run(inputOf(lines)).map(({ message }) => message)).toEqual([
      "Bundle offer: Set of 1+2",
      "Bundle offer: Set of 3+4",
    ]);
  });

  it("accepts any variant of a product that its rule opens, the most expensive units first", () => {
    const open = rulesOf(setOf(1000, [11, 1, 1], [22, 1]));
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

  it("saves at least the sum of the promised savings if its sets differ in price", () => {
    const open = rulesOf(setOf(1000, [11, 1, 1], [22, 1]));
    const lines = [
      lineOf(1, 11, 1, "1.05", open, 1),
      lineOf(2, 12, 1, "2.05", open, 1),
      lineOf(3, 22, 2, "1.00"),
    ];
    // The sets at 2.05 and 3.05 promise 0.20 and 0.30. Together, 10 % of 5.10 is 0.51.
    expect(run(inputOf(lines))[0]?.value.fixedAmount?.amount).toBe("0.51");
  });

  it("counts subscriptions only if the shop's setting allows it", () => {
    const plan = { sellingPlan: { id: "gid://shopify/SellingPlan/1" } };
    const cartWith = (countsSubscriptions: boolean) => [
      {
        ...lineOf(
          1,
          11,
          1,
          "10.0",
          writeRules({ countsSubscriptions, rejectsCodes: false, offers: [pairSet] }),
        ),
        sellingPlanAllocation: plan,
      },
      lineOf(2, 22, 1, "5.0"),
    ];
    expect(run(inputOf(cartWith(false)))).toEqual([]);
    expect(run(inputOf(cartWith(true)))).toHaveLength(1);
  });

  it("keeps a title in any script", () => {
    const title = "Tee 緑 “Größe” \\ 100 % + |~^\n🍵";
    const lines = [lineOf(1, 11, 1, "10.0", rulesOf({ ...pairSet, title })), lineOf(2, 22, 1, "5.0")];
    expect(run(inputOf(lines))[0]?.message).toBe(`Bundle offer: ${title}`);
  });

  it("has its title in the shopper's language if the rule has a translation", () => {
    const titles = { de: "Zusammen", "pt-BR": "Juntos", fr: "" };
    const lines = [lineOf(1, 11, 1, "10.0", rulesOf({ ...pairSet, titles })), lineOf(2, 22, 1, "5.0")];
    const titleIn = (isoCode: string) =>
      run({ ...inputOf(lines), localization: { language: { isoCode } } })[0]!.message!.split(": ")[1];
    expect(["DE", "PT_BR", "PT", "FR", "EN"].map(titleIn)).toEqual([
      "Zusammen",
      "Juntos",
      "Set of 11+22",
      "Set of 11+22",
      "Set of 11+22",
    ]);
  });
});

describe("a discount code", () => {
  const codes = [
    { code: "SAVE10", rejectable: true },
    { code: "APPLIED", rejectable: false },
    { code: 'Été "20"', rejectable: true },
  ];
  const operationsFor = ({
    rejectsCodes = true,
    units = 1,
    isoCode = "EN",
    enteredDiscountCodes = codes,
  } = {}) => {
    const rules = writeRules({ countsSubscriptions: false, rejectsCodes, offers: [pairSet] });
    const cart = inputOf([
      lineOf(1, 11, 1, "10.0", rules),
      ...(units > 0 ? [lineOf(2, 22, units, "5.0")] : []),
    ]);
    const input = { ...cart, enteredDiscountCodes, localization: { language: { isoCode } } };
    return (runFunction(wasm, input).output as unknown as DiscountResult).operations;
  };

  it("is not refused if the shop allows codes, no offer applies, or no rejectable code was entered", () => {
    expect(operationsFor({ rejectsCodes: false })).toHaveLength(1);
    expect(operationsFor({ units: 0 })).toEqual([]);
    expect(operationsFor({ enteredDiscountCodes: [] })).toHaveLength(1);
    expect(operationsFor({ enteredDiscountCodes: [codes[1]!] })).toHaveLength(1);
  });

  it("is refused next to an offer if it is rejectable, with the reason in the shopper's language", () => {
    expect(operationsFor()[1]).toEqual({
      enteredDiscountCodesReject: {
        codes: [{ code: "SAVE10" }, { code: 'Été "20"' }],
        message: "Codes cannot be added to this offer",
      },
    });
    const messageIn = (isoCode: string) => operationsFor({ isoCode })[1]!.enteredDiscountCodesReject!.message;
    expect(messageIn("TH")).toBe(messageIn("EN"));
    expect(new Set(TRANSLATED.map(messageIn)).size).toBe(TRANSLATED.length);
  });
});

describe("a pool offer", () => {
  it("applies across all lines with products of the pool", () => {
    const three = rulesOf(
      offerOf({
        kind: "range",
        units: 3,
        allowsRepeats: true,
        reward: { type: "price", hundredths: 1000 },
      }),
    );
    const lines = [
      lineOf(1, 11, 1, "5.0", three, 1),
      lineOf(2, 12, 1, "4.0", three, 1),
      lineOf(3, 21, 1, "3.0", three, 2),
      lineOf(4, 31, 1, "9.0", null, 3),
    ];
    const [candidate, ...others] = run(inputOf(lines));
    expect(others).toEqual([]);
    expect(candidate?.message).toBe("Bundle offer: A range");
    expect(candidate?.targets.map(({ cartLine }) => cartLine.id.at(-1))).toEqual(["1", "2", "3"]);
    expect(candidate?.value.fixedAmount?.amount).toBe("2.00");
  });

  it("applies the most expensive tiers first, up to the limit per order", () => {
    const tiers = [
      { units: 2, reward: { type: "price" as const, hundredths: 900 } },
      { units: 3, reward: { type: "price" as const, hundredths: 1200 } },
    ];
    const breaks = offerOf({ kind: "breaks", scope: "variant", tiers });
    const savedOf = (times: number | null, quantity: number) =>
      run(inputOf([lineOf(1, 11, quantity, "5.0", rulesOf({ ...breaks, times }))]))[0]?.value.fixedAmount;
    expect(savedOf(null, 5)).toEqual({ amount: "4.00" });
    expect(savedOf(1, 5)).toEqual({ amount: "3.00" });
    expect(savedOf(null, 1_000_000)?.amount).toBe("999999.00");
  });

  it("applies an amount up to the limit per order across all products, the most expensive first", () => {
    const tiers = [{ units: 2, reward: { type: "amount" as const, hundredths: 500 } }];
    const linesOf = (scope: "product" | "variant", times: number | null) => {
      const rules = rulesOf({ ...offerOf({ kind: "breaks", scope, tiers }), times });
      return [1, 2, 3, 4, 5].map((at) => lineOf(at, at * 10 + 1, 2, `${at + 4}.0`, rules, at));
    };
    const savedOf = (scope: "product" | "variant", times: number | null) =>
      run(inputOf(linesOf(scope, times))).map(({ targets, value }) => [
        targets.map(({ cartLine }) => cartLine.id.at(-1)).toSorted(),
        value.fixedAmount?.amount,
      ]);
    for (const scope of ["product", "variant"] as const) {
      expect(savedOf(scope, 1)).toEqual([[["5"], "5.00"]]);
      expect(savedOf(scope, 2)).toEqual([[["4", "5"], "10.00"]]);
      expect(savedOf(scope, null)).toEqual([[["1", "2", "3", "4", "5"], "25.00"]]);
    }
  });

  it("discounts the gift on its own line if the other lines reach the spend", () => {
    const part = { variant: "31", quantity: 1, product: null };
    const gift = rulesOf(
      offerOf({ kind: "gift", buy: { spendHundredths: 2000 }, gift: part, basisPoints: 10_000 }),
    );
    const cart = (quantity: number) => [lineOf(1, 11, quantity, "10.0", gift), lineOf(2, 31, 3, "3.0", gift)];
    expect(run(inputOf(cart(1)))).toEqual([]);
    expect(run(inputOf(cart(5)))).toEqual([
      {
        message: "Bundle offer: A gift",
        targets: [{ cartLine: { id: "gid://shopify/CartLine/2", quantity: 2 } }],
        value: { fixedAmount: { amount: "6.00" } },
      },
    ]);
  });
});
