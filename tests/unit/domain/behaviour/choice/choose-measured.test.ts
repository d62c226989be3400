import { describe, expect, it } from "vitest";
import { chooseMeasured } from "#app/domain/behaviour/choice/rank-items.ts";

describe("chooseMeasured", () => {
  it.each([
    ["one lucky case", [1, 0, 0, 0], [0, 0, 0, 0], "usual"],
    ["equal gains", [0.5, 0.5], [0.5, 0.5], "usual"],
    ["a single case", [1], [0], "usual"],
    ["no case at all", [], [], "usual"],
    ["a steady lead", [0.6, 0.7, 0.5, 0.6], [0.3, 0.5, 0.1, 0.3], "other"],
  ])("with %s (other %j, usual %j) chooses the %s method", (_, other, usual, expected) => {
    const measured = { usual: Float64Array.from(usual), other: Float64Array.from(other) };
    const chosen = chooseMeasured(["usual", "other"] as const, "usual", (name) => measured[name]);
    expect(chosen).toBe(expected);
  });
});
