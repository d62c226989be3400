import { describe, expect, it } from "vitest";
import { chancesToSee, criticalValues, ERROR_SPENT, type Look } from "#app/domain/evaluate/look-boundary.ts";
import { EVEN_LOOKS } from "#app/domain/evaluate/measuring-period.ts";
import { LAST_CRITICAL } from "#app/domain/evaluate/verdict.ts";
import { seededRandom } from "#app/domain/random.ts";

function evenLooks(count: number, fresh = 1): Look[] {
  return Array.from({ length: count }, (_, index) => ({
    information: index + 1,
    fresh,
    elapsedRatio: (index + 1) / count,
  }));
}

/** Share of random walks of `looks` that ever lie beyond `critical` standard errors. */
function shareCrossing(looks: readonly Look[], critical: Float64Array, drift: number, walks: number): number {
  const random = seededRandom(7);
  let crossing = 0;
  for (let walk = 0; walk < walks; walk++) {
    let at = 0;
    let time = 0;
    for (const [index, { information }] of looks.entries()) {
      const step = information - time;
      const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      at += drift * step + Math.sqrt(step) * normal;
      time = information;
      if (Math.abs(at) > critical[index]! * Math.sqrt(information)) {
        crossing++;
        break;
      }
    }
  }
  return crossing / walks;
}

describe("criticalValues", () => {
  it("of a single look that spends all of the error is the normal quantile of that error", () => {
    expect(criticalValues([{ information: 9, fresh: 0, elapsedRatio: 1 }])[0]).toBeCloseTo(1.981815, 4);
  });

  it("of two looks lets as many cross at either as may at both", () => {
    const looks = evenLooks(2, 0);
    const critical = criticalValues(looks);
    expect(shareCrossing(looks, critical, 0, 40_000)).toBeCloseTo(ERROR_SPENT, 2);
  });

  it.each([
    ["steady traffic", evenLooks(90, 0)],
    [
      "traffic that doubles half-way",
      evenLooks(90, 0).map((look, index) => ({
        ...look,
        information: index < 45 ? index + 1 : 45 + 2 * (index - 44),
      })),
    ],
    ["looks that begin late", evenLooks(90, 0).slice(40)],
  ])("lets 4 %% of the walks cross with %s", (_, looks) => {
    expect(Math.abs(shareCrossing(looks, criticalValues(looks), 0, 10_000) - ERROR_SPENT)).toBeLessThan(
      0.007,
    );
  });

  it("lets no more cross of those that are watched twenty times a day", () => {
    const days = evenLooks(30);
    const daily = criticalValues(days);
    const often = days.flatMap(({ information, elapsedRatio }) =>
      Array.from({ length: 20 }, (_, hour) => ({
        information: information - 1 + (hour + 1) / 20,
        fresh: 0,
        elapsedRatio,
      })),
    );
    const critical = Float64Array.from(often, (_, index) => daily[Math.floor(index / 20)]!);
    expect(shareCrossing(often, critical, 0, 6_000)).toBeLessThan(ERROR_SPENT + 0.005);
  });

  it("spends nothing on a day without visitors", () => {
    const looks = [...evenLooks(10), { information: 10, fresh: 0, elapsedRatio: 1 }];
    const critical = criticalValues(looks);
    expect(critical[10]).toBe(critical[9]);
  });
});

describe("chancesToSee", () => {
  it("says how many walks with a drift have crossed", () => {
    const looks = evenLooks(60);
    const drift = 3 / Math.sqrt(60);
    const chance = chancesToSee(looks, drift).at(-1)!;
    expect(shareCrossing(looks, criticalValues(looks), drift, 6_000)).toBeCloseTo(chance, 1);
  });

  it("grows with the effect and with every look", () => {
    const looks = evenLooks(20);
    const [small, large] = [0.2, 0.5].map((drift) => chancesToSee(looks, drift));
    large!.forEach((chance, index) => {
      expect(chance).toBeGreaterThanOrEqual(small![index]!);
      if (index > 0) expect(chance).toBeGreaterThanOrEqual(large![index - 1]!);
    });
  });
});

describe("what a verdict reckons with before the first look", () => {
  it("is where the boundary ends when all days are even", () => {
    expect(criticalValues(EVEN_LOOKS).at(-1)).toBeCloseTo(LAST_CRITICAL, 4);
  });
});
