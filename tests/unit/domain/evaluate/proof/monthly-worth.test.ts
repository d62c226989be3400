import { describe, expect, it } from "vitest";
import { criticalValues, YEAR_SHARE } from "#app/domain/evaluate/proof/interim-boundary.ts";
import { monthlyWorth } from "#app/domain/evaluate/proof/monthly-worth.ts";
import { EVEN_ANALYSES } from "#tests/factories/even-analyses.ts";

const known = {
  isEnough: true,
  isDrawBroken: false,
  perVisitorMinor: { value: 10, low: 4, high: 16 },
  visitors: { treated: 9_000, holdout: 1_000 },
  visitorsMissing: 0,
  holdsForYear: false,
};
const pace = { day: 45, countedDays: 45, holdoutRatio: 0.1 };

describe("monthlyWorth", () => {
  it("is null for a broken draw and when the missing visitors are unknown", () => {
    expect(monthlyWorth({ ...known, isDrawBroken: true }, pace)).toBeNull();
    const open = { ...known, isEnough: false };
    expect(monthlyWorth({ ...open, visitorsMissing: null }, pace)).toBeNull();
  });

  it("is the value of a month's treated visitors, with the same interval", () => {
    // 200 treated visitors a day.
    expect(monthlyWorth(known, pace)).toEqual({
      kind: "known",
      minor: { value: 60_000, low: 24_000, high: 96_000 },
      holdsForYear: false,
    });
  });

  it("is otherwise the time left at the current pace, and how much a larger holdout shortens it", () => {
    const open = { ...known, isEnough: false, visitorsMissing: 10_000 };
    expect(monthlyWorth(open, pace)).toEqual({
      kind: "unknown",
      days: 45,
      sooner: { holdoutRatio: 0.3, days: 20 },
    });
    expect(monthlyWorth(open, { ...pace, holdoutRatio: 0.4 })).toMatchObject({ sooner: null });
  });

  it("uses the days that count, and the day of the period for what is left of it", () => {
    const half = { ...known, visitors: { treated: 4_500, holdout: 500 } };
    const halfPace = { ...pace, countedDays: 22.5 };
    expect(monthlyWorth(half, halfPace)).toEqual(monthlyWorth(known, pace));
    const open = { isEnough: false, visitorsMissing: 10_000 };
    expect(monthlyWorth({ ...half, ...open }, halfPace)).toEqual(monthlyWorth({ ...known, ...open }, pace));
  });

  it("gives no day after the end of the period, when measuring starts again", () => {
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

describe("YEAR_SHARE", () => {
  it("moves each period's boundary out, by 15 to 30 % at the end", () => {
    const [usual, ofYear] = [criticalValues(EVEN_ANALYSES), criticalValues(EVEN_ANALYSES, YEAR_SHARE)];
    expect(ofYear.every((critical, day) => critical > usual[day]!)).toBe(true);
    expect(ofYear.at(-1)! / usual.at(-1)!).toBeGreaterThan(1.15);
    expect(ofYear.at(-1)! / usual.at(-1)!).toBeLessThan(1.3);
  });
});
