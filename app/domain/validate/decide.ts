import type { Result } from "#app/domain/result.ts";

export const DECISIONS = ["approve", "reject", "undo", "pause", "resume"] as const;
export type BundleDecision = (typeof DECISIONS)[number];

/** The newest decision about a bundle, as far as undoing needs it. */
export interface LastDecision {
  readonly action: string;
  /** Status before it; null where it was not noted. */
  readonly from: string | null;
}

/** From which states a decision is possible, and where it leads. */
const MOVES: Readonly<Record<Exclude<BundleDecision, "undo">, { from: readonly string[]; to: string }>> = {
  approve: { from: ["proposed", "rejected"], to: "approved" },
  reject: { from: ["proposed", "approved", "published", "paused"], to: "rejected" },
  pause: { from: ["approved", "published"], to: "paused" },
  resume: { from: ["paused"], to: "approved" },
};

/**
 * The state that a merchant's decision leads to.
 *
 * @param last the newest decision about this bundle, which `undo` takes back; a second `undo` in a row is refused
 */
export function decide(
  decision: BundleDecision,
  { status, last }: { status: string; last: LastDecision | null },
): Result<string, "not_possible" | "nothing_to_undo"> {
  if (decision !== "undo") {
    const { from, to } = MOVES[decision];
    if (from.includes(status)) return { ok: true, value: to };
    return { ok: false, reason: "not_possible", detail: `${decision} of a bundle that is ${status}` };
  }
  const isUndoable = last !== null && Object.hasOwn(MOVES, last.action) && last.from !== null;
  if (!isUndoable) return { ok: false, reason: "nothing_to_undo" };
  // What was on the storefront goes through approval again: the publisher alone knows that it is there.
  return { ok: true, value: last.from === "published" ? "approved" : last.from! };
}

/** The state that a decision leads to from wherever it is possible. */
export function statusAfter(decision: Exclude<BundleDecision, "undo">): string {
  return MOVES[decision].to;
}

/**
 * Whether a bundle was decided since somebody saw it in a status: by their own decision they would take back another's,
 * which they do not know of. Going live, and off again while something is in the way, is no decision.
 */
export function wasDecidedSince(seenStatus: string, status: string): boolean {
  const toVerdict = (one: string) => (one === "published" ? "approved" : one);
  return toVerdict(seenStatus) !== toVerdict(status);
}
