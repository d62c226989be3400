import { describe, expect, it } from "vitest";
import { armOf, hashText } from "#app/domain/evaluate/proof/holdout.ts";
import { NO_VISITORS, type CohortSums } from "#app/domain/evaluate/proof/cohort-day.ts";
import {
  criticalValues,
  listInterimAnalyses,
  YEAR_SHARE,
} from "#app/domain/evaluate/proof/interim-boundary.ts";
import { PERIOD_DAYS } from "#app/domain/evaluate/proof/measuring-period.ts";
import { explainUplift } from "#app/domain/evaluate/proof/explain-uplift.ts";
import { estimateUplift } from "#app/domain/evaluate/proof/uplift.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { drawDays, spender, sumVisitors } from "#tests/factories/cohorts.ts";

describe("estimateUplift", () => {
  it("has nothing to compare without a holdout", () => {
    const treated = sumVisitors([spender(1_000), spender(0)]);
    const result = estimateUplift({ days: [{ day: 0, treated, holdout: NO_VISITORS }] });
    expect(result).toMatchObject({ isEnough: false, metrics: [], critical: null });
    expect(explainUplift(result).code).toBe("uplift.noHoldout");
  });

  it("gives no interval and no number of missing visitors before each arm has enough orders", () => {
    const days = drawDays(seededRandom(6), 10, {
      treated: { visitors: 500, buyRatio: 0.05 },
      holdout: { visitors: 20, buyRatio: 0.05 },
    });
    const result = estimateUplift({ days });
    expect(result.perVisitorMinor).toMatchObject({ low: -Infinity, high: Infinity });
    expect(result.isEnough).toBe(false);
    expect(explainUplift(result).code).toBe("uplift.thin");
  });

  it("asks for more visitors as long as the interval is too wide", () => {
    const buys = { treated: { visitors: 300, buyRatio: 0.058 }, holdout: { visitors: 300, buyRatio: 0.05 } };
    const all = drawDays(seededRandom(5), PERIOD_DAYS, buys);
    const results = all.map((_, day) => estimateUplift({ days: all.slice(0, day + 1) }));

    const waiting = results.filter(({ isEnough, critical }) => !isEnough && critical !== null);
    expect(waiting.length).toBeGreaterThan(20);
    // Some of these intervals would be narrow enough at the end of the period, but are not yet.
    expect(waiting.filter(({ visitorsMissing }) => !visitorsMissing)).toEqual([]);
  });

  it("reports a broken draw when the arm sizes do not match the holdout share", () => {
    const days = drawDays(seededRandom(3), 20, {
      treated: { visitors: 500, buyRatio: 0.1 },
      holdout: { visitors: 100, buyRatio: 0.1 },
    });
    const result = estimateUplift({ days, holdoutRatioOf: () => 0.1 });
    expect(result.sampleRatioPValue).toBeLessThan(0.01);
    expect(explainUplift(result).code).toBe("uplift.broken");
    expect(estimateUplift({ days, holdoutRatioOf: () => 1 / 6 }).sampleRatioPValue).toBeGreaterThan(0.01);
  });

  it("reports a broken draw when one arm visits the offers' pages less often", () => {
    const arm = (visitors: number, exposed: number) =>
      sumVisitors(
        Array.from({ length: visitors }, (_, n) =>
          spender(n % 9 === 0 ? 2_000 : 0, { exposableVisitors: n < exposed ? 1 : 0 }),
        ),
      );
    const days = (exposed: number) =>
      Array.from({ length: 20 }, (_, day) => ({ day, treated: arm(450, 225), holdout: arm(50, exposed) }));
    const holdoutRatioOf = () => 0.1;
    expect(estimateUplift({ days: days(25), holdoutRatioOf }).isDrawBroken).toBe(false);
    expect(estimateUplift({ days: days(15), holdoutRatioOf }).isDrawBroken).toBe(true);
  });

  it("finds a large effect and equals the difference of the means when all days are alike", () => {
    const days = drawDays(seededRandom(4), 10, {
      treated: { visitors: 2_000, buyRatio: 0.12 },
      holdout: { visitors: 2_000, buyRatio: 0.08 },
    });
    const result = estimateUplift({ days });
    const mean = (arm: "treated" | "holdout") =>
      days.reduce((sum, day) => sum + day[arm].sums[3]!, 0) / 20_000;
    expect(result.isEnough).toBe(true);
    expect(result.perVisitorMinor.low).toBeGreaterThan(0);
    expect(result.perVisitorMinor.value).toBeCloseTo(mean("treated") - mean("holdout"), 9);
  });

  it("finds no effect when the holdout share falls while more visitors buy", () => {
    const random = seededRandom(5);
    const early = { treated: { visitors: 500, buyRatio: 0.02 }, holdout: { visitors: 500, buyRatio: 0.02 } };
    const late = { treated: { visitors: 950, buyRatio: 0.12 }, holdout: { visitors: 50, buyRatio: 0.12 } };
    const days = [...drawDays(random, 20, early), ...drawDays(random, 20, late)].map((cohort, day) => ({
      ...cohort,
      day,
    }));
    const { perVisitorMinor, metrics } = estimateUplift({ days });
    expect(perVisitorMinor.low).toBeLessThan(0);
    expect(perVisitorMinor.high).toBeGreaterThan(0);
    // Pooled over the days, the treated buy almost twice as much.
    const { difference, holdout } = metrics.find(({ name }) => name === "orders")!;
    expect(difference.value / holdout).toBeLessThan(0.4);
  });

  it("gives the share of revenue above the cap", () => {
    const rich = spender(50_000, { cappedRevenueMinor: 10_000 });
    const arm = sumVisitors([rich, spender(10_000), spender(0)]);
    const result = estimateUplift({ days: [{ day: 0, treated: arm, holdout: arm }], capMinor: 10_000 });
    expect(result.cappedRatio).toBeCloseTo(40_000 / 60_000, 9);
    expect(result.capMinor).toBe(10_000);
  });
});

describe("holdsForYear", () => {
  const arm = (buyers: number, visitors = 300) =>
    sumVisitors(Array.from({ length: visitors }, (_, n) => spender(n < buyers ? 4_000 + n : 0)));
  const period = (treated: CohortSums, holdout: CohortSums) =>
    Array.from({ length: PERIOD_DAYS }, (_, day) => ({ day, treated, holdout }));

  it.each([
    ["gain", arm(24), arm(15)],
    ["loss", arm(15), arm(24)],
  ])("is true for a %s beyond the wider boundary of a year", (_, treated, holdout) => {
    const seen = [3, 5, 7, 9, 11, 13, 15].map((count) => {
      const days = period(treated, holdout).slice(0, count);
      const { perVisitorMinor, critical, isEnough, holdsForYear } = estimateUplift({ days });
      const error = (perVisitorMinor.high - perVisitorMinor.value) / critical!;
      const ofYear = criticalValues(listInterimAnalyses(days), YEAR_SHARE).at(-1)!;
      expect(holdsForYear).toBe(Math.abs(perVisitorMinor.value) > ofYear * error);
      // Orders to come can only widen the interval away from zero.
      expect(estimateUplift({ days, toComeRatio: 0.5 }).holdsForYear).toBe(holdsForYear);
      return [isEnough, holdsForYear];
    });
    expect(seen[0]).toEqual([false, false]);
    expect(seen).toContainEqual([true, false]);
    expect(seen.at(-1)).toEqual([true, true]);
  });

  it("is false with thin data, a broken draw or a critical value of other analyses", () => {
    const days = period(arm(60), arm(15)).slice(0, 40);
    expect(estimateUplift({ days }).holdsForYear).toBe(true);
    expect(estimateUplift({ days: days.slice(0, 1) }).holdsForYear).toBe(false);
    expect(estimateUplift({ days, holdoutRatioOf: () => 0.4 })).toMatchObject({
      isDrawBroken: true,
      holdsForYear: false,
    });
    expect(estimateUplift({ days, critical: 0.001 }).holdsForYear).toBe(false);
  });
});

describe("armOf", () => {
  it("hashes to the published FNV-1a values", () => {
    expect(hashText("")).toBe(0x811c9dc5);
    expect(hashText("a")).toBe(0xe40c292c);
    expect(hashText("foobar")).toBe(0xbf9cf968);
  });

  it("is stable and holds out the given share", () => {
    const draw = { salt: "grains-of-salt", holdoutPermille: 100 };
    const keys = Array.from({ length: 20_000 }, (_, n) => n.toString(16).padStart(32, "0"));
    const held = keys.filter((key) => armOf(key, draw) === "holdout").length;
    expect(held / keys.length).toBeGreaterThan(0.09);
    expect(held / keys.length).toBeLessThan(0.11);
    expect(armOf(keys[5]!, draw)).toBe(armOf(keys[5]!, draw));
    expect(new Set(keys.map((key) => armOf(key, draw)))).toEqual(new Set(["treated", "holdout"]));
    expect(keys.some((key) => armOf(key, { ...draw, holdoutPermille: 0 }) === "holdout")).toBe(false);
  });
});
