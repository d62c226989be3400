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
 * What "Undo" reverses for a bundle: the last price of the autopilot, or else the newest decision other than an edit. A
 * second undo in a row reverses nothing, so that a double click does not reach the approval before a price.
 *
 * @param newest log entries, newest first
 */
export function findUndo(newest: readonly Entry[]): "price" | "decision" | null {
  const [last, before] = newest;
  if (last === undefined) return null;
  if (isSteeredPrice(last)) return "price";
  if (before !== undefined && isSteeredPrice(before) && isReturn(last, before)) return null;
  const decision = newest.find(({ action }) => action !== "edit");
  return decision !== undefined && isUndoable(decision.action) ? "decision" : null;
}

function isSteeredPrice({ action, decidedBy, detail }: Entry): boolean {
  const price = PriceDetail.safeParse(detail).data;
  const isChanged = price && price.before.discountRatio !== price.changes.discountRatio;
  return action === "edit" && decidedBy === "autopilot" && isChanged === true;
}

function isReturn(last: Entry, steered: Entry): boolean {
  const [back, away] = [PriceDetail.safeParse(last.detail).data, PriceDetail.safeParse(steered.detail).data];
  if (last.action !== "edit" || !back || !away) return false;
  // The ratio of fixed prices to today's prices may have changed since.
  return away.before.terms === undefined
    ? back.changes.discountRatio === away.before.discountRatio
    : JSON.stringify(back.changes.terms) === JSON.stringify(away.before.terms);
}
