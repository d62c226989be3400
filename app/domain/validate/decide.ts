import { z } from "zod";
import { moveBundle, canMove, type BundleStatus } from "#app/domain/bundle-status.ts";
import type { Result } from "#app/domain/result.ts";

/** The moves that a person or the autopilot decides on. */
const MOVES = ["approve", "reject", "pause", "resume"] as const;
export type DecidedMove = (typeof MOVES)[number];
export const DECISIONS = [...MOVES, "undo"] as const;
export type BundleDecision = (typeof DECISIONS)[number];

/** What an entry of a bundle's log may tell of. `retire` is a withdrawal or an end; it, `create` and `undo` are not undone. */
export const LOGGED_ACTIONS = [...DECISIONS, "create", "edit", "retire"] as const;
export type LoggedAction = (typeof LOGGED_ACTIONS)[number];

/** The newest decision about a bundle, as far as undoing needs it. */
export interface LastDecision {
  readonly action: LoggedAction;
  /** Status before it; null where it was not noted. */
  readonly from: BundleStatus | null;
}

/** Whether an entry of the log tells of a move that an undo takes back. */
export function isUndoable(action: LoggedAction): action is DecidedMove {
  return (MOVES as readonly LoggedAction[]).includes(action);
}

/**
 * The state that a merchant's decision leads to.
 *
 * @param last the newest decision about this bundle, which `undo` takes back; a second `undo` in a row is refused
 */
export function decide(
  decision: BundleDecision,
  { status, last }: { status: BundleStatus; last: LastDecision | null },
): Result<BundleStatus, "not_possible" | "nothing_to_undo"> {
  if (decision !== "undo") return moveBundle(status, decision);
  const { action, from } = last ?? { action: "undo", from: null };
  if (from === null || !isUndoable(action) || !canMove(from, action))
    return { ok: false, reason: "nothing_to_undo" };
  // What was on the storefront goes through approval again: the publisher alone knows that it is there.
  return { ok: true, value: from === "published" ? "approved" : from };
}

/**
 * Whether a bundle was decided since somebody saw it in a status: by their own decision they would take back another's,
 * which they do not know of. Going live, and off again while something is in the way, is no decision.
 */
export function wasDecidedSince(seenStatus: BundleStatus, status: BundleStatus): boolean {
  const toVerdict = (one: BundleStatus) => (one === "published" ? "approved" : one);
  return toVerdict(seenStatus) !== toVerdict(status);
}

const EditDetail = z.object({
  before: z.record(z.string(), z.unknown()).default({}),
  changes: z.record(z.string(), z.unknown()),
});

/**
 * The fields that an edit really changed, by its entry of the log, which may name others that were left as they were;
 * `from` is absent where the log did not keep it.
 */
export function changesOf(detail: unknown): { field: string; from: unknown; to: unknown }[] {
  const { before, changes } = EditDetail.safeParse(detail).data ?? { before: {}, changes: {} };
  return Object.entries(changes)
    .map(([field, to]) => ({ field, from: before[field], to }))
    .filter(({ from, to }) => JSON.stringify(from) !== JSON.stringify(to));
}

/** What is sold at which price is one: who prices one unit of each product does not mean two, nor other products. */
const ONE_OFFER: readonly string[] = ["terms", "discountRatio", "components", "quantities", "collectionGid"];

/**
 * The newest edit that somebody has not seen who edits the same: by theirs they would take it back unknowing. What
 * others changed besides stays, and is in nobody's way.
 *
 * @param newest entries of the log, newest first
 * @param seenNewest id of the newest that was seen; of one that is not there, none was
 * @param fields of `BundleChanges` that are to be changed
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
