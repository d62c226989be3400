import { describe, expect, it } from "vitest";
import { isOutOfPatience } from "#app/learning/networks/purchase-network.ts";

describe("stopping early with a patience of two epochs", () => {
  it.each([
    ["before the first epoch", [], false],
    ["while every loss is better", [3, 2, 1], false],
    ["one epoch after the best", [3, 1, 2], false],
    ["two epochs after the best", [1, 2, 3], true],
    ["if two losses only equal the best", [1, 1, 1], true],
    ["if a better loss comes in time", [2, 3, 1], false],
  ])("%s, after %j, ends: %s", (_, losses, isEnded) => {
    expect(isOutOfPatience(losses, 2)).toBe(isEnded);
  });
});
