import { describe, expect, it } from "vitest";
import { steerOffers, type SteeredBundle } from "#app/domain/evaluate/autopilot/steer-offers.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";

const basis = { elasticity: 2.8, returnRatio: 0.05 };

/**
 * Two products at 20.00 and 10.00, half of it margin, with this many visitors at each discount; 0 means no
 * offer.
 */
function bundleWith(
  visitors: number,
  rates: Readonly<Record<number, { set: number; part: number }>>,
  fields: Partial<SteeredBundle> = {},
): SteeredBundle {
  return {
    id: "b",
    candidates: [0.1, 0.05, 0.15, 0.2],
    isPool: false,
    components: [{ priceMinor: 2_000 }, { priceMinor: 1_000 }],
    setPriceMinor: 3_000,
    setMarginMinor: 1_500,
    partMarginMinor: 1_000,
    trials: Object.entries(rates).map(([discount, { set, part }]) => ({
      discountRatio: Number(discount) || null,
      visitors,
      sets: visitors * set,
      parts: visitors * part,
    })),
    ...fields,
  };
}

const steer = (bundle: SteeredBundle, seed = 1, boldness?: number) =>
  steerOffers([bundle], basis, seededRandom(seed), boldness)[0]!;

describe("steerOffers", () => {
  it("returns no discount when all are beyond the merchant's limits", () => {
    const none = bundleWith(1_000, { 0: { set: 0.003, part: 0.02 } }, { candidates: [] });

    expect(steer(none)).toMatchObject({ discountRatio: null, verdict: "open" });
  });

  it("chooses only among the candidates, for any draw", () => {
    const candidates = [0.07, 0.11];
    const bundle = bundleWith(50, { 0: { set: 0.003, part: 0.02 } }, { candidates });
    for (let seed = 1; seed <= 100; seed++)
      expect(candidates).toContain(steer(bundle, seed, 3).discountRatio);
  });

  it("keeps the only price of an offer and still judges it", () => {
    const gift = { candidates: [0.3], components: [{ priceMinor: 900 }] };
    const same = { set: 0.01, part: 0.02 };

    expect(steer(bundleWith(20_000, { 0: same, 0.3: same }, gift))).toMatchObject({
      discountRatio: 0.3,
      verdict: "loser",
    });
    expect(steer(bundleWith(20_000, { 0: same, 0.3: { set: 0.05, part: 0.02 } }, gift))).toMatchObject({
      discountRatio: 0.3,
      verdict: "winner",
    });
  });

  it("shares no evidence between sets and offers over a pool", () => {
    const rates = { 0: { set: 0.003, part: 0.02 }, 0.2: { set: 0.05, part: 0.02 } };
    const fresh = bundleWith(2_000, { 0: { set: 0.003, part: 0.02 } }, { isPool: true });
    const others = Array.from({ length: 6 }, () => bundleWith(20_000, rates));
    const gain = (bundles: SteeredBundle[]) =>
      steerOffers(bundles, basis, seededRandom(1))[0]!.gainPerThousandMinor;

    expect(gain([fresh, ...others])).toBe(gain([fresh]));
  });

  it("calls an offer a loser when it only discounts what was bought anyway", () => {
    const same = { set: 0.01, part: 0.02 };

    expect(steer(bundleWith(20_000, { 0: same, 0.1: same, 0.2: same }))).toMatchObject({ verdict: "loser" });
  });

  it("does not judge before 500 visitors were exposed, however certain it is", () => {
    const without = { discountRatio: null, visitors: 20_000, sets: 60, parts: 400 };
    const exposedTo = (visitors: number) =>
      steer(
        bundleWith(
          0,
          {},
          { trials: [without, { discountRatio: 0.1, visitors, sets: visitors / 10, parts: visitors / 50 }] },
        ),
      );

    expect(exposedTo(499)).toMatchObject({ chanceBetter: 1, verdict: "open" });
    expect(exposedTo(500)).toMatchObject({ chanceBetter: 1, verdict: "winner" });
  });

  it.each([
    ["the smallest one when more of it wins nobody more", { 0.05: 0.03, 0.1: 0.03, 0.2: 0.03 }, 0.05],
    ["the largest one when each step wins many more", { 0.05: 0.005, 0.1: 0.01, 0.2: 0.06 }, 0.2],
  ])("chooses %s", (_, sets, best) => {
    const rates = Object.fromEntries(Object.entries(sets).map(([d, set]) => [d, { set, part: 0.02 }]));
    const step = steer(bundleWith(20_000, { 0: { set: 0.003, part: 0.02 }, ...rates }));

    expect(step).toMatchObject({ discountRatio: best, verdict: "winner" });
    expect(step.gainPerThousandMinor).toBeGreaterThan(0);
  });

  it("tries several discounts while it knows little, and the same ones for the same seed", () => {
    const bundle = bundleWith(300, { 0: { set: 0.003, part: 0.02 } });
    const chosen = Array.from({ length: 40 }, (_, seed) => steer(bundle, seed).discountRatio);

    expect(new Set(chosen).size).toBeGreaterThan(1);
    expect(chosen).toEqual(Array.from({ length: 40 }, (_, seed) => steer(bundle, seed).discountRatio));
  });

  it("learns from the shop's other bundles", () => {
    const fresh = bundleWith(2_000, { 0: { set: 0.003, part: 0.02 } });
    const strong = { 0: { set: 0.003, part: 0.02 }, 0.2: { set: 0.05, part: 0.02 } };
    const others = Array.from({ length: 6 }, () => bundleWith(20_000, strong));
    const gain = (bundles: SteeredBundle[]) =>
      steerOffers(bundles, basis, seededRandom(1))[0]!.gainPerThousandMinor;

    expect(gain([fresh, ...others])).toBeGreaterThan(1.3 * gain([fresh]));
  });
});

describe("figures of a steering step", () => {
  const rates = { 0: { set: 0.003, part: 0.02 }, 0.1: { set: 0.05, part: 0.02 } };

  it("count only the visitors who were exposed to an offer", () => {
    expect(steer(bundleWith(700, { ...rates, 0.2: { set: 0.05, part: 0.02 } })).visitors).toBe(1_400);
    const none = bundleWith(700, rates, { candidates: [] });
    expect(steer(none)).toEqual({
      id: "b",
      discountRatio: null,
      verdict: "open",
      chanceBetter: 0,
      gainPerThousandMinor: 0,
      visitors: 700,
    });
  });

  /** With 10 % as the only allowed discount. */
  const steerAtTen = (bundle: SteeredBundle) => steer({ ...bundle, candidates: [0.1] });

  it("give the gain per thousand visitors after returns", () => {
    const step = steerAtTen(bundleWith(2_000_000, rates, { partMarginMinor: 0 }));
    // 50 sets at 12.00 of margin against 3 at 15.00; a twentieth is returned.
    expect(step.gainPerThousandMinor / (0.95 * (50 * 1_200 - 3 * 1_500))).toBeCloseTo(1, 2);
    expect(step).toMatchObject({ id: "b", discountRatio: 0.1, chanceBetter: 1, verdict: "winner" });
  });

  it("subtract the lost single sales", () => {
    const takes = { 0: { set: 0.01, part: 0.05 }, 0.1: { set: 0.05, part: 0.03 } };
    const gain = (partMarginMinor: number) =>
      steerAtTen(bundleWith(2_000_000, takes, { partMarginMinor })).gainPerThousandMinor;
    // Twenty single sales fewer per thousand visitors.
    expect((gain(0) - gain(1_000)) / (0.95 * 20 * 1_000)).toBeCloseTo(1, 1);
  });

  it("make a certain winner, a certain loser, or an open verdict between them", () => {
    const verdict = (set: number) =>
      steerAtTen(bundleWith(20_000, { 0: { set: 0.01, part: 0.02 }, 0.1: { set, part: 0.02 } })).verdict;
    expect([0.01, 0.0125, 0.02].map(verdict)).toEqual(["loser", "open", "winner"]);
  });
});
