import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBenchData, printFigure } from "./bench-data.ts";

/** Time and memory of the command line on a real log of 0.8 million lines, each command in a process of its own. */
const SAMPLE_MS = 100;

const orders = findBenchData("online-retail/orders.csv.gz");
const queries = findBenchData("online-retail/completion-2011-06/queries-loo.jsonl");
if (orders && queries) {
  const folder = mkdtempSync(join(tmpdir(), "bundlesmith-bench-"));
  const out = join(folder, "out");
  const asOf = ["--as-of", "2011-06-01"];
  await measure("rank", 180, ["--orders", orders, ...asOf, "--queries", queries, "--k", "10", "--out", out]);
  await measure("suggest", 90, ["--orders", orders, ...asOf, "--out", out]);
  await measure("forecast", 20, ["--orders", orders, ...asOf, "--horizon-days", "28", "--out", out]);
  rmSync(folder, { recursive: true });
}

async function measure(command: string, barSeconds: number, args: string[]): Promise<void> {
  const startedMs = performance.now();
  const child = spawn("node", [`jobs/cli/${command}.ts`, ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  let peakKib = 0;
  const timer = setInterval(() => {
    peakKib = Math.max(peakKib, readPeakKib(child.pid));
  }, SAMPLE_MS);
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
  const seconds = Number(((performance.now() - startedMs) / 1_000).toFixed(1));
  printFigure({ name: `${command}, 0.8 million lines, time`, value: seconds, unit: "s", peer: barSeconds });
  const mib = Math.round(peakKib / 1_024);
  printFigure({ name: `${command}, 0.8 million lines, peak memory`, value: mib, unit: "MiB", peer: 3_072 });
}

/** The kernel's own record of the most memory the process ever held; 0 once it is gone. */
function readPeakKib(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
