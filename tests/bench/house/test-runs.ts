import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

/**
 * How many of several whole `npm test` runs fail when each has only a part of the processors: `--runs N` runs,
 * `--at-once M` (5) of them at a time, each in a clone of the committed state. Arguments after `--` go to `npm test`.
 * The output of a failing run goes to stderr. Ten runs take hours on two cores, so without `--runs` there are none.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { runs: { type: "string" }, "at-once": { type: "string", default: "5" } },
});
const runs = Number(values["runs"] ?? 0);
const atOnce = Number(values["at-once"]);
if (!(runs > 0 && atOnce > 0)) {
  console.error("test-runs: needs --runs N and --at-once M above 0");
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

/** One run in a session of its own, because the system shares processors among sessions. */
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
