import { describe, expect, it } from "vitest";
import {
  learnErrorSpread,
  learnTrendTable,
  likeliestTrend,
} from "#app/domain/trends/accuracy/forecast-interval.ts";

const learn = (cases: readonly (readonly [forecast: number, last: number, outcome: number])[]) => {
  const [forecasts, lasts, outcomes] = [0, 1, 2].map((column) =>
    Float32Array.from(cases, (one) => one[column]!),
  ) as [Float32Array, Float32Array, Float32Array];
  return {
    table: learnTrendTable(forecasts, lasts, outcomes),
    spread: learnErrorSpread(forecasts, outcomes),
  };
};

describe("likeliestTrend", () => {
  it("follows the forecast when nothing was back-tested", () => {
    const { table, spread } = learn([]);
    expect(likeliestTrend(table, spread, 20, 10)).toBe("up");
    expect(likeliestTrend(table, spread, 10, 10)).toBe("flat");
    expect(likeliestTrend(table, spread, 5, 10)).toBe("down");
  });

  it("follows the outcomes of similar forecasts when they differ from the forecast", () => {
    // Forecasts of no change preceded twice the orders.
    const { table, spread } = learn(Array.from({ length: 400 }, (_, n) => [10 + (n % 5), 10 + (n % 5), 25]));
    expect(likeliestTrend(table, spread, 12, 12)).toBe("up");
  });
});
