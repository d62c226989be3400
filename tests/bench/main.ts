import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";

/**
 * Runs every benchmark of the folders below, each in a process of its own, and passes its arguments on. Each prints
 * JSON lines `{"name","value","unit","peer","ratio"}`. A benchmark without its data says so on stderr and is skipped.
 * `--only NAME` runs one, `--help` prints their names.
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
const all = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .filter((path) => /^\w+[/\\][\w-]+\.ts$/.test(path) && !SHARED.includes(basename(path, ".ts")))
  .sort();
const benches = all.filter((path) => only === undefined || basename(path, ".ts") === only);

if (args.includes("--help") || benches.length === 0 || (onlyAt >= 0 && only === undefined)) {
  const names = all.map((path) => basename(path, ".ts")).join("\n  ");
  if (only !== undefined && benches.length === 0) console.error(`--only: unknown benchmark ${only}`);
  console.error(
    `usage: npm run bench -- [--only NAME] [options of the benchmark]; NAME is one of\n  ${names}`,
  );
  process.exit(args.includes("--help") ? 0 : 2);
}

let failed = 0;
for (const path of benches) {
  const { status } = spawnSync("node", [join(import.meta.dirname, path), ...args], { stdio: "inherit" });
  if (status !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
