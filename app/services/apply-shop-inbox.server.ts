import { findNextDueAt, listDueInboxRows } from "#app/data/inbox.server.ts";
import type { Deps } from "#app/deps.server.ts";
import { applyInboxEvent } from "./apply-inbox-event.server.ts";
import { askToApply } from "./ask-to-apply.server.ts";

/** Rows that a shop's turn applies before the turns of the other shops, which have queued up behind it. */
const ROWS_PER_TURN = 100;
/** Rows of a turn that wait for the database together; kinds and order do not matter to them. */
const ROWS_AT_ONCE = 8;

/**
 * Step 1, collect: one turn of a shop: applies what waits in its inbox, oldest first, at most so many rows. A shop
 * with ten thousand rows takes a hundred turns, between which every other shop has one, so that none waits for the
 * whole of another's. A row that fails stays, and the next one goes on.
 *
 * @param signal ends the turn between two rows; what is left stays in the inbox
 * @returns how many rows were applied, how many failed
 * @throws whatever the database throws when not even the failure could be written down
 */
export async function applyShopInbox(
  deps: Deps,
  { shop, now, signal }: { shop: string; now: () => Date; signal?: AbortSignal },
): Promise<{ applied: number; failed: number }> {
  const due = await listDueInboxRows(deps.db, shop, { now: now(), limit: ROWS_PER_TURN });
  const counts = { applied: 0, failed: 0 };
  let next = 0;
  const applyOn = async () => {
    while (next < due.length && signal?.aborted !== true) {
      const { webhookId } = due[next++]!;
      const isApplied = await applyInboxEvent(deps, { shop, webhookId, now: now() });
      counts[isApplied ? "applied" : "failed"] += 1;
    }
  };
  await Promise.all(Array.from({ length: ROWS_AT_ONCE }, applyOn));
  return counts;
}

/**
 * Asks for a shop's next turn if anything waits. To be called after a turn's job has left the queue: a webhook that
 * came while it ran asked for a turn in vain, and its row is seen here.
 *
 * @throws AppError queue_down; the sweep then finds the shop
 */
export async function continueShopInbox(
  deps: Pick<Deps, "db" | "jobs">,
  { shop, now }: { shop: string; now: Date },
): Promise<void> {
  const dueAt = await findNextDueAt(deps.db, shop, now);
  if (dueAt !== null) await askToApply(deps, { shop, now, delayMs: dueAt.getTime() - now.getTime() });
}
