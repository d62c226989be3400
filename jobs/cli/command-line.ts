import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { parseArgs } from "node:util";
import { AppError } from "#app/errors.ts";
import { parseInstantMs } from "#app/domain/collect/parse-instant.ts";

/** One flag of a command. `file` must exist; `date` becomes milliseconds since 1970 UTC. */
export type FlagSpec =
  | { readonly kind: "text" | "file" | "date"; readonly required?: boolean; readonly help: string }
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
  : F extends { kind: "integer" }
    ? number
    : F extends { kind: "date" }
      ? F extends { required: true }
        ? number
        : number | undefined
      : F extends { required: true }
        ? string
        : string | undefined;

export type Flags<S extends Record<string, FlagSpec>> = { readonly [N in keyof S]: FlagValue<S[N]> };

/** A mistake of the person at the keyboard or in their file: one line, exit code 2. */
export function inputError(message: string, cause?: unknown): AppError {
  return new AppError("input_invalid", message, false, cause === undefined ? undefined : { cause });
}

/**
 * Parses a command line strictly: an unknown flag, a missing value or a value out of range is an error that names
 * the flag and what was expected.
 *
 * @param specs flags by their name without dashes, e.g. `{ "as-of": { kind: "date", help: "…" } }`
 * @throws AppError input_invalid
 */
export async function parseFlags<S extends Record<string, FlagSpec>>(
  specs: S,
  argv: readonly string[],
): Promise<Flags<S>> {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { kind }]) => [
      name,
      { type: kind === "switch" ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  let values: Record<string, string | boolean | undefined>;
  try {
    ({ values } = parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }));
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0]!.split(". ")[0] : String(error);
    throw inputError(
      `${reason}; known: ${Object.keys(specs)
        .map((name) => `--${name}`)
        .join(" ")}`,
      error,
    );
  }
  const parsed: Record<string, string | number | boolean | undefined> = {};
  for (const [name, spec] of Object.entries(specs)) parsed[name] = await readFlag(name, spec, values[name]);
  return parsed as Flags<S>;
}

async function readFlag(
  name: string,
  spec: FlagSpec,
  given: string | boolean | undefined,
): Promise<string | number | boolean | undefined> {
  if (spec.kind === "switch") return given === true;
  if (typeof given !== "string") {
    if (spec.kind === "integer") return spec.fallback;
    if (spec.required) throw inputError(`--${name} is missing: ${spec.help}`);
    return undefined;
  }
  if (given.trim() === "") throw inputError(`--${name} is empty: ${spec.help}`);
  switch (spec.kind) {
    case "text":
      return given;
    case "file": {
      const found = await stat(given).catch(() => null);
      if (!found) throw inputError(`--${name}: no such file: ${given}`);
      if (found.isDirectory()) throw inputError(`--${name}: ${given} is a folder, a file was expected`);
      return given;
    }
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

/** What a command needs besides its flags. */
export interface CommandContext {
  /** Aborted by Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
  /** Shows how far the work is, 0 to 1, on stderr when that is a terminal; does nothing otherwise. */
  reportProgress(ratio: number, message: string): void;
  /** Prints one line on stderr, below the progress line. */
  warn(line: string): void;
}

/** How long an interrupted command may take to clear up. */
const GRACE_MS = 2_000;

/**
 * Runs a command to its exit code: 0 when it ended, 2 with one line on stderr for bad input, 130 when interrupted,
 * 1 with the stack for a bug.
 *
 * @param usage printed for `--help`, on stdout
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
    // A read of a pipe that nobody writes to cannot be called off: only the signal itself ends that.
    setTimeout(() => {
      if (!isSettled) explain(name, abort.signal.reason, true);
      process.off(signal, stop);
      process.kill(process.pid, signal);
    }, GRACE_MS).unref();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const progress = openProgress();
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

/**
 * Writes a command's result: to `path` by way of a temporary file beside it, so that a reader never finds half of
 * it and a failure leaves what was there; to stdout without a path.
 *
 * @param flag that the path was given by, for the message
 * @throws AppError input_invalid when the file cannot be written
 */
export async function writeOutput(
  path: string | undefined,
  chunks: Iterable<string>,
  flag = "--out",
): Promise<void> {
  if (path === undefined) {
    for (const chunk of chunks) if (!process.stdout.write(chunk)) await once(process.stdout, "drain");
    return;
  }
  const temporaryPath = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  const stream = createWriteStream(temporaryPath);
  try {
    await once(stream, "open");
    for (const chunk of chunks) if (!stream.write(chunk)) await once(stream, "drain");
    stream.end();
    await once(stream, "close");
    await rename(temporaryPath, path);
  } catch (error) {
    stream.destroy();
    await rm(temporaryPath, { force: true });
    throw inputError(
      `${flag}: cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  }
}
