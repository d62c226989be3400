import { spawnSync } from "node:child_process";

/** Runs a program in a process of its own and returns its output; ends this process if it fails. */
export function runNode(args: readonly string[]): string {
  const { status, stdout } = spawnSync(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (status !== 0) process.exit(1);
  return stdout;
}

/** Prints the last of a program's JSON lines as the figures of one name. */
export function printLastLine(name: string, lines: string): void {
  const last: unknown = JSON.parse(lines.trim().split("\n").at(-1)!);
  console.log(JSON.stringify({ name, figures: last }));
}
