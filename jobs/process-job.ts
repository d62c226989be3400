import { randomUUID } from "node:crypto";
import { DelayedError, UnrecoverableError } from "bullmq";
import { ZodError } from "zod";
import type { Deps } from "#app/services/deps.server.ts";
import { AppError } from "#app/process/errors.ts";
import { jobCatalog, type JobName, type JobPayload } from "#app/queue/catalog.ts";
import { carryOutDueWork } from "#app/services/due-work/carry-out-due-work.server.ts";
import { handlers, type Handler, type JobContext } from "./handlers.ts";
import { toDueWork } from "./due-job.ts";

export interface IncomingJob {
  readonly id: string;
  readonly name: string;
  readonly data: unknown;
  /** Attempts that ended before this one. */
  readonly attemptsMade: number;
  /** Makes the job wait for another worker without counting this attempt. */
  putBack(): Promise<void>;
}

function isJobName(name: string): name is JobName {
  return Object.hasOwn(jobCatalog, name);
}

/**
 * Carries out one job: checks its payload, calls its handler and logs one line. Of work that is due again and again
 * PostgreSQL says first whether it still is.
 *
 * @throws DelayedError when the worker is shutting down: the job is put back and waits for another one
 * @throws UnrecoverableError when a repeat would fail in the same way: an unknown name, a payload that does not
 *   fit, an AppError that is not retryable. Anything else is thrown as it came, and BullMQ tries again later.
 */
export async function processJob(deps: Deps, job: IncomingJob, context: JobContext): Promise<void> {
  const startedMs = performance.now();
  if (!isJobName(job.name)) throw new UnrecoverableError(`No job is called ${job.name}`);
  const payload = jobCatalog[job.name].schema.safeParse(job.data);
  if (!payload.success) {
    const problems = payload.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new UnrecoverableError(`${job.name} has a payload that does not fit. ${problems.join("; ")}`);
  }
  const shop = (payload.data as { shop?: string }).shop;
  const log = deps.log.child({ jobId: job.id, ...(shop === undefined ? {} : { shop }) });
  try {
    const handler = handlers[job.name] as Handler<JobName>;
    const work = (signal: AbortSignal) =>
      handler({ ...deps, log }, payload.data as JobPayload<JobName>, { ...context, signal });
    const due = toDueWork(job);
    if (due === null) await work(context.signal);
    else {
      const attempt = { holder: randomUUID(), signal: context.signal, now: () => new Date() };
      const outcome = await carryOutDueWork({ ...deps, log }, due, attempt, work);
      if (outcome === "not_due") return log.info(`${job.name}.not_due`, { dueAt: due.dueAt });
    }
  } catch (error) {
    const ms = Math.round(performance.now() - startedMs);
    if (context.signal.aborted) {
      log.info(`${job.name}.put_back`, { ms });
      await job.putBack();
      throw new DelayedError();
    }
    log.warn(`${job.name}.failed`, { ms, attempt: job.attemptsMade + 1, reason: describe(error) });
    if (error instanceof ZodError || (error instanceof AppError && !error.isRetryable)) {
      // The merchant reads it, to whom the code says nothing.
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
