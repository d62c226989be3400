import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const SAMPLE_MS = 100;

/** Costs of a command, end to end in a process of its own. */
interface CommandCost {
  readonly seconds: number;
  /** Peak memory of the process; 0 if the system does not report it (it is read from Linux's /proc). */
  readonly peakMib: number;
}

/**
 * Runs a command with Node's own settings, as a user would.
 *
 * @throws Error when it does not end with 0
 */
export async function measureCommand(
  command: "rank" | "suggest" | "forecast",
  args: readonly string[],
): Promise<CommandCost> {
  const startedMs = performance.now();
  const child = spawn(process.execPath, [`jobs/cli/${command}.ts`, ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  let peakKib = 0;
  const timer = setInterval(() => {
    peakKib = Math.max(peakKib, readPeakKib(child.pid));
  }, SAMPLE_MS);
  const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
  return {
    seconds: Number(((performance.now() - startedMs) / 1_000).toFixed(1)),
    peakMib: Math.round(peakKib / 1_024),
  };
}

/** The kernel's record of the process's peak memory; 0 once the process has ended. */
function readPeakKib(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
