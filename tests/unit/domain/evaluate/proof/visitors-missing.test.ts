import { describe, expect, it } from "vitest";
import { criticalValues, type InterimAnalysis } from "#app/domain/evaluate/proof/interim-boundary.ts";
import { PERIOD_DAYS } from "#app/domain/evaluate/proof/measuring-period.ts";
import { visitorsMissing, type InterimEstimate } from "#app/domain/evaluate/proof/visitors-missing.ts";
import { normalDraw, seededRandom } from "#app/domain/numbers/random.ts";

const VISITORS_A_DAY = 40;
const BASE = 10;
const DEVIATION = 30;

/** After half of the period, with an information of 10 a day; the holdout spends 10 per visitor. */
const interim = (changes: Partial<InterimEstimate> = {}, days = 45): InterimEstimate => ({
  revenue: { value: 1, low: -9, high: 9 },
  base: BASE,
  information: 10 * days,
  deviation: DEVIATION,
  visitors: { treated: 20 * days, holdout: 20 * days },
  analyses: analysesOf(days),
  ...changes,
});
const analysesOf = (days: number): InterimAnalysis[] =>
  Array.from({ length: days }, (_, day) => ({
    information: 10 * (day + 1),
    fresh: 10,
    elapsedRatio: (day + 1) / PERIOD_DAYS,
  }));
const at = (value: number, changes: Partial<InterimEstimate> = {}) =>
  visitorsMissing(interim({ revenue: { value, low: -9, high: 9 }, ...changes }))!;

describe("visitorsMissing", () => {
  it.each([
    ["before the first analysis", { analyses: [] }],
    ["when nothing varies", { deviation: 0 }],
    ["when no comparison was possible", { information: 0 }],
    ["when the holdout bought nothing", { base: 0 }],
  ])("is unknown %s", (_, changes) => {
    expect(visitorsMissing(interim(changes))).toBeNull();
  });

  it("is longer than the period when the period is unlikely to bring an answer", () => {
    expect(at(0.5)).toBeGreaterThan(45 * VISITORS_A_DAY);
    expect(at(0.5)).toBeLessThan(Infinity);
  });

  it("is a whole number of days within the period, rounded up to two digits", () => {
    const precise = { deviation: 3 };
    const days = at(0.35, precise) / VISITORS_A_DAY;
    expect(days).toBeGreaterThan(0);
    expect(days).toBeLessThanOrEqual(45);
    for (const value of [0.3, 0.32, 0.35]) {
      const missing = at(value, precise);
      expect(missing).toBe(Number(missing.toPrecision(2)));
    }
  });

  it("falls the further the value is from 0, in either direction", () => {
    const precise = { deviation: 3 };
    expect(at(0.3, precise)).toBeGreaterThan(at(0.38, precise));
    expect(at(-0.3, precise)).toBe(at(0.3, precise));
  });

  it("needs fewer visitors to call no difference small than to see one of a twentieth", () => {
    const precise = { deviation: 3.5 };
    expect(at(0, precise)).toBeLessThan(at(0.2, precise));
  });

  it.each([5, 15, 30])(
    "comes true for half of the shops that read a day of the period on day %i",
    (today) => {
      const critical = criticalValues(analysesOf(PERIOD_DAYS));
      const random = seededRandom(today);
      const [base, deviation] = [100, 50];
      const stated: boolean[] = [];
      for (let shop = 0; shop < 300; shop++) {
        const effect = 0.1 * base * normalDraw(random);
        const values = drawDailyValues(effect, deviation, random);
        const hasAnswer = (day: number) =>
          Math.abs(values[day]!) > (critical[day]! * deviation) / Math.sqrt(10 * (day + 1));
        if (values.slice(0, today).some((_, day) => hasAnswer(day))) continue;
        const value = values[today - 1]!;
        const missing = visitorsMissing(
          interim({ base, deviation, revenue: { value, low: -99, high: 99 } }, today),
        )!;
        const until = today + Math.round(missing / VISITORS_A_DAY);
        if (until > PERIOD_DAYS) continue;
        stated.push(values.slice(today, until).some((_, day) => hasAnswer(today + day)));
      }
      const ratio = stated.filter(Boolean).length / stated.length;
      expect(stated.length).toBeGreaterThan(50);
      expect(ratio).toBeGreaterThan(0.4);
      expect(ratio).toBeLessThan(0.8);
    },
  );
});

/** The value after each day of a period: the effect, and the mean of that many days' chance. */
function drawDailyValues(effect: number, deviation: number, random: () => number): number[] {
  let sum = 0;
  return Array.from({ length: PERIOD_DAYS }, (_, day) => {
    sum += 10 * effect + Math.sqrt(10) * deviation * normalDraw(random);
    return sum / (10 * (day + 1));
  });
}
