import { toCohortSums, type CohortDay, type CohortSums } from "#app/domain/evaluate/proof/cohort-day.ts";
import {
  CAP_QUANTILE,
  capOf,
  holdoutShareOn,
  PERIOD_DAYS,
} from "#app/domain/evaluate/proof/measuring-period.ts";
import {
  criticalValues,
  listInterimAnalyses,
  YEAR_SHARE,
} from "#app/domain/evaluate/proof/interim-boundary.ts";
import { reachLateOrders, shareToCome } from "#app/domain/evaluate/proof/orders-to-come.ts";
import { comparisonSize } from "#app/domain/evaluate/proof/standardised-arms.ts";
import { timeToAnswer } from "#app/domain/evaluate/proof/time-to-answer.ts";
import { estimateUplift } from "#app/domain/evaluate/proof/uplift.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { drawArm } from "#tests/standin/simulator/draw-arm.ts";
import { ShopRollouts } from "#tests/standin/shop/rollouts.ts";
import { ShopClock } from "#tests/standin/shop/shop-clock.ts";
import {
  drawEarlierOrders,
  meanByAge,
  meanTraffic,
  simulateProof,
  type Drawn,
  type ProofCohort,
  type ProofDay,
  type ProofSetting,
} from "#tests/standin/simulator/proof-shop.ts";
import { printFigure, readWhole } from "#tests/bench/bench-data.ts";

/**
 * Simulated shops whose merchant looks on every day of a measuring period: how many ever see an interval that misses
 * the truth, how often each analysis contains it, and how many see the effect. The peer of the last is a z-test with
 * a single analysis at the end, on the same capped revenue. `--shops N` (1,000), `--seed N`, `--effects 0.1,0.2` for
 * the power curve, `--power-shops N` (200), `--year-shops N` (1,000) for a year without an effect, `--setting NAME`
 * for only one. Exits 1 when a promise is broken beyond chance.
 */
const PROMISED_MISSES = 0.05;
const TRUE_EFFECT = 0.2;
const MOST_BIAS_POINTS = 1;
const Z_ONCE = 1.959964;
const EARLIER_DAYS = 90;
const STATED_FROM_DAYS = 28;
const YEAR_NAME = "a year of daily analyses";
const PERIODS_A_YEAR = 4;

const themes = new ShopRollouts(new ShopClock());
themes.start("Autumn", 100, [
  {
    split: 50,
    changes: [{ kind: "RolloutThemePublishChange", targetGid: "gid://shopify/OnlineStoreTheme/2" }],
  },
  { split: 50, changes: [] },
]);

const base = {
  medianOrderMinor: 4_000,
  logSpread: 0.8,
  lateRatio: 0.3,
  repeatRatio: 0.25,
  reachRatio: () => 1,
};
/** A medium shop with the initial share held out. */
const usual = { ...base, visitorsADay: 1_000, holdoutRatio: () => 0.1, buyRatio: () => 0.025 };
const SETTINGS: readonly ProofSetting[] = [
  { ...usual, name: "usual shop" },
  { ...usual, name: "usual shop, a third of the buyers see an offer", reachRatio: () => 1 / 3 },
  {
    ...usual,
    name: "usual shop, half held out for four weeks",
    holdoutRatio: (day) => holdoutShareOn(day, { holdoutRatio: 0.1, holdoutRampDays: 28 }),
  },
  {
    ...usual,
    name: "usual shop, growing reach of the offers",
    reachRatio: (day) => 0.05 + (0.6 * day) / PERIOD_DAYS,
  },
  {
    ...base,
    name: "heavy tails",
    visitorsADay: 600,
    holdoutRatio: () => 0.2,
    buyRatio: () => 0.03,
    logSpread: 1.4,
  },
  { ...base, name: "low conversion", visitorsADay: 2_000, holdoutRatio: () => 0.2, buyRatio: () => 0.006 },
  { ...base, name: "unequal arms", visitorsADay: 2_000, holdoutRatio: () => 0.05, buyRatio: () => 0.025 },
  { ...base, name: "small shop", visitorsADay: 80, holdoutRatio: () => 0.3, buyRatio: () => 0.03 },
  { ...base, name: "big shop", visitorsADay: 5_000, holdoutRatio: () => 0.1, buyRatio: () => 0.02 },
  {
    ...usual,
    name: "big shop, four of five buyers return days later",
    visitorsADay: 5_000,
    lateRatio: 0.8,
  },
  {
    ...base,
    name: "falling holdout share while conversion rises",
    visitorsADay: 1_000,
    holdoutRatio: (day) => (day < 30 ? 0.3 : day < 60 ? 0.15 : 0.05),
    buyRatio: (day) => 0.015 + (0.02 * day) / PERIOD_DAYS,
  },
  // Visitors with the other theme buy half as often again. The truth is based on the mean of a day.
  {
    ...base,
    name: "a Rollout tests a theme on half of the visitors",
    visitorsADay: 300,
    holdoutRatio: () => 0.2,
    buyRatio: (day) => 0.03 * (isThemeTried(day) ? 1.25 : 1),
    drawVisitors: drawBesideTheme,
  },
  {
    ...usual,
    name: "a Rollout withholds the discount for two excluded weeks",
    isLeftOut: (day) => day >= 40 && day < 54,
  },
];

function isThemeTried(day: number): boolean {
  return day >= 20 && day < 70;
}

/** Draws every visitor with the hashes for an arm and for a Rollout's treatment of one key. */
function drawBesideTheme(day: number, visitors: number, random: () => number): Drawn[] {
  const counts = { treated: [0, 0], holdout: [0, 0] };
  for (let visitor = 0; visitor < visitors; visitor++) {
    const key = String(random());
    const arm = drawArm(key, { salt: "proof", holdoutPermille: 200 });
    counts[arm][isThemeTried(day) && themes.changesFor(key).length > 0 ? 1 : 0]!++;
  }
  const mean = isThemeTried(day) ? 1.25 : 1;
  return (["treated", "holdout"] as const).flatMap((arm) => [
    { arm, visitors: counts[arm][0]!, buysTimes: 1 / mean },
    { arm, visitors: counts[arm][1]!, buysTimes: 1.5 / mean },
  ]);
}

interface Outcome {
  hasMissed: boolean;
  /** The same for the interval in which all periods of a year share one error. */
  hasMissedYear: boolean;
  /** Whether a range ever missed the final revenue of the visitors counted, late orders included. */
  hasMissedEnd: boolean;
  /** The same for a range that assumes no late orders. */
  hasMissedEndWithoutReach: boolean;
  /** Days with an interval, and those of them on which it contained the truth. */
  readonly analyses: Uint8Array;
  readonly held: Uint8Array;
  /** First day on which the interval was above 0; -1 if there is none. */
  seenOn: number;
  hasSeenOnce: boolean;
  /** On the last day, minor units per visitor. */
  difference: number;
  base: number;
}

const shops = readWhole("--shops", 1_000);
const powerShops = readWhole("--power-shops", 200);
const yearShops = readWhole("--year-shops", 1_000);
const seed = readWhole("--seed", 1);
const effects = (readText("--effects") ?? "0.1,0.3,0.5").split(",").map(Number);
let isBroken = false;

const only = readText("--setting");
for (const [index, setting] of SETTINGS.entries()) {
  if (only !== undefined && setting.name !== only) continue;
  for (const effect of [0, TRUE_EFFECT]) {
    const outcomes = runShops(setting, effect, shops, seed * 10_000 + index * 100);
    const missed = share(outcomes, ({ hasMissed }) => hasMissed);
    promise(
      `${effect === 0 ? "A/A" : "A/B +20 %"}, ${setting.name}: shops with an interval that ever missed`,
      missed,
    );
    const worst = worstAnalysis(outcomes);
    printFigure({
      name: `uplift, ${effect === 0 ? "A/A" : "A/B +20 %"}, ${setting.name}: coverage at the worst analysis`,
      value: worst,
      unit: "share",
      peer: 1 - PROMISED_MISSES,
    });
    if (worst < 1 - PROMISED_MISSES - luck(shops)) isBroken = true;
    if (effect > 0) {
      reportEnd(setting, effect, outcomes);
      reportBias(setting, effect, outcomes);
      reportPower(setting, effect, outcomes);
      reportStated(setting, effect, outcomes);
    }
  }
  for (const [turn, effect] of effects.entries())
    reportPower(
      setting,
      effect,
      runShops(setting, effect, powerShops, seed * 10_000 + index * 100 + 10 + turn),
    );
}
if (only === undefined || only === YEAR_NAME) reportYear();
process.exit(isBroken ? 1 : 0);

/**
 * Shops without an effect and with an analysis on every day of a year. Each period has its own visitors. Three in ten
 * orders come up to a fortnight after the first visit, and more after weeks.
 */
function reportYear(): void {
  const outcomes = runShops(SETTINGS[0]!, 0, yearShops * PERIODS_A_YEAR, seed * 10_000 + 9_000);
  const years = Array.from({ length: yearShops }, (_, shop) =>
    outcomes.slice(shop * PERIODS_A_YEAR, (shop + 1) * PERIODS_A_YEAR),
  );
  const shareOf = (hasMissed: (outcome: Outcome) => boolean) =>
    years.filter((periods) => periods.some(hasMissed)).length / yearShops;
  promise(
    `A/A, ${YEAR_NAME}: shops ever given a wrong yearly result`,
    shareOf(({ hasMissedYear }) => hasMissedYear),
  );
  printFigure({
    name: `uplift, A/A, ${YEAR_NAME}: shops with a period's interval that ever missed; peer: the page's figure`,
    value: shareOf(({ hasMissed }) => hasMissed),
    unit: "share",
    peer: 1 - (1 - PROMISED_MISSES) ** PERIODS_A_YEAR,
  });
}

function promise(name: string, value: number): void {
  printFigure({ name: `uplift, ${name}`, value, unit: "share", peer: PROMISED_MISSES });
  if (value > PROMISED_MISSES + luck(shops)) isBroken = true;
}

/** Orders after an analysis: whether its range contained the final revenue of the visitors seen by then. */
function reportEnd({ name }: ProofSetting, effect: number, outcomes: readonly Outcome[]): void {
  const label = `A/B +${Math.round(100 * effect)} %, ${name}: shops with a range that ever missed the final value`;
  promise(
    label,
    share(outcomes, ({ hasMissedEnd }) => hasMissedEnd),
  );
  printFigure({
    name: `uplift, ${label}, with late orders not counted`,
    value: share(outcomes, ({ hasMissedEndWithoutReach }) => hasMissedEndWithoutReach),
    unit: "share",
    peer: PROMISED_MISSES,
  });
}

/** Distance of the mean difference from the effect. A mean of ratios would be too high because of small bases. */
function reportBias({ name }: ProofSetting, effect: number, outcomes: readonly Outcome[]): void {
  const sum = (read: (outcome: Outcome) => number) =>
    outcomes.reduce((total, outcome) => total + read(outcome), 0);
  const points = 100 * (sum(({ difference }) => difference) / sum(({ base }) => base) - effect);
  printFigure({
    name: `uplift, A/B +${Math.round(100 * effect)} %, ${name}: mean uplift over the truth; peer: bar`,
    value: Number(points.toFixed(2)),
    unit: "points",
    peer: MOST_BIAS_POINTS,
  });
}

/** Two standard errors of a share of 5 %, because a bench must not fail by chance. */
function luck(count: number): number {
  return 2 * Math.sqrt((PROMISED_MISSES * (1 - PROMISED_MISSES)) / count);
}

function reportPower({ name }: ProofSetting, effect: number, outcomes: readonly Outcome[]): void {
  const label = `uplift, A/B +${Math.round(100 * effect)} %, ${name}`;
  const seen = outcomes.filter(({ seenOn }) => seenOn >= 0).map(({ seenOn }) => seenOn + 1);
  printFigure({
    name: `${label}: shops that detected it within ${PERIOD_DAYS} days; peer: one z-test at the end`,
    value: seen.length / outcomes.length,
    unit: "share",
    peer: share(outcomes, ({ hasSeenOnce }) => hasSeenOnce),
  });
  if (2 * seen.length < outcomes.length) return;
  // The median over all shops, including those that never detected it.
  const median = seen.toSorted((a, b) => a - b)[Math.ceil(outcomes.length / 2) - 1]!;
  printFigure({
    name: `${label}: day on which half of the shops had detected it`,
    value: median,
    unit: "days",
    peer: PERIOD_DAYS,
  });
}

/** The estimate that the merchant got beforehand, from four weeks of visitors and orders without offers. */
function reportStated(setting: ProofSetting, effect: number, outcomes: readonly Outcome[]): void {
  const random = seededRandom(seed * 7_919 + 1);
  const { days } = timeToAnswer(
    meanTraffic(setting, { days: STATED_FROM_DAYS, shops: 20, random }),
    effect,
    setting.holdoutRatio,
  );
  if (days === null) return;
  const label = `uplift, A/B +${Math.round(100 * effect)} %, ${setting.name}`;
  printFigure({
    name: `${label}: shops that detected it by the expected day, ${days}; peer: promised`,
    value: share(outcomes, ({ seenOn }) => seenOn >= 0 && seenOn < days),
    unit: "share",
    peer: 0.8,
  });
}

function runShops(setting: ProofSetting, effect: number, count: number, from: number): Outcome[] {
  const random = seededRandom(from * 7_919 + Math.round(1_000 * effect));
  const earlier = Math.round(EARLIER_DAYS * setting.visitorsADay * setting.buyRatio(0));
  // One cap for all shops of a setting: its chance is not measured, and the truth follows from it.
  const worths = drawEarlierOrders(setting, earlier, random).sort((a, b) => a - b);
  const quantileMinor = worths[Math.ceil(CAP_QUANTILE * worths.length) - 1] ?? null;
  const capMinor = capOf({ earlierOrders: worths.length, quantileMinor }) ?? Infinity;
  const byAge = meanByAge(setting, { days: PERIOD_DAYS, capMinor, buyers: 200_000, random });
  return Array.from({ length: count }, () => analyseEveryDay(setting, { effect, capMinor, byAge, random }));
}

function analyseEveryDay(
  setting: ProofSetting,
  {
    effect,
    capMinor,
    byAge,
    random,
  }: { effect: number; capMinor: number; byAge: Float64Array; random: () => number },
): Outcome {
  const outcome: Outcome = {
    hasMissed: false,
    hasMissedYear: false,
    hasMissedEnd: false,
    hasMissedEndWithoutReach: false,
    analyses: new Uint8Array(PERIOD_DAYS),
    held: new Uint8Array(PERIOD_DAYS),
    seenOn: -1,
    hasSeenOnce: false,
    difference: 0,
    base: 0,
  };
  const seen: { day: number; value: number; error: number; truth: number; end: number; toCome: number }[] =
    [];
  let last: CohortDay[] = [];
  for (const cohorts of simulateProof(setting, { days: PERIOD_DAYS, effect, capMinor, random })) {
    const day = cohorts.length - 1;
    last = cohorts.map((cohort, index) => toCohortDay(cohort, index));
    // Only a day that the app would show can count. Its critical value follows from all days, and is the same then.
    const isShown = listInterimAnalyses(last).at(-1)?.elapsedRatio === (day + 1) / PERIOD_DAYS;
    if (!isShown) continue;
    const { perVisitorMinor, metrics } = estimateUplift({ days: last, critical: 1 });
    const { value, high } = perVisitorMinor;
    [outcome.difference, outcome.base] = [value, metrics[0]!.holdout];
    const [truth, end] = truthsOf(setting, effect, cohorts, byAge);
    // Without an effect there is none on late orders either, and both ranges contain 0 or neither does.
    const toCome = effect === 0 ? 0 : shareToCome(...toDelayed(cohorts))!;
    seen.push({ day, value, error: high - value, truth, end, toCome });
  }
  const analyses = listInterimAnalyses(last);
  const critical = criticalValues(analyses);
  const ofYear = criticalValues(analyses, YEAR_SHARE);
  for (const { day, value, error, truth, end, toCome } of seen) {
    const at = analyses.findIndex(({ elapsedRatio }) => elapsedRatio === (day + 1) / PERIOD_DAYS);
    const reach = critical[at]! * error;
    const holds = Math.abs(value - truth) <= reach;
    outcome.analyses[day] = 1;
    outcome.held[day] = holds ? 1 : 0;
    outcome.hasMissed ||= !holds;
    outcome.hasMissedEndWithoutReach ||= Math.abs(value - end) > reach;
    const range = reachLateOrders({ value, low: value - reach, high: value + reach }, toCome);
    outcome.hasMissedEnd ||= end < range.low || end > range.high;
    outcome.hasMissedYear ||= Math.abs(value - truth) > ofYear[at]! * error;
    if (outcome.seenOn < 0 && value > reach) outcome.seenOn = day;
    if (day === PERIOD_DAYS - 1) outcome.hasSeenOnce = value > Z_ONCE * error;
  }
  return outcome;
}

/** Expected difference so far, from the time that each day's visitors have had to buy, and in the end. */
function truthsOf(
  setting: ProofSetting,
  effect: number,
  cohorts: readonly ProofDay[],
  byAge: Float64Array,
): [toDate: number, inTheEnd: number] {
  let [toDate, inTheEnd, weights] = [0, 0, 0];
  cohorts.forEach(({ treated, holdout }, day) => {
    const weight = comparisonSize(treated.visitors, holdout.visitors);
    weights += weight;
    toDate += weight * effect * setting.buyRatio(day) * byAge[cohorts.length - 1 - day]!;
    inTheEnd += weight * effect * setting.buyRatio(day) * byAge.at(-1)!;
  });
  return [toDate / weights, inTheEnd / weights];
}

/** The orders so far by their delay, and the visitors by their age. */
function toDelayed(cohorts: readonly ProofDay[]): Parameters<typeof shareToCome> {
  const ageOf = (day: number) => cohorts.length - 1 - day;
  return [
    cohorts.flatMap(({ ordersByDelay }, day) =>
      ordersByDelay.map((orders, delayDays) => ({ delayDays, ageDays: ageOf(day), orders })),
    ),
    cohorts.map((_, age) => cohorts[ageOf(age)]!.treated.visitors + cohorts[ageOf(age)]!.holdout.visitors),
  ];
}

function toCohortDay({ treated, holdout }: ProofDay, day: number): CohortDay {
  return { day, treated: toSums(treated), holdout: toSums(holdout) };
}

function toSums({ visitors, reached, ...whole }: ProofCohort): CohortSums {
  return toCohortSums(visitors, {
    orders: [whole.orders, whole.ordersSquared],
    buyers: [whole.buyers, whole.buyers],
    revenueMinor: [whole.revenueMinor, whole.revenueSquared],
    cappedRevenueMinor: [whole.cappedMinor, whole.cappedSquared],
    exposableOrders: [reached.orders, reached.ordersSquared],
    exposableBuyers: [reached.buyers, reached.buyers],
    exposableRevenueMinor: [reached.revenueMinor, reached.revenueSquared],
    exposableCappedRevenueMinor: [reached.cappedMinor, reached.cappedSquared],
  });
}

function worstAnalysis(outcomes: readonly Outcome[]): number {
  let worst = 1;
  for (let day = 0; day < PERIOD_DAYS; day++) {
    const analyses = outcomes.reduce((sum, { analyses }) => sum + analyses[day]!, 0);
    const held = outcomes.reduce((sum, { held }) => sum + held[day]!, 0);
    // An analysis that only few shops have had is not counted.
    if (analyses >= outcomes.length / 2) worst = Math.min(worst, held / analyses);
  }
  return worst;
}

function share(outcomes: readonly Outcome[], has: (outcome: Outcome) => boolean): number {
  return outcomes.filter(has).length / outcomes.length;
}

function readText(flag: string): string | undefined {
  const at = process.argv.indexOf(flag);
  return at < 0 ? undefined : process.argv[at + 1];
}
