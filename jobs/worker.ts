import { execFile } from "node:child_process";
import { once } from "node:events";
import { totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { LARGE_WORKER_BYTES } from "#app/domain/retraining.ts";
import { requireTables } from "#app/data/pool.server.ts";
import { deps } from "#app/services/deps.server.ts";
import { env } from "#app/process/env.server.ts";
import { reasonOf, withoutPassword } from "#app/process/errors.ts";
import { pingRedis } from "#app/web/check-health.server.ts";
import { LANES, QUEUES, type Lane, type QueueName } from "#app/queue/catalog.ts";
import { startSchedules } from "./schedules.ts";
import { startWorkers } from "./start-workers.ts";
import { createWorkerMetrics, serveWorker } from "./worker-metrics.ts";

const HELP = `node jobs/worker.ts [--queues ${QUEUES.join(",")}] [--lanes ${LANES.join(",")}]`;

const REDIS_TIMEOUT_MS = 5_000;

/** Ends the process with one line, because a stack trace does not help with a bad start. */
function refuse(problem: string): never {
  process.stderr.write(`worker: ${problem}\n`);
  process.exit(1);
}

function readArguments(): { queues: QueueName[]; lanes: Lane[] | undefined } {
  let values: { queues?: string | undefined; lanes?: string | undefined };
  try {
    const options = { queues: { type: "string" }, lanes: { type: "string" } } as const;
    ({ values } = parseArgs({ options, allowPositionals: false }));
  } catch (error) {
    refuse(`${(error as Error).message} Usage: ${HELP}`);
  }
  return {
    queues: pick("queue", values.queues, QUEUES) ?? [...QUEUES],
    lanes: pick("lane", values.lanes, LANES),
  };
}

/** Parses a comma-separated list of known names. */
function pick<T extends string>(what: string, text: string | undefined, all: readonly T[]): T[] | undefined {
  return text?.split(",").map((name) => {
    const known = all.find((one) => one === name.trim());
    return known ?? refuse(`there is no ${what} "${name}". Usage: ${HELP}`);
  });
}

/** Refuses to start with a forced backend that does not work, because every training would fail. */
async function requireBackend(): Promise<void> {
  const probe = fileURLToPath(new URL("./probe-backend.ts", import.meta.url));
  try {
    await promisify(execFile)(process.execPath, [probe]);
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    refuse(stderr?.trim().split("\n").at(-1) || message);
  }
}

/** 80% of the memory of the machine or its container, in bytes. */
function usableMemory(): number {
  return 0.8 * Math.min(totalmem(), process.constrainedMemory() || Infinity);
}

async function main(): Promise<void> {
  const { queues, lanes: named } = readArguments();
  let settings: ReturnType<typeof env>;
  try {
    settings = env();
  } catch (error) {
    refuse((error as Error).message);
  }
  const { REDIS_URL, DATABASE_URL, BUNDLESMITH_BACKEND, WORKER_MEMORY_MIB } = settings;
  const memoryBytes = WORKER_MEMORY_MIB === undefined ? usableMemory() : WORKER_MEMORY_MIB * 2 ** 20;
  const lanes = named ?? LANES.filter((lane) => lane !== "large" || memoryBytes >= LARGE_WORKER_BYTES);
  if (BUNDLESMITH_BACKEND !== undefined && queues.includes("train")) await requireBackend();
  await pingRedis(REDIS_URL, REDIS_TIMEOUT_MS).catch((error: unknown) => {
    const where = `${withoutPassword(REDIS_URL)} (${reasonOf(error)})`;
    refuse(`Redis cannot be used at ${where}. Start it or set REDIS_URL.`);
  });
  await requireTables(DATABASE_URL).catch((error: unknown) => refuse(reasonOf(error)));

  const metrics = settings.METRICS_PORT === undefined ? undefined : createWorkerMetrics(deps().jobs);
  let isStopping = false;
  if (metrics && settings.METRICS_PORT !== undefined) {
    const server = serveWorker(metrics, {
      pool: deps().pool,
      redisUrl: REDIS_URL,
      isLeaving: () => isStopping,
      port: settings.METRICS_PORT,
      token: settings.METRICS_TOKEN,
    });
    // Before it takes jobs, which a refused start would cut off.
    await once(server, "listening").catch((error: unknown) => refuse(`METRICS_PORT: ${reasonOf(error)}`));
  }
  const schedules = startSchedules(deps(), { redisUrl: REDIS_URL });
  const workers = await startWorkers(deps(), { redisUrl: REDIS_URL, queues, lanes, metrics });
  deps().log.info("worker.ready", { queues, lanes });

  const stop = (signal: NodeJS.Signals) => {
    if (isStopping) return;
    isStopping = true;
    deps().log.info("worker.stopping", { signal });
    Promise.all([schedules.close(), workers.close()])
      .then(() => deps().close())
      .then(
        () => process.exit(0),
        (error: unknown) => refuse(`could not stop in order (${reasonOf(error)})`),
      );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}

await main();
