import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { parseArgs } from "node:util";
import { AppError, inputError, isSystemError } from "#app/process/errors.ts";
import { parseInstantMs } from "#app/domain/collect/order-log/parse-instant.ts";
import { findOutput, refuseOverlap, type Output } from "./write-output.ts";

/** One flag of a command. `file` must be readable, `output` writable; `date` becomes milliseconds since 1970 UTC. */
type FlagSpec =
  | { readonly kind: "file"; readonly required?: boolean; readonly help: string }
  | { readonly kind: "text" | "date" | "output"; readonly help: string }
  | {
      readonly kind: "integer";
      readonly fallback: number;
      readonly min: number;
      readonly max: number;
      readonly help: string;
    }
  | { readonly kind: "switch"; readonly help: string };

type FlagValue<F extends FlagSpec> = F extends { kind: "switch" }
  ? boolean
  : F extends { kind: "output" }
    ? Output | undefined
    : F extends { kind: "integer" }
      ? number
      : F extends { kind: "date" }
        ? number | undefined
        : F extends { required: true }
          ? string
          : string | undefined;

type Flags<S extends Record<string, FlagSpec>> = { readonly [N in keyof S]: FlagValue<S[N]> };

/**
 * Parses a command line strictly. An unknown flag, a repeated flag, a missing value and a value out of range are errors
 * that name the flag and the expected value. So is an output that would overwrite an input.
 *
 * @param specs flags by name without dashes, e.g. `{ "as-of": { kind: "date", help: "…" } }`
 * @throws AppError input_invalid
 */
export async function parseFlags<S extends Record<string, FlagSpec>>(
  specs: S,
  argv: readonly string[],
): Promise<Flags<S>> {
  const given = splitArguments(specs, argv);
  const parsed: Record<string, Flags<S>[keyof S] | ParsedFlag> = {};
  for (const [name, spec] of Object.entries(specs)) parsed[name] = await readFlag(name, spec, given[name]);
  const isGiven = (kind: FlagSpec["kind"]) => (name: string) =>
    specs[name]!.kind === kind && parsed[name] !== undefined;
  await refuseOverlap(
    Object.keys(specs)
      .filter(isGiven("file"))
      .map((name) => ({ flag: `--${name}`, path: parsed[name] as string })),
    Object.keys(specs)
      .filter(isGiven("output"))
      .map((name) => parsed[name] as Output),
  );
  return parsed as Flags<S>;
}

/** @throws AppError input_invalid */
function splitArguments(
  specs: Record<string, FlagSpec>,
  argv: readonly string[],
): Record<string, string | boolean | undefined> {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { kind }]) => [
      name,
      { type: kind === "switch" ? ("boolean" as const) : ("string" as const), multiple: true as const },
    ]),
  );
  let values: Record<string, (string | boolean)[] | undefined>;
  try {
    ({ values } = parseArgs({
      args: joinNegatives(specs, argv),
      options,
      strict: true,
      allowPositionals: false,
    }));
  } catch (error) {
    throw explainArguments(specs, error);
  }
  const twice = Object.keys(values).find((name) => values[name]!.length > 1);
  if (twice !== undefined)
    throw inputError(`--${twice} is given ${values[twice]!.length} times, once was expected`);
  return Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all?.[0]]));
}

/** Joins "--seed -1" to "--seed=-1", which is a value out of range and not a second flag. */
function joinNegatives(specs: Record<string, FlagSpec>, argv: readonly string[]): string[] {
  const args: string[] = [];
  for (const arg of argv) {
    const before = args.at(-1);
    const spec = before?.startsWith("--") ? specs[before.slice(2)] : undefined;
    if (spec && spec.kind !== "switch" && /^-\d/.test(arg)) args[args.length - 1] = `${before}=${arg}`;
    else args.push(arg);
  }
  return args;
}

function explainArguments(specs: Record<string, FlagSpec>, error: unknown): AppError {
  const reason = error instanceof Error ? error.message.split("\n")[0]!.split(". ")[0]! : String(error);
  const name = /^Option '--([\w-]+)/.exec(reason)?.[1];
  const spec = name === undefined ? undefined : specs[name];
  if (spec && spec.kind !== "switch") {
    const expected =
      spec.kind === "integer" ? `a whole number from ${spec.min} to ${spec.max}, ${spec.help}` : spec.help;
    return inputError(`--${name} has no value: ${expected}`, error);
  }
  const known = Object.keys(specs).map((one) => `--${one}`);
  return inputError(`${reason}; known: ${known.join(" ")}`, error);
}

type ParsedFlag = string | number | boolean | Output | undefined;

async function readFlag(
  name: string,
  spec: FlagSpec,
  given: string | boolean | undefined,
): Promise<ParsedFlag> {
  if (spec.kind === "switch") return given === true;
  if (typeof given !== "string") {
    if (spec.kind === "integer") return spec.fallback;
    if (spec.kind === "file" && spec.required) throw inputError(`--${name} is missing: ${spec.help}`);
    return undefined;
  }
  if (given.trim() === "") throw inputError(`--${name} is empty: ${spec.help}`);
  switch (spec.kind) {
    case "text":
      return given;
    case "output":
      return findOutput(`--${name}`, given);
    case "file":
      await checkReadable(name, given);
      return given;
    case "date": {
      const atMs = parseInstantMs(given);
      if (atMs === null) {
        throw inputError(
          `--${name}: "${given}" is not a date; expected 2011-06-01 or 2011-06-01T12:00:00 (UTC)`,
        );
      }
      return atMs;
    }
    case "integer": {
      const value = /^-?\d+$/.test(given) ? Number(given) : NaN;
      if (!(value >= spec.min && value <= spec.max)) {
        throw inputError(`--${name}: "${given}" is not a whole number from ${spec.min} to ${spec.max}`);
      }
      return value;
    }
  }
}

async function checkReadable(name: string, path: string): Promise<void> {
  try {
    const found = await stat(path);
    const is = found.isDirectory() ? "a folder" : found.isSocket() ? "a socket" : null;
    if (is !== null) throw inputError(`--${name}: ${path} is ${is}, a file was expected`);
    await access(path, constants.R_OK);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === "ENOENT") throw inputError(`--${name}: no such file: ${path}`, error);
    throw inputError(`--${name}: cannot read ${path}: ${error.message}`, error);
  }
}

export interface CommandContext {
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** Shows the progress, 0 to 1, on stderr if that is a terminal; otherwise does nothing. */
  reportProgress(ratio: number, message: string): void;
  /** Prints one line on stderr, below the progress line. */
  warn(line: string): void;
}

/** Time for an interrupted command to clean up. */
const GRACE_MS = 2_000;

/**
 * Runs a command and sets its exit code: 0 for success, 2 with one line on stderr for bad input, 130 when interrupted,
 * 1 with a stack trace for a bug.
 *
 * @param usage printed on stdout for `--help`
 */
export async function runCommand(
  name: string,
  usage: string,
  main: (argv: readonly string[], context: CommandContext) => Promise<void>,
): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv.includes("--help")) {
    console.log(usage);
    return;
  }
  const abort = new AbortController();
  let isSettled = false;
  const stop = (signal: NodeJS.Signals) => {
    abort.abort();
    // A read of a pipe without a writer cannot be cancelled. Only the signal itself ends it.
    setTimeout(() => {
      if (!isSettled) explain(name, abort.signal.reason, true);
      process.off(signal, stop);
      process.kill(process.pid, signal);
    }, GRACE_MS).unref();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const progress = openProgress();
  // A closed stderr must not stop the result.
  process.stderr.on("error", () => {});
  try {
    await main(argv, {
      signal: abort.signal,
      reportProgress: progress.report,
      warn(line) {
        progress.clear();
        process.stderr.write(`${name}: ${line}\n`);
      },
    });
    progress.clear();
  } catch (error) {
    progress.clear();
    process.exitCode = explain(name, error, abort.signal.aborted);
  } finally {
    isSettled = true;
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}

function explain(name: string, error: unknown, isInterrupted: boolean): number {
  if (isInterrupted) {
    process.stderr.write(`${name}: interrupted, nothing written\n`);
    return 130;
  }
  if (error instanceof AppError && error.code === "input_invalid") {
    process.stderr.write(`${name}: ${error.message.replace(/\s*\n\s*/g, " ")}\n`);
    return 2;
  }
  process.stderr.write(`${name}: ${error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
}

function openProgress(): { report(ratio: number, message: string): void; clear(): void } {
  const { stderr } = process;
  if (!stderr.isTTY) return { report() {}, clear() {} };
  let isShown = false;
  return {
    report(ratio, message) {
      isShown = true;
      stderr.write(`\r\x1b[2K${String(Math.round(ratio * 100)).padStart(3)} % ${message}`);
    },
    clear() {
      if (isShown) stderr.write("\r\x1b[2K");
      isShown = false;
    },
  };
}
