import { describe, expect, it } from "vitest";
import {
  drawUnknowns,
  fitResponse,
  fitShop,
  ratesAt,
  sumTrials,
  type Trial,
} from "#app/domain/evaluate/offer-response.ts";
import { seededRandom } from "#app/domain/random.ts";

const PRIOR = { mean: [Math.log(0.003), Math.log(0.015), 0, 1, 0], deviation: [1, 1, 0.4, 0.4, 1] };
const curve = (discountRatio: number) => 3 * discountRatio;
/** What so many visitors do on average whose unknowns are these. */
const trialsOf = (unknowns: readonly number[], visitors: number): Trial[] =>
  [0, 0.1, 0.2].map((discountRatio) => {
    const { set, part } = ratesAt(unknowns, discountRatio, curve);
    return { discountRatio, visitors, sets: visitors * set, parts: visitors * part };
  });
const deviationOf = (fit: ReturnType<typeof fitResponse>, unknown: number) => {
  const random = seededRandom(3);
  const drawn = Array.from(
    { length: 2_000 },
    () => drawUnknowns(fit, random, 1)[unknown]! - fit.mean[unknown]!,
  );
  return Math.sqrt(drawn.reduce((sum, away) => sum + away ** 2, 0) / drawn.length);
};

describe("trials of single days", () => {
  it("are added up by discount, and count half as much after 45 days", () => {
    const day = { discountRatio: 0.1, visitors: 100, sets: 4, parts: 8 };
    const summed = sumTrials([
      { ...day, ageDays: 0 },
      { ...day, ageDays: 45 },
      { ...day, discountRatio: 0, ageDays: 90 },
    ]);

    expect(summed).toEqual([
      { discountRatio: 0.1, visitors: 150, sets: 6, parts: 12 },
      { discountRatio: 0, visitors: 25, sets: 1, parts: 2 },
    ]);
  });
});

describe("what visitors buy", () => {
  it("takes from the parts no more than there is, however many sets a discount wins", () => {
    const { part } = ratesAt([Math.log(0.01), Math.log(0.005), 1, 3, 5], 0.3, curve);
    expect(part).toBeCloseTo(0.02 * 0.005, 12);
  });

  it("is without an offer what it is, whatever the offer would add", () => {
    const { set, part } = ratesAt([Math.log(0.01), Math.log(0.02), 1, 3, 5], 0, curve);
    expect(set).toBeCloseTo(0.01, 12);
    expect(part).toBeCloseTo(0.02, 12);
  });
});

describe("what is believed of a bundle", () => {
  it("is the prior alone before anybody came", () => {
    const fit = fitResponse([{ discountRatio: 0.1, visitors: 0, sets: 0, parts: 0 }], curve, PRIOR);

    fit.mean.forEach((value, unknown) => expect(value).toBeCloseTo(PRIOR.mean[unknown]!, 9));
    expect(deviationOf(fit, 2)).toBeCloseTo(0.4, 1);
  });

  it("stays finite where thousands came and nobody ever bought", () => {
    const trials = [0, 0.1].map((discountRatio) => ({ discountRatio, visitors: 5_000, sets: 0, parts: 0 }));
    const { mean } = fitResponse(trials, curve, PRIOR);

    expect([...mean].every(Number.isFinite)).toBe(true);
    expect(Math.exp(mean[0]!)).toBeLessThan(0.001);
  });

  it("comes to the truth as visitors come, and grows surer", () => {
    const truth = [Math.log(0.01), Math.log(0.03), 0.3, 1.4, -1];
    const [few, many] = [2_000, 2_000_000].map((visitors) =>
      fitResponse(trialsOf(truth, visitors), curve, PRIOR),
    );

    truth.forEach((value, unknown) => expect(many!.mean[unknown]).toBeCloseTo(value, 1));
    expect(deviationOf(many!, 3)).toBeLessThan(0.3 * deviationOf(few!, 3));
  });
});

describe("what is believed of a shop's bundles", () => {
  it("is carried from those that many visit to one that nobody visited yet", () => {
    const truth = [Math.log(0.01), Math.log(0.03), 0, 1.8, 0];
    const seen = { trials: trialsOf(truth, 200_000), curve, prior: PRIOR };
    const fits = fitShop([...Array.from({ length: 8 }, () => seen), { trials: [], curve, prior: PRIOR }]);

    expect(fits.at(-1)!.mean[3]).toBeGreaterThan(1.4);
    // How many buy without an offer is each page's own.
    expect(fits.at(-1)!.mean[0]).toBeCloseTo(PRIOR.mean[0]!, 6);
  });
});
