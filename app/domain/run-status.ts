/**
 * A run's states, and those that each can go on to:
 *
 * - queued: running; failed, when its job is given up before it begins; cancelled by the merchant
 * - running: succeeded, failed, cancelled. A worker that is killed leaves it running, and the repeated job goes on
 * - succeeded, failed, cancelled: final
 */
export const RUN_STATUSES = ["queued", "running", "succeeded", "failed", "cancelled"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

const GOES_ON_TO = {
  queued: ["running", "failed", "cancelled"],
  running: ["running", "succeeded", "failed", "cancelled"],
  succeeded: [],
  failed: [],
  cancelled: [],
} as const satisfies Record<RunStatus, readonly RunStatus[]>;

/** States of a run that may still be worked on. */
export const ACTIVE_RUN_STATUSES = ["queued", "running"] as const satisfies readonly RunStatus[];
/** How a run can end. */
export type RunOutcome = Exclude<RunStatus, (typeof ACTIVE_RUN_STATUSES)[number]>;

/** Whether the run may still be worked on. */
export function isActiveRun(status: RunStatus): boolean {
  return (ACTIVE_RUN_STATUSES as readonly RunStatus[]).includes(status);
}

/** The states from which a run can go on to another. */
export function runStatusesBefore(next: RunStatus): RunStatus[] {
  return RUN_STATUSES.filter((status) => (GOES_ON_TO[status] as readonly RunStatus[]).includes(next));
}

/**
 * A state as the database holds it.
 *
 * @throws RangeError if it is none: what wrote it knows more states than this version of the app
 */
export function toRunStatus(stored: unknown): RunStatus {
  const status = RUN_STATUSES.find((known) => known === stored);
  if (status === undefined) throw new RangeError(`no state of a run: ${String(stored)}`);
  return status;
}
