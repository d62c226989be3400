import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { stageOf, type ShopFacts } from "#app/domain/shop-stage.ts";

const INSTALLED: ShopFacts = {
  isHistoryRead: false,
  orders: 0,
  run: null,
  bundles: { toDecide: 0, waiting: 0, held: 0, live: 0, paused: 0, all: 0 },
  hasVisits: false,
  comparedVisitors: 0,
  answer: "open",
  isPublishingOn: true,
  isPublishingFailed: false,
  isDiscountOff: false,
  isWithheld: false,
  isThemeChanged: false,
  isUnplaced: false,
  failingMessages: 0,
  areMessagesSlow: false,
};
const READ: ShopFacts = { ...INSTALLED, isHistoryRead: true, orders: 900 };
const PROPOSED: ShopFacts = {
  ...READ,
  run: "succeeded",
  bundles: { ...READ.bundles, toDecide: 12, all: 12 },
};
const LIVE: ShopFacts = {
  ...PROPOSED,
  bundles: { toDecide: 0, waiting: 0, held: 0, live: 2, paused: 0, all: 12 },
};

/** Example states and the expected statements. */
const STATES: readonly (readonly [string, ShopFacts, object])[] = [
  ["just installed", INSTALLED, { earned: "nothingLive", toDecide: "reading", faults: [] }],
  ["orders being read, some there already", { ...INSTALLED, orders: 300 }, { toDecide: "reading" }],
  ["read, and without any order", { ...READ, orders: 0 }, { toDecide: "noOrders" }],
  ["read, nothing searched yet", READ, { toDecide: "notSearched" }],
  ["the first run at work", { ...READ, run: "running" }, { toDecide: "searching" }],
  ["the first run failed", { ...READ, run: "failed" }, { toDecide: "failed", faults: ["searchFailed"] }],
  ["the first run found nothing", { ...READ, run: "succeeded" }, { toDecide: "nothingFound" }],
  ["suggestions wait", PROPOSED, { earned: "nothingLive", toDecide: "some" }],
  [
    "the first approval on its way",
    { ...LIVE, bundles: { ...LIVE.bundles, live: 0, waiting: 1 } },
    { earned: "waiting", toDecide: "allDecided" },
  ],
  ["live, and nobody came yet", LIVE, { earned: "noVisitors" }],
  [
    "live, with visitors, in a theme without a place for offers",
    { ...LIVE, comparedVisitors: 400, isUnplaced: true },
    { earned: "unplaced", faults: ["unplaced"], hasVisits: true },
  ],
  ["live, visits told, none compared yet", { ...LIVE, hasVisits: true }, { earned: "noCompared" }],
  ["live and measuring", { ...LIVE, comparedVisitors: 400 }, { earned: "measuring", hasVisits: true }],
  ["live and known", { ...LIVE, comparedVisitors: 40_000, answer: "known" }, { earned: "known" }],
  [
    "live, and one group lacks visitors",
    { ...LIVE, comparedVisitors: 40_000, answer: "broken" },
    { earned: "broken", faults: ["comparisonBroken"] },
  ],
  [
    "all paused",
    { ...LIVE, bundles: { ...LIVE.bundles, live: 0, paused: 2 }, comparedVisitors: 400 },
    { earned: "paused" },
  ],
  [
    "some live, others approved and out of stock",
    { ...LIVE, bundles: { ...LIVE.bundles, held: 2 }, comparedVisitors: 400 },
    { earned: "measuring", faults: ["offersHeld"] },
  ],
  [
    "one paused, the others approved and out of stock",
    { ...LIVE, bundles: { ...LIVE.bundles, live: 0, held: 2, paused: 1 } },
    { earned: "nothingLive", faults: ["offersHeld"] },
  ],
  [
    "publishing switched off, after a pass that failed",
    { ...LIVE, isPublishingOn: false, isPublishingFailed: true, comparedVisitors: 400 },
    { earned: "off", faults: [] },
  ],
  [
    "a Rollout withholds the discount",
    { ...LIVE, isWithheld: true, bundles: { ...LIVE.bundles, live: 0, paused: 2 } },
    { earned: "paused", faults: ["withheld"] },
  ],
  [
    "uninstalled and back, orders read anew",
    { ...LIVE, isHistoryRead: false, orders: 900, bundles: { ...LIVE.bundles, live: 0, waiting: 2 } },
    { earned: "waiting", toDecide: "reading" },
  ],
];

/** Facts that each statement on Home claims about the shop. */
const CLAIMS: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  "earned.off": { publishing: false },
  "earned.paused": { publishing: true, live: false, accepted: true },
  "earned.waiting": { publishing: true, live: false, accepted: true },
  "earned.nothingLive": { publishing: true, live: false },
  "earned.unplaced": { live: true },
  "earned.broken": { live: true, visits: true, trusted: false },
  "earned.noVisitors": { live: true, visits: false },
  "earned.noCompared": { live: true, visits: true },
  "earned.measuring": { live: true, visits: true, trusted: true },
  "earned.known": { live: true, visits: true, trusted: true },
  "decide.some": { found: true },
  "decide.reading": { history: false, searching: false },
  "decide.noOrders": { history: true, orders: false, searching: false },
  "decide.searching": { searching: true },
  "decide.failed": { history: true, orders: true, searching: false, searchFailed: true },
  "decide.notSearched": { history: true, orders: true, searching: false, found: false },
  "decide.nothingFound": { history: true, orders: true, searching: false, found: false, searchFailed: false },
  "decide.allDecided": { history: true, orders: true, searching: false, found: true },
  "wrong.publishingFailed": { publishing: true },
  "wrong.discountOff": { publishing: true },
  "wrong.withheld": { publishing: true, live: false },
  "wrong.unplaced": { publishing: true },
  "wrong.themeChanged": { publishing: true },
  "wrong.offersHeld": { publishing: true, accepted: true },
  "wrong.comparisonBroken": { trusted: false },
  "wrong.searchFailed": { searchFailed: true },
  "step.history": { history: true },
  "step.history.open": { history: false },
  "step.proposed": { found: true },
  "step.proposed.open": { found: false },
  "step.approve": { accepted: true },
  "step.approve.open": { accepted: false },
  "step.visitors": { visits: true },
  "step.visitors.open": { visits: false },
};

/** All statements on Home, with the setup guide's steps as in read-setup.server.ts. */
function listSaid(facts: ShopFacts): string[] {
  const { earned, toDecide, faults, hasVisits } = stageOf(facts);
  const { waiting, held, live, paused, all } = facts.bundles;
  const step = (name: string, isDone: boolean) => `step.${name}${isDone ? "" : ".open"}`;
  return [
    `earned.${earned}`,
    `decide.${toDecide}`,
    ...faults.map((fault) => `wrong.${fault}`),
    step("history", facts.isHistoryRead),
    step("proposed", all > 0),
    step("approve", waiting + held + live + paused > 0),
    step("visitors", hasVisits),
  ];
}

function findContradictions(said: readonly string[]): string[] {
  const claims = said.flatMap((code) =>
    Object.entries(CLAIMS[code] ?? {}).map(([fact, value]) => ({ code, fact, value })),
  );
  return claims.flatMap((one) =>
    claims
      .filter(({ fact, value }) => fact === one.fact && one.value && !value)
      .map((other) => `${one.code} and ${other.code} on ${one.fact}`),
  );
}

describe("stageOf", () => {
  it.each(STATES)("makes no contradiction: %s", (_, facts, expected) => {
    expect(stageOf(facts)).toMatchObject(expected);
    const said = listSaid(facts);
    expect(said.filter((code) => !code.startsWith("wrong.messages") && !(code in CLAIMS))).toEqual([]);
    expect(findContradictions(said)).toEqual([]);
  });

  it("has a contradiction check that finds contradictions", () => {
    expect(findContradictions(["earned.noVisitors", "step.visitors"])).toHaveLength(1);
    expect(findContradictions(["decide.noOrders", "step.history.open"])).toHaveLength(1);
  });

  it("has a sentence for each state", () => {
    const texts = JSON.parse(readFileSync("app/locales/en/home.json", "utf8")) as Record<string, string>;
    const ofAnswer = ["earned.broken", "earned.measuring", "earned.known"];
    const codes = Object.keys(CLAIMS).filter((code) => !code.startsWith("step.") && !ofAnswer.includes(code));
    expect(codes.filter((code) => !(code in texts) && !(`${code}_other` in texts))).toEqual([]);
  });
});
