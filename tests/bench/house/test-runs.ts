import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

/**
 * How many of several whole `npm test` fail while each has a part of the processors alone: `--runs N` of them, so many
 * at once as `--at-once M` says (5), each in a clone of what is committed. What follows `--` goes to `npm test`. The
 * output of one that fails goes to stderr. Ten runs take hours on two cores, so without `--runs` there are none.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { runs: { type: "string" }, "at-once": { type: "string", default: "5" } },
});
const runs = Number(values["runs"] ?? 0);
const atOnce = Number(values["at-once"]);
if (!(runs > 0 && atOnce > 0)) {
  console.error("test-runs: needs --runs N, and --at-once M above 0");
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), "test runs "));
let [failed, next] = [0, 0];
try {
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < runs) if ((await runTests(next++)) !== 0) failed += 1;
    }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(
  JSON.stringify({ name: "test_runs.failed", value: failed, unit: `of ${runs}`, peer: 0, ratio: null }),
);

/** One run in a session of its own: the system shares processors among sessions, so none goes before another. */
async function runTests(run: number): Promise<number | null> {
  const clone = join(folder, `run ${run}`);
  execFileSync("git", ["clone", "--quiet", process.cwd(), clone]);
  const log = `${clone}.log`;
  const output = openSync(log, "w");
  const child = spawn("npm", ["test", ...(positionals.length > 0 ? ["--", ...positionals] : [])], {
    cwd: clone,
    detached: true,
    stdio: ["ignore", output, output],
  });
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  closeSync(output);
  if (code !== 0) console.error(readFileSync(log, "utf8"));
  rmSync(clone, { recursive: true, force: true });
  return code;
}
