import { describe, expect, it } from "vitest";
import { armOf, hashText } from "#app/domain/evaluate/holdout.ts";
import { momentsOf } from "#app/domain/evaluate/moments.ts";
import { estimateUplift, type ArmOutcome } from "#app/domain/evaluate/uplift.ts";
import { seededRandom, type Random } from "#app/domain/random.ts";

/** Visitors of whom a share buys for 10 to 90. */
function visit(random: Random, visitors: number, buyers: number): ArmOutcome {
  const spent = Array.from({ length: visitors }, () =>
    random() < buyers ? 1_000 + Math.floor(random() * 8_000) : 0,
  );
  return { revenueMinor: momentsOf(spent), orders: momentsOf(spent.map((minor) => (minor > 0 ? 1 : 0))) };
}

describe("estimateUplift", () => {
  it("says that there is nothing to compare with when nobody was held out", () => {
    const result = estimateUplift({
      treated: visit(seededRandom(1), 500, 0.1),
      holdout: visit(seededRandom(1), 0, 0),
    });
    expect(result.isEnough).toBe(false);
    expect(result.relative).toBeNull();
    expect(result.verdict).toMatch(/nothing to compare/);
  });

  it("asks for more visitors rather than guess", () => {
    const random = seededRandom(2);
    const result = estimateUplift({ treated: visit(random, 900, 0.05), holdout: visit(random, 300, 0.05) });
    expect(result.isEnough).toBe(false);
    expect(result.verdict).toMatch(/Not enough data yet: about [\d,]+ more visitors/);
  });

  it("gives no interval before an arm has seen a few dozen orders", () => {
    const random = seededRandom(6);
    const result = estimateUplift({ treated: visit(random, 5_000, 0.05), holdout: visit(random, 200, 0.05) });
    expect(result.perVisitorMinor.low).toBe(-Infinity);
    expect(result.perVisitorMinor.high).toBe(Infinity);
    expect(result.isEnough).toBe(false);
  });

  it("is no surer of a holdout that happened to see no large order", () => {
    const treated = visit(seededRandom(7), 9_000, 0.1);
    const alike = { ...visit(seededRandom(8), 1_000, 0.1) };
    const lucky = { visitors: 1_000, sum: 100 * 1_000, sumOfSquares: 100 * 1_000 ** 2 };
    const width = (revenueMinor: typeof lucky) => {
      const { low, high } = estimateUplift({ treated, holdout: { ...alike, revenueMinor } }).perVisitorMinor;
      return high - low;
    };
    expect(width(lucky)).toBeGreaterThan(0.8 * width(alike.revenueMinor));
  });

  it("trusts no figure when the arms do not have the sizes that were drawn", () => {
    const random = seededRandom(3);
    const result = estimateUplift({
      treated: visit(random, 5_000, 0.1),
      holdout: visit(random, 1_000, 0.1),
      holdoutRatio: 0.1,
    });
    expect(result.sampleRatioPValue).toBeLessThan(0.001);
    expect(result.verdict).toMatch(/do not have the sizes/);
  });

  it("finds a large effect, with the difference of the means as its value", () => {
    const random = seededRandom(4);
    const [treated, holdout] = [visit(random, 20_000, 0.12), visit(random, 20_000, 0.08)];
    const result = estimateUplift({ treated, holdout, holdoutRatio: 0.5 });
    expect(result.isEnough).toBe(true);
    expect(result.perVisitorMinor.low).toBeGreaterThan(0);
    expect(result.perVisitorMinor.value).toBeCloseTo(
      treated.revenueMinor.sum / 20_000 - holdout.revenueMinor.sum / 20_000,
      9,
    );
  });

  it("excludes no effect that is there in at most one of twenty shops that look every day", () => {
    let missed = 0;
    for (let shop = 0; shop < 60; shop++) {
      const random = seededRandom(100 + shop);
      const spent: { treated: number[]; holdout: number[] } = { treated: [], holdout: [] };
      let isWrong = false;
      for (let day = 0; day < 25; day++) {
        for (let visitor = 0; visitor < 150; visitor++)
          (random() < 0.5 ? spent.treated : spent.holdout).push(
            random() < 0.1 ? 1_000 + random() * 8_000 : 0,
          );
        const toArm = (values: number[]): ArmOutcome => ({
          revenueMinor: momentsOf(values),
          orders: momentsOf(values.map((minor) => (minor > 0 ? 1 : 0))),
        });
        const { low, high } = estimateUplift({
          treated: toArm(spent.treated),
          holdout: toArm(spent.holdout),
        }).perVisitorMinor;
        isWrong ||= low > 0 || high < 0;
      }
      if (isWrong) missed++;
    }
    expect(missed).toBeLessThanOrEqual(3);
  });
});

describe("armOf", () => {
  it("agrees with published FNV-1a values", () => {
    expect(hashText("")).toBe(0x811c9dc5);
    expect(hashText("a")).toBe(0xe40c292c);
    expect(hashText("foobar")).toBe(0xbf9cf968);
  });

  it("is sticky and holds out the share that was asked for", () => {
    const draw = { salt: "grains-of-salt", holdoutPermille: 100 };
    const keys = Array.from({ length: 20_000 }, (_, n) => n.toString(16).padStart(32, "0"));
    const held = keys.filter((key) => armOf(key, draw) === "holdout").length;
    expect(held / keys.length).toBeGreaterThan(0.09);
    expect(held / keys.length).toBeLessThan(0.11);
    expect(armOf(keys[5]!, draw)).toBe(armOf(keys[5]!, draw));
    expect(keys.some((key) => armOf(key, { ...draw, holdoutPermille: 0 }) === "holdout")).toBe(false);
  });
});
