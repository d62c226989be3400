import { z } from "zod";
import { isUndoable, type LoggedAction } from "./decide.ts";

interface Entry {
  readonly action: LoggedAction;
  readonly decidedBy: string;
  readonly detail: unknown;
}

const PriceDetail = z.object({
  before: z.object({ discountRatio: z.number(), terms: z.unknown().optional() }),
  changes: z.object({ discountRatio: z.number(), terms: z.unknown().optional() }),
});

/**
 * What "Undo" reverses for a bundle: the newest log entry, if it is a price of the autopilot or a decision. After an
 * edit by a person it reverses nothing, because the decision before that edit is not what the merchant means.
 *
 * @param newest log entries, newest first
 */
export function findUndo(newest: readonly Entry[]): "price" | "decision" | null {
  const last = newest[0];
  if (last === undefined) return null;
  if (isSteeredPrice(last)) return "price";
  return isUndoable(last.action) ? "decision" : null;
}

function isSteeredPrice({ action, decidedBy, detail }: Entry): boolean {
  const price = PriceDetail.safeParse(detail).data;
  const isChanged = price && price.before.discountRatio !== price.changes.discountRatio;
  return action === "edit" && decidedBy === "autopilot" && isChanged === true;
}
