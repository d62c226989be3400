import { describe, expect, it } from "vitest";
import { scaleOf } from "#app/ui/charts.tsx";

describe("chart scale", () => {
  it.each([
    ["of nothing", [], [0, 0.5, 1]],
    ["of zeros", [0, 0], [0, 0.5, 1]],
    ["above zero", [3, 7], [0, 2, 4, 6, 8]],
    ["below zero", [-30], [-30, -20, -10, 0]],
    ["on both sides", [-1, 9], [-5, 0, 5, 10]],
  ])("%s has round ticks that include zero and cover every value", (_, values, ticks) => {
    const scale = scaleOf(values);
    expect(scale.ticks).toEqual(ticks);
    expect(scale.ticks.map(scale.toPercent).at(0)).toBe(0);
    expect(scale.ticks.map(scale.toPercent).at(-1)).toBe(100);
    for (const value of values) {
      expect(scale.toPercent(value)).toBeGreaterThanOrEqual(0);
      expect(scale.toPercent(value)).toBeLessThanOrEqual(100);
    }
  });
});
