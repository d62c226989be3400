import { describe, expect, it } from "vitest";
import { normalTail, Z80, Z90 } from "#app/domain/numbers/statistics.ts";

describe("normalTail", () => {
  it.each([
    [0, 0.5],
    [1, 0.158655],
    [Z80, 0.1],
    [Z90, 0.05],
    [1.959964, 0.025],
    [4, 3.1671e-5],
  ])("of %d equals the published table", (z, tail) => {
    expect(normalTail(z) / tail).toBeCloseTo(1, 3);
  });
});
