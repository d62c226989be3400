import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, DECISIONS } from "#app/domain/validate/decide.ts";

const STATUSES = ["proposed", "approved", "rejected", "published", "paused", "retired"];

describe("a merchant's decision about a bundle", () => {
  it.each([
    ["approve", "published"],
    ["approve", "retired"],
    ["reject", "rejected"],
    ["pause", "proposed"],
    ["resume", "approved"],
  ] as const)("“%s” is refused for a bundle that is %s", (decision, status) => {
    expect(decide(decision, { status, last: null })).toMatchObject({ ok: false, reason: "not_possible" });
  });

  it("has nothing to undo before the first decision, after an undo, and after the system's own", () => {
    for (const last of [null, { action: "undo", from: "approved" }, { action: "retire", from: "proposed" }]) {
      expect(decide("undo", { status: "approved", last })).toMatchObject({ ok: false });
    }
  });

  it("that took a published bundle down is undone by approving it again", () => {
    const last = { action: "reject", from: "published" };
    expect(decide("undo", { status: "rejected", last })).toEqual({ ok: true, value: "approved" });
  });

  it("is taken back by an undo right after it", () => {
    fc.assert(
      fc.property(fc.constantFrom(...STATUSES), fc.constantFrom(...DECISIONS), (status, decision) => {
        if (decision === "undo") return;
        const decided = decide(decision, { status, last: null });
        if (!decided.ok) return;
        const undone = decide("undo", { status: decided.value, last: { action: decision, from: status } });
        expect(undone).toEqual({ ok: true, value: status === "published" ? "approved" : status });
      }),
    );
  });
});
