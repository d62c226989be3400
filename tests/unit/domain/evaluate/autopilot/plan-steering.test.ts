import { describe, expect, it } from "vitest";
import { planSteering, type SteerableBundle } from "#app/domain/evaluate/autopilot/plan-steering.ts";
import type { SteeringStep } from "#app/domain/evaluate/autopilot/steer-offers.ts";
import { inEnglish } from "#tests/factories/write-english.ts";

const bundle = (fields: Partial<SteerableBundle> = {}): SteerableBundle => ({
  id: "a",
  title: "Shampoo + Conditioner",
  status: "published",
  kind: "complementary",
  discountRatio: 0.1,
  isWithinLimits: true,
  variantGids: ["v1", "v2"],
  isFrozen: false,
  isOver: false,
  heldFor: null,
  coverDays: null,
  scarcest: "Shampoo",
  seasonIndex: null,
  isSupported: true,
  ...fields,
});
const step = (fields: Partial<SteeringStep> = {}): SteeringStep => ({
  id: "a",
  discountRatio: 0.15,
  verdict: "open",
  chanceBetter: 0.6,
  gainPerThousandMinor: 900,
  visitors: 300,
  ...fields,
});

describe("planSteering", () => {
  it.each([
    ["the merchant set the price of", { isFrozen: true }],
    ["the merchant paused", { status: "paused" }],
    ["the merchant has not approved and that no winner is related to", { status: "proposed" }],
    ["already has the price", { discountRatio: 0.15 }],
    ["is over", { isOver: true }],
    ["is over and was held until stock came", { isOver: true, status: "paused", heldFor: "stock" }],
  ] as const)("does nothing for a bundle that %s", (_, fields) => {
    expect(planSteering([bundle(fields)], [step()])).toEqual([]);
  });

  it("never changes a frozen bundle, even if it is scarce, out of season or a loser", () => {
    const frozen = bundle({ isFrozen: true, kind: "seasonal", coverDays: 1, seasonIndex: 0.5 });

    expect(planSteering([frozen], [step({ verdict: "loser" })])).toEqual([]);
  });

  it("changes a price and gives the figures behind it", () => {
    expect(planSteering([bundle()], [step()])).toMatchObject([
      { bundleId: "a", action: "price", discountRatio: 0.15, evidence: { chanceBetter: 0.6, visitors: 300 } },
    ]);
  });

  it("lowers but does not raise a discount while stock is low", () => {
    const low = bundle({ coverDays: 18 });

    expect(planSteering([low], [step()])).toEqual([]);
    expect(planSteering([low], [step({ discountRatio: 0.05 })])).toMatchObject([
      { action: "price", discountRatio: 0.05 },
    ]);
    expect(planSteering([bundle({ coverDays: 25 })], [step()])).toMatchObject([{ discountRatio: 0.15 }]);
  });

  it("pauses a loser and gives the reason", () => {
    const [action] = planSteering(
      [bundle()],
      [step({ verdict: "loser", chanceBetter: 0.02, visitors: 4_200 })],
    );

    expect(action).toMatchObject({ action: "pause", heldFor: "loser" });
    expect(inEnglish(action!.reason)).toBe(
      "Among 4,200 visitors it very likely earned less than no offer (2% that it earns more)",
    );
  });

  it("never resumes a loser", () => {
    const out = bundle({ status: "paused", heldFor: "loser", coverDays: 90, seasonIndex: 2 });

    expect(planSteering([out], [])).toEqual([]);
  });

  it.each([
    ["the season", "stock runs out", { heldFor: "season", seasonIndex: 2, coverDays: 2 }, {}],
    ["stock", "its season is over", { heldFor: "stock", coverDays: 60, seasonIndex: 0.5 }, {}],
    ["limits", "stock runs out", { heldFor: "limits", coverDays: 1 }, {}],
    ["limits", "it loses", { heldFor: "limits" }, { verdict: "loser" }],
    ["stock", "it loses", { heldFor: "stock", coverDays: 60, isWithinLimits: false }, { verdict: "loser" }],
  ] as const)("does not resume a bundle held for %s while %s", (_, __, fields, verdict) => {
    const out = bundle({ status: "paused", kind: "seasonal", ...fields });
    const other = step({ discountRatio: 0.05, ...verdict });

    expect(planSteering([out], [other])).toEqual([]);
    // It would be paused again the next day.
    expect(planSteering([{ ...out, status: "approved", heldFor: null }], [other])).toMatchObject([
      { action: "pause" },
    ]);
  });

  it("pauses a bundle without an allowed discount and resumes it when there is one again", () => {
    const none = step({ discountRatio: null });
    expect(planSteering([bundle()], [none])).toMatchObject([{ action: "pause", heldFor: "limits" }]);

    const out = bundle({ status: "paused", heldFor: "limits" });
    expect(planSteering([{ ...out, isWithinLimits: false }], [none])).toEqual([]);
    expect(planSteering([out], [step()])).toMatchObject([{ action: "resume" }]);
  });

  it("accepts full price as a discount of 0", () => {
    const atFullPrice = bundle({ discountRatio: 0 });
    const kept = step({ discountRatio: 0 });
    expect(planSteering([atFullPrice], [kept])).toEqual([]);
    expect(planSteering([{ ...atFullPrice, status: "paused", heldFor: "limits" }], [kept])).toMatchObject([
      { action: "resume" },
    ]);
  });

  it.each([
    ["limits", {}],
    ["stock", { coverDays: 60 }],
    ["season", { seasonIndex: 2 }],
  ] as const)("gives a bundle held for %s an allowed discount before it resumes", (heldFor, fields) => {
    const out = bundle({ status: "paused", heldFor, isWithinLimits: false, ...fields });

    expect(planSteering([out], [step()])).toMatchObject([{ action: "price", discountRatio: 0.15 }]);
    expect(planSteering([out], [step({ discountRatio: null })])).toEqual([]);
  });

  it.each([
    [3, "published", null, "pause"],
    [14, "published", null, "price"],
    [20, "paused", "stock", undefined],
    [21, "paused", "stock", "resume"],
  ] as const)(
    "takes the right action with stock for %d days and a %s bundle",
    (coverDays, status, heldFor, action) => {
      expect(
        planSteering([bundle({ coverDays, status, heldFor })], [step({ discountRatio: 0.05 })])[0]?.action,
      ).toBe(action);
    },
  );

  it.each([
    ["seasonal", 0.9, "published", null, "pause"],
    ["complementary", 0.9, "published", null, "price"],
    ["seasonal", 1.1, "paused", "season", undefined],
    ["seasonal", 1.2, "paused", "season", "resume"],
  ] as const)(
    "handles a %s bundle at season %d when it is %s",
    (kind, seasonIndex, status, heldFor, action) => {
      const [first] = planSteering([bundle({ kind, seasonIndex, status, heldFor })], [step()]);
      expect(first?.action).toBe(action);
    },
  );

  it("approves at most two supported relatives of winners, in their order", () => {
    const relatives = ["b", "c", "d"].map((id) =>
      bundle({ id, status: "proposed", variantGids: ["v2", `v-${id}`] }),
    );
    const strangers = [
      bundle({ id: "x", status: "proposed", variantGids: ["v8", "v9"] }),
      bundle({ id: "y", status: "proposed", isSupported: false }),
      bundle({ id: "z", status: "proposed", isFrozen: true }),
      bundle({ id: "w", status: "proposed", isWithinLimits: false }),
      bundle({ id: "v", status: "proposed", isOver: true }),
    ];
    const winner = step({ verdict: "winner", discountRatio: 0.1, chanceBetter: 0.97 });

    const actions = planSteering([bundle(), ...strangers, ...relatives], [winner]);

    expect(actions).toMatchObject([
      { bundleId: "b", action: "approve" },
      { bundleId: "c", action: "approve" },
    ]);
  });
});

describe("reason of an autopilot action", () => {
  const evidence = { chanceBetter: 0.6, gainPerThousandMinor: 900, visitors: 300 };
  const paused = { status: "paused" } as const;
  const limits = { ...paused, heldFor: "limits" } as const;
  const tell = (...planned: Parameters<typeof planSteering>) =>
    planSteering(...planned).map((action) => ({ ...action, reason: inEnglish(action.reason) }));

  it.each<[string, Partial<SteerableBundle>, Partial<SteeringStep>, object]>([
    [
      "scarce stock",
      { coverDays: 3.5678 },
      {},
      {
        action: "pause",
        heldFor: "stock",
        reason: "Shampoo lasts about 4 more days: no discount while it is scarce",
        evidence: { coverDays: 3.568 },
      },
    ],
    [
      "a season that is over",
      { kind: "seasonal", seasonIndex: 0.98765 },
      {},
      { action: "pause", heldFor: "season", reason: "Its season is over", evidence: { seasonIndex: 0.988 } },
    ],
    [
      "a loser",
      {},
      { verdict: "loser", chanceBetter: 0.01234, visitors: 1_234.4, gainPerThousandMinor: -55.5001 },
      {
        action: "pause",
        heldFor: "loser",
        reason: "Among 1,234 visitors it very likely earned less than no offer (1% that it earns more)",
        evidence: { chanceBetter: 0.012, gainPerThousandMinor: -56, visitors: 1_234 },
      },
    ],
    [
      "limits that leave no discount",
      {},
      { discountRatio: null },
      {
        action: "pause",
        heldFor: "limits",
        reason: "No discount within the autopilot’s limits leaves the margin that you ask for",
        evidence,
      },
    ],
    [
      "a price that is tried",
      { discountRatio: 0.125 },
      {},
      { action: "price", discountRatio: 0.15, reason: "Tried, because it may earn more than 13%", evidence },
    ],
    [
      "a winner's price",
      {},
      { verdict: "winner" },
      {
        action: "price",
        discountRatio: 0.15,
        reason: "Expected to earn the most, based on what visitors bought at each discount",
        evidence,
      },
    ],
    [
      "limits that leave room again",
      limits,
      {},
      { action: "resume", reason: "Your limits allow a discount again", evidence: {} },
    ],
    [
      "a price beyond the limits, before it comes back",
      { ...limits, isWithinLimits: false },
      {},
      {
        action: "price",
        discountRatio: 0.15,
        reason: "It comes back, but its earlier discount is beyond your limits now",
        evidence: {},
      },
    ],
    [
      "stock that came",
      { ...paused, heldFor: "stock", coverDays: 40.12345 },
      {},
      { action: "resume", reason: "Shampoo is well in stock again", evidence: { coverDays: 40.123 } },
    ],
    [
      "stock that is tracked no more",
      { ...paused, heldFor: "stock" },
      {},
      { action: "resume", reason: "Shampoo is well in stock again", evidence: {} },
    ],
    [
      "a season that begins",
      { ...paused, kind: "seasonal", heldFor: "season", seasonIndex: 1.23456 },
      {},
      { action: "resume", reason: "Its season is starting", evidence: { seasonIndex: 1.235 } },
    ],
  ])("names %s with its figures", (_, fields, steered, action) => {
    expect(tell([bundle(fields)], [step(steered)])).toEqual([{ bundleId: "a", ...action }]);
  });

  it("names the winner that an approved bundle is related to", () => {
    const related = bundle({
      id: "b",
      title: "Shampoo + Comb",
      status: "proposed",
      variantGids: ["v1", "v9"],
    });
    const winner = step({ verdict: "winner", discountRatio: 0.1, chanceBetter: 0.98765 });

    expect(tell([bundle(), related], [winner])).toEqual([
      {
        bundleId: "b",
        action: "approve",
        reason: "It shares a product with “Shampoo + Conditioner”, which earns more than no offer",
        evidence: { chanceBetter: 0.988 },
      },
    ]);
  });
});

describe("limits of a planned day", () => {
  it("keep a price when no step is known", () => {
    expect(planSteering([bundle(), bundle({ id: "b", status: "paused", heldFor: "limits" })], [])).toEqual(
      [],
    );
  });

  it.each([
    ["the end of its season", { kind: "seasonal", seasonIndex: 1 }],
    ["an unknown season", { kind: "seasonal", seasonIndex: null }],
    ["an approval that is not published yet", { status: "approved" }],
    ["stock for exactly three weeks", { coverDays: 21 }],
  ] as const)("allow a higher discount at %s", (_, fields) => {
    expect(planSteering([bundle(fields)], [step()])).toMatchObject([{ action: "price" }]);
  });

  it.each([
    ["has stock for less than three weeks", { coverDays: 20.9 }],
    ["is out of season", { kind: "seasonal", seasonIndex: 0.9 }],
    ["shares no product with it", { variantGids: ["v8", "v9"] }],
  ] as const)("do not let a winner approve a relative that %s", (_, fields) => {
    const related = bundle({ id: "b", status: "proposed", ...fields });
    const winner = step({ verdict: "winner", discountRatio: 0.1 });
    expect(planSteering([bundle(), related], [winner])).toEqual([]);
  });

  it.each([
    ["has stock for three weeks", { coverDays: 21 }],
    ["is out of season, but no offer of a season", { seasonIndex: 0.9 }],
    ["is in season", { kind: "seasonal", seasonIndex: 1 }],
  ] as const)("let a winner approve a relative that %s", (_, fields) => {
    const related = bundle({ id: "b", status: "proposed", ...fields });
    const winner = step({ verdict: "winner", discountRatio: 0.1 });
    expect(planSteering([bundle(), related], [winner])).toMatchObject([{ bundleId: "b", action: "approve" }]);
  });

  it.each([
    ["is approved but not published yet", { status: "approved" }, "winner"],
    ["may win", {}, "open"],
  ] as const)("do not approve a relative of a bundle that %s", (_, fields, verdict) => {
    const related = bundle({ id: "b", status: "proposed" });
    expect(planSteering([bundle(fields), related], [step({ verdict, discountRatio: 0.1 })])).toEqual([]);
  });

  it.each([
    ["season", { heldFor: "season", seasonIndex: 1.149 }],
    ["season, which is not known", { heldFor: "season", seasonIndex: null }],
    ["stock", { heldFor: "stock", coverDays: 20.9 }],
    ["limits, of which nothing is known", { heldFor: "limits" }],
  ] as const)("do not resume a bundle that waits for its %s", (_, fields) => {
    expect(planSteering([bundle({ status: "paused", ...fields })], [])).toEqual([]);
  });

  it("resume a bundle at exactly the season threshold", () => {
    const out = bundle({ status: "paused", heldFor: "season", seasonIndex: 1.15 });
    expect(planSteering([out], [])).toMatchObject([{ action: "resume" }]);
  });
});
