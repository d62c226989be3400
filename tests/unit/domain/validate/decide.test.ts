import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BUNDLE_STATUSES } from "#app/domain/bundle-status.ts";
import { decide, DECISIONS, findEditSince } from "#app/domain/validate/decide.ts";

describe("decide", () => {
  it.each([
    ["approve", "published"],
    ["pause", "retired"],
    ["reject", "rejected"],
    ["pause", "proposed"],
    ["resume", "approved"],
  ] as const)("“%s” is refused for a bundle that is %s", (decision, status) => {
    expect(decide(decision, { status, last: null })).toMatchObject({ ok: false, reason: "not_possible" });
  });

  it("has nothing to undo before the first decision, after an undo or after a system action", () => {
    const own = { action: "retire", from: "proposed" } as const;
    for (const last of [null, { action: "undo", from: "approved" } as const, own]) {
      expect(decide("undo", { status: "approved", last })).toMatchObject({ ok: false });
    }
  });

  it("does not undo to a state from which the decision was impossible", () => {
    const last = { action: "approve", from: "paused" } as const;
    expect(decide("undo", { status: "approved", last })).toEqual({ ok: false, reason: "nothing_to_undo" });
  });

  it("undoes the removal of a published bundle by approving it again", () => {
    const last = { action: "reject", from: "published" } as const;
    expect(decide("undo", { status: "rejected", last })).toEqual({ ok: true, value: "approved" });
  });

  it("reverts any decision with an immediate undo", () => {
    fc.assert(
      fc.property(fc.constantFrom(...BUNDLE_STATUSES), fc.constantFrom(...DECISIONS), (status, decision) => {
        if (decision === "undo") return;
        const decided = decide(decision, { status, last: null });
        if (!decided.ok) return;
        const undone = decide("undo", { status: decided.value, last: { action: decision, from: status } });
        expect(undone).toEqual({ ok: true, value: status === "published" ? "approved" : status });
      }),
    );
  });
});

describe("findEditSince", () => {
  const log = [
    { id: "4", action: "approve" as const, detail: {} },
    { id: "3", action: "edit" as const, detail: { changes: { note: "Sold well" } } },
    {
      id: "2",
      action: "edit" as const,
      detail: { before: { discountRatio: 0.1 }, changes: { discountRatio: 0.2 } },
    },
    {
      id: "1",
      action: "edit" as const,
      detail: { before: { title: "A" }, changes: { title: "A", endsAt: null } },
    },
  ];

  it.each([
    ["0", ["note", "discountRatio"], "3"],
    ["1", ["terms"], "2"],
    ["1", ["components", "title"], "2"],
    ["2", ["terms", "title"], undefined],
    ["0", ["title"], undefined],
    ["", ["endsAt"], "1"],
    ["4", ["note"], undefined],
  ])("finds after entry “%s”, for the fields %s, entry %s", (seenNewest, fields, id) => {
    expect(findEditSince(log, seenNewest, fields)?.id).toBe(id);
  });
});
