import { describe, expect, it } from "vitest";
import { redeemOffers, type DiscountedLine } from "#app/domain/evaluate/redeem-offers.ts";
import type { OfferRule, RuleBody } from "#app/domain/offer/offer-rule.ts";

/** A line of two units of the product of the first digit. */
function line(variant: string, unitPriceMinor: number, bundleDiscountMinor: number): DiscountedLine {
  return {
    variantGid: `gid://shopify/ProductVariant/${variant}`,
    productGid: `gid://shopify/Product/${variant[0]}`,
    quantity: 2,
    removedQuantity: 0,
    refundedQuantity: 0,
    unitPriceMinor,
    discountMinor: bundleDiscountMinor,
    bundleDiscountMinor,
    includedTaxMinor: null,
  };
}

function offer(bundleId: string, pool: string[], body: RuleBody) {
  const everywhere = { place: null, lastDay: null, countries: [], times: null, title: "", titles: {} };
  const rule: OfferRule = { ...everywhere, ...body, id: bundleId };
  return { bundleId, rules: [rule], pool: new Set(pool), currency: "EUR" };
}

/** An amount off any two of the pool. */
const anyTwo = (pool: string[], hundredths: number) =>
  offer("two", pool, {
    kind: "range",
    reward: { type: "amount", hundredths },
    units: 2,
    allowsRepeats: true,
  });

function redeem(lines: readonly DiscountedLine[], ...offers: ReturnType<typeof offer>[]) {
  const redeemed = redeemOffers(new Map(lines.map((one) => [one.variantGid, one])), offers);
  return redeemed.map(({ bundleId, discountMinor }) => [bundleId, discountMinor]);
}

describe("redeemOffers", () => {
  it("credits no offer with units that show none of its discount, even if it is small beside their price", () => {
    // The tolerance is half a percent of 800.00, more than the 2.00 off that the gift's purchase did not get.
    const lines = [line("11", 20_000, 0), line("31", 20_000, 0), line("21", 3_000, 6_000)];
    const free = offer("gift", [], {
      kind: "gift",
      buy: { parts: [{ variant: "11", quantity: 2, product: null }] },
      gift: { variant: "21", quantity: 2, product: null },
      basisPoints: 10_000,
    });
    expect(redeem(lines, anyTwo(["1", "3"], 100), free)).toEqual([["gift", 6_000]]);
  });

  it("credits no offer that would have shared its discount with a line that shows none", () => {
    // 20 % off the second product is as much as 3.00 off each of two pairs.
    const lines = [line("11", 2_000, 0), line("21", 1_500, 600)];
    const ofOne = offer("breaks", ["2"], {
      kind: "breaks",
      scope: "variant",
      tiers: [{ units: 2, reward: { type: "percent", basisPoints: 2_000 } }],
    });
    expect(redeem(lines, anyTwo(["1", "2"], 300), ofOne)).toEqual([["breaks", 600]]);
  });

  it("credits all variants of a product that were taken as the gift, rather than the approved one alone", () => {
    const lines = [line("11", 2_000, 0), line("21", 1_500, 3_000), line("22", 1_000, 2_000)];
    const inSize = (product: string | null): RuleBody => ({
      kind: "gift",
      buy: { spendHundredths: 500 },
      gift: { variant: "21", quantity: 1, product },
      basisPoints: 10_000,
    });
    const [approved, any] = [offer("gift", ["1"], inSize(null)), offer("gift", ["1"], inSize("2"))];
    expect(redeem(lines, { ...any, rules: [...approved.rules, ...any.rules] })).toEqual([["gift", 5_000]]);
  });

  it("credits an offer whose discount is too small to reach its cheapest line", () => {
    expect(redeem([line("11", 20_000, 100), line("21", 10, 0)], anyTwo(["1", "2"], 50))).toEqual([
      ["two", 100],
    ]);
  });
});
