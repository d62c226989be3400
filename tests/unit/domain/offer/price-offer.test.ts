import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { OfferRule } from "#app/domain/offer/offer-rule.ts";
import { parseRules } from "#tests/factories/parse-rules.ts";
import { IN_SHOP_CURRENCY, toCart } from "#app/domain/money.ts";
import { priceOffer, type PricedVariant } from "#app/domain/offer/price-offer.ts";

const EUR = { currency: "EUR", rateMillionths: IN_SHOP_CURRENCY };

/** A rule by its kind, times, reward and body. */
function ruleOf(kind: string, reward: string, body: string, times = ""): OfferRule {
  const read = parseRules(
    `2~${kind}|7f9c24e8-3b12-4fef-91e0-5a1b1c1d1e1f||||${times}|${reward}|${body}|Title`,
  );
  if (!read.ok) throw new Error(`${kind} ${reward} ${body}: ${read.reason}`);
  return read.value.offers[0]!;
}

/**
 * Cart lines [variant, units, price in hundredths, product], all in the pool. The product defaults to the
 * variant's name.
 */
const cartOf = (...lines: [variant: string, units: number, unitHundredths: number, product?: string][]) =>
  lines.map(([variant, units, unitHundredths, product = variant]): PricedVariant => ({
    variant,
    product,
    units,
    unitHundredths,
    isInPool: true,
  }));
const saved = (rule: OfferRule, cart: PricedVariant[], money = EUR) =>
  priceOffer(rule, cart, money)?.hundredths ?? 0;

describe("priceOffer for a set", () => {
  const set = ruleOf("s", "%1000", "1*1,2*2");

  it("saves nothing when a part is missing", () => {
    expect(priceOffer(set, cartOf(["1", 3, 1000], ["2", 1, 500]), EUR)).toBeNull();
  });

  it("saves nothing when two parts would count the same units", () => {
    const twofold = ruleOf("s", "%1000", "1*1,2*1@7");
    expect(saved(twofold, cartOf(["1", 3, 1000, "7"], ["2", 1, 500, "7"]))).toBe(0);
    expect(saved(twofold, cartOf(["1", 3, 1000, "6"], ["2", 1, 500, "7"]))).toBe(150);
  });

  it("saves the ratio of each complete set, rounded down", () => {
    expect(saved(set, cartOf(["1", 3, 999], ["2", 5, 333]))).toBe(2 * Math.floor((999 + 666) / 10));
  });

  it("applies at most as often as an order allows", () => {
    expect(saved(ruleOf("s", "%1000", "1*1,2*2", "1"), cartOf(["1", 3, 1000], ["2", 6, 500]))).toBe(200);
  });

  it("takes the most expensive units when any variant counts", () => {
    const open = ruleOf("s", "%1000", "1*1@7,2*1");
    const { discounted } = priceOffer(
      open,
      cartOf(["1", 1, 1000, "7"], ["9", 1, 2000, "7"], ["2", 1, 500]),
      EUR,
    )!;
    expect([...discounted.keys()]).toEqual(["9", "2"]);
  });

  it("charges the price of the set at the current exchange rate", () => {
    const priced = ruleOf("s", "=1000", "1*1,2*1");
    expect(saved(priced, cartOf(["1", 1, 800], ["2", 1, 700]))).toBe(500);
    expect(
      saved(priced, cartOf(["1", 1, 800], ["2", 1, 700]), { currency: "USD", rateMillionths: 1_100_000 }),
    ).toBe(400);
  });

  it("saves nothing at full price", () => {
    expect(priceOffer(ruleOf("s", "", "1*1,2*1"), cartOf(["1", 1, 800], ["2", 1, 700]), EUR)).toBeNull();
  });

  it("rounds once for all sets when the units of a part have different prices", () => {
    const open = ruleOf("s", "%1000", "1*1,2*1@7");
    expect(saved(open, cartOf(["1", 2, 1000], ["2", 1, 505, "7"], ["9", 1, 504, "7"]))).toBe(300);
  });

  it("rounds down to whole yen", () => {
    expect(saved(set, cartOf(["1", 1, 99_900], ["2", 2, 50_000]), { ...EUR, currency: "JPY" })).toBe(19_900);
  });

  it("saves nothing when the price is not below the sum", () => {
    expect(saved(ruleOf("s", "=1500", "1*1,2*1"), cartOf(["1", 1, 800], ["2", 1, 700]))).toBe(0);
  });

  it("never saves more than the set costs", () => {
    expect(saved(ruleOf("s", "-9000", "1*1,2*1"), cartOf(["1", 1, 800], ["2", 1, 700]))).toBe(1500);
  });
});

describe("priceOffer for a range", () => {
  const three = ruleOf("r", "=1000", "3");

  it("saves nothing until the number of units is reached", () => {
    expect(saved(three, cartOf(["1", 1, 400], ["2", 1, 400]))).toBe(0);
  });

  it("takes the most expensive units, and only sets that save something", () => {
    expect(saved(three, cartOf(["1", 3, 500], ["2", 3, 300]))).toBe(500);
  });

  it("counts each variant once per set when repeats are not allowed", () => {
    const different = ruleOf("r", "=1000", "3d");
    expect(saved(different, cartOf(["1", 5, 400], ["2", 1, 400]))).toBe(0);
    expect(saved(different, cartOf(["1", 5, 400], ["2", 1, 400], ["3", 1, 400]))).toBe(200);
  });

  it("saves nothing with too few different variants, even for an amount off", () => {
    expect(saved(ruleOf("r", "-100", "3d"), cartOf(["1", 5, 400], ["2", 1, 400]))).toBe(0);
  });

  it("applies at most as often as an order allows", () => {
    expect(saved(ruleOf("r", "-100", "2", "1"), cartOf(["1", 6, 400]))).toBe(100);
    expect(saved(ruleOf("r", "-100", "2", "2"), cartOf(["1", 6, 400]))).toBe(200);
  });

  it("adds no set that saves nothing", () => {
    const { hundredths, discounted } = priceOffer(
      ruleOf("r", "=1000", "2"),
      cartOf(["1", 2, 800], ["2", 2, 500]),
      EUR,
    )!;
    expect([hundredths, ...discounted]).toEqual([600, ["1", 2]]);
  });

  it("ignores products without the rule", () => {
    const [one, other] = cartOf(["1", 2, 400], ["2", 1, 400]);
    expect(saved(three, [one!, { ...other!, isInPool: false }])).toBe(0);
  });
});

describe("priceOffer for quantity breaks", () => {
  it("gives the ratio of the highest reached tier on all units", () => {
    const breaks = ruleOf("b", "", "o2:%1000,3:%1500");
    expect(saved(breaks, cartOf(["1", 1, 1000]))).toBe(0);
    expect(saved(breaks, cartOf(["1", 1, 1000], ["2", 1, 500]))).toBe(150);
    expect(saved(breaks, cartOf(["1", 3, 1000], ["2", 1, 500]))).toBe(525);
  });

  it("adds up the variants of one product, but not of others", () => {
    const breaks = ruleOf("b", "", "p2:%1000");
    expect(saved(breaks, cartOf(["1", 1, 1000, "7"], ["2", 1, 1000, "7"], ["3", 1, 1000, "8"]))).toBe(200);
  });

  it("counts each variant alone with the scope of a variant", () => {
    expect(saved(ruleOf("b", "", "v2:%1000"), cartOf(["1", 1, 1000, "7"], ["2", 1, 1000, "7"]))).toBe(0);
  });

  it("ignores products without the rule", () => {
    const [one, other] = cartOf(["1", 1, 1000], ["2", 1, 1000]);
    expect(saved(ruleOf("b", "", "o2:%1000"), [one!, { ...other!, isInPool: false }])).toBe(0);
  });

  it("applies at most as often as an order allows, and only complete tiers", () => {
    expect(saved(ruleOf("b", "", "o2:=900", "1"), cartOf(["1", 4, 500]))).toBe(100);
    expect(saved(ruleOf("b", "", "o2:-200"), cartOf(["1", 3, 500]))).toBe(200);
  });

  it.each([
    ["p2:-500", "7", "8"],
    ["v2:-500", "7", "7"],
    ["p2:=500", "7", "8"],
  ])("limits the times over all groups together, most expensive first: %s", (body, a, b) => {
    const cart = cartOf(["1", 2, 600, a], ["2", 2, 900, b], ["3", 2, 700, "9"]);
    const takenBy = (times: string) => [
      ...priceOffer(ruleOf("b", "", body, times), cart, EUR)!.discounted.keys(),
    ];
    expect(takenBy("1")).toEqual(["2"]);
    expect(takenBy("2")).toEqual(["2", "3"]);
    expect(takenBy("")).toEqual(["2", "3", "1"]);
  });

  it.each([
    ["costs less without it", 400],
    ["costs the same", 450],
  ])("skips a price tier when the remaining units %s", (_, rest) => {
    const { hundredths, discounted } = priceOffer(
      ruleOf("b", "", "o2:=900,3:=1200"),
      cartOf(["1", 3, 500], ["2", 2, rest]),
      EUR,
    )!;
    expect([hundredths, ...discounted]).toEqual([300, ["1", 3]]);
  });

  it("reads like a price tag: with 2 for 9 and 3 for 12, five cost 21", () => {
    expect(saved(ruleOf("b", "", "o2:=900,3:=1200"), cartOf(["1", 5, 500]))).toBe(2500 - 2100);
  });
});

describe("priceOffer for a gift", () => {
  const gift = ruleOf("g", "%10000", "1*1,2*1>3*1");

  it("gives nothing when its purchase is incomplete", () => {
    expect(saved(gift, cartOf(["1", 1, 1000], ["3", 1, 300]))).toBe(0);
  });

  it("makes only the gift free", () => {
    const saving = priceOffer(gift, cartOf(["1", 2, 1000], ["2", 2, 500], ["3", 1, 300]), EUR)!;
    expect(saving.hundredths).toBe(300);
    expect([...saving.discounted]).toEqual([["3", 1]]);
    expect([...saving.required]).toEqual([["1", 1], ["2", 1]]); // prettier-ignore
  });

  it("gives one gift for each complete purchase", () => {
    const saving = priceOffer(ruleOf("g", "%10000", "1*2>3*1"), cartOf(["1", 5, 1000], ["3", 5, 300]), EUR)!;
    expect([saving.hundredths, ...saving.required]).toEqual([600, ["1", 4]]);
  });

  it("counts as spent only the pool, which keeps its price", () => {
    const spending = ruleOf("g", "%5000", "$2000>3*1");
    const [one, other, given] = cartOf(["1", 2, 1000], ["2", 2, 1000], ["3", 5, 300]);
    const saving = priceOffer(spending, [one!, { ...other!, isInPool: false }, given!], EUR)!;
    expect([saving.hundredths, ...saving.required]).toEqual([150, ["1", 2]]);
  });

  it("gives one gift each time the sum is spent, not counting the gift", () => {
    const spending = ruleOf("g", "%5000", "$2000>3*1");
    expect(saved(spending, cartOf(["1", 1, 1900], ["3", 5, 300]))).toBe(0);
    expect(saved(spending, cartOf(["1", 2, 2100], ["3", 5, 300]))).toBe(300);
  });
});

describe("priceOffer for every kind", () => {
  const rules = [
    ruleOf("s", "%1250", "1*1,2*2@2"),
    ruleOf("s", "-333", "1*1,2*1"),
    ruleOf("r", "=777", "3"),
    ruleOf("r", "%999", "2d"),
    ruleOf("b", "", "o2:%1000,4:%2000"),
    ruleOf("b", "", "v2:=900,5:=2000"),
    ruleOf("g", "%10000", "1*1>3*1"),
    ruleOf("g", "%2500", "$1234>3*2"),
  ];
  const line = fc.tuple(
    fc.constantFrom("1", "2", "3"),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 9_999 }),
  );
  const cart = fc.uniqueArray(line, { selector: ([variant]) => variant }).map((lines) => cartOf(...lines));
  const money = fc.record({
    currency: fc.constantFrom("EUR", "JPY", "KWD"),
    rateMillionths: fc.integer({ min: 1, max: 200_000_000 }),
  });

  it("takes no unit twice, only units in the cart, and saves at most what they cost", () => {
    fc.assert(
      fc.property(fc.constantFrom(...rules), cart, money, (rule, lines, paid) => {
        const saving = priceOffer(rule, lines, paid);
        if (!saving) return;
        let cost = 0;
        for (const { variant, units, unitHundredths } of lines) {
          const taken = saving.discounted.get(variant) ?? 0;
          expect(taken + (saving.required.get(variant) ?? 0)).toBeLessThanOrEqual(units);
          cost += taken * unitHundredths;
        }
        expect(saving.hundredths).toBeGreaterThan(0);
        expect(saving.hundredths).toBeLessThanOrEqual(cost);
      }),
    );
  });

  it("saves no less with one more unit of each product", () => {
    fc.assert(
      fc.property(fc.constantFrom(...rules.filter(({ kind }) => kind !== "breaks")), cart, (rule, lines) => {
        const more = lines.map((one) => ({ ...one, units: one.units + 1 }));
        // Sets of equal cost are rounded one by one, which can lose less than one step per set.
        const sets = more.reduce((sum, { units }) => sum + units, 0);
        expect(saved(rule, more) + sets).toBeGreaterThanOrEqual(saved(rule, lines));
      }),
    );
  });
});

it("toCart rounds an amount half up to the smallest coin, and never to 0", () => {
  expect(toCart(1_000, { currency: "USD", rateMillionths: 1_234_550 })).toBe(1_235);
  expect(toCart(1_000, { currency: "JPY", rateMillionths: 163_450_000 })).toBe(163_500);
  expect(toCart(1, { currency: "KWD", rateMillionths: 1 })).toBe(1);
});
