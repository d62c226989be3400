import { deps } from "#app/services/deps.server.ts";
import { env } from "#app/process/env.server.ts";
import { QUEUES } from "#app/queue/catalog.ts";
import { startWorkers } from "#jobs/start-workers.ts";

/** The app's workers in a process of their own, whose jobs go to others five seconds after it was killed. */
await startWorkers(deps(), { redisUrl: env().REDIS_URL, queues: QUEUES, lockMs: 5_000 });
