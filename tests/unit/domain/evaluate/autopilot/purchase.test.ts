import { describe, expect, it } from "vitest";
import type { OfferDay } from "#app/domain/evaluate/autopilot/offer-trials.ts";
import { toSteeredOffer } from "#app/domain/evaluate/autopilot/purchase.ts";
import { steerOffers } from "#app/domain/evaluate/autopilot/steer-offers.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import type { OfferTerms, Reward } from "#app/domain/offer/offer.ts";

const limits = {
  minDiscountRatio: 0.05,
  maxDiscountRatio: 0.2,
  marginFloorRatio: 0.1,
  assumedMarginRatio: 0.5,
  currency: "USD",
};
const components = [1_000, 1_000, 2_000].map((priceMinor, at) => ({
  variantGid: `gid://shopify/ProductVariant/${at}`,
  productGid: `gid://shopify/Product/${at}`,
  quantity: 1,
  priceMinor,
  costMinor: null,
  isGift: false,
}));
const day = (fields: Partial<OfferDay> = {}): OfferDay => ({
  discountRatio: 0.1,
  ageDays: 0,
  ripeVisitors: 1_000,
  sets: 0,
  setsSquared: 0,
  parts: 0,
  setMarginMinor: 0,
  givenMinor: 0,
  partMarginMinor: 0,
  ...fields,
});
const steered = (terms: OfferTerms, days: OfferDay[] = [], discountRatio = 0.1) =>
  toSteeredOffer("b", { terms, discountRatio, components }, days, limits)!.bundle;
const percent = (basisPoints: number) => ({ type: "percent", basisPoints }) as const;
const rangeAt = (reward: Reward): OfferTerms => ({
  kind: "range",
  units: 2,
  allowsRepeats: false,
  reward,
});
const RANGE = rangeAt(percent(1_000));

describe("purchase of a steered offer", () => {
  it("is null when the products do not make up the offer", () => {
    const terms = { ...RANGE, units: 4 } as OfferTerms;
    expect(toSteeredOffer("b", { terms, discountRatio: 0.1, components }, [], limits)).toBeNull();
  });

  it("uses the components' prices for a set, whatever was sold", () => {
    const seen = [day({ sets: 1_000, setsSquared: 1_000, setMarginMinor: 9, givenMinor: 9 })];
    expect(steered({ kind: "set", reward: percent(1_000) }, seen)).toMatchObject({
      isPool: false,
      setPriceMinor: 4_000,
      setMarginMinor: 2_000,
      components: [{ priceMinor: 1_000 }, { priceMinor: 1_000 }, { priceMinor: 2_000 }],
    });
  });

  it("costs nothing for a set at full price, which may stay whatever its margin", () => {
    const offer = { terms: { kind: "set", reward: { type: "none" } } as const, discountRatio: 0, components };
    const { bundle } = toSteeredOffer("b", offer, [], { ...limits, marginFloorRatio: 0.6 })!;
    expect(bundle).toMatchObject({ candidates: [0], setPriceMinor: 4_000, setMarginMinor: 2_000 });
    const [step] = steerOffers([bundle], { elasticity: 2.8, returnRatio: 0.05 }, seededRandom(1));
    expect(step).toMatchObject({ discountRatio: 0, verdict: "open" });
  });

  it("starts at the first products of a range and moves to the sales that were seen", () => {
    expect(steered(RANGE)).toMatchObject({ isPool: true, setPriceMinor: 2_000, setMarginMinor: 1_000 });
    // The catalogue counts as ten purchases; a thousand were seen at 30.00 with 10 % off.
    const sets = { sets: 1_000, setsSquared: 1_000 };
    const seen = [day({ ...sets, setMarginMinor: 1_500 * 1_000, givenMinor: 300 * 1_000 })];
    const { setPriceMinor, setMarginMinor } = steered(RANGE, seen);
    expect(setPriceMinor).toBeCloseTo((300 * 1_000 + 10 * 200) / (0.1 * 1_010), 6);
    expect(setMarginMinor).toBeCloseTo((1_500 * 1_000 + 10 * 1_000) / 1_010, 6);
  });

  it("costs more in a range at a fixed price when shoppers choose dearer products", () => {
    const terms = rangeAt({ type: "price", priceMinor: 1_800 });
    const sets = { sets: 990, setsSquared: 990 };
    // They choose products worth 30.00, so 12.00 is given.
    const seen = [day({ ...sets, setMarginMinor: 1_500 * 990, givenMinor: 1_200 * 990 })];
    const { setPriceMinor, setMarginMinor } = steered(terms, seen);
    expect(setPriceMinor).toBe(2_000);
    const kept = setMarginMinor - 0.1 * setPriceMinor;
    expect(Math.abs(kept - (1_500 - 1_200))).toBeLessThan(20);
  });

  it("states quantity breaks over the highest tier", () => {
    const terms: OfferTerms = {
      kind: "breaks",
      scope: "pool",
      tiers: [
        { units: 2, reward: percent(1_000) },
        { units: 3, reward: percent(2_000) },
      ],
    };
    expect(steered(terms, [], 0.2)).toMatchObject({ setPriceMinor: 1_000, setMarginMinor: 1_000 });
  });

  it("counts several sets in one order as less evidence than the same sets in many orders", () => {
    const trialOf = (setsSquared: number) =>
      steered(RANGE, [day({ sets: 40, setsSquared, parts: 8 })]).trials[0];
    expect(trialOf(40)).toMatchObject({ visitors: 1_000, sets: 40, parts: 8 });
    expect(trialOf(160)).toMatchObject({ visitors: 250, sets: 10, parts: 2 });
  });
});
