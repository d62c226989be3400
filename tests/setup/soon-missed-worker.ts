import { deps } from "#app/services/deps.server.ts";
import { env } from "#app/process/env.server.ts";
import { QUEUES } from "#app/queue/catalog.ts";
import { startWorkers } from "#jobs/start-workers.ts";

/** Runs the app's workers in their own process. Other workers take its jobs five seconds after it is killed. */
await startWorkers(deps(), { redisUrl: env().REDIS_URL, queues: QUEUES, lockMs: 5_000 });
