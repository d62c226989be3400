import { chooseBackend } from "./backend.ts";

/**
 * Starts a backend as a training process would and tells which, as JSON; or why it does not start, on one line. A
 * process of its own, because a backend once loaded stays.
 */
try {
  process.stdout.write(`${JSON.stringify(await chooseBackend())}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
