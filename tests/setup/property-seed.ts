import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { beforeEach, expect } from "vitest";

/**
 * Property tests draw the same cases in every run, so unchanged code passes again. `npm run test:random` draws new
 * cases with `SEED=random`. `SEED=N` repeats a failure with the number that the failing test prints.
 */
const FIXED_SEED = 20_261_124;

const asked = process.env["SEED"];
const seed = asked === "random" ? randomInt(2 ** 31) : Number(asked ?? FIXED_SEED);
if (!Number.isInteger(seed)) throw new Error(`SEED=${asked}: is neither "random" nor a whole number`);

// Most files have no property tests, and loading the library takes longer than many files.
if (readFileSync(expect.getState().testPath!, "utf8").includes('"fast-check"')) {
  const { default: fc } = await import("fast-check");
  fc.configureGlobal({ seed });
  beforeEach(({ onTestFailed, task }) => {
    onTestFailed(() => {
      process.stderr.write(`"${task.name}" drew its cases with SEED=${seed}\n`);
    });
  });
}
