import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { describe, expect, it } from "vitest";
import { leaveOut, PARTS } from "#tests/bench/learning/without-parts.ts";

describe("leaving a part out of the app, to measure it", () => {
  it.each(Object.keys(PARTS))("changes its current code, without %s", (part) => {
    for (const { file } of PARTS[part]!) {
      const text = readFileSync(file, "utf8");
      const left = leaveOut(text, file, [part]);
      expect(left).not.toBe(text);
      expect(() => stripTypeScriptTypes(left)).not.toThrow();
    }
  });

  it("refuses a part that does not exist", () => {
    expect(() => leaveOut("", "jobs/cli/suggest.ts", ["trends", "ese"])).toThrow(/no part "ese"/);
  });
});
