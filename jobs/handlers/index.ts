import type { Deps } from "#app/deps.server.ts";
import type { JobName, JobPayload } from "../catalog.ts";

/** What the worker tells a handler besides the payload. */
export interface JobContext {
  /** Ends the work early when the worker shuts down or the merchant cancels. */
  readonly signal: AbortSignal;
  /** 0 to 1 of this job. */
  reportProgress(ratio: number, message: string): Promise<void>;
}

export type Handler<N extends JobName> = (
  deps: Deps,
  payload: JobPayload<N>,
  context: JobContext,
) => Promise<void>;
