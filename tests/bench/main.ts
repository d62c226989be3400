import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";

/**
 * Runs every benchmark of the folders below, each in a process of its own, and passes its arguments on. Each prints
 * JSON lines `{"name","value","unit","peer","ratio"}`. A benchmark without its data says so on stderr and is skipped.
 * `--only NAME` runs one.
 */
const args = process.argv.slice(2);
const onlyAt = args.indexOf("--only");
const only = onlyAt >= 0 ? args.splice(onlyAt, 2)[1] : undefined;

/** Shared modules, which are not benchmarks. */
const SHARED = [
  "measure-command",
  "demand-cases",
  "daily-score",
  "page-shop",
  "attacked-app",
  "bare-table",
  "source-faults",
  "packages",
  "run-scorer",
  "rank-figures",
  "without-parts",
  "same-type",
];
const benches = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .filter((path) => /^\w+[/\\][\w-]+\.ts$/.test(path) && !SHARED.includes(basename(path, ".ts")))
  .filter((path) => only === undefined || basename(path, ".ts") === only)
  .sort();

if (benches.length === 0) {
  console.error(`--only: unknown benchmark ${only}; see tests/bench/`);
  process.exit(2);
}

let failed = 0;
for (const path of benches) {
  const { status } = spawnSync("node", [join(import.meta.dirname, path), ...args], { stdio: "inherit" });
  if (status !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
