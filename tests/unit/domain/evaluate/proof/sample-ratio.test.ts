import { describe, expect, it } from "vitest";
import { sampleRatioPValue, type DrawnVisitors } from "#app/domain/evaluate/proof/sample-ratio.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";

function drawVisitors(
  seed: number,
  days: number,
  trueRatio: number,
  meantRatio = trueRatio,
): DrawnVisitors[] {
  const random = seededRandom(seed);
  return Array.from({ length: days }, () => {
    let holdout = 0;
    for (let visitor = 0; visitor < 300; visitor++) if (random() < trueRatio) holdout++;
    return { treated: 300 - holdout, holdout, holdoutRatio: meantRatio };
  });
}

describe("sampleRatioPValue", () => {
  it("is null for days without a holdout", () => {
    expect(sampleRatioPValue([{ treated: 100, holdout: 0, holdoutRatio: 0 }])).toBeNull();
  });

  it("falls below 0.01 when a tenth of the holdout is lost", () => {
    expect(sampleRatioPValue(drawVisitors(1, 90, 0.18, 0.2))).toBeLessThan(0.01);
  });

  it("raises a false alarm in about 1 % of sound shops that check daily", () => {
    const alarms = Array.from({ length: 300 }, (_, shop) => sampleRatioPValue(drawVisitors(shop, 60, 0.1))!);
    expect(alarms.filter((pValue) => pValue < 0.01).length).toBeLessThanOrEqual(6);
  });

  it("does not alarm when the holdout share changes", () => {
    const ramped = [...drawVisitors(2, 30, 0.3), ...drawVisitors(3, 30, 0.05)];
    expect(sampleRatioPValue(ramped)).toBeGreaterThan(0.01);
  });

  it("multiplies the evidence of each share, even if none alone is enough", () => {
    const before = { treated: 845, holdout: 155, holdoutRatio: 0.2 };
    const after = { treated: 660, holdout: 340, holdoutRatio: 0.4 };
    const [one, other] = [before, after].map((days) => sampleRatioPValue([days])!);
    expect(Math.min(one!, other!)).toBeGreaterThan(0.01);
    expect(sampleRatioPValue([before, after])).toBeCloseTo(one! * other!, 9);
    expect(one! * other!).toBeLessThan(0.01);
  });

  it("keeps an alarm once raised", () => {
    const broken = drawVisitors(4, 60, 0.15, 0.2);
    const sound = drawVisitors(5, 60, 0.25, 0.2);
    expect(sampleRatioPValue([...broken, ...sound])).toBeLessThanOrEqual(sampleRatioPValue(broken)!);
  });
});
