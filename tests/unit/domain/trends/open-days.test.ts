import { describe, expect, it } from "vitest";
import { DAY_MS } from "#app/domain/time.ts";
import { findOpenDays, openWeightAhead, openWeightOn } from "#app/domain/trends/open-days.ts";

describe("open days", () => {
  const dailyOrders = (isClosed: (date: Date) => boolean) =>
    Float64Array.from({ length: 420 }, (_, slot) =>
      isClosed(new Date(Date.UTC(2026, 11, 20) - slot * DAY_MS - DAY_MS / 2)) ? 0 : 20,
    );
  const cutoffMs = Date.UTC(2026, 11, 20);

  it("include four silent days in a shop with one order a day", () => {
    const quiet = findOpenDays(new Float64Array(100).fill(1).fill(0, 10, 14), cutoffMs);
    expect(quiet.isClosed.some((day) => day === 1)).toBe(false);
  });

  it("exclude weeks without an order, but not months", () => {
    const gap = (days: number) => {
      const orders = new Float64Array(500).fill(20).fill(0, 100, 100 + days);
      return findOpenDays(orders, cutoffMs).isClosed.reduce((sum, day) => sum + day, 0);
    };
    expect([7, 40, 56, 84].map(gap)).toEqual([7, 40, 56, 84]);
    expect(gap(200)).toBeLessThan(100);
  });

  it("exclude a silence before the cutoff for six weeks; after that the shop has ended", () => {
    const silent = (days: number) => {
      const orders = new Float64Array(300).fill(20).fill(0, 0, days);
      return findOpenDays(orders, cutoffMs)
        .isClosed.slice(0, days)
        .every((day) => day === 1);
    };
    expect([14, 28, 42].map(silent)).toEqual([true, true, true]);
    expect(silent(60)).toBe(false);
  });

  it("exclude two silent weeks in a shop with one order a day, but not with one a week", () => {
    const silentDays = (everyDays: number) => {
      const orders = Float64Array.from({ length: 300 }, (_, slot) => (slot % everyDays === 0 ? 1 : 0));
      return findOpenDays(orders.fill(0, 30, 44), cutoffMs).isClosed.reduce((sum, day) => sum + day, 0);
    };
    expect(silentDays(1)).toBe(14);
    expect(silentDays(7)).toBe(0);
  });

  it("count no day before the first order, of which a weekday's share would be too small", () => {
    const { weekdayShare } = findOpenDays(new Float64Array(14).fill(4, 0, 8), cutoffMs);
    for (const share of weekdayShare) expect(share).toBeCloseTo(1 / 7, 6);
    const twoDaysOld = findOpenDays(new Float64Array(7).fill(4, 0, 2), cutoffMs);
    for (let day = 1; day <= 7; day++) expect(openWeightOn(twoDaysOld, -day)).toBeCloseTo(1 / 7, 6);
  });

  it("do not expect the time before the first order to come again", () => {
    const begun = new Float64Array(364).fill(20).fill(0, 358);
    expect(openWeightAhead(findOpenDays(begun, cutoffMs), -1, 28)).toBeCloseTo(4, 6);
  });

  it("expect last year's closure between Christmas and New Year again", () => {
    const closed = (date: Date) => date.getUTCMonth() === 11 && date.getUTCDate() >= 24;
    const openDays = findOpenDays(dailyOrders(closed), cutoffMs);
    expect(openWeightAhead(openDays, -1, 14)).toBeCloseTo((14 - 8) / 7, 6);
  });

  it("expect an Easter closure at the next Easter, not a year later by date", () => {
    const fromGoodFriday = (date: Date) =>
      [3, 4, 5, 6].includes(date.getUTCDate()) && date.getUTCMonth() === 3;
    const openDays = findOpenDays(dailyOrders(fromGoodFriday), cutoffMs);
    const weightOn = (month: number, date: number) =>
      openWeightOn(openDays, Math.floor((cutoffMs - Date.UTC(2027, month - 1, date, 12)) / DAY_MS));
    expect([26, 27, 28, 29].map((date) => weightOn(3, date))).toEqual([0, 0, 0, 0]);
    for (const date of [25, 30]) expect(weightOn(3, date)).toBeGreaterThan(0);
    for (const date of [2, 3, 4, 5]) expect(weightOn(4, date)).toBeGreaterThan(0);
  });
});
