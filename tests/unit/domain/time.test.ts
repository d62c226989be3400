import { describe, expect, it } from "vitest";
import { weekStartMs } from "#app/domain/time.ts";

describe("weekStartMs", () => {
  it("gives Monday midnight for the last instant of a Sunday", () => {
    expect(weekStartMs(Date.parse("2026-11-22T23:59:59.999Z"))).toBe(Date.parse("2026-11-16T00:00:00Z"));
  });

  it("does not change a Monday midnight", () => {
    const monday = Date.parse("2011-06-06T00:00:00Z");
    expect(weekStartMs(monday)).toBe(monday);
  });

  it("works before 1970", () => {
    expect(weekStartMs(-1)).toBe(Date.parse("1969-12-29T00:00:00Z"));
  });
});
