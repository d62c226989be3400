import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBenchData, printFigure } from "#tests/bench/bench-data.ts";
import { measureCommand } from "./measure-command.ts";

/** Time and memory of the command line on a real log of 0.8 million lines, with each command's bar in seconds. */
const BARS_SECONDS = { rank: 60, suggest: 90, forecast: 20 } as const;
const BAR_MIB = 2_048;

const orders = findBenchData("online-retail/orders.csv.gz");
const queries = findBenchData("online-retail/completion-2011-06/queries-loo.jsonl");
if (orders && queries) {
  const folder = mkdtempSync(join(tmpdir(), "bundlesmith-bench-"));
  const shared = ["--orders", orders, "--as-of", "2011-06-01", "--out", join(folder, "out")];
  try {
    await measure("rank", [...shared, "--queries", queries, "--k", "10"]);
    await measure("suggest", shared);
    await measure("forecast", [...shared, "--horizon-days", "28"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(command: keyof typeof BARS_SECONDS, args: readonly string[]): Promise<void> {
  const { seconds, peakMib } = await measureCommand(command, args);
  const name = `${command}, 0.8 million lines`;
  printFigure({ name: `${name}, time`, value: seconds, unit: "s", peer: BARS_SECONDS[command] });
  printFigure({ name: `${name}, peak memory`, value: peakMib, unit: "MiB", peer: BAR_MIB });
  if (seconds > BARS_SECONDS[command] || peakMib > BAR_MIB) process.exitCode = 1;
}
