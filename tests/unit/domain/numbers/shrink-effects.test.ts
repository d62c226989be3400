import { describe, expect, it } from "vitest";
import { shrinkEffects } from "#app/domain/numbers/shrink-effects.ts";
import { integerBetween } from "#tests/standin/simulator/random.ts";
import { seededRandom, type Random } from "#app/domain/numbers/random.ts";

function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

describe("shrinkEffects", () => {
  it("does not change a few bundles", () => {
    const [only] = shrinkEffects([{ id: "a", value: 5, variance: 4 }], 2);
    expect(only).toEqual({ id: "a", effect: { value: 5, low: 1, high: 9 } });
  });

  it("treats differences no larger than chance as chance", () => {
    const alike = [1, -1, 0.5, -0.5, 0.2, -0.2].map((value, index) => ({
      id: String(index),
      value,
      variance: 4,
    }));
    shrinkEffects(alike, 2).forEach(({ effect }, index) =>
      expect(Math.abs(effect.value)).toBeLessThan(0.5 * Math.abs(alike[index]!.value) + 0.01),
    );
  });

  it("shrinks imprecise values more than precise ones", () => {
    const effects = [10, -10, 8, -8, 6].map((value, index) => ({
      id: String(index),
      value,
      variance: index === 0 ? 50 : 1,
    }));
    const [bad, good] = shrinkEffects(effects, 2);
    // Relative to the others' mean, which is about 1 without the first.
    expect(bad!.effect.value / 10).toBeLessThan(good!.effect.value / -10);
  });

  it("covers the truth in 95 %, and corrects most of the bias of the winner", () => {
    const random = seededRandom(21);
    const held = { all: 0, count: 0, winner: 0, rawWinner: 0 };
    let [bias, rawBias] = [0, 0];
    const turns = 400;
    for (let turn = 0; turn < turns; turn++) {
      const truths = Array.from(
        { length: integerBetween(random, 8, 20) },
        () => 1 + 1.5 * drawNormal(random),
      );
      const measured = truths.map((truth, index) => {
        const variance = 1 + 6 * random();
        return { id: String(index), value: truth + Math.sqrt(variance) * drawNormal(random), variance };
      });
      const shrunk = shrinkEffects(measured, 1.959964);
      shrunk.forEach(({ effect }, index) => {
        held.count++;
        if (effect.low <= truths[index]! && truths[index]! <= effect.high) held.all++;
      });
      const best = shrunk.reduce((one, other) => (other.effect.value > one.effect.value ? other : one));
      const rawBest = measured.reduce((one, other) => (other.value > one.value ? other : one));
      bias += (best.effect.value - truths[Number(best.id)]!) / turns;
      rawBias += (rawBest.value - truths[Number(rawBest.id)]!) / turns;
    }
    expect(held.all / held.count).toBeGreaterThan(0.94);
    expect(rawBias).toBeGreaterThan(1);
    expect(Math.abs(bias)).toBeLessThan(0.35 * rawBias);
  });
});
