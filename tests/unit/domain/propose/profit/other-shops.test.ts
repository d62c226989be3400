import { describe, expect, it } from "vitest";
import { answerOf, learnShoppers } from "#app/domain/propose/profit/learned-response.ts";
import type { OfferOutcome } from "#app/domain/propose/profit/offer-likelihood.ts";
import { LEAST_SHOPS, ShopAnswer } from "#app/domain/propose/profit/other-shops.ts";
import { addedRatioByKind, effectOf } from "#app/domain/propose/profit/offer-value.ts";
import { offer } from "./two-part-offer.ts";

/** A shop whose offers bring so many times the prior of one kind of shoppers. */
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

/** Orders that one more offer is promised to add, by what is known. */
function promised(others: readonly ShopAnswer[], outcomes: readonly OfferOutcome[] = []): number {
  const mix = learnShoppers(outcomes, others) ?? undefined;
  return effectOf({ ...offer(), mix }, 0.1).ordersWithOffer.value - 20;
}

describe("what other shops tell of shoppers", () => {
  it("is nothing of fewer shops than hide each other", () => {
    expect(learnShoppers([], shops(LEAST_SHOPS - 1, { times: 3 }))).toBeNull();
  });

  it("is not told by a shop of few offers", () => {
    expect(answerOf(outcomesWhere({ times: 1, offers: 4 }))).toBeNull();
    expect(answerOf([])).toBeNull();
  });

  it("is coarse: shops that differ by a few visitors tell the same", () => {
    const [one, other] = [4_000, 4_004].map((visitors) => answerOf(outcomesWhere({ times: 1, visitors })));
    expect(one).toEqual(other);
    expect(ShopAnswer.safeParse(one).success).toBe(true);
  });

  it("promises a shop without offers more where they showed awareness, and less where offers won nobody", () => {
    expect(promised(shops(8, { times: 3 }))).toBeGreaterThan(1.5 * promised([]));
    expect(promised(shops(8, { times: 0 }))).toBeLessThan(0.6 * promised([]));
  });

  it("says as sure what many faint voices say alike", () => {
    const faint = { times: 3, visitors: 800 };
    expect(promised(shops(12, faint))).toBeGreaterThan(promised([], outcomesWhere(faint)));
  });

  it("is moved by one odd shop no further than its share of an eighth", () => {
    const alike = shops(LEAST_SHOPS, { times: 1 });
    const odd = promised([...alike.slice(1), ...shops(1, { times: 4, visitors: 400_000 })]);
    expect(odd / promised(alike)).toBeLessThan(1 + 3 / 8);
  });

  it("gives way to what the shop's own offers show", () => {
    const own = outcomesWhere({ times: 0.3, visitors: 400_000 });
    expect(promised(shops(8, { times: 3 }), own) / promised([], own)).toBeCloseTo(1, 1);
  });

  it("leaves the range wide where the shops differ among themselves", () => {
    const rangeOf = (others: readonly ShopAnswer[]) => {
      const { times } = learnShoppers([], others)!.kinds[1]!;
      return times.high - times.low;
    };
    const differing = [...shops(4, { times: 0 }), ...shops(4, { times: 3 })];
    expect(rangeOf(differing)).toBeGreaterThan(rangeOf(shops(8, { times: 1.5 })));
  });
});
