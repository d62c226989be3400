import { describe, expect, it } from "vitest";
import { areChosenBefore, readTypedDays } from "#app/domain/evaluate/proof/left-out-days.ts";

const NOW = new Date("2026-11-20T12:00:00Z");
const read = (firstDay: string, lastDay: string, timeZone = "UTC") =>
  readTypedDays({ firstDay, lastDay }, { timeZone, now: NOW, furthestDays: 90 });

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

  it("are whole ones by the shop's own clocks, the last included, also where a night has an hour more", () => {
    expect(read("2026-10-25", "2026-10-25", "Europe/Berlin")).toEqual({
      ok: true,
      value: { from: new Date("2026-10-24T22:00:00Z"), to: new Date("2026-10-25T23:00:00Z") },
    });
    expect(read("2026-10-20", "2026-11-02", "Europe/Berlin").ok).toBe(true);
  });

  it("are chosen before only where the first of them had not begun", () => {
    const days = { from: NOW, to: NOW, reason: "outage", notedBy: "1" } as const;
    expect(areChosenBefore({ ...days, notedAt: new Date(NOW.getTime() - 1) })).toBe(true);
    expect(areChosenBefore({ ...days, notedAt: NOW })).toBe(false);
  });
});
