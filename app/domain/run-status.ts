import { z } from "zod";
import { messageSchema, TEXT, type MessageOf, type MessageTable } from "./message.ts";

/**
 * A run's states, and the next states of each:
 *
 * - queued: running; failed, if its job is given up before it starts; cancelled by the merchant
 * - running: succeeded, failed, cancelled. If its worker is killed, it stays running and the repeated job continues it
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

/** States of an unfinished run. */
export const ACTIVE_RUN_STATUSES = ["queued", "running"] as const satisfies readonly RunStatus[];
export type RunOutcome = Exclude<RunStatus, (typeof ACTIVE_RUN_STATUSES)[number]>;

export function isActiveRun(status: RunStatus): boolean {
  return (ACTIVE_RUN_STATUSES as readonly RunStatus[]).includes(status);
}

/** The states that a run can go to `next` from. */
export function runStatusesBefore(next: RunStatus): RunStatus[] {
  return RUN_STATUSES.filter((status) => (GOES_ON_TO[status] as readonly RunStatus[]).includes(next));
}

/**
 * Parses a stored state.
 *
 * @throws RangeError for an unknown state: a newer version of the app wrote it
 */
export function toRunStatus(stored: unknown): RunStatus {
  const status = RUN_STATUSES.find((known) => known === stored);
  if (status === undefined) throw new RangeError(`no state of a run: ${String(stored)}`);
  return status;
}

const number = z.number();

/** Progress or result of a run. */
export const RUN_MESSAGES = {
  "run.waiting": {},
  "run.starting": {},
  "run.readingOrders": {},
  "run.orders": { orders: number, products: number },
  "run.needsOrders": { count: number },
  "train.earlier": {},
  "train.before": {},
  "train.carts": {},
  "train.productPages": {},
  "train.all": {},
  "train.partners": {},
  "train.done": {},
  "run.forecasting": {},
  "run.forecast": { products: number },
  "run.looking": {},
  "run.toCheck": { bundles: number },
  "run.replaying": { bundles: number },
  "run.none": {},
  "run.done": { added: number },
  "run.failed": {},
  "run.cancelled": {},
} as const satisfies MessageTable;
export type RunMessage = MessageOf<typeof RUN_MESSAGES>;
/** As stored in a run's row. */
export const StoredRunMessage = messageSchema({ ...TEXT, ...RUN_MESSAGES });

/** Why a run failed; the text of an unexpected error stands in the rows of earlier versions alone. */
export const RUN_PROBLEM_MESSAGES = {
  ...TEXT,
  "run.onlyNewOrders": {},
  "run.noModel": {},
  "run.noProposals": {},
  "run.currencyChanged": {},
  "run.unknownEnd": {},
  "run.outOfMemory": {},
} as const satisfies MessageTable;
export type RunProblem = MessageOf<typeof RUN_PROBLEM_MESSAGES>;
export const RunProblem = messageSchema(RUN_PROBLEM_MESSAGES);

/** Code of a problem without values. A run throws it as its error message: a queue keeps nothing else of an error. */
export type ForeseenProblem = Exclude<RunProblem["code"], "text">;

/** @param stated message of the error that ended the run; the log has it if nobody foresaw it */
export function toRunProblem(stated: string): RunProblem {
  const foreseen = RunProblem.safeParse({ code: stated, values: {} });
  return foreseen.data ?? { code: "run.unknownEnd", values: {} };
}
