import { existsSync } from "node:fs";
import { join } from "node:path";

/** One figure: its name, its value, and its peer or bar. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The value for comparison, in the same unit. */
  readonly peer?: number;
}

/** Prints a figure as one line of `npm run bench`; `ratio` is value over peer. */
export function printFigure({ name, value, unit, peer }: Figure): void {
  const ratio = peer ? Number((value / peer).toFixed(3)) : null;
  console.log(JSON.stringify({ name, value, unit, peer: peer ?? null, ratio }));
}

/**
 * A file in the folder of `--data DIR`. The data of the benchmarks are not part of the project.
 *
 * @returns null, after a line on stderr, when the flag or the file is missing
 */
export function findBenchData(name: string): string | null {
  const folder = readOptional("--data");
  const path = folder === null ? null : join(folder, name);
  if (path !== null && existsSync(path)) return path;
  console.error(`${process.argv[1]?.split("/").at(-1)}: no ${name}; set the folder with --data DIR`);
  return null;
}

/** A command-line flag with a whole number above 0. Ends the process with 2 and one line for any other value. */
export function readWhole(flag: string, otherwise: number): number {
  const at = process.argv.indexOf(flag);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (Number.isInteger(value) && value > 0) return value;
  console.error(`bench: ${flag} needs a whole number above 0`);
  process.exit(2);
}

/** The value of a command-line flag; null if it is absent. */
export function readOptional(flag: string): string | null {
  const at = process.argv.indexOf(flag);
  return at < 0 ? null : (process.argv[at + 1] ?? null);
}
