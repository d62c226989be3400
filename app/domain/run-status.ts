import { z } from "zod";
import { cutText, messageSchema, TEXT, type MessageOf, type MessageTable } from "./message.ts";

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

const number = z.number();

/** What a run of the loop is at, or what it came to. */
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
/** As a run's row keeps it. */
export const StoredRunMessage = messageSchema({ ...TEXT, ...RUN_MESSAGES });

/** Why a run failed; a fault that nobody foresaw is told in its own words. */
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

/** A problem that needs no values: what an error of a run has for its message, which is all that a queue keeps of it. */
export type ForeseenProblem = Exclude<RunProblem["code"], "text">;

/** @param told message of the error that ended the run */
export function toRunProblem(stated: string): RunProblem {
  if (stated.trim() === "") return { code: "run.unknownEnd", values: {} };
  const foreseen = RunProblem.safeParse({ code: stated, values: {} });
  return foreseen.data ?? { code: "text", values: { text: cutText(stated, 500) } };
}
