import { describe, expect, it } from "vitest";
import type { OfferTerms } from "#app/domain/offer/offer.ts";
import { expectOffer, replayOffer } from "#app/domain/propose/quantity/expect-offer.ts";

const reward = { type: "percent", basisPoints: 1_000 } as const;
const SET: OfferTerms = { kind: "set", reward };
const BREAKS: OfferTerms = { kind: "breaks", scope: "product", tiers: [{ units: 2, reward }] };
const SPENDING: OfferTerms = { kind: "gift", spendMinor: 2_000, giftBasisPoints: 10_000 };
/** A gift of 3.00, half of it margin. */
const SPOON = { discountMinor: 300, marginMinor: 150 };
const products = [
  { priceMinor: 1_000, marginMinor: 600 },
  { priceMinor: 500, marginMinor: 300 },
];
const steps = [{ units: 2, discountRatio: 0.1 }];
const none = {
  orders: 0,
  ofEach: [0, 0],
  ofAny: 0,
  ofParts: 0,
  ofUnits: 0,
  without: [0, 0],
  byUnits: [0],
  byUnitsOfEach: [0],
};
/** A year in which 60 orders held both products and 400 one of them; 20 would by chance. */
const bought = {
  orders: 10_000,
  ofEach: [260, 260],
  ofAny: 460,
  ofParts: 60,
  ofUnits: 60,
  without: [200, 200],
  byUnits: [0, 400, 60],
  byUnitsOfEach: [0, 480, 40],
};
const of = (terms: OfferTerms, counts = bought, more: object = {}) =>
  expectOffer({ terms, products, steps, counts, days: 365, gift: null, ...more });

describe("expectOffer", () => {
  it("is null without orders", () => {
    expect(of(SET, none)).toBeNull();
    expect(of(SPENDING, none, { gift: SPOON })).toBeNull();
  });

  it("expects nothing from products that no order combines", () => {
    const apart = { ...bought, ofParts: 0, without: [0, 0] };
    expect(of(SET, apart)?.extraMarginMinor.value).toBe(0);
  });

  it("expects for a set, over 28 days, its past orders and some of those that lack a product", () => {
    const effect = of(SET)!;
    expect(effect.ordersAnyway.value).toBeCloseTo((60 * 28) / 365);
    expect(effect.ordersWithOffer.value).toBeGreaterThan(effect.ordersAnyway.value);
    expect(effect.extraMarginMinor.low).toBeLessThan(effect.extraMarginMinor.value);
  });

  it("expects a loss when the discount costs more than it wins", () => {
    const deep = of(SET, bought, { steps: [{ units: 2, discountRatio: 0.6 }] })!;
    expect(deep.extraMarginMinor.value).toBeLessThan(0);
  });

  it("counts quantity breaks by the units of a product, or of the whole pool", () => {
    expect(of(BREAKS)!.ordersAnyway.value).toBeCloseTo((40 * 28) / 365);
    expect(of({ ...BREAKS, scope: "pool" })!.ordersAnyway.value).toBeCloseTo((60 * 28) / 365);
  });

  it("charges a gift by spending to the orders that qualify anyway", () => {
    const effect = of(SPENDING, bought, { gift: SPOON })!;
    const anyway = (60 * 28) / 365;
    expect(effect.ordersAnyway.value).toBeCloseTo(anyway);
    expect(effect.ordersWithOffer.value).toBeGreaterThan(anyway);
    expect(effect.extraMarginMinor.low).toBeLessThan(0);
    const dear = of(SPENDING, bought, { gift: { discountMinor: 300, marginMinor: 0 } })!;
    expect(effect.extraMarginMinor.value - dear.extraMarginMinor.value).toBeCloseTo(anyway * 150);
  });

  it("expects a gain from a range without a discount, through awareness", () => {
    const range: OfferTerms = { kind: "range", units: 2, allowsRepeats: true, reward: { type: "none" } };
    const shown = of(range, bought, { steps: [{ units: 2, discountRatio: 0 }] })!;
    expect(shown.extraMarginMinor.low).toBeGreaterThan(0);
  });
});

describe("replayOffer", () => {
  it("is null when there is nothing to compare", () => {
    expect(
      replayOffer(SET, { before: { counts: none, days: 100 }, since: { counts: bought, days: 28 } }),
    ).toBeNull();
    expect(
      replayOffer(SET, { before: { counts: bought, days: 100 }, since: { counts: none, days: 28 } }),
    ).toBeNull();
    const unheld = { ...bought, ofParts: 0 };
    expect(
      replayOffer(SET, { before: { counts: unheld, days: 100 }, since: { counts: unheld, days: 28 } }),
    ).toBeNull();
  });

  it("compares the newest orders with the rate of the days before", () => {
    const since = { counts: { ...bought, orders: 900, ofParts: 7 }, days: 28 };
    const replay = replayOffer(SET, { before: { counts: bought, days: 336 }, since });
    expect(replay).toMatchObject({ code: "handLater", values: { days: 28, together: 7, expectedAbout: 5 } });
  });
});
