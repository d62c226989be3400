import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { learnWeekdayProfile, WEEKDAYS } from "#app/domain/trends/days/daily-demand.ts";

const OPEN = new Uint32Array(WEEKDAYS).fill(26);
const learn = (weeks: readonly (readonly number[])[], categoryOf = weeks.map(() => -1), openDays = OPEN) => {
  const profile = learnWeekdayProfile({
    orders: Uint32Array.from(weeks.flat()),
    openDays,
    categoryOf: Int32Array.from(categoryOf),
  });
  return weeks.map((_, item) => [...profile.subarray(item * WEEKDAYS, (item + 1) * WEEKDAYS)]);
};

const even = [20, 20, 20, 20, 20, 20, 20];
const atWeekend = [60, 60, 4, 4, 4, 4, 4];
const never = [0, 0, 0, 0, 0, 0, 0];

describe("the weekdays of a product", () => {
  it("are all alike where nothing was sold", () => {
    for (const rate of learn([never])[0]!) expect(rate).toBeCloseTo(1, 6);
  });

  it("are its own where it sells much and products differ", () => {
    const [weekend] = learn([atWeekend, ...Array.from({ length: 9 }, () => even)]);
    expect(weekend![0]).toBeGreaterThan(2);
  });

  it("are its category's where it sells little", () => {
    const shop = [atWeekend, atWeekend, atWeekend, even, even, even, [1, 0, 0, 0, 1, 0, 0]];
    const inWeekend = learn(shop, [0, 0, 0, 1, 1, 1, 0]).at(-1)!;
    const inEven = learn(shop, [0, 0, 0, 1, 1, 1, 1]).at(-1)!;
    expect(inWeekend[1]).toBeGreaterThan(1.5);
    expect(inEven[1]).toBeLessThan(1.5);
  });

  it("count a weekday that was often closed by the days on which it was open", () => {
    const halfClosed = Uint32Array.from([13, 26, 26, 26, 26, 26, 26]);
    const [item] = learn([[100, 200, 200, 200, 200, 200, 200]], [-1], halfClosed);
    for (const rate of item!) expect(rate).toBeCloseTo(1, 2);
  });

  it("have none on a weekday that the shop never sells on", () => {
    const noSunday = [0, 20, 20, 20, 20, 20, 20];
    for (const item of learn([noSunday, noSunday, never])) expect(item[0]).toBe(0);
  });

  it("have a mean of 1 and none below 0, whatever was sold", () => {
    const week = fc.array(fc.nat(300), { minLength: WEEKDAYS, maxLength: WEEKDAYS });
    fc.assert(
      fc.property(fc.array(fc.tuple(week, fc.integer({ min: -1, max: 2 })), { minLength: 1 }), (items) => {
        const profiles = learn(
          items.map(([sold]) => sold),
          items.map(([, category]) => category),
        );
        for (const profile of profiles) {
          expect(Math.min(...profile)).toBeGreaterThanOrEqual(0);
          expect(profile.reduce((sum, rate) => sum + rate, 0) / WEEKDAYS).toBeCloseTo(1, 4);
        }
      }),
    );
  });
});
