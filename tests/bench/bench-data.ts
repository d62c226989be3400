import { existsSync } from "node:fs";
import { join } from "node:path";

/** One figure: what it is, how much, and how it stands to its peer or bar. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with, in the same unit. */
  readonly peer?: number;
}

/** Prints a figure as the line that `npm run bench` promises; `ratio` is value over peer. */
export function printFigure({ name, value, unit, peer }: Figure): void {
  const ratio = peer ? Number((value / peer).toFixed(3)) : null;
  console.log(JSON.stringify({ name, value, unit, peer: peer ?? null, ratio }));
}

/**
 * A file below the folder that `--data DIR` names. The data of the benchmarks are not part of the project.
 *
 * @returns null, after a line on stderr, when the flag or the file is missing
 */
export function findBenchData(name: string): string | null {
  const folder = readOptional("--data");
  const path = folder === null ? null : join(folder, name);
  if (path !== null && existsSync(path)) return path;
  console.error(
    `${process.argv[1]?.split("/").at(-1)}: no ${name}; give the folder that holds it with --data DIR`,
  );
  return null;
}

/**
 * A flag of the command line that takes a whole number above 0. Ends the process with 2 and one line where it has
 * another value.
 */
export function readWhole(flag: string, otherwise: number): number {
  const at = process.argv.indexOf(flag);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`bench: ${flag} takes a whole number above 0`);
  process.exit(2);
}

/** The value of a flag of the command line; null where it is absent. */
export function readOptional(flag: string): string | null {
  const at = process.argv.indexOf(flag);
  return at < 0 ? null : (process.argv[at + 1] ?? null);
}
