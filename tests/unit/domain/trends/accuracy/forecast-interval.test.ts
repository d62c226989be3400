import { describe, expect, it } from "vitest";
import { normalDraw, seededRandom } from "#app/domain/numbers/random.ts";
import { intervalOf, learnErrorSpread } from "#app/domain/trends/accuracy/forecast-interval.ts";

const FORECAST = 100;

/** Outcomes around a forecast of 100, off by a log-normal factor. */
function drawOutcomes(count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => (FORECAST + 1) * Math.exp(0.3 * normalDraw(random)) - 1);
}

describe("intervalOf", () => {
  it("is the interval of a count when too little was back-tested", () => {
    const none = learnErrorSpread(new Float32Array(0), new Float32Array(0));
    expect(intervalOf(none, FORECAST).high - FORECAST).toBeCloseTo(1.2816 * Math.sqrt(FORECAST + 0.5), 2);
  });

  it.each([20, 40, 200])("covers 80 % of the outcomes after %i back-tested forecasts", (seen) => {
    let held = 0;
    let drawn = 0;
    for (let shop = 0; shop < 400; shop++) {
      const spread = learnErrorSpread(new Float32Array(seen).fill(FORECAST), drawOutcomes(seen, shop));
      const { low, high } = intervalOf(spread, FORECAST);
      for (const outcome of drawOutcomes(50, 10_000 + shop)) {
        drawn++;
        if (low <= outcome && outcome <= high) held++;
      }
    }
    expect(held / drawn).toBeGreaterThan(0.785);
    expect(held / drawn).toBeLessThan(0.815);
  });

  it("covers 80 % when all products of a window are off together, which it does not without the windows", () => {
    const [windows, products] = [6, 40];
    const held = [0, 0];
    for (let shop = 0; shop < 400; shop++) {
      const random = seededRandom(shop);
      const drawWindow = () => {
        const shift = 0.3 * normalDraw(random);
        return Array.from({ length: products }, () => 100 * Math.exp(shift + 0.3 * normalDraw(random)));
      };
      const seen = Float32Array.from(Array.from({ length: windows }, drawWindow).flat());
      const windowOf = Array.from(seen, (_, at) => Math.floor(at / products));
      const forecasts = new Float32Array(seen.length).fill(FORECAST);
      const next = drawWindow();
      [learnErrorSpread(forecasts, seen), learnErrorSpread(forecasts, seen, windowOf)].forEach(
        (spread, kind) => {
          const { low, high } = intervalOf(spread, FORECAST);
          held[kind]! += next.filter((outcome) => low <= outcome && outcome <= high).length / products / 400;
        },
      );
    }
    expect(held[0]).toBeLessThan(0.775);
    expect(held[1]).toBeGreaterThan(0.78);
    expect(held[1]).toBeLessThan(0.82);
  });
});
