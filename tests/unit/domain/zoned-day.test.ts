import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  openZonedClock,
  openZonedInstant,
  toZonedDay,
  zonedDayEndMs,
  zonedDayStartMs,
} from "#app/domain/time.ts";

const instants = fc.date({
  min: new Date("2015-01-01"),
  max: new Date("2030-12-31"),
  noInvalidDate: true,
});
const ZONES = [
  "UTC",
  "Europe/London",
  "America/New_York",
  "America/Sao_Paulo",
  "Asia/Kolkata",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Asia/Tokyo",
];
const days = fc
  .date({ min: new Date("2015-01-01T00:00:00Z"), max: new Date("2030-12-31T00:00:00Z"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

describe("zoned day", () => {
  it.each(["", "2026-02-30", "2026-13-01", "24.12.2026", "2026-1-1", "tomorrow"])(
    "is refused as %j",
    (text) => {
      expect(zonedDayStartMs(text, "Europe/London")).toBeNull();
      expect(zonedDayEndMs(text, "Europe/London")).toBeNull();
    },
  );

  it("throws on an unknown zone instead of using UTC", () => {
    expect(() => zonedDayStartMs("2026-01-01", "Mars/Olympus")).toThrow(RangeError);
  });

  it.each([
    ["2026-12-24", "Europe/London", "2026-12-24T00:00:00.000Z", "2026-12-24T23:59:59.999Z"],
    ["2026-07-01", "Europe/London", "2026-06-30T23:00:00.000Z", "2026-07-01T22:59:59.999Z"],
    // The clock goes back at 2:00, so this day has 25 hours.
    ["2026-11-01", "America/New_York", "2026-11-01T04:00:00.000Z", "2026-11-02T04:59:59.999Z"],
    // The clock goes forward at midnight, so this day starts at one o'clock.
    ["2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00.000Z", "2018-11-05T01:59:59.999Z"],
  ])("on %s in %s runs from %s to %s", (day, zone, start, end) => {
    expect(new Date(zonedDayStartMs(day, zone)!).toISOString()).toBe(start);
    expect(new Date(zonedDayEndMs(day, zone)!).toISOString()).toBe(end);
  });

  it("starts and ends within itself, without a gap to the days around it", () => {
    fc.assert(
      fc.property(days, fc.constantFrom(...ZONES), (day, zone) => {
        const start = zonedDayStartMs(day, zone)!;
        const end = zonedDayEndMs(day, zone)!;
        expect(toZonedDay(start, zone)).toBe(day);
        expect(toZonedDay(end, zone)).toBe(day);
        expect(toZonedDay(start - 1, zone) < day).toBe(true);
        expect(toZonedDay(end + 1, zone) > day).toBe(true);
      }),
    );
  });
});

describe("openZonedClock", () => {
  it("throws on an unknown zone", () => {
    expect(() => openZonedClock("Mars/Olympus")).toThrow(RangeError);
  });

  it.each([
    ["2026-07-01T10:20:30.456Z", "Europe/London", "2026-07-01T11:20:30.456Z"],
    // The last instant before the clock goes back at 2:00, and the first after it.
    ["2026-11-01T05:59:59.999Z", "America/New_York", "2026-11-01T01:59:59.999Z"],
    ["2026-11-01T06:00:00.000Z", "America/New_York", "2026-11-01T01:00:00.000Z"],
    ["2026-07-01T20:00:00.000Z", "Asia/Kathmandu", "2026-07-02T01:45:00.000Z"],
  ])("at %s shows in %s what UTC shows at %s", (at, zone, shown) => {
    expect(new Date(openZonedClock(zone)(Date.parse(at))).toISOString()).toBe(shown);
  });

  it("shows the calendar day of the zone", () => {
    fc.assert(
      fc.property(instants, fc.constantFrom(...ZONES), (at, zone) => {
        const clockMs = openZonedClock(zone)(at.getTime());
        expect(new Date(clockMs).toISOString().slice(0, 10)).toBe(toZonedDay(at.getTime(), zone));
      }),
    );
  });
});

describe("openZonedInstant", () => {
  it("throws on an unknown zone", () => {
    expect(() => openZonedInstant("Mars/Olympus")).toThrow(RangeError);
  });

  it.each([
    ["2026-01-02T18:30:00.000Z", "America/New_York", "2026-01-02T23:30:00.000Z"],
    ["2026-07-02T18:30:00.000Z", "America/New_York", "2026-07-02T22:30:00.000Z"],
    // The clock goes forward from 2:00 to 3:00, so 2:30 does not exist.
    ["2026-03-08T02:30:00.000Z", "America/New_York", "2026-03-08T07:30:00.000Z"],
    ["2026-03-08T03:00:00.000Z", "America/New_York", "2026-03-08T07:00:00.000Z"],
    // The clock goes back from 2:00 to 1:00, so 1:30 occurs twice.
    ["2026-11-01T01:30:00.000Z", "America/New_York", "2026-11-01T05:30:00.000Z"],
    ["2026-11-01T02:00:00.000Z", "America/New_York", "2026-11-01T07:00:00.000Z"],
    // The clock goes forward at midnight, by half an hour, and one zone skips a day.
    ["2018-11-04T00:00:00.000Z", "America/Sao_Paulo", "2018-11-04T03:00:00.000Z"],
    ["2026-10-04T02:15:00.000Z", "Australia/Lord_Howe", "2026-10-03T15:45:00.000Z"],
    ["2011-12-31T00:00:00.000Z", "Pacific/Apia", "2011-12-30T10:00:00.000Z"],
  ])("reads %s on the clock of %s as %s", (shown, zone, at) => {
    expect(new Date(openZonedInstant(zone)(Date.parse(shown))).toISOString()).toBe(at);
  });

  it("finds the first instant at which the clock shows the time", () => {
    fc.assert(
      fc.property(instants, fc.constantFrom(...ZONES), (at, zone) => {
        const clockMs = openZonedClock(zone)(at.getTime());
        const found = openZonedInstant(zone)(clockMs);
        expect(openZonedClock(zone)(found)).toBe(clockMs);
        expect(found).toBeLessThanOrEqual(at.getTime());
      }),
    );
  });
});
