import { describe, expect, it } from "vitest";
import { isActiveRun, RUN_STATUSES, runStatusesBefore, toRunStatus } from "#app/domain/run-status.ts";

describe("run status", () => {
  it.each(["done", "", undefined])("is never %o: such a row throws", (stored) => {
    expect(() => toRunStatus(stored)).toThrow(RangeError);
  });

  it("changes only from active runs", () => {
    for (const next of RUN_STATUSES) {
      expect(runStatusesBefore(next).every(isActiveRun)).toBe(true);
    }
  });

  it("succeeds only from running", () => {
    expect(runStatusesBefore("succeeded")).toEqual(["running"]);
  });

  it("never returns to queued", () => {
    expect(runStatusesBefore("queued")).toEqual([]);
  });
});
