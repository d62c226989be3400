import { describe, expect, it } from "vitest";
import { lastPlausibleMs } from "#app/domain/prepare/log-clock.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { orderLine } from "#tests/factories/order-lines.ts";

const NOW_MS = Date.UTC(2026, 5, 1);
const onDays = (...days: number[]) => days.map((day) => orderLine({ placedAtMs: NOW_MS + day * DAY_MS }));

describe("lastPlausibleMs", () => {
  it.each([
    ["no order", [], Infinity],
    ["orders of the past", [-900, -3, -1], Infinity],
    ["a year typed wrongly", [-3, -1, 60_000], -1],
    ["a wrong year after a clock that runs late", [-1, 20, 40, 60_000], 40],
    ["a log that goes on into the future", [-3, 10, 20, 45], Infinity],
    ["a log that lies in the future as a whole", [400, 410], Infinity],
  ])("of %s", (_, days, expected) => {
    const expectedMs = expected === Infinity ? Infinity : NOW_MS + expected * DAY_MS;
    expect(lastPlausibleMs(onDays(...days), NOW_MS)).toBe(expectedMs);
  });
});
