import { describe, expect, it } from "vitest";
import { parseInstantMs, parseWrittenTime } from "#app/domain/collect/parse-instant.ts";

describe("an instant", () => {
  it.each([
    "",
    "yesterday",
    "2026-02-31",
    "2026-13-01",
    "2026-01-01T25:00:00",
    "01.02.2026",
    "20260101",
    "0011-06-01",
    "2026-01-01T12:00:00+25:00",
    "2026-01-01T12:00:00-14:01",
    "2026-01-01T12:00:00+05:75",
    "2026-01-01-05",
    "2026-01-01T12:00:00+5",
  ])("is not read from %j", (text) => {
    expect(parseInstantMs(text)).toBeNull();
  });

  it.each([
    ["2011-06-01", "2011-06-01T00:00:00.000Z"],
    ["2011-06-01T07:37:00", "2011-06-01T07:37:00.000Z"],
    ["2011-06-01 07:37:05.25", "2011-06-01T07:37:05.250Z"],
    ["2011-06-01T07:37:00Z", "2011-06-01T07:37:00.000Z"],
    ["2024-01-15 10:22:33 -0500", "2024-01-15T15:22:33.000Z"],
    ["2024-01-15T10:22:33+02:00", "2024-01-15T08:22:33.000Z"],
    ["2024-01-15 10:22:33.5+00", "2024-01-15T10:22:33.500Z"],
    ["2024-01-15 10:22 -03", "2024-01-15T13:22:00.000Z"],
    ["2024-01-15T10:22:33+14:00", "2024-01-14T20:22:33.000Z"],
  ])("of %j is %s", (text, iso) => {
    expect(new Date(parseInstantMs(text)!).toISOString()).toBe(iso);
  });

  it.each([
    ["2024-01-15 10:22:33", null],
    ["2024-01-15 10:22:33 UTC", 0],
    ["2024-01-15 10:22:33 -0330", -210],
    ["2024-01-15 10:22:33+05:45", 345],
  ])("of %j is under a clock %s minutes off UTC", (text, offsetMinutes) => {
    expect(parseWrittenTime(text)).toEqual({ clockMs: Date.UTC(2024, 0, 15, 10, 22, 33), offsetMinutes });
  });
});
