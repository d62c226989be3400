import { Worker, type Job } from "bullmq";
import { Redis } from "ioredis";
import { openDatabase } from "#app/data/db.server.ts";
import { findRun, RUN_STEPS, type RunKey, type RunStep } from "#app/data/runs/runs.server.ts";
import { createLog } from "#app/process/log.server.ts";
import { openSecretBox } from "#app/process/secret-box.server.ts";
import { createSlowAnswers } from "#app/services/deps.server.ts";
import { listLanes, SLOTS, toLaneQueue, type Lane, type QueueName } from "#app/queue/catalog.ts";
import { openJobQueue, REDIS_PREFIX } from "#app/queue/job-queue.server.ts";
import { advanceRun } from "#app/services/runs/run-step.server.ts";
import { startRun } from "#app/services/runs/start-run.server.ts";
import { migrate } from "#tests/setup/migrate.ts";
import { startPostgres, startRedis } from "#tests/setup/services.ts";
import { printFigure, readWhole } from "#tests/bench/bench-data.ts";

/**
 * The wait of small shops' runs next to the run of a shop with `--lines N` (10,000,000) order lines. The stated size
 * of a run, its lane, the queues and the slots of a small and a large worker are the app's own. The steps are
 * simulated by waiting, `--speed N` (4) times as fast as their stated time, because several large trainings do not
 * fit on this machine. Every 10 s a small shop requests a run. The peer is the same without a lane for large runs.
 */
const SMALL = { lines: 80_000, products: 500 };
const SMALL_RUNS = 15;
const SMALL_EVERY_S = 10;
const LIMIT_S = 30;
/** Distribution of a run's time over its steps; most of it is training. */
const SHARE: Readonly<Record<RunStep, number>> = {
  prepare: 0.1,
  behaviour: 0.7,
  trends: 0.1,
  propose: 0.05,
  validate: 0.05,
};
const QUEUES: readonly QueueName[] = ["train", "propose"];

const large = { lines: readWhole("--lines", 10_000_000), products: 20_000 };
const speed = readWhole("--speed", 4);
const pause = (seconds: number) => new Promise((resolve) => setTimeout(resolve, (seconds * 1_000) / speed));

const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
await migrate(postgres.url);
const database = openDatabase(postgres.url);
const jobs = openJobQueue(redis.url);
const deps = {
  db: database.db,
  pool: database.pool,
  log: createLog("silent"),
  jobs,
  secrets: openSecretBox(`bench:${Buffer.alloc(32).toString("base64")}`),
  slowAnswers: createSlowAnswers(() => 0),
};
try {
  const alone = await measure("alone", { isLargeThere: false, lanes: ["merchant", "nightly", "large"] });
  const together = await measure("beside", { isLargeThere: true, lanes: ["merchant", "nightly", "large"] });
  const before = await measure("before", { isLargeThere: true, lanes: ["merchant", "nightly"] });
  printFigure({ name: "large_run.stated", value: estimateSeconds(large), unit: "s" });
  printFigure({ name: "large_run.small_runs_wait_longest", value: together, unit: "s", peer: before });
  printFigure({
    name: "large_run.delay_by_it",
    value: Number((together - alone).toFixed(1)),
    unit: "s",
    peer: LIMIT_S,
  });
  if (together - alone > LIMIT_S) process.exitCode = 1;
} finally {
  await jobs.close();
  await database.close();
  await redis.stop();
  await postgres.stop();
}

/** Seconds of one core: 40 for a million lines, and more lines take less each, as `growth` measures. */
function estimateSeconds({ lines }: typeof large): number {
  return Math.ceil(40 * (lines / 1_000_000) ** 0.7);
}

/** The longest total wait of a small shop's run, in unscaled seconds. */
async function measure(
  name: string,
  { isLargeThere, lanes }: { isLargeThere: boolean; lanes: readonly Lane[] },
): Promise<number> {
  const connection = new Redis(redis.url, { maxRetriesPerRequest: null });
  const ended = new Map<string, () => void>();
  const simulate = async (job: Job) => {
    const key = job.data as RunKey;
    const run = (await findRun(deps.db, key))!;
    const step = run.step as RunStep;
    await pause(SHARE[step] * estimateSeconds((run.report as { need: typeof large }).need));
    const next = RUN_STEPS[RUN_STEPS.indexOf(step) + 1];
    if (next) await advanceRun(deps, key, next, new Date());
    else ended.get(key.runId)!();
  };
  // A small worker and, if that lane exists, a large one too.
  const workers = QUEUES.flatMap((queue) =>
    listLanes(queue)
      .filter((lane) => lanes.includes(lane))
      .map((lane) => {
        const concurrency = (SLOTS[queue] as Partial<Record<Lane, number>>)[lane]!;
        const options = { connection, prefix: REDIS_PREFIX, concurrency };
        return new Worker(toLaneQueue(queue, lane), simulate, options);
      }),
  );
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  const run = async (shop: string, size: typeof large) => {
    await deps.db.shop.create({ data: { shop, customerKeySecret: "s", holdoutSalt: "salt" } });
    const askedMs = performance.now();
    // The start of a run only uses this for its count.
    const pool = { query: async () => ({ rows: [size] }) } as unknown as typeof deps.pool;
    const started = await startRun({ ...deps, pool }, { shop, now: new Date() });
    if (!started.ok) throw new Error(started.detail);
    await new Promise<void>((resolve) => ended.set(started.value.runId, resolve));
    return ((performance.now() - askedMs) / 1_000) * speed - estimateSeconds(size);
  };
  const largeRun = isLargeThere ? run(`large-${name}.myshopify.com`, large) : null;
  await pause(1);
  const waits: Promise<number>[] = [];
  for (let number = 0; number < SMALL_RUNS; number++) {
    waits.push(run(`small-${name}-${number}.myshopify.com`, SMALL));
    await pause(SMALL_EVERY_S);
  }
  const longest = Math.max(...(await Promise.all(waits)));
  await largeRun;
  await Promise.all(workers.map((worker) => worker.close()));
  connection.disconnect();
  return Number(longest.toFixed(1));
}
