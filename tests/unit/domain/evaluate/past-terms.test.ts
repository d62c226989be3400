import { describe, expect, it } from "vitest";
import {
  listOfferTimes,
  listPastTerms,
  termsAt,
  type LoggedTerms,
  type OfferDecision,
} from "#app/domain/evaluate/past-terms.ts";
import { toOfferTerms, type OfferTerms } from "#app/domain/offer/offer.ts";

const share = (discountRatio: number) => toOfferTerms({ terms: null, discountRatio });
const PRICE: OfferTerms = { kind: "set", reward: { type: "price", priceMinor: 1_600 } };
const TODAY = { terms: share(0.2), discountRatio: 0.2, timesPerOrder: 1, quantities: [1, 1] };

const list = (log: LoggedTerms[], today: Parameters<typeof listPastTerms>[0] = TODAY) =>
  listPastTerms(today, ["a", "b"], log);

describe("listPastTerms", () => {
  it("returns today's terms alone without changes", () => {
    expect(list([{ atMs: 5, discountRatio: 0.2 }])).toEqual([{ ...TODAY, sinceMs: -Infinity }]);
  });

  it("restores the terms before each edit, the order limit included", () => {
    const past = list([
      { atMs: 30, before: { discountRatio: 0.2, timesPerOrder: null, quantities: [1, 1] } },
      { atMs: 20, before: { discountRatio: 0.1, timesPerOrder: null, quantities: [2, 1] } },
      { atMs: 10, discountRatio: 0.1 },
    ]);
    expect(past).toEqual([
      { ...TODAY, sinceMs: 30 },
      { ...TODAY, timesPerOrder: null, sinceMs: 20 },
      { terms: share(0.1), discountRatio: 0.1, timesPerOrder: null, quantities: [2, 1], sinceMs: -Infinity },
    ]);
    expect([5, 19, 20, 29, 30, 99].map((atMs) => past.indexOf(termsAt(past, atMs)))).toEqual([
      2, 2, 1, 1, 0, 0,
    ]);
  });

  it("keeps what an entry does not state, as the autopilot's entries", () => {
    expect(list([{ atMs: 10, before: { discountRatio: 0.15 } }])[1]).toEqual({
      ...TODAY,
      terms: share(0.15),
      discountRatio: 0.15,
      sinceMs: -Infinity,
    });
    const range: OfferTerms = {
      kind: "range",
      units: 2,
      allowsRepeats: true,
      reward: { type: "percent", basisPoints: 2_000 },
    };
    const [, before] = list([{ atMs: 10, before: { discountRatio: 0.15 } }], { ...TODAY, terms: range });
    expect(before!.terms).toEqual(range);
  });

  it("restores other terms of a set, and a ratio when an entry states no terms", () => {
    const past = list(
      [
        { atMs: 20, before: { discountRatio: 0.2 } },
        { atMs: 10, before: { discountRatio: 0.1, terms: PRICE } },
      ],
      { ...TODAY, terms: PRICE },
    );
    expect(past.map(({ terms }) => terms)).toEqual([PRICE, share(0.2), PRICE]);
  });

  it("ignores units of other products than today's", () => {
    const before = { discountRatio: 0.2, quantities: [3, 2] };
    const unitsBefore = (components: string[]) =>
      list([{ atMs: 10, before: { ...before, components } }])[1]!.quantities;
    expect(unitsBefore(["a", "b"])).toEqual([3, 2]);
    expect(unitsBefore(["a", "c"])).toEqual([1, 1]);
    expect(list([{ atMs: 10, before: { ...before, quantities: [3] } }])[1]!.quantities).toEqual([1, 1]);
  });

  it("dates a new discount from the decision on it", () => {
    const anew = list([
      { atMs: 40, discountRatio: 0.2 },
      { atMs: 10, discountRatio: 0.1 },
    ]);
    expect(anew.map(({ discountRatio, sinceMs }) => [discountRatio, sinceMs])).toEqual([
      [0.2, 40],
      [0.1, -Infinity],
    ]);
    // Proposed again and not yet decided: no order had that discount.
    const undecided = list([{ atMs: 10, discountRatio: 0.1 }]);
    expect(termsAt(undecided, 99)).toMatchObject({ discountRatio: 0.1, terms: share(0.1) });
    expect(undecided[0]).toMatchObject({ discountRatio: 0.2, sinceMs: Infinity });
  });
});

describe("listOfferTimes", () => {
  const decision = (atMs: number, fields: Partial<OfferDecision>): OfferDecision => ({
    atMs,
    action: "edit",
    to: null,
    discountRatio: null,
    unchangedRatio: null,
    ...fields,
  });
  const window = { fromMs: 0, toMs: 10_000_000, discountRatio: 0.2 };

  it("has no discount while the bundle was never approved", () => {
    expect(listOfferTimes([], window)).toEqual([{ fromMs: 0, toMs: 10_000_000, discountRatio: null }]);
  });

  it("follows approvals, prices and pauses, and leaves out the minute after each", () => {
    const times = listOfferTimes(
      [
        decision(1_000_000, { action: "approve", to: "approved" }),
        decision(2_000_000, { action: "edit" }),
        decision(3_000_000, { discountRatio: { before: 0.1, after: 0.2 } }),
        decision(5_000_000, { action: "pause", to: "paused" }),
        decision(7_000_000, { action: "resume", to: "approved" }),
      ],
      window,
    );

    expect(times).toEqual([
      { fromMs: 0, toMs: 1_000_000, discountRatio: null },
      { fromMs: 1_060_000, toMs: 3_000_000, discountRatio: 0.1 },
      { fromMs: 3_060_000, toMs: 5_000_000, discountRatio: 0.2 },
      { fromMs: 5_060_000, toMs: 7_000_000, discountRatio: null },
      { fromMs: 7_060_000, toMs: 10_000_000, discountRatio: 0.2 },
    ]);
  });

  it("uses the discount of each approval", () => {
    const times = listOfferTimes(
      [
        decision(1_000_000, { action: "approve", to: "approved", unchangedRatio: 0.1 }),
        decision(3_000_000, { action: "retire" }),
        decision(5_000_000, { action: "approve", to: "approved", unchangedRatio: 0.2 }),
      ],
      window,
    );

    expect(times.map(({ discountRatio }) => discountRatio)).toEqual([null, 0.1, null, 0.2]);
  });

  it("starts with the price before the first change in the window", () => {
    const earlier = [
      decision(-5_000_000, { action: "approve", to: "approved" }),
      decision(4_000_000, { discountRatio: { before: 0.1, after: 0.2 } }),
    ];

    expect(listOfferTimes(earlier, window).map(({ discountRatio }) => discountRatio)).toEqual([0.1, 0.2]);
  });

  it("stays within the window and leaves out the minute of a change at its edges", () => {
    const times = listOfferTimes(
      [
        decision(-30_000, { action: "approve", to: "published", unchangedRatio: 0.2 }),
        decision(9_970_000, { action: "pause", to: "paused" }),
      ],
      window,
    );
    expect(times).toEqual([{ fromMs: 30_000, toMs: 9_970_000, discountRatio: 0.2 }]);
  });

  it.each<[string, Partial<OfferDecision>]>([
    ["an edit of the title", { action: "edit" }],
    ["an edit that leads to a state", { action: "edit", to: "paused" }],
    ["an edit to the same price", { discountRatio: { before: 0.2, after: 0.2 } }],
  ])("continues through %s", (_, fields) => {
    const approved = decision(0, { action: "approve", to: "approved", unchangedRatio: 0.2 });
    expect(listOfferTimes([approved, decision(5_000_000, fields)], window)).toEqual([
      { fromMs: 60_000, toMs: 10_000_000, discountRatio: 0.2 },
    ]);
  });

  it("has nothing between two changes within a minute", () => {
    const times = listOfferTimes(
      [
        decision(1_000_000, { action: "approve", to: "approved", unchangedRatio: 0.2 }),
        decision(1_060_000, { action: "pause", to: "paused" }),
      ],
      window,
    );
    expect(times.map(({ discountRatio }) => discountRatio)).toEqual([null, null]);
  });
});
