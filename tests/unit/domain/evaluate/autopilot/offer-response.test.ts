import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Trial } from "#app/domain/evaluate/autopilot/offer-trials.ts";
import {
  drawUnknowns,
  fitResponse,
  fitShop,
  ratesAt,
} from "#app/domain/evaluate/autopilot/offer-response.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";

const PRIOR = { mean: [Math.log(0.003), Math.log(0.015), 0, 1, 0], deviation: [1, 1, 0.4, 0.4, 1] };
const curve = (discountRatio: number) => 3 * discountRatio;
/** Mean outcome of this many visitors under the given unknowns. */
const trialsOf = (unknowns: readonly number[], visitors: number): Trial[] =>
  [null, 0.1, 0.2].map((discountRatio) => {
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

describe("ratesAt", () => {
  it("takes no more single sales than there are, however many sets a discount wins", () => {
    const { part } = ratesAt([Math.log(0.01), Math.log(0.005), 1, 3, 5], 0.3, curve);
    expect(part).toBeCloseTo(0.02 * 0.005, 12);
  });

  it("ignores the effect of the offer when no offer is shown", () => {
    const { set, part } = ratesAt([Math.log(0.01), Math.log(0.02), 1, 3, 5], null, curve);
    expect(set).toBeCloseTo(0.01, 12);
    expect(part).toBeCloseTo(0.02, 12);
  });
});

describe("fitResponse", () => {
  it("returns the prior without visitors", () => {
    const fit = fitResponse([{ discountRatio: 0.1, visitors: 0, sets: 0, parts: 0 }], curve, PRIOR);

    fit.mean.forEach((value, unknown) => expect(value).toBeCloseTo(PRIOR.mean[unknown]!, 9));
    expect(deviationOf(fit, 2)).toBeCloseTo(0.4, 1);
  });

  it("stays finite after thousands of visitors without a purchase", () => {
    const trials = [null, 0.1].map((discountRatio) => ({
      discountRatio,
      visitors: 5_000,
      sets: 0,
      parts: 0,
    }));
    const { mean } = fitResponse(trials, curve, PRIOR);

    expect([...mean].every(Number.isFinite)).toBe(true);
    expect(Math.exp(mean[0]!)).toBeLessThan(0.001);
  });

  it("converges to the truth with more visitors and gets more certain", () => {
    const truth = [Math.log(0.01), Math.log(0.03), 0.3, 1.4, -1];
    const [few, many] = [2_000, 2_000_000].map((visitors) =>
      fitResponse(trialsOf(truth, visitors), curve, PRIOR),
    );

    truth.forEach((value, unknown) => expect(many!.mean[unknown]).toBeCloseTo(value, 1));
    expect(deviationOf(many!, 3)).toBeLessThan(0.3 * deviationOf(few!, 3));
  });
});

describe("fitShop", () => {
  it("carries what many visitors show to a bundle without visitors", () => {
    const truth = [Math.log(0.01), Math.log(0.03), 0, 1.8, 0];
    const seen = { trials: trialsOf(truth, 200_000), curve, prior: PRIOR };
    const fits = fitShop([...Array.from({ length: 8 }, () => seen), { trials: [], curve, prior: PRIOR }]);

    expect(fits.at(-1)!.mean[3]).toBeGreaterThan(1.4);
    // The rate of purchases without an offer belongs to each page.
    expect(fits.at(-1)!.mean[0]).toBeCloseTo(PRIOR.mean[0]!, 6);
  });
});

/** Log density of the posterior up to a constant: Poisson counts under the prior. */
function logDensity(unknowns: readonly number[], trials: readonly Trial[]): number {
  const ofPrior = unknowns.map((value, at) => -0.5 * ((value - PRIOR.mean[at]!) / PRIOR.deviation[at]!) ** 2);
  const ofTrials = trials.flatMap(({ discountRatio, visitors, sets, parts }) => {
    const { set, part } = ratesAt(unknowns, discountRatio, curve);
    return [
      sets * Math.log(visitors * set) - visitors * set,
      parts * Math.log(visitors * part) - visitors * part,
    ];
  });
  return [...ofPrior, ...ofTrials].reduce((sum, each) => sum + each, 0);
}
const moved = (unknowns: readonly number[], at: number, by: number) =>
  unknowns.map((value, index) => (index === at ? value + by : value));
/** Derivative of a function by one unknown. */
const slopeOf = (of: (unknowns: readonly number[]) => number, unknowns: readonly number[], at: number) =>
  (of(moved(unknowns, at, 1e-5)) - of(moved(unknowns, at, -1e-5))) / 2e-5;

/** Random trials of a page, whatever the prior expects. */
const anyTrials = fc
  .tuple(
    fc.integer({ min: 200, max: 20_000 }),
    fc.array(
      fc.record({
        set: fc.double({ min: 0, max: 0.05, noNaN: true }),
        part: fc.double({ min: 0.01, max: 0.1, noNaN: true }),
      }),
      {
        minLength: 3,
        maxLength: 3,
      },
    ),
  )
  .map(([visitors, rates]): Trial[] =>
    rates.map(({ set, part }, at) => ({
      discountRatio: at === 0 ? null : at / 10,
      visitors,
      sets: Math.round(visitors * set),
      parts: Math.round(visitors * part),
    })),
  );

describe("posterior of a bundle", () => {
  it("has its mode at the mean", () => {
    fc.assert(
      fc.property(anyTrials, (trials) => {
        const mean = [...fitResponse(trials, curve, PRIOR).mean];
        const density = (unknowns: readonly number[]) => logDensity(unknowns, trials);
        for (let unknown = 0; unknown < 5; unknown++) {
          for (const by of [-0.02, 0.02])
            expect(density(moved(mean, unknown, by))).toBeLessThan(density(mean));
        }
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it("has its mode at the mean also when sets leave almost no single sales", () => {
    const trials = [
      { discountRatio: null, visitors: 5_000, sets: 50, parts: 250 },
      { discountRatio: 0.1, visitors: 5_000, sets: 1_000, parts: 12 },
    ];
    const mean = [...fitResponse(trials, curve, PRIOR).mean];
    const { part } = ratesAt(mean, 0.1, curve);
    expect(part).toBeCloseTo(0.02 * Math.exp(mean[1]!), 12);
    for (let unknown = 0; unknown < 5; unknown++) {
      for (const by of [-0.02, 0.02])
        expect(logDensity(moved(mean, unknown, by), trials)).toBeLessThan(logDensity(mean, trials));
    }
  });

  it("is as certain as the prior and Fisher's information of its visitors", () => {
    fc.assert(
      fc.property(anyTrials, (trials) => {
        const { mean, factor } = fitResponse(trials, curve, PRIOR);
        const at = [...mean];
        for (let row = 0; row < 5; row++) {
          for (let column = 0; column <= row; column++) {
            let precision = row === column ? PRIOR.deviation[row]! ** -2 : 0;
            for (const { discountRatio, visitors } of trials) {
              for (const kind of ["set", "part"] as const) {
                const log = (unknowns: readonly number[]) =>
                  Math.log(ratesAt(unknowns, discountRatio, curve)[kind]);
                const expected = visitors * ratesAt(at, discountRatio, curve)[kind];
                precision += expected * slopeOf(log, at, row) * slopeOf(log, at, column);
              }
            }
            let stated = 0;
            for (let inner = 0; inner < 5; inner++)
              stated += factor[row * 5 + inner]! * factor[column * 5 + inner]!;
            expect(stated).toBeCloseTo(precision, -Math.ceil(Math.log10(1 + Math.abs(precision))) + 4);
          }
        }
      }),
      { seed: 2, numRuns: 40 },
    );
  });

  it("is drawn around its mean, scaled by the boldness", () => {
    const fit = fitResponse([], curve, PRIOR);
    const draw = (boldness: number) =>
      drawUnknowns(fit, seededRandom(5), boldness).map((value, at) => value - fit.mean[at]!);
    expect([...drawUnknowns(fit, seededRandom(5), 0)]).toEqual([...fit.mean]);
    draw(2).forEach((away, unknown) => expect(away).toBeCloseTo(2 * draw(1)[unknown]!, 9));
    // Every unknown has its own draw.
    expect(new Set(draw(1)).size).toBe(5);
  });
});

describe("shared effect of a shop's bundles", () => {
  it("changes nothing for a single bundle", () => {
    const alone = {
      trials: trialsOf([Math.log(0.01), Math.log(0.03), 0, 1.8, 0], 5_000),
      curve,
      prior: PRIOR,
    };
    expect(fitShop([alone])).toEqual([fitResponse(alone.trials, curve, PRIOR)]);
    expect(fitShop([])).toEqual([]);
  });

  it("is shrunk towards the prior, less with more bundles", () => {
    const unseen = (mean: number, deviation: number) => ({
      trials: [],
      curve,
      prior: {
        mean: PRIOR.mean.map((value, at) => (at === 3 ? mean : value)),
        deviation: PRIOR.deviation.map((value, at) => (at === 3 ? deviation : value)),
      },
    });
    // Without data, each bundle stays at its own prior.
    expect(fitShop([unseen(1, 0.4), unseen(2, 0.4)]).map(({ mean }) => mean[3])).toEqual([
      expect.closeTo(1, 6),
      expect.closeTo(2, 6),
    ]);

    const truth = [Math.log(0.01), Math.log(0.03), 0, 1.8, 0];
    const seen = { trials: trialsOf(truth, 5_000_000), curve, prior: PRIOR };
    const learned = (others: number) =>
      fitShop([...Array.from({ length: others }, () => seen), unseen(1, 0.4)]).at(-1)!.mean[3]!;
    // One other bundle says half as much as many: the truth is 0.8 above the prior, two deviations of the
    // shop.
    expect(learned(1)).toBeGreaterThan(1.2);
    expect(learned(1)).toBeLessThan(learned(6));
    expect(learned(6)).toBeLessThan(1.8);
  });

  it("weighs bundles with a narrow prior most", () => {
    const bundleOf = (truth: number, deviation: number) => ({
      trials: trialsOf([Math.log(0.01), Math.log(0.03), 0, truth, 0], 5_000_000),
      curve,
      prior: { ...PRIOR, deviation: PRIOR.deviation.map((value, at) => (at === 3 ? deviation : value)) },
    });
    const learned = (ofSure: number, ofUnsure: number) =>
      fitShop([bundleOf(ofSure, 0.2), bundleOf(ofUnsure, 0.8), { trials: [], curve, prior: PRIOR }]).at(-1)!
        .mean[3]!;
    expect(learned(1.8, 1)).toBeGreaterThan(learned(1, 1.8) + 0.2);
  });
});
