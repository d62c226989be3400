import { describe, expect, it } from "vitest";
import {
  ACCEPTED_STATUSES,
  BUNDLE_STATUSES,
  isLive,
  moveBundle,
  statusAfter,
  statusesBefore,
  toBundleStatus,
} from "#app/domain/bundle-status.ts";

describe("bundle status", () => {
  it.each(["Approved", "", "archived", null])("is never %o: such a row throws", (stored) => {
    expect(() => toBundleStatus(stored)).toThrow(RangeError);
  });

  it("does not change on an impossible move", () => {
    expect(moveBundle("retired", "publish")).toEqual({
      ok: false,
      reason: "not_possible",
    });
  });

  it.each(["publish", "hold", "end", "pause"] as const)("changes by %s only from a live status", (move) => {
    expect(statusesBefore(move)).toEqual(BUNDLE_STATUSES.filter(isLive));
  });

  it("is never retired by a run after the merchant accepted the bundle", () => {
    for (const status of ACCEPTED_STATUSES) expect(moveBundle(status, "withdraw").ok).toBe(false);
  });

  it("can always change to another one", () => {
    const moves = [
      "renew",
      "approve",
      "resume",
      "hold",
      "publish",
      "pause",
      "reject",
      "withdraw",
      "end",
    ] as const;
    for (const status of BUNDLE_STATUSES) {
      const next = moves.filter((move) => moveBundle(status, move).ok).map(statusAfter);
      expect(next.some((other) => other !== status)).toBe(true);
    }
  });
});
