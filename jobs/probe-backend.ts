import { chooseBackend } from "./backend.ts";

/**
 * Starts a backend as a training process would. Prints it as JSON, or the reason why it does not start on one line.
 * Needs its own process, because a backend cannot be unloaded.
 */
try {
  process.stdout.write(`${JSON.stringify(await chooseBackend())}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
