import { describe, expect, it } from "vitest";
import { PERIOD_DAYS } from "#app/domain/evaluate/proof/measuring-period.ts";
import { trackUplift } from "#app/domain/evaluate/proof/uplift-track.ts";
import { estimateUplift } from "#app/domain/evaluate/proof/uplift.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { drawDays, spender, sumVisitors } from "#tests/factories/cohorts.ts";

const days = drawDays(seededRandom(1), 20, {
  treated: { visitors: 400, buyRatio: 0.05 },
  holdout: { visitors: 100, buyRatio: 0.04 },
});

describe("trackUplift", () => {
  it("starts when both arms have enough orders for an interval", () => {
    expect(trackUplift([])).toEqual([]);
    expect(trackUplift(days.slice(0, 2))).toEqual([]);
    const [first] = trackUplift(days);
    expect(first!.day).toBeGreaterThan(2);
  });

  it("has no point while all visitors spend the same", () => {
    const alike = sumVisitors(Array.from({ length: 200 }, () => spender(900)));
    expect(trackUplift([{ day: 0, treated: alike, holdout: alike }])).toEqual([]);
  });

  it("ends with the interval of estimateUplift", () => {
    const last = trackUplift(days, 0.2).at(-1)!;
    const { perVisitorMinor } = estimateUplift({ days, toComeRatio: 0.2 });
    expect(last).toEqual({ day: 19, perVisitorMinor });
  });

  it("keeps earlier points when a day is added", () => {
    const before = trackUplift(days.slice(0, 15));
    expect(trackUplift(days).slice(0, before.length)).toEqual(before);
  });

  it("skips days without visitors", () => {
    const gap = days.map((one) => (one.day < 10 ? one : { ...one, day: one.day + 5 }));
    const shown = trackUplift(gap).map(({ day }) => day);
    expect(shown).not.toContain(12);
    expect(shown.at(-1)).toBe(24);
    expect(shown.every((day) => day < PERIOD_DAYS)).toBe(true);
  });
});
