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

describe("a bundle's state", () => {
  it.each(["Approved", "", "archived", null])(
    "is never %o, and a row that says so fails loudly",
    (stored) => {
      expect(() => toBundleStatus(stored)).toThrow(RangeError);
    },
  );

  it("stays as it is where a move is not possible, and says so", () => {
    expect(moveBundle("retired", "publish")).toEqual({
      ok: false,
      reason: "not_possible",
    });
  });

  it.each(["publish", "hold", "end", "pause"] as const)(
    "comes to %s only from what the storefront shows or is to show",
    (move) => {
      expect(statusesBefore(move)).toEqual(BUNDLE_STATUSES.filter(isLive));
    },
  );

  it("is never retired by a run once the merchant has accepted the bundle", () => {
    for (const status of ACCEPTED_STATUSES) expect(moveBundle(status, "withdraw").ok).toBe(false);
  });

  it("of every kind can be left, so that no bundle is stuck", () => {
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
