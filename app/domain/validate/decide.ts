import { z } from "zod";
import { moveBundle, canMove, type BundleStatus } from "#app/domain/bundle-status.ts";
import type { Result } from "#app/domain/result.ts";

/** The moves that a person or the autopilot decides on. */
const MOVES = ["approve", "reject", "pause", "resume"] as const;
export type DecidedMove = (typeof MOVES)[number];
export const DECISIONS = [...MOVES, "undo"] as const;
export type BundleDecision = (typeof DECISIONS)[number];

/** Actions in a bundle's log. `retire` is a withdrawal or an end; it, `create` and `undo` cannot be undone. */
export const LOGGED_ACTIONS = [...DECISIONS, "create", "edit", "retire"] as const;
export type LoggedAction = (typeof LOGGED_ACTIONS)[number];

/** The newest decision about a bundle, with the fields that undo needs. */
export interface LastDecision {
  readonly action: LoggedAction;
  /** Status before it; null if it was not noted. */
  readonly from: BundleStatus | null;
}

/** Whether undo can reverse an action of the log. */
export function isUndoable(action: LoggedAction): action is DecidedMove {
  return (MOVES as readonly LoggedAction[]).includes(action);
}

/**
 * The state after a merchant's decision.
 *
 * @param last the newest decision about this bundle, which `undo` reverses; a second `undo` in a row is refused
 */
export function decide(
  decision: BundleDecision,
  { status, last }: { status: BundleStatus; last: LastDecision | null },
): Result<BundleStatus, "not_possible" | "nothing_to_undo"> {
  if (decision !== "undo") return moveBundle(status, decision);
  const { action, from } = last ?? { action: "undo", from: null };
  if (from === null || !isUndoable(action) || !canMove(from, action))
    return { ok: false, reason: "nothing_to_undo" };
  // A published bundle goes through approval again, because only the publisher knows what is on the storefront.
  return { ok: true, value: from === "published" ? "approved" : from };
}

/**
 * Whether a bundle was decided since somebody saw its status, so that their decision would reverse another one that
 * they do not know of. Going live, and off again because of a hold, is no decision.
 */
export function wasDecidedSince(seenStatus: BundleStatus, status: BundleStatus): boolean {
  const toVerdict = (one: BundleStatus) => (one === "published" ? "approved" : one);
  return toVerdict(seenStatus) !== toVerdict(status);
}

const EditDetail = z.object({
  before: z.record(z.string(), z.unknown()).default({}),
  changes: z.record(z.string(), z.unknown()),
});

/** The fields that an edit really changed, by its log entry; `from` is undefined if the log lacks it. */
export function changesOf(detail: unknown): { field: string; from: unknown; to: unknown }[] {
  const { before, changes } = EditDetail.safeParse(detail).data ?? { before: {}, changes: {} };
  return Object.entries(changes)
    .map(([field, to]) => ({ field, from: before[field], to }))
    .filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to));
}

/** Products and price are one unit: a price for one unit of each product is not meant for two, or other products. */
const ONE_OFFER: readonly string[] = ["terms", "discountRatio", "components", "quantities", "collectionGid"];

/**
 * The newest edit of the same fields that somebody has not seen and would overwrite. Edits of other fields stay and do
 * not conflict.
 *
 * @param newest log entries, newest first
 * @param seenNewest id of the newest entry seen; an unknown id means that none was
 * @param fields fields of `BundleChanges` to change
 */
export function findEditSince<
  E extends { readonly id: string; readonly action: LoggedAction; readonly detail: unknown },
>(newest: readonly E[], seenNewest: string, fields: readonly string[]): E | undefined {
  const toPart = (field: string) => (ONE_OFFER.includes(field) ? "offer" : field);
  const seenAt = newest.findIndex(({ id }) => id === seenNewest);
  const unseen = seenAt < 0 ? newest : newest.slice(0, seenAt);
  const parts = new Set(fields.map(toPart));
  return unseen.find(
    ({ action, detail }) =>
      action === "edit" && changesOf(detail).some(({ field }) => parts.has(toPart(field))),
  );
}
