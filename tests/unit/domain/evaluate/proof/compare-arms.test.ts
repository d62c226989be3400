import { describe, expect, it } from "vitest";
import { NO_VISITORS } from "#app/domain/evaluate/proof/cohort-day.ts";
import { compareMeans, compareRatios } from "#app/domain/evaluate/proof/compare-arms.ts";
import { standardiseArms } from "#app/domain/evaluate/proof/standardised-arms.ts";
import { normalDraw, seededRandom, type Random } from "#app/domain/numbers/random.ts";
import { spender, sumVisitors, type Visitor } from "#tests/factories/cohorts.ts";

const arms = (treated: Visitor[], holdout: Visitor[]) =>
  standardiseArms([{ day: 0, treated: sumVisitors(treated), holdout: sumVisitors(holdout) }])!;

describe("standardiseArms", () => {
  it("returns null when the arms share no day", () => {
    const some = sumVisitors([spender(100), spender(0)]);
    const days = [
      { day: 0, treated: some, holdout: NO_VISITORS },
      { day: 1, treated: NO_VISITORS, holdout: some },
    ];
    expect(standardiseArms(days)).toBeNull();
  });

  it("does not trust a small variance of a lucky holdout", () => {
    const usual = Array.from({ length: 200 }, (_, n) => spender(n % 20 === 0 ? 5_000 : 0));
    const lucky = Array.from({ length: 50 }, (_, n) => spender(n % 20 === 0 ? 500 : 0));
    const { treated, holdout } = arms(usual, lucky);
    const spread = (arm: typeof treated) => arm.variance([["revenueMinor", 1]]);
    expect(spread(holdout)).toBeGreaterThan(0.7 * spread(treated));
  });
});

describe("compareMeans", () => {
  it("gives infinite bounds when nothing varies", () => {
    const none = [spender(0), spender(0)];
    expect(compareMeans(arms(none, none), "orders", 2).difference).toMatchObject({
      low: -Infinity,
      high: Infinity,
    });
  });

  it("removes the part that earlier purchases explain, without bias", () => {
    const random = seededRandom(11);
    const errors = { plain: [] as number[], adjusted: [] as number[] };
    const widths = { plain: 0, adjusted: 0 };
    for (let turn = 0; turn < 60; turn++) {
      const draw = (effect: number) =>
        Array.from({ length: 400 }, () => {
          const earlier = random() < 0.3 ? 2_000 + 6_000 * random() : 0;
          const minor = earlier + 1_000 * random() + effect;
          return spender(minor, { earlierRevenueMinor: earlier });
        });
      const [treated, holdout] = [draw(100), draw(0)];
      const forget = ({ earlierRevenueMinor: _earlier, ...visitor }: Visitor) => visitor;
      const adjusted = compareMeans(arms(treated, holdout), "revenueMinor", 2).difference;
      const plain = compareMeans(
        arms(treated.map(forget), holdout.map(forget)),
        "revenueMinor",
        2,
      ).difference;
      errors.adjusted.push(adjusted.value - 100);
      errors.plain.push(plain.value - 100);
      widths.adjusted += adjusted.high - adjusted.low;
      widths.plain += plain.high - plain.low;
    }
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = (values: number[]) => Math.sqrt(mean(values.map((value) => value ** 2)));
    expect(Math.abs(mean(errors.adjusted))).toBeLessThan(10);
    expect(deviation(errors.adjusted)).toBeLessThan(0.3 * deviation(errors.plain));
    expect(widths.adjusted).toBeLessThan(0.3 * widths.plain);
  });
});

describe("compareMeans with strong earlier purchases", () => {
  /** A tenth is held out, and earlier spending explains 90 % of the variance. */
  const compareOften = (turns: number, drawMinor: (random: Random) => number) => {
    const random = seededRandom(17);
    const draw = (visitors: number) =>
      Array.from({ length: visitors }, () => {
        const earlier = drawMinor(random);
        return spender(earlier + drawMinor(random) / 3, { earlierRevenueMinor: earlier });
      });
    return Array.from({ length: turns }, () =>
      compareMeans(arms(draw(720), draw(80)), "cappedRevenueMinor", 1.959964),
    );
  };
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  it("reports the real variance of the adjusted difference", () => {
    const heavyTailed = (random: Random) => (random() < 0.3 ? 2_000 * Math.exp(0.8 * normalDraw(random)) : 0);
    const compared = compareOften(300, heavyTailed);
    const reported = mean(
      compared.map(({ difference: { value, high } }) => ((high - value) / 1.959964) ** 2),
    );
    const real = mean(compared.map(({ difference }) => difference.value ** 2));

    expect(reported / real).toBeGreaterThan(0.9);
    expect(reported / real).toBeLessThan(1.5);
  });
});

describe("compareMeans on exposable revenue", () => {
  it("covers the true difference in 95 % of the draws, at about half the width", () => {
    const random = seededRandom(13);
    let held = 0;
    const widths = { reached: 0, whole: 0 };
    const turns = 400;
    for (let turn = 0; turn < turns; turn++) {
      const draw = (effect: number) =>
        Array.from({ length: 800 }, () => {
          const order = (ratio: number) => (random() < ratio ? 1_000 + 2_000 * random() : 0);
          const [before, after] = [order(0.25), order(0.05 * (1 + effect))];
          return spender(before + after, { exposableCappedRevenueMinor: after });
        });
      const both = arms(draw(0.5), draw(0));
      const { difference } = compareMeans(both, "cappedRevenueMinor", 1.959964);
      const truth = 0.025 * 2_000;
      if (difference.low <= truth && difference.high >= truth) held++;
      widths.reached += difference.high - difference.low;
      const whole = compareMeans(both, "revenueMinor", 1.959964).difference;
      widths.whole += whole.high - whole.low;
    }
    expect(held / turns).toBeGreaterThan(0.92);
    expect(widths.reached).toBeLessThan(0.55 * widths.whole);
  });
});

describe("compareRatios", () => {
  it("is null without a denominator in both arms", () => {
    const compared = compareRatios(
      arms([spender(100), spender(0)], [spender(0), spender(0)]),
      ["revenueMinor", "orders"],
      2,
    );
    expect(compared).toBeNull();
  });

  it("covers the true difference of order values in 95 % of the draws", () => {
    const random = seededRandom(12);
    let held = 0;
    for (let turn = 0; turn < 400; turn++) {
      const draw = (value: number) =>
        Array.from({ length: 600 }, () => {
          const orders = random() < 0.1 ? 1 + Math.floor(2 * random()) : 0;
          const revenueMinor = orders * (value + 1_000 * (random() - 0.5));
          return { orders, revenueMinor };
        });
      const { difference } = compareRatios(
        arms(draw(3_200), draw(3_000)),
        ["revenueMinor", "orders"],
        1.959964,
      )!;
      if (difference.low <= 200 && difference.high >= 200) held++;
    }
    expect(held / 400).toBeGreaterThan(0.92);
  });
});
