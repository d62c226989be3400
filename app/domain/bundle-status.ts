import type { Result } from "./result.ts";

/**
 * A bundle's states, and the moves out of each:
 *
 * - proposed: `approve` or `reject` by the merchant; `renew` by a newer run with today's evidence, `withdraw` by one
 *   that no longer supports it
 * - approved: `publish` by the publisher, or `hold` with the reason why it waits (out of stock, first day still to
 *   come), which may change; `pause` or `reject` by the merchant; `end` after its last day
 * - published: the same; `publish` again changes nothing
 * - paused: `resume` to approved, or `reject`
 * - rejected: `approve`
 * - retired: `renew`, by a run that supports it again; `approve` by the merchant
 *
 * Beside these a merchant's or the autopilot's newest move can be undone, which leads back to the state before it; what
 * was published goes through approved again, because the publisher alone knows what the storefront shows.
 */
export const BUNDLE_STATUSES = [
  "proposed",
  "approved",
  "rejected",
  "published",
  "paused",
  "retired",
] as const;
export type BundleStatus = (typeof BUNDLE_STATUSES)[number];

/** Where each move leads, from wherever it is possible. */
const LEADS_TO = {
  renew: "proposed",
  approve: "approved",
  resume: "approved",
  hold: "approved",
  publish: "published",
  pause: "paused",
  reject: "rejected",
  withdraw: "retired",
  end: "retired",
} as const satisfies Record<string, BundleStatus>;
type BundleMove = keyof typeof LEADS_TO;

const MOVES = {
  proposed: ["approve", "reject", "renew", "withdraw"],
  approved: ["publish", "hold", "pause", "reject", "end"],
  published: ["publish", "hold", "pause", "reject", "end"],
  paused: ["resume", "reject"],
  rejected: ["approve"],
  retired: ["renew", "approve"],
} as const satisfies Record<BundleStatus, readonly BundleMove[]>;

/** Approved by the merchant and not paused: on the storefront, or about to be. */
export const LIVE_STATUSES = ["approved", "published"] as const satisfies readonly BundleStatus[];
/** Approved by the merchant, at work or paused. */
export const ACCEPTED_STATUSES = [...LIVE_STATUSES, "paused"] as const satisfies readonly BundleStatus[];
/** What is on the storefront, or may have been: the others say nothing of it. */
export const SHOWN_STATUSES = ["published", "paused"] as const satisfies readonly BundleStatus[];

/** Whether the storefront shows it, or is to show it. */
export function isLive(status: BundleStatus): boolean {
  return (LIVE_STATUSES as readonly BundleStatus[]).includes(status);
}

/**
 * The state that a bundle comes to by a move, or that it cannot make it. Whatever changes a bundle's state asks this, or
 * writes where `statusesBefore` holds.
 */
export function moveBundle(status: BundleStatus, move: BundleMove): Result<BundleStatus, "not_possible"> {
  if (canMove(status, move)) return { ok: true, value: LEADS_TO[move] };
  return { ok: false, reason: "not_possible" };
}

/** Whether a bundle in this state can make the move. */
export function canMove(status: BundleStatus, move: BundleMove): boolean {
  return (MOVES[status] as readonly BundleMove[]).includes(move);
}

/** The state that a move leads to. */
export function statusAfter<M extends BundleMove>(move: M): (typeof LEADS_TO)[M] {
  return LEADS_TO[move];
}

/** The states that a move is possible from. */
export function statusesBefore(move: BundleMove): BundleStatus[] {
  return BUNDLE_STATUSES.filter((status) => canMove(status, move));
}

/**
 * A state as the database holds it.
 *
 * @throws RangeError if it is none: what wrote it knows more states than this version of the app
 */
export function toBundleStatus(stored: unknown): BundleStatus {
  const status = BUNDLE_STATUSES.find((known) => known === stored);
  if (status === undefined) throw new RangeError(`no state of a bundle: ${String(stored)}`);
  return status;
}
