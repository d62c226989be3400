import { describe, expect, it } from "vitest";
import { surenessOf } from "#app/domain/propose/evidence/sureness.ts";

const estimate = (value: number, low: number) => ({ value, low, high: 10 * Math.abs(value) });

describe("surenessOf", () => {
  it.each([
    ["idea", "orders do not bear it out yet, whatever its interval", estimate(100, 50), true],
    ["idea", "it is expected to earn nothing", estimate(0, -10), false],
    ["idea", "it is expected to lose", estimate(-5, -10), false],
    ["idea", "it may lose several times what it may earn", estimate(100, -300), false],
    ["try", "it may lose about what it may earn", estimate(100, -100), false],
    ["likely", "it hardly loses at worst", estimate(100, -10), false],
    ["likely", "its whole interval is a gain", estimate(100, 40), false],
    ["likely", "nothing is left open", estimate(100, 100), false],
  ] as const)("is %s when %s", (sureness, _, extraMargin, isToTry) => {
    expect(surenessOf(extraMargin, { isToTry })).toBe(sureness);
  });
});
