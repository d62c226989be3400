import { describe, expect, it } from "vitest";
import { holdoutShareOn, shareByDay } from "#app/domain/evaluate/proof/holdout-share.ts";
import { sampleRatioPValue, type DrawnVisitors } from "#app/domain/evaluate/proof/sample-ratio.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { DAY_MS } from "#app/domain/time.ts";

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
  it("says nothing of days on which nobody was to be held out", () => {
    expect(sampleRatioPValue([{ treated: 100, holdout: 0, holdoutRatio: 0 }])).toBeNull();
  });

  it("falls below 0.01 when a tenth of the holdout is lost", () => {
    expect(sampleRatioPValue(drawVisitors(1, 90, 0.18, 0.2))).toBeLessThan(0.01);
  });

  it("ever falls below 0.01 in at most one of a hundred sound shops that look daily", () => {
    const alarms = Array.from({ length: 300 }, (_, shop) => sampleRatioPValue(drawVisitors(shop, 60, 0.1))!);
    expect(alarms.filter((pValue) => pValue < 0.01).length).toBeLessThanOrEqual(6);
  });

  it("takes a changed share for no fault", () => {
    const ramped = [...drawVisitors(2, 30, 0.3), ...drawVisitors(3, 30, 0.05)];
    expect(sampleRatioPValue(ramped)).toBeGreaterThan(0.01);
  });

  it("adds up what each share tells against the draw, though none would raise an alarm alone", () => {
    const before = { treated: 845, holdout: 155, holdoutRatio: 0.2 };
    const after = { treated: 660, holdout: 340, holdoutRatio: 0.4 };
    const [one, other] = [before, after].map((days) => sampleRatioPValue([days])!);
    expect(Math.min(one!, other!)).toBeGreaterThan(0.01);
    expect(sampleRatioPValue([before, after])).toBeCloseTo(one! * other!, 9);
    expect(one! * other!).toBeLessThan(0.01);
  });

  it("keeps an alarm that was once raised", () => {
    const broken = drawVisitors(4, 60, 0.15, 0.2);
    const sound = drawVisitors(5, 60, 0.25, 0.2);
    expect(sampleRatioPValue([...broken, ...sound])).toBeLessThanOrEqual(sampleRatioPValue(broken)!);
  });
});

describe("shareByDay", () => {
  const startMs = 100 * DAY_MS;
  const change = (day: number, ratioBefore: number, ratioAfter: number) => ({
    changedAtMs: startMs + day * DAY_MS + 1_000,
    ratioBefore,
    ratioAfter,
  });

  it("is the share set now when it was never changed", () => {
    expect(shareByDay([], { startMs, now: 0.1 })(5)).toBe(0.1);
  });

  it("is what was meant on each day, and nothing on the day of a change", () => {
    const shareOf = shareByDay([change(2, 0.3, 0.2), change(5, 0.2, 0.1)], { startMs, now: 0.1 });
    expect([0, 1, 2, 3, 4, 5, 6].map(shareOf)).toEqual([0.3, 0.3, 0, 0.2, 0.2, 0, 0.1]);
  });
});

describe("a share that is changed at midnight", () => {
  it("is nothing on the day that begins then, and what it was on the day that ends", () => {
    const atMs = 100 * DAY_MS;
    const changes = [{ changedAtMs: atMs + DAY_MS, ratioBefore: 0.3, ratioAfter: 0.2 }];
    const shareOf = shareByDay(changes, { startMs: atMs, now: 0.2 });
    expect([0, 1, 2].map(shareOf)).toEqual([0.3, 0, 0.2]);
  });
});

describe("holdoutShareOn", () => {
  it("is half while the ramp lasts, then half as much each week, and never below the share of the long run", () => {
    const plan = { holdoutRatio: 0.1, holdoutRampDays: 10 };
    expect([0, 9, 10, 16, 17, 23, 24, 89].map((day) => holdoutShareOn(day, plan))).toEqual([
      0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.1, 0.1,
    ]);
    expect(holdoutShareOn(12, { ...plan, holdoutRatio: 0.3 })).toBe(0.3);
  });

  it("holds nobody out where measuring is off", () => {
    expect(holdoutShareOn(0, { holdoutRatio: 0, holdoutRampDays: 10 })).toBe(0);
  });
});
