import type { Result } from "./result.ts";

/**
 * A bundle's states, and the moves out of each:
 *
 * - proposed: `approve` or `reject` by the merchant; `renew` by a run that supports it, `withdraw` by one that does not
 * - approved: `publish` by the publisher, or `hold` with a reason (out of stock, starts later), which can change;
 *   `pause` or `reject` by the merchant; `end` after its last day
 * - published: the same; `publish` again changes nothing
 * - paused: `resume` to approved, or `reject`
 * - rejected: `approve`
 * - retired: `renew` by a run that supports it again; `approve` by the merchant
 *
 * The newest move of a merchant or the autopilot can also be undone. That restores the state before it, but a published
 * bundle goes through approved again, because only the publisher knows what the storefront shows.
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

/** State that each move leads to, from any state that allows it. */
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

/** Approved and not paused: on the storefront, or about to be. */
export const LIVE_STATUSES = ["approved", "published"] as const satisfies readonly BundleStatus[];
/** Approved by the merchant: live or paused. */
export const ACCEPTED_STATUSES = [...LIVE_STATUSES, "paused"] as const satisfies readonly BundleStatus[];
/** On the storefront, or possibly there before. The other states say nothing about that. */
export const SHOWN_STATUSES = ["published", "paused"] as const satisfies readonly BundleStatus[];

/** Whether the storefront shows the bundle or is about to. */
export function isLive(status: BundleStatus): boolean {
  return (LIVE_STATUSES as readonly BundleStatus[]).includes(status);
}

/** The state after a move, if possible. Every change of a bundle's state calls this, or checks `statusesBefore`. */
export function moveBundle(status: BundleStatus, move: BundleMove): Result<BundleStatus, "not_possible"> {
  if (canMove(status, move)) return { ok: true, value: LEADS_TO[move] };
  return { ok: false, reason: "not_possible" };
}

export function canMove(status: BundleStatus, move: BundleMove): boolean {
  return (MOVES[status] as readonly BundleMove[]).includes(move);
}

export function statusAfter<M extends BundleMove>(move: M): (typeof LEADS_TO)[M] {
  return LEADS_TO[move];
}

/** The states that allow a move. */
export function statusesBefore(move: BundleMove): BundleStatus[] {
  return BUNDLE_STATUSES.filter((status) => canMove(status, move));
}

/**
 * Parses a stored state.
 *
 * @throws RangeError for an unknown state: a newer version of the app wrote it
 */
export function toBundleStatus(stored: unknown): BundleStatus {
  const status = BUNDLE_STATUSES.find((known) => known === stored);
  if (status === undefined) throw new RangeError(`no state of a bundle: ${String(stored)}`);
  return status;
}
