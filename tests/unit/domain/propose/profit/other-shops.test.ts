import { describe, expect, it } from "vitest";
import { answerOf, learnShoppers } from "#app/domain/propose/profit/learned-response.ts";
import type { OfferOutcome } from "#app/domain/propose/profit/offer-likelihood.ts";
import { LEAST_SHOPS, ShopAnswer } from "#app/domain/propose/profit/other-shops.ts";
import { addedRatioByKind, effectOf } from "#app/domain/propose/profit/offer-value.ts";
import { offer } from "./two-part-offer.ts";

/** A shop whose offers bring `times` the prior of one kind of shoppers. */
function outcomesWhere({ times, kind = 1, visitors = 4_000, offers = 6 }: Record<string, number>) {
  return Array.from({ length: offers }, (_, at): OfferOutcome => {
    const economics = offer(100 * (at + 1));
    const trial = (discountRatio: number | null) => ({
      discountRatio,
      visitors: visitors! * (discountRatio === null ? 0.1 : 0.9),
      sets:
        visitors! *
        0.01 *
        (discountRatio === null
          ? 0.1
          : 0.9 * (1 + times! * addedRatioByKind(economics, discountRatio)[kind]!)),
    });
    return {
      addedAt: (ratio) => addedRatioByKind(economics, ratio),
      trials: [trial(null), trial(0.1)],
      ordersAnyway: null,
    };
  });
}
const shops = (many: number, like: Record<string, number>) =>
  Array.from({ length: many }, () => answerOf(outcomesWhere(like))!);

/** Orders that one more offer is expected to win, given this evidence. */
function promised(others: readonly ShopAnswer[], outcomes: readonly OfferOutcome[] = []): number {
  const mix = learnShoppers(outcomes, others) ?? undefined;
  return effectOf({ ...offer(), mix }, 0.1).ordersWithOffer.value - 20;
}

describe("evidence from other shops", () => {
  it("is not used below the minimum number of shops", () => {
    expect(learnShoppers([], shops(LEAST_SHOPS - 1, { times: 3 }))).toBeNull();
  });

  it("is not shared by a shop with few offers", () => {
    expect(answerOf(outcomesWhere({ times: 1, offers: 4 }))).toBeNull();
    expect(answerOf([])).toBeNull();
  });

  it("is rounded, so shops that differ by a few visitors look the same", () => {
    const [one, other] = [4_000, 4_004].map((visitors) => answerOf(outcomesWhere({ times: 1, visitors })));
    expect(one).toEqual(other);
    expect(ShopAnswer.safeParse(one).success).toBe(true);
  });

  it("raises the promise of a new shop if awareness worked elsewhere, and lowers it if nothing did", () => {
    expect(promised(shops(8, { times: 3 }))).toBeGreaterThan(1.5 * promised([]));
    expect(promised(shops(8, { times: 0 }))).toBeLessThan(0.6 * promised([]));
  });

  it("trusts many weak but consistent shops", () => {
    const faint = { times: 3, visitors: 800 };
    expect(promised(shops(12, faint))).toBeGreaterThan(promised([], outcomesWhere(faint)));
  });

  it("limits the influence of one outlier to its share of an eighth", () => {
    const alike = shops(LEAST_SHOPS, { times: 1 });
    const odd = promised([...alike.slice(1), ...shops(1, { times: 4, visitors: 400_000 })]);
    expect(odd / promised(alike)).toBeLessThan(1 + 3 / 8);
  });

  it("yields to the shop's own offers", () => {
    const own = outcomesWhere({ times: 0.3, visitors: 400_000 });
    expect(promised(shops(8, { times: 3 }), own) / promised([], own)).toBeCloseTo(1, 1);
  });

  it("keeps the range wide when the shops disagree", () => {
    const rangeOf = (others: readonly ShopAnswer[]) => {
      const { times } = learnShoppers([], others)!.kinds[1]!;
      return times.high - times.low;
    };
    const differing = [...shops(4, { times: 0 }), ...shops(4, { times: 3 })];
    expect(rangeOf(differing)).toBeGreaterThan(rangeOf(shops(8, { times: 1.5 })));
  });
});
