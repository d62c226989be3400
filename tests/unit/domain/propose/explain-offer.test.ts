import { describe, expect, it } from "vitest";
import { explainOffer, leastOf } from "#app/domain/propose/evidence/explain-offer.ts";
import type { OfferTerms } from "#app/domain/offer/offer.ts";

const reward = { type: "percent", basisPoints: 1_000 } as const;
const set: OfferTerms = { kind: "set", reward };
const breaks: OfferTerms = { kind: "breaks", scope: "product", tiers: [{ units: 2, reward }] };
const none = { orders: 0, ofEach: [0, 0], ofAny: 0, ofParts: 0, ofUnits: 0 };

describe("explainOffer", () => {
  it("has nothing to say before the first order", () => {
    expect(explainOffer(set, none).code).toBe("handNoOrders");
  });

  it("says that no order holds the offer", () => {
    expect(explainOffer(set, { ...none, orders: 90 })).toMatchObject({
      code: "handNone",
      values: { orders: 90 },
    });
  });

  it("gives the lift of a set", () => {
    // 1000 · 0.1 · 0.2 = 20 by chance.
    const counts = { orders: 1_000, ofEach: [100, 200], ofAny: 240, ofParts: 60, ofUnits: 60 };
    const { values } = explainOffer(set, counts);
    expect(values).toMatchObject({ together: 60, orders: 1_000, liftTimes: expect.closeTo(3) });
  });

  it("compares any two of a range with the chance that at least two come together", () => {
    const range: OfferTerms = { kind: "range", units: 2, allowsRepeats: false, reward };
    const counts = { orders: 1_000, ofEach: [100, 100, 100], ofAny: 250, ofParts: 56, ofUnits: 80 };
    // 3 · 0.1² · 0.9 + 0.1³ = 0.028.
    expect(explainOffer(range, counts).values).toMatchObject({ liftTimes: expect.closeTo(2) });
  });

  it("counts the orders of quantity breaks that reach the lowest tier", () => {
    const counts = { orders: 1_000, ofEach: [120], ofAny: 120, ofParts: 120, ofUnits: 41 };
    expect(explainOffer(breaks, counts).values).toEqual({ together: 41, orders: 120, units: 2 });
    expect(leastOf(breaks, 1, 1).units).toBe(2);
  });

  it("counts the orders that reach the spending of a gift", () => {
    const gift: OfferTerms = { kind: "gift", spendMinor: 5_000, giftBasisPoints: 10_000 };
    const counts = { orders: 1_000, ofEach: [120], ofAny: 120, ofParts: 120, ofUnits: 41 };
    expect(leastOf(gift, 3, 5)).toEqual({ parts: 1, units: 5 });
    expect(explainOffer(gift, counts)).toMatchObject({
      code: "handSpent",
      values: { together: 41, orders: 120, spendMinor: 5_000 },
    });
  });
});
