import { describe, expect, it } from "vitest";
import { NO_VISITORS, toCohortSums, type CohortDay } from "#app/domain/evaluate/proof/cohort-day.ts";
import {
  chancesToSee,
  criticalValues,
  ERROR_SPENT,
  listInterimAnalyses,
  YEAR_SHARE,
  type InterimAnalysis,
} from "#app/domain/evaluate/proof/interim-boundary.ts";
import { PERIOD_DAYS } from "#app/domain/evaluate/proof/measuring-period.ts";
import { normalTail } from "#app/domain/numbers/statistics.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";

function evenAnalyses(count: number, fresh = 1): InterimAnalysis[] {
  return Array.from({ length: count }, (_, index) => ({
    information: index + 1,
    fresh,
    elapsedRatio: (index + 1) / count,
  }));
}

/** Share of random walks that are ever beyond `critical` standard errors at one of the `analyses`. */
function shareCrossing(
  analyses: readonly InterimAnalysis[],
  critical: Float64Array,
  drift: number,
  walks: number,
): number {
  const random = seededRandom(7);
  let crossing = 0;
  for (let walk = 0; walk < walks; walk++) {
    let at = 0;
    let time = 0;
    for (const [index, { information }] of analyses.entries()) {
      const step = information - time;
      const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      at += drift * step + Math.sqrt(step) * normal;
      time = information;
      if (Math.abs(at) > critical[index]! * Math.sqrt(information)) {
        crossing++;
        break;
      }
    }
  }
  return crossing / walks;
}

describe("criticalValues", () => {
  it("is the normal quantile of the error for a single analysis that spends all of it", () => {
    expect(criticalValues([{ information: 9, fresh: 0, elapsedRatio: 1 }])[0]).toBeCloseTo(1.981815, 4);
  });

  it("spends the error over two analyses", () => {
    const analyses = evenAnalyses(2, 0);
    const critical = criticalValues(analyses);
    expect(shareCrossing(analyses, critical, 0, 40_000)).toBeCloseTo(ERROR_SPENT, 2);
  });

  it.each([
    ["steady traffic", evenAnalyses(90, 0)],
    [
      "traffic that doubles half-way",
      evenAnalyses(90, 0).map((analysis, index) => ({
        ...analysis,
        information: index < 45 ? index + 1 : 45 + 2 * (index - 44),
      })),
    ],
    ["analyses that begin late", evenAnalyses(90, 0).slice(40)],
  ])("lets 4 %% of the walks cross with %s", (_, analyses) => {
    expect(Math.abs(shareCrossing(analyses, criticalValues(analyses), 0, 10_000) - ERROR_SPENT)).toBeLessThan(
      0.007,
    );
  });

  it("holds the error also when the result is watched twenty times a day", () => {
    const days = evenAnalyses(30);
    const daily = criticalValues(days);
    const often = days.flatMap(({ information, elapsedRatio }) =>
      Array.from({ length: 20 }, (_, hour) => ({
        information: information - 1 + (hour + 1) / 20,
        fresh: 0,
        elapsedRatio,
      })),
    );
    const critical = Float64Array.from(often, (_, index) => daily[Math.floor(index / 20)]!);
    expect(shareCrossing(often, critical, 0, 6_000)).toBeLessThan(ERROR_SPENT + 0.005);
  });

  it("spends nothing on a day without visitors", () => {
    const analyses = [...evenAnalyses(10), { information: 10, fresh: 0, elapsedRatio: 1 }];
    const critical = criticalValues(analyses);
    expect(critical[10]).toBe(critical[9]);
  });
});

describe("chancesToSee", () => {
  it("is the share of walks with a drift that have crossed", () => {
    const analyses = evenAnalyses(60);
    const drift = 3 / Math.sqrt(60);
    const chance = chancesToSee(analyses, drift).at(-1)!;
    expect(shareCrossing(analyses, criticalValues(analyses), drift, 6_000)).toBeCloseTo(chance, 1);
  });

  it("grows with the effect and with each analysis", () => {
    const analyses = evenAnalyses(20);
    const [small, large] = [0.2, 0.5].map((drift) => chancesToSee(analyses, drift));
    large!.forEach((chance, index) => {
      expect(chance).toBeGreaterThanOrEqual(small![index]!);
      if (index > 0) expect(chance).toBeGreaterThanOrEqual(large![index - 1]!);
    });
  });
});

/**
 * Chance that a motion crossed the critical values by each analysis. Plain integration over a grid that is
 * fine enough to ignore its error.
 */
function chancesByIntegration(
  analyses: readonly InterimAnalysis[],
  critical: ArrayLike<number>,
  drift: number,
): number[] {
  const points = 1_500;
  let [at, mass, time, crossed] = [[0], [1], 0, 0];
  return analyses.map(({ information }, index) => {
    const [step, bound] = [information - time, critical[index]! * Math.sqrt(information)];
    const deviation = Math.sqrt(step);
    at.forEach((x, from) => {
      const centre = x + drift * step;
      crossed +=
        mass[from]! * (normalTail((bound - centre) / deviation) + normalTail((bound + centre) / deviation));
    });
    const width = (2 * bound) / points;
    const next = Array.from({ length: points }, (_, to) => -bound + (to + 0.5) * width);
    const nextMass = next.map((y) =>
      at.reduce((sum, x, from) => {
        const z = (y - x - drift * step) / deviation;
        return sum + (mass[from]! * width * Math.exp((-z * z) / 2)) / (deviation * Math.sqrt(2 * Math.PI));
      }, 0),
    );
    [at, mass, time] = [next, nextMass, information];
    return crossed;
  });
}

const uneven: InterimAnalysis[] = [
  { information: 3, fresh: 0, elapsedRatio: 0.4 },
  { information: 4, fresh: 0, elapsedRatio: 0.7 },
  { information: 9, fresh: 0, elapsedRatio: 1 },
];

/**
 * Little new information and much error to spend: the motion may be where an earlier boundary already
 * allowed it.
 */
const falling: InterimAnalysis[] = [
  { information: 1, fresh: 0, elapsedRatio: 0.1 },
  { information: 1.05, fresh: 0, elapsedRatio: 1 },
];

describe("interim boundary compared with plain integration", () => {
  it.each([
    ["as visitors come", uneven, 1],
    ["when it falls", falling, 1],
    ["of a period that shares its error with others", uneven, YEAR_SHARE],
  ])("spends the error of each analysis to within 2 %%, %s", (_, analyses, share) => {
    const crossed = chancesByIntegration(analyses, criticalValues(analyses, share), 0);
    crossed.forEach((chance, index) => {
      const allowed = share * ERROR_SPENT * analyses[index]!.elapsedRatio ** 2;
      expect(Math.abs(chance / allowed - 1)).toBeLessThan(0.02);
    });
  });

  it("stays between the normal quantile of the whole error and 40 for any traffic", () => {
    const random = seededRandom(3);
    for (let shop = 0; shop < 60; shop++) {
      let information = 0;
      const analyses = Array.from({ length: 20 }, (_, day) => {
        information += 100 ** (2 * random() - 1);
        return { information, fresh: 0, elapsedRatio: (day + 1) / 20 };
      });
      for (const critical of criticalValues(analyses)) {
        expect(critical).toBeGreaterThan(1.98);
        expect(critical).toBeLessThanOrEqual(40);
      }
    }
  });

  it("splits the error of a period over a year, with little to spare", () => {
    expect((365 / 90) * YEAR_SHARE).toBeLessThanOrEqual(1);
    expect((365 / 90) * YEAR_SHARE).toBeGreaterThan(0.98);
  });

  it("lets no effect cross while no error can be spent", () => {
    expect(chancesToSee([{ information: 1, fresh: 0, elapsedRatio: 0 }], 20)[0]).toBeCloseTo(0, 3);
  });

  it.each([0, 0.3, -0.8, 1.5])("gives the chance to see an effect of %d deviations", (effect) => {
    const stated = chancesToSee(uneven, effect);
    chancesByIntegration(uneven, criticalValues(uneven), effect).forEach((chance, index) =>
      expect(Math.abs(stated[index]! / chance - 1)).toBeLessThan(0.02),
    );
  });

  // Newton's method finds the value of the fourth day to the last digit.
  it.each([4 / 90, 0.25, 0.5, 1])(
    "is a normal quantile for a single analysis after %d of the period",
    (elapsedRatio) => {
      const [critical] = criticalValues([{ information: 7, fresh: 0, elapsedRatio }]);
      expect(2 * normalTail(critical!)).toBeCloseTo(ERROR_SPENT * elapsedRatio ** 2, 7);
    },
  );

  it("moves out for the motion between two analyses", () => {
    const watched = uneven.map((analysis, index) => ({ ...analysis, fresh: 0.5 + index }));
    const [still, moving] = [criticalValues(uneven), criticalValues(watched)];
    watched.forEach(({ information, fresh }, index) =>
      expect(moving[index]! - still[index]!).toBeCloseTo(0.5826 * Math.sqrt(fresh / information), 9),
    );
  });

  it("spends no more after the end of the period and nothing before its start", () => {
    const at = (elapsedRatio: number) => criticalValues([{ information: 1, fresh: 0, elapsedRatio }])[0]!;
    expect(at(1.5)).toBe(at(1));
    expect(at(-0.5)).toBe(at(0));
    expect(at(0)).toBe(40);
    expect(criticalValues([{ information: 4, fresh: 0, elapsedRatio: 0 }])[0]).toBe(40);
  });

  it("is 40 without information and unchanged with almost no new information", () => {
    const first = { information: 0, fresh: 0, elapsedRatio: 0.1 };
    const then = { information: 5, fresh: 0, elapsedRatio: 0.5 };
    const added = (share: number) => ({ information: 5 / (1 - share), fresh: 0, elapsedRatio: 1 });
    expect(criticalValues([first])[0]).toBe(40);
    expect(criticalValues([first, then])[1]).toBe(criticalValues([then])[0]);
    const [, before, after] = criticalValues([first, then, added(0.9e-4)]);
    expect(after).toBe(before);
    expect(criticalValues([then, added(1.1e-4)])[1]).not.toBe(criticalValues([then])[0]);
    const chances = chancesToSee([first, then, added(0.9e-4)], 0.5);
    expect(chances[0]).toBe(0);
    expect(chances[2]).toBe(chances[1]);
    // The unspent error is spent at the next analysis.
    const kept = chancesByIntegration(
      [then, added(0.3)],
      criticalValues([then, added(0.9e-4), added(0.3)]).filter((_, at) => at !== 1),
      0,
    );
    expect(Math.abs(kept.at(-1)! / ERROR_SPENT - 1)).toBeLessThan(0.02);
  });
});

const arm = (visitors: number, orders: number) => toCohortSums(visitors, { orders: [orders, orders] });
const day = (number: number, treated = arm(100, 30), holdout = arm(100, 30)): CohortDay => ({
  day: number,
  treated,
  holdout,
});

describe("listInterimAnalyses", () => {
  it.each([
    ["nobody came", NO_VISITORS, NO_VISITORS],
    ["99 visitors were treated", arm(99, 30), arm(100, 30)],
    ["99 visitors were held out", arm(100, 30), arm(99, 30)],
    ["the treated placed 29 orders", arm(100, 29), arm(100, 30)],
    ["those held out placed 29 orders", arm(100, 30), arm(100, 29)],
  ])("is empty while %s", (_, treated, holdout) => {
    expect(listInterimAnalyses([day(0, treated, holdout)])).toEqual([]);
  });

  it("is empty while the arms share no day", () => {
    expect(
      listInterimAnalyses([day(0, arm(500, 90), NO_VISITORS), day(1, NO_VISITORS, arm(500, 90))]),
    ).toEqual([]);
  });

  it("starts when all days together have enough in both arms", () => {
    const half = day(0, arm(60, 15), arm(60, 15));
    expect(listInterimAnalyses([half, { ...half, day: 4 }, day(89, arm(300, 30), arm(150, 9))])).toEqual([
      { information: 60, fresh: 30, elapsedRatio: 5 / PERIOD_DAYS },
      { information: 160, fresh: 100, elapsedRatio: 1 },
    ]);
  });

  it("counts only exposable orders", () => {
    const before = toCohortSums(100, { orders: [60, 60], exposableOrders: [29, 29] });
    expect(listInterimAnalyses([day(0, before)])).toEqual([]);
  });

  it("never goes beyond the end of the period", () => {
    expect(listInterimAnalyses([day(PERIOD_DAYS + 5)])).toMatchObject([{ elapsedRatio: 1 }]);
  });
});
