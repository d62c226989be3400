import { fork, spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { Worker, type Job } from "bullmq";
import { Redis } from "ioredis";
import pg from "pg";
import { carryOutDueWork } from "#app/services/due-work/carry-out-due-work.server.ts";
import { keepDueWork } from "#app/services/due-work/ask-for-due-work.server.ts";
import { deps as ownDeps } from "#app/services/deps.server.ts";
import { listLanes, SLOTS, toLaneQueue, type Lane, type QueueName } from "#app/queue/catalog.ts";
import { openJobQueue, REDIS_PREFIX } from "#app/queue/job-queue.server.ts";
import { toDueWork } from "#jobs/process-job.ts";
import { startSchedules } from "#jobs/schedules.ts";
import { printFigure, readWhole } from "#tests/bench/bench-data.ts";
import { migrate } from "#tests/setup/migrate.ts";
import { startPostgres, startRedis } from "#tests/setup/services.ts";

/**
 * A night of a fleet: `--shops N` (10,000) whose nightly work all becomes due within `--night SECONDS` (60), done by
 * three workers that are killed and restarted at random until it is finished. The workers have the app's own
 * schedules, queues, lanes, slots and due work. The work of a job is simulated by a wait of `--work MS` (15) and a
 * log line, because no machine with the orders of 10,000 shops is available. Meanwhile a shop installs the app twice
 * a second.
 *
 * Prints the lost work, the work done twice, how often a killed attempt was repeated, the wait for an installation's
 * reading, the Redis commands of an idle worker and of a piece of nightly work, and the start-up time of the app's
 * own worker.
 */
const WORKERS = 3;
const KILL_EVERY_MS = 6_000;
const INSTALL_EVERY_MS = 500;
const REST_SECONDS = 30;
const QUEUES: readonly QueueName[] = ["read", "propose", "publish", "evaluate", "ingest"];
/** Work that is left after this long is lost: the last hold of a killed worker has expired ten times. */
const GIVE_UP_MS = 900_000;

const environment = (databaseUrl: string, redisUrl: string): NodeJS.ProcessEnv => ({
  PATH: process.env["PATH"],
  NODE_ENV: "production",
  DATABASE_URL: databaseUrl,
  REDIS_URL: redisUrl,
  SHOPIFY_API_KEY: "key",
  SHOPIFY_API_SECRET: "secret",
  SHOPIFY_APP_URL: "https://app.example",
  ENCRYPTION_KEYS: `bench:${Buffer.alloc(32).toString("base64")}`,
});

/** An attempt that began this long before its worker was killed, longer than its work takes, had time to finish. */
const CUT_OFF_MS = 5_000;

interface Noted {
  readonly key: string;
  readonly phase: string;
  readonly holder: string;
  readonly at: Date;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function main(): Promise<void> {
  const shops = readWhole("--shops", 10_000);
  const nightSeconds = readWhole("--night", 60);
  const workMs = readWhole("--work", 15);
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  const children = new Set<ChildProcess>();
  const pool = new pg.Pool({ connectionString: postgres.url, max: 4 });
  const client = new Redis(redis.url);
  const jobs = openJobQueue(redis.url, { deadlineMs: 60_000 });
  const env = environment(postgres.url, redis.url);
  const countCommands = async () =>
    Number(/total_commands_processed:(\d+)/.exec(await client.info("stats"))?.[1]);
  try {
    await migrate(postgres.url);
    await pool.query(
      `INSERT INTO "Shop" ("shop", "customerKeySecret", "holdoutSalt", "timeZone", "backfilledAt")
       SELECT 'shop-' || n || '.myshopify.com', 's', 'salt', 'UTC', now() FROM generate_series(1, $1) n`,
      [shops],
    );
    await pool.query(
      `CREATE TABLE bench_log (shop text, kind text, due_at text, phase text, holder text,
         at timestamptz DEFAULT clock_timestamp())`,
    );
    // In the transaction that moves the work on, so that finished work is recorded whatever is killed afterwards.
    await pool.query(
      `CREATE FUNCTION note_finished() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         INSERT INTO bench_log (shop, kind, due_at, phase, holder) VALUES (OLD."shop", OLD."kind",
           to_char(OLD."dueAt", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'finished', OLD."heldBy");
         RETURN NULL; END $$`,
    );
    await pool.query(
      `CREATE TRIGGER finished AFTER UPDATE ON "DueWork" FOR EACH ROW
       WHEN (OLD."heldBy" IS NOT NULL AND NEW."dueAt" <> OLD."dueAt") EXECUTE FUNCTION note_finished()`,
    );
    const seedFrom = performance.now();
    await keepDueWork({ pool }, { now: new Date() });
    // The hourly pass is left out, so that nothing is due while idle.
    await pool.query(
      `UPDATE "DueWork" SET "dueAt" = "dueAt" + interval '1 day' WHERE "kind" = 'publish.reconcile'`,
    );
    printFigure({ name: "fleet.first_rows", value: Math.round(performance.now() - seedFrom), unit: "ms" });
    printFigure({ name: "fleet.worker_ready", value: await timeRealWorker(env), unit: "ms", peer: 3_000 });

    const start = () => {
      const child = fork(import.meta.filename, ["--worker", String(workMs)], { env, stdio: "inherit" });
      children.add(child);
      child.once("exit", () => children.delete(child));
      return once(child, "message");
    };
    await Promise.all(Array.from({ length: WORKERS }, start));
    const atRest = await countCommands();
    await pause(REST_SECONDS * 1_000);
    const perMinute = ((await countCommands()) - atRest) / REST_SECONDS / WORKERS;
    printFigure({
      name: "fleet.redis_commands_at_rest",
      value: Math.round(perMinute * 60),
      unit: "a worker and minute",
    });

    // All work that was due at some hour of the night is due within the given seconds from now.
    const { rowCount: work } = await pool.query(
      `UPDATE "DueWork" SET "dueAt" = (now() AT TIME ZONE 'UTC') + random() * $1 * interval '1 second'
       WHERE "shop" <> '' AND "kind" <> 'publish.reconcile'`,
      [nightSeconds],
    );
    const due = await pool.query<{ key: string }>(
      `SELECT "shop" || "kind" || to_char("dueAt", 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS key FROM "DueWork"
       WHERE "shop" <> '' AND "kind" <> 'publish.reconcile'`,
    );
    const [nightFrom, commandsBefore] = [performance.now(), await countCommands()];
    const installedAt = new Map<string, number>();
    const killedAtMs = new Map<string, number>();
    const killing = setInterval(() => {
      const victims = [...children];
      const victim = victims[Math.floor(Math.random() * victims.length)];
      if (victim) killedAtMs.set(String(victim.pid), Date.now());
      victim?.kill("SIGKILL");
      if (victims.length <= WORKERS) void start();
    }, KILL_EVERY_MS);
    const installing = setInterval(() => {
      const shop = `new-${installedAt.size}.myshopify.com`;
      installedAt.set(shop, Date.now());
      void jobs.enqueue("collect.backfill", { shop }, { dedupeKey: shop });
    }, INSTALL_EVERY_MS);
    const isLate = () => performance.now() - nightFrom > GIVE_UP_MS;
    const countLeft = async () =>
      Number((await pool.query(`SELECT count(*) FROM "DueWork" WHERE "dueAt" <= now() AT TIME ZONE 'UTC' + $1 * interval '1 second' AND "shop" <> '' AND "kind" <> 'publish.reconcile'`, [nightSeconds])).rows[0].count); // prettier-ignore
    let killed = true;
    while ((await countLeft()) > 0 && !isLate()) {
      await pause(1_000);
      if (killed && performance.now() - nightFrom > 2 * nightSeconds * 1_000) {
        clearInterval(killing);
        clearInterval(installing);
        killed = false;
      }
    }
    clearInterval(killing);
    clearInterval(installing);
    const tookSeconds = (performance.now() - nightFrom) / 1_000;
    const commands = (await countCommands()) - commandsBefore;
    const { rows: log } = await pool.query<Noted>(
      `SELECT shop || kind || due_at AS key, phase, holder, at FROM bench_log WHERE kind <> 'collect.backfill' ORDER BY at`,
    );
    const finished = new Map<string, string[]>();
    for (const { key, phase, holder } of log) {
      if (phase === "finished") finished.set(key, [...(finished.get(key) ?? []), holder]);
    }
    // An attempt that did not finish its work must have been cut off by a kill.
    const others = log.filter(
      ({ key, phase, holder }) => phase === "begun" && !finished.get(key)?.includes(holder),
    );
    const cutOff = others.filter(({ holder, at }) => {
      const killedMs = killedAtMs.get(holder.split("-")[0]!);
      return killedMs !== undefined && killedMs - at.getTime() < CUT_OFF_MS + workMs;
    });
    const lost = due.rows.filter(({ key }) => !finished.has(key)).length;
    const twice =
      others.length - cutOff.length + [...finished.values()].filter((holders) => holders.length > 1).length;
    const waits = (await pool.query<{ shop: string; at: Date }>(`SELECT shop, at FROM bench_log WHERE kind = 'collect.backfill' AND phase = 'begun'`)).rows.map(({ shop, at }) => at.getTime() - installedAt.get(shop)!).sort((a, b) => a - b); // prettier-ignore
    printFigure({ name: "fleet.work_due", value: work ?? 0, unit: "pieces" });
    printFigure({ name: "fleet.lost", value: lost, unit: "pieces", peer: 0 });
    printFigure({ name: "fleet.done_twice", value: twice, unit: "pieces", peer: 0 });
    printFigure({ name: "fleet.attempts_cut_off_by_kills", value: cutOff.length, unit: "attempts" });
    printFigure({
      name: "fleet.all_done_after",
      value: Math.round(tookSeconds),
      unit: "s",
      peer: nightSeconds,
    });
    printFigure({ name: "fleet.redis_commands_a_piece", value: Number((commands / work!).toFixed(1)), unit: "commands" }); // prettier-ignore
    printFigure({ name: "fleet.installation_begins_p95", value: waits[Math.floor(waits.length * 0.95)] ?? -1, unit: "ms", peer: 10_000 }); // prettier-ignore
    printFigure({
      name: "fleet.installations_begun",
      value: waits.length,
      unit: "shops",
      peer: installedAt.size,
    });
    if (lost + twice > 0) process.exitCode = 1;
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await jobs.close();
    client.disconnect();
    await pool.end();
    await redis.stop();
    await postgres.stop();
  }
}

/** Milliseconds from the start of the app's own worker until it takes jobs, while nothing is due. */
async function timeRealWorker(env: NodeJS.ProcessEnv): Promise<number> {
  const from = performance.now();
  const child = spawn(process.execPath, ["jobs/worker.ts"], { env, stdio: ["ignore", "pipe", "pipe"] });
  const readyMs = await new Promise<number>((resolve) => {
    const hear = (chunk: Buffer) => {
      if (chunk.includes("worker.ready")) resolve(Math.round(performance.now() - from));
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
  });
  child.kill("SIGTERM");
  await once(child, "exit");
  return readyMs;
}

/** One of the workers: the app's schedules and lanes, with simulated jobs. */
async function work(workMs: number): Promise<void> {
  const deps = ownDeps();
  const connection = new Redis(process.env["REDIS_URL"]!, { maxRetriesPerRequest: null });
  const simulate = async (job: Job, holder: string) => {
    const { shop = "", dueAt = "" } = job.data as { shop?: string; dueAt?: string };
    await deps.pool.query(
      `INSERT INTO bench_log (shop, kind, due_at, phase, holder) VALUES ($1, $2, $3, 'begun', $4)`,
      [shop, job.name, dueAt, holder],
    );
    await pause(workMs);
  };
  const carryOut = async (job: Job) => {
    const holder = `${process.pid}-${randomUUID()}`;
    const due = toDueWork(job);
    if (due === null) return simulate(job, holder);
    const attempt = { holder, signal: new AbortController().signal, now: () => new Date() };
    await carryOutDueWork(deps, due, attempt, () => simulate(job, holder));
  };
  const workers = QUEUES.flatMap((queue) =>
    listLanes(queue)
      .filter((lane) => lane !== "large")
      .map((lane) => {
        const concurrency = (SLOTS[queue] as Partial<Record<Lane, number>>)[lane]!;
        const options = { connection, prefix: REDIS_PREFIX, concurrency, maxStalledCount: 10 };
        return new Worker(toLaneQueue(queue, lane), carryOut, options);
      }),
  );
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));
  startSchedules(deps, { redisUrl: process.env["REDIS_URL"]! });
  process.send!("ready");
}

if (process.argv[2] === "--worker") await work(Number(process.argv[3]));
else await main();
