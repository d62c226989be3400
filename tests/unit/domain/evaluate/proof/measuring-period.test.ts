import { describe, expect, it } from "vitest";
import {
  areChosenBefore,
  capOf,
  countLeftOutDays,
  holdoutShareOn,
  namingInstantMs,
  PERIOD_DAYS,
  periodOf,
  readTypedDays,
  shareByDay,
} from "#app/domain/evaluate/proof/measuring-period.ts";
import { DAY_MS } from "#app/domain/time.ts";

describe("periodOf", () => {
  const began = 1_000 * DAY_MS;
  const firstOfferMs = began + 7 * 3_600_000;
  const length = PERIOD_DAYS * DAY_MS;

  it.each([
    ["before the first offer is the first", began - DAY_MS, 0],
    ["at the first offer is the first", firstOfferMs, 0],
    ["the last one of the first", began + length - 1, 0],
    ["the first one after it", began + length, 1],
    ["in the third", began + 2 * length + 5 * DAY_MS, 2],
  ])("%s", (_, nowMs, number) => {
    const startMs = began + number * length;
    expect(periodOf(nowMs, firstOfferMs)).toEqual({ number, startMs });
  });

  it("dates a day by its middle, and a running day by now at the latest", () => {
    expect(namingInstantMs(began, 2)).toBe(began + 2.5 * DAY_MS);
    expect(namingInstantMs(began, 2, began + 2.25 * DAY_MS)).toBe(began + 2.25 * DAY_MS);
  });
});

describe("capOf", () => {
  it("is null below 100 earlier orders, and the quantile from then on", () => {
    expect(capOf({ earlierOrders: 99, quantileMinor: 9_000 })).toBeNull();
    expect(capOf({ earlierOrders: 100, quantileMinor: 9_000 })).toBe(9_000);
  });
});

describe("shareByDay", () => {
  const startMs = 100 * DAY_MS;
  const change = (day: number, ratioBefore: number, ratioAfter: number) => ({
    changedAtMs: startMs + day * DAY_MS + 1_000,
    ratioBefore,
    ratioAfter,
  });

  it("is the current share without changes", () => {
    expect(shareByDay([], { startMs, now: 0.1 })(5)).toBe(0.1);
  });

  it("is the share of each day, and 0 on the day of a change", () => {
    const shareOf = shareByDay([change(2, 0.3, 0.2), change(5, 0.2, 0.1)], { startMs, now: 0.1 });
    expect([0, 1, 2, 3, 4, 5, 6].map(shareOf)).toEqual([0.3, 0.3, 0, 0.2, 0.2, 0, 0.1]);
  });
});

describe("shareByDay with a change at midnight", () => {
  it("is 0 on the day that starts then and keeps the share of the day that ends", () => {
    const atMs = 100 * DAY_MS;
    const changes = [{ changedAtMs: atMs + DAY_MS, ratioBefore: 0.3, ratioAfter: 0.2 }];
    const shareOf = shareByDay(changes, { startMs: atMs, now: 0.2 });
    expect([0, 1, 2].map(shareOf)).toEqual([0.3, 0, 0.2]);
  });
});

describe("holdoutShareOn", () => {
  it("is a half during the ramp, then halves weekly down to the long-run share", () => {
    const plan = { holdoutRatio: 0.1, holdoutRampDays: 10 };
    expect([0, 9, 10, 16, 17, 23, 24, 89].map((day) => holdoutShareOn(day, plan))).toEqual([
      0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.1, 0.1,
    ]);
    expect(holdoutShareOn(12, { ...plan, holdoutRatio: 0.3 })).toBe(0.3);
  });

  it("is 0 when measuring is off", () => {
    expect(holdoutShareOn(0, { holdoutRatio: 0, holdoutRampDays: 10 })).toBe(0);
  });
});

const NOW = new Date("2026-11-20T12:00:00Z");
const read = (firstDay: string, lastDay: string, timeZone = "UTC") =>
  readTypedDays({ firstDay, lastDay }, { timeZone, now: NOW });

describe("days that a merchant leaves out", () => {
  it.each([
    ["2026-11-02", "", "days_unreadable"],
    ["2026-11-31", "2026-12-01", "days_unreadable"],
    ["2026-11-03", "2026-11-02", "days_in_wrong_order"],
    ["2026-11-01", "2026-11-15", "too_many_days"],
    ["2026-08-01", "2026-08-02", "too_far_off"],
    ["2027-03-01", "2027-03-02", "too_far_off"],
  ])("from %s to %s are refused: %s", (firstDay, lastDay, reason) => {
    expect(read(firstDay, lastDay)).toMatchObject({ ok: false, reason });
  });

  it("are whole days in the shop's time zone, the last included, even across a clock change", () => {
    expect(read("2026-10-25", "2026-10-25", "Europe/Berlin")).toEqual({
      ok: true,
      value: { from: new Date("2026-10-24T22:00:00Z"), to: new Date("2026-10-25T23:00:00Z") },
    });
    expect(read("2026-10-20", "2026-11-02", "Europe/Berlin").ok).toBe(true);
  });

  it("count as chosen beforehand only if noted before they start", () => {
    const days = { from: NOW, to: NOW, reason: "outage" } as const;
    expect(areChosenBefore({ ...days, notedAt: new Date(NOW.getTime() - 1) })).toBe(true);
    expect(areChosenBefore({ ...days, notedAt: NOW })).toBe(false);
  });

  it("are counted once when they overlap, and only within the window", () => {
    const span = (from: number, to: number) => ({ from: new Date(from * DAY_MS), to: new Date(to * DAY_MS) });
    expect(countLeftOutDays(span(10, 20), [])).toBe(0);
    const leftOut = [span(18, 30), span(13, 14.5), span(5, 11), span(12, 16), span(19, 19.5), span(25, 26)];
    expect(countLeftOutDays(span(10, 20), leftOut)).toBe(1 + 4 + 2);
  });
});
