import { describe, expect, it } from "vitest";
import { criticalValues, YEAR_SHARE } from "#app/domain/evaluate/proof/interim-boundary.ts";
import { monthlyWorth } from "#app/domain/evaluate/proof/monthly-worth.ts";
import { EVEN_ANALYSES } from "#tests/factories/even-analyses.ts";

const known = {
  isEnough: true,
  isDrawBroken: false,
  perVisitorMinor: { value: 10, low: 4, high: 16 },
  visitors: { treated: 9_000, holdout: 1_000 },
  leftOutDays: 0,
  visitorsMissing: 0,
  holdsForYear: false,
};
const pace = { days: 45, holdoutRatio: 0.1 };

describe("monthlyWorth", () => {
  it("says nothing of a broken draw, nor where it cannot be said how many visitors are missing", () => {
    expect(monthlyWorth({ ...known, isDrawBroken: true }, pace)).toBeNull();
    const open = { ...known, isEnough: false };
    expect(monthlyWorth({ ...open, visitorsMissing: null }, pace)).toBeNull();
  });

  it("is what the visitors of a month who may see offers bring, with the same interval", () => {
    // 200 of them a day.
    expect(monthlyWorth(known, pace)).toEqual({
      kind: "known",
      minor: { value: 60_000, low: 24_000, high: 96_000 },
      holdsForYear: false,
    });
  });

  it("is else the time at the pace so far, and what more held out would make of it", () => {
    const open = { ...known, isEnough: false, visitorsMissing: 10_000 };
    expect(monthlyWorth(open, pace)).toEqual({
      kind: "unknown",
      days: 45,
      sooner: { holdoutRatio: 0.3, days: 20 },
    });
    expect(monthlyWorth(open, { ...pace, holdoutRatio: 0.4 })).toMatchObject({ sooner: null });
  });

  it("goes by the days on which the visitors came, without those that are left out", () => {
    const half = { ...known, visitors: { treated: 4_500, holdout: 500 }, leftOutDays: 22.5 };
    expect(monthlyWorth(half, pace)).toEqual(monthlyWorth(known, pace));
    const open = { isEnough: false, visitorsMissing: 10_000 };
    expect(monthlyWorth({ ...half, ...open }, pace)).toEqual(monthlyWorth({ ...known, ...open }, pace));
  });

  it("names no day after the period, whose end begins the measuring anew", () => {
    const open = { ...known, isEnough: false };
    expect(monthlyWorth({ ...open, visitorsMissing: 20_000 }, pace)).toEqual({
      kind: "unknown",
      days: null,
      sooner: { holdoutRatio: 0.3, days: 39 },
    });
    expect(monthlyWorth({ ...open, visitorsMissing: 1_000_000 }, pace)).toEqual({
      kind: "unknown",
      days: null,
      sooner: null,
    });
  });
});

describe("the error of a year", () => {
  it("makes the boundary of each of its periods reach further, by a fifth at the end", () => {
    const [usual, ofYear] = [criticalValues(EVEN_ANALYSES), criticalValues(EVEN_ANALYSES, YEAR_SHARE)];
    expect(ofYear.every((critical, day) => critical > usual[day]!)).toBe(true);
    expect(ofYear.at(-1)! / usual.at(-1)!).toBeGreaterThan(1.15);
    expect(ofYear.at(-1)! / usual.at(-1)!).toBeLessThan(1.3);
  });
});
