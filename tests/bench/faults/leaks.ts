import { proveFaultsFound, type SourceFault } from "./source-faults.ts";

/**
 * Whether tests detect data leakage from the future. Each fault gives a learner data that it must not use, and must
 * fail a test of `tests/unit/leaks`. Exits 1 if no test fails for one of them.
 */
const TRAIN = "app/learning/completion/train-behaviour.ts";
const CHOOSE = "app/learning/completion/choose-for-task.ts";
const FORECAST = "app/learning/demand/forecast-demand.ts";
const PRICES = "app/domain/trends/prices/price-candidates.ts";
const SPLIT = "app/domain/validate/split-for-replay.ts";

const FAULTS: readonly SourceFault[] = [
  {
    name: "behaviour, methods fitted on the test window",
    file: TRAIN,
    find: "await fit(\n    sliceBaskets(past, 0, windowFrom),",
    replace: "await fit(\n    past,",
  },
  {
    name: "behaviour, page views read up to the cutoff",
    file: TRAIN,
    find: "linkByCoViews(sliceSessions(sessions, 0, firstSessionAt(sessions, untilMs)))",
    replace: "linkByCoViews(sessions)",
  },
  {
    name: "behaviour, page views of the other window read up to the test window",
    file: TRAIN,
    find: "links: linksUntil(other.untilMs),",
    replace: "links: linksUntil(past.placedAtMs[windowFrom] ?? cutoffMs),",
  },
  {
    name: "behaviour, the other window's evidence includes its own orders",
    file: "app/learning/completion/other-windows.ts",
    find: "const learnsFrom = sliceBaskets(past, 0, from);",
    replace: "const learnsFrom = sliceBaskets(past, 0, windowFrom);",
  },
  {
    name: "behaviour, a history that includes later orders",
    file: "app/domain/behaviour/methods/purchase-histories.ts",
    find: "const orders = countBefore(basketsOf(customer), baskets.placedAtMs, atMs);",
    replace: "const orders = basketsOf(customer).length;",
  },
  {
    name: "behaviour, a history that includes the order of the query",
    file: "app/domain/behaviour/methods/purchase-histories.ts",
    find: "placedAtMs[own[at]!]! < atMs",
    replace: "placedAtMs[own[at]!]! <= atMs",
  },
  {
    name: "behaviour, the method chosen on training cases",
    file: CHOOSE,
    find: "draw(hasNetwork ? parts.stop : 0, 1, MAX_CHOICE_CASES, 3)",
    replace: "draw(0, hasNetwork ? parts.train : 1, MAX_CHOICE_CASES, 3)",
  },
  {
    name: "behaviour, networks stopped early by the choosing orders",
    file: CHOOSE,
    find: "draw(parts.train, parts.stop, MAX_STOPPING_CASES, 2)",
    replace: "draw(parts.train, 1, MAX_STOPPING_CASES, 2)",
  },
  {
    name: "behaviour, calibration skipped",
    file: CHOOSE,
    find: "calibration = fitCalibration(forecasts.flat());",
    replace: "calibration = fitCalibration([]);",
  },
  {
    name: "behaviour, calibration tested on the half that it was fitted on",
    file: "app/domain/behaviour/choice/calibration.ts",
    find: "fitCalibration(halves[1 - at]!)",
    replace: "fitCalibration(halves[at]!)",
  },
  {
    name: "forecast, demand levels taken two weeks ahead",
    file: "app/domain/trends/demand-series.ts",
    find: "const untilMs = cutoffMs - (series.weeks - origin) * WEEK_MS;",
    replace: "const untilMs = Math.min(cutoffMs, cutoffMs - (series.weeks - origin - 2) * WEEK_MS);",
  },
  {
    name: "forecast, opening days and levels from all weeks",
    file: "app/domain/trends/methods/demand-candidates.ts",
    find: "tell(levelsAt(origin), { origin, days })",
    replace: "tell(levelsAt(48), { origin, days })",
  },
  {
    name: "forecast, the linear map trained on the tested weeks",
    file: FORECAST,
    find: "await fitLinearTrend(levelsAt(endWeek), { endWeek, horizonDays, ...stop });",
    replace: "await fitLinearTrend(levelsAt(series.weeks), { endWeek: series.weeks, horizonDays, ...stop });",
  },
  {
    name: "forecast, the usual price read after the forecast's week",
    file: PRICES,
    find: 'if (ahead === "usual") return own.logUsual[origin - 1]!;',
    replace: 'if (ahead === "usual") return own.logUsual[Math.min(origin, past.series.weeks - 1)]!;',
  },
  {
    name: "forecast, the price elasticity learned from the tested weeks",
    file: FORECAST,
    find: "earlyWeek: endWeek,",
    replace: "earlyWeek: series.weeks,",
  },
  {
    name: "forecast, tested products selected by later sales",
    file: "app/domain/trends/accuracy/back-test.ts",
    find: "item * weeks + from, origin - from) >= LEAST_ORDERS",
    replace: "item * weeks + from, Math.min(weeks, origin + 4) - from) >= LEAST_ORDERS",
  },
  {
    name: "replay, proposals counted from the orders that they are replayed on",
    file: SPLIT,
    find: "earlier: sliceBaskets(baskets, 0, from),",
    replace: "earlier: sliceBaskets(baskets, 0, end),",
  },
  {
    name: "replay, proposals tested on orders that they were counted from",
    file: SPLIT,
    find: "later: sliceBaskets(baskets, from, end),",
    replace: "later: sliceBaskets(baskets, 0, end),",
  },
];

const isProven = proveFaultsFound("leaks", FAULTS, ["tests/unit/leaks"]);
process.exit(isProven ? 0 : 1);
