import { describe, expect, it } from "vitest";
import { isActiveRun, RUN_STATUSES, runStatusesBefore, toRunStatus } from "#app/domain/run-status.ts";

describe("a run's state", () => {
  it.each(["done", "", undefined])("is never %o, and a row that says so fails loudly", (stored) => {
    expect(() => toRunStatus(stored)).toThrow(RangeError);
  });

  it("goes on only while somebody may still work on the run", () => {
    for (const next of RUN_STATUSES) {
      expect(runStatusesBefore(next).every(isActiveRun)).toBe(true);
    }
  });

  it("is not success before a worker has begun", () => {
    expect(runStatusesBefore("succeeded")).toEqual(["running"]);
  });

  it("is never queued again", () => {
    expect(runStatusesBefore("queued")).toEqual([]);
  });
});
