import { randomUUID } from "node:crypto";
import { DelayedError, UnrecoverableError } from "bullmq";
import { z, ZodError } from "zod";
import type { DueWork } from "#app/data/due-work/due-work.server.ts";
import { DUE_KINDS, FLEET } from "#app/domain/due-work.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { AppError } from "#app/process/errors.ts";
import { isJobName, jobCatalog, type JobName, type JobPayload } from "#app/queue/catalog.ts";
import { carryOutDueWork } from "#app/services/due-work/carry-out-due-work.server.ts";
import { handlers, type Handler } from "./handlers.ts";

/** The fields of a BullMQ job, in the worker's process or in a child process. */
export interface BullJob {
  readonly id?: string | undefined;
  readonly name: string;
  readonly data: unknown;
  /** Attempts before this one. */
  readonly attemptsMade: number;
  /** Delays the job for another worker without counting this attempt. */
  moveToDelayed(atMs: number, token: string | undefined): Promise<void>;
}

/** Extra payload fields of a recurring job. */
const DueMark = z.object({ shop: z.string().default(FLEET), dueAt: z.iso.datetime() });

/** The due work of a recurring job; null for any other job. */
export function toDueWork({ name, data }: Pick<BullJob, "name" | "data">): DueWork | null {
  const mark = DueMark.safeParse(data);
  const kind = DUE_KINDS.find((known) => known === name);
  if (!mark.success || kind === undefined) return null;
  return { shop: mark.data.shop, kind, dueAt: new Date(mark.data.dueAt) };
}

/**
 * Processes one job: checks its payload, calls its handler and logs one line. For a recurring job, PostgreSQL decides
 * whether it is still due.
 *
 * @throws DelayedError when the worker is shutting down; the job waits for another worker
 * @throws UnrecoverableError if a retry would fail again: an unknown name, an invalid payload, an AppError that is not
 *   retryable. BullMQ retries any other error.
 */
export async function processJob(
  deps: Deps,
  job: BullJob,
  token: string | undefined,
  signal: AbortSignal = new AbortController().signal,
): Promise<void> {
  const startedMs = performance.now();
  if (!isJobName(job.name)) throw new UnrecoverableError(`No job is called ${job.name}`);
  const payload = jobCatalog[job.name].schema.safeParse(job.data);
  if (!payload.success) {
    const problems = payload.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new UnrecoverableError(`${job.name} has a payload that does not fit. ${problems.join("; ")}`);
  }
  const shop = (payload.data as { shop?: string }).shop;
  const log = deps.log.child({ jobId: job.id ?? "", ...(shop === undefined ? {} : { shop }) });
  try {
    const handler = handlers[job.name] as Handler<JobName>;
    const work = (stopping: AbortSignal) =>
      handler({ ...deps, log }, payload.data as JobPayload<JobName>, { signal: stopping });
    const due = toDueWork(job);
    if (due === null) await work(signal);
    else {
      const attempt = { holder: randomUUID(), signal, now: () => new Date() };
      const outcome = await carryOutDueWork({ ...deps, log }, due, attempt, work);
      if (outcome === "not_due") return log.info(`${job.name}.not_due`, { dueAt: due.dueAt });
    }
  } catch (error) {
    const ms = Math.round(performance.now() - startedMs);
    if (signal.aborted) {
      log.info(`${job.name}.put_back`, { ms });
      await job.moveToDelayed(Date.now(), token);
      throw new DelayedError();
    }
    log.warn(`${job.name}.failed`, { ms, attempt: job.attemptsMade + 1, reason: describe(error) });
    if (error instanceof ZodError || (error instanceof AppError && !error.isRetryable)) {
      // The merchant reads this message, so it leaves out the code.
      throw new UnrecoverableError(error.message);
    }
    throw error;
  }
  log.info(`${job.name}.finished`, { ms: Math.round(performance.now() - startedMs) });
}

function describe(error: unknown): string {
  if (error instanceof AppError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
