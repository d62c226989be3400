import { describe, expect, it } from "vitest";
import type { DemandSeries } from "#app/domain/trends/demand-series.ts";
import { smoothIntermittent } from "#app/domain/trends/methods/intermittent-demand.ts";

function toSeries(weekly: readonly number[]): DemandSeries {
  const weeks = weekly.length;
  return {
    items: 1,
    weeks,
    orders: Float32Array.from(weekly),
    totalLines: Float64Array.from(weekly),
    open: new Float64Array(weeks).fill(1),
    firstWeek: Int32Array.of(weekly.findIndex((sold) => sold > 0)),
    firstOpen: Float32Array.of(1),
    categoryOf: new Int32Array(1).fill(-1),
    openDays: {
      weekdayShare: new Float64Array(7).fill(1 / 7),
      isClosed: new Uint8Array(weeks * 7),
      knownSlots: weeks * 7,
      cutoffMs: 0,
    },
  };
}

/** Six orders in every third week, from the third on. */
const lumps = Array.from({ length: 120 }, (_, week) => (week % 3 === 2 ? 6 : 0));

describe("levels of rare sales", () => {
  it("never look ahead: a column is what the shorter series ends with", () => {
    const all = smoothIntermittent(toSeries(lumps));
    const cut = smoothIntermittent(toSeries(lumps.slice(0, 60)));
    expect(all.sba.slice(0, 61)).toEqual(cut.sba);
    expect(all.tsb.slice(0, 61)).toEqual(cut.tsb);
  });

  it("find two orders a week in six every third week, SBA a twentieth below", () => {
    const { sba, tsb } = smoothIntermittent(toSeries(lumps));
    expect(sba[120]).toBeCloseTo(0.95 * 2, 1);
    expect(tsb.slice(91).reduce((sum, level) => sum + level, 0) / 30).toBeCloseTo(2, 1);
  });

  it.each([10, 20])("find one order in %i weeks within a year of the first", (weeksBetween) => {
    const rare = Array.from({ length: 52 }, (_, week) => (week % weeksBetween === 0 ? 1 : 0));
    const { sba, tsb } = smoothIntermittent(toSeries(rare));
    expect(sba[52]).toBeCloseTo(0.95 / weeksBetween, 6);
    expect(tsb[52]! * weeksBetween).toBeGreaterThan(0.6);
    expect(tsb[52]! * weeksBetween).toBeLessThan(1.6);
  });

  it("fall by chance × size once an item stops selling, and not by Croston's", () => {
    const { sba, tsb } = smoothIntermittent(toSeries([...lumps, ...new Array<number>(40).fill(0)]));
    expect(sba[160]).toBe(sba[120]);
    expect(tsb[160]!).toBeLessThan(0.05 * tsb[120]!);
  });
});
