import { z } from "zod";
import { messageSchema, TEXT, type MessageOf, type MessageTable } from "#app/domain/message.ts";

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
  "run.done": { added: number, waiting: number },
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
  return foreseen.data ?? { code: "text", values: { text: stated.slice(0, 500) } };
}
