import { existsSync } from "node:fs";
import { parseArgs } from "node:util";

export interface DemoOptions {
  /** A real order log to fill the shop with; null for the simulated shop. */
  readonly ordersPath: string | null;
  /** Runs the loop once without a person, then stops. */
  readonly isOnce: boolean;
  /** Prints the figures of the loop as one JSON line. */
  readonly isJson: boolean;
  readonly adminPort: number;
  readonly appPort: number;
  readonly seed: number;
}

const USAGE = "usage: npm run demo -- [--once] [--json] [--orders FILE] [--port N] [--app-port N] [--seed N]";

/** A mistake in the command line, reported in one line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/**
 * Reads the demo's command line.
 *
 * @throws UsageError in one line for an unknown flag, a value out of range or a missing file
 */
export function readDemoOptions(argv: readonly string[]): DemoOptions {
  const values = parseOrThrow(argv);
  const ordersPath = values.orders ?? null;
  if (ordersPath !== null && !existsSync(ordersPath)) {
    throw new UsageError(`--orders: no file ${ordersPath}; expected an order log, CSV or gzip`);
  }
  return {
    ordersPath,
    isOnce: values.once,
    isJson: values.json,
    adminPort: readInteger("--port", values.port, 1, 65_535),
    appPort: readInteger("--app-port", values["app-port"], 1, 65_535),
    seed: readInteger("--seed", values.seed, 0, 2 ** 31 - 1),
  };
}

function parseOrThrow(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      options: {
        orders: { type: "string" },
        once: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        port: { type: "string", default: "4000" },
        "app-port": { type: "string", default: "4001" },
        seed: { type: "string", default: "1" },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(`${cause instanceof Error ? cause.message.split("\n")[0] : cause}; ${USAGE}`, {
      cause,
    });
  }
}

function readInteger(flag: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new UsageError(`${flag}: ${JSON.stringify(text)} is not a whole number from ${low} to ${high}`);
}
