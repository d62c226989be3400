import {
  claimDueInboxRows,
  findNextDueAt,
  markInboxApplied,
  type WaitingInboxRow,
} from "#app/data/inbox/inbox.server.ts";
import { inTransaction } from "#app/data/db.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { InboxMessage } from "#app/domain/collect/messages/inbox-message.ts";
import { applyInboxEvent } from "./apply-inbox-event.server.ts";
import { askToApply } from "#app/services/ask-workers.server.ts";
import { followChanges, isSavedTogether, saveMessages } from "./save-messages.server.ts";

/** Rows that a shop's turn applies before the turns of the other shops, which have queued up behind it. */
const ROWS_PER_TURN = 100;
/** Rows applied one by one that wait for the database at once; their order does not matter to them. */
const ROWS_AT_ONCE = 8;

interface Turn {
  readonly shop: string;
  readonly now: () => Date;
  /** Ends the turn between two rows; what is left stays in the inbox. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Step 1, collect: one turn of a shop: applies what waits in its inbox, oldest first, at most so many rows. A shop
 * with ten thousand rows takes a hundred turns, between which every other shop has one, so that none waits for the
 * whole of another's.
 *
 * What a sale brings by the thousand is saved by one transaction a turn. The other messages, and all of a turn whose
 * transaction failed, are applied one by one: a row that fails stays, and the next one goes on. Rows are marked last;
 * a turn that dies before is done again.
 *
 * @returns how many rows were applied, how many failed
 * @throws whatever the database throws when not even the failure could be written down
 */
export async function applyShopInbox(deps: Deps, turn: Turn): Promise<{ applied: number; failed: number }> {
  if (turn.signal?.aborted === true) return { applied: 0, failed: 0 };
  let done = { applied: 0, alone: [] as string[] };
  try {
    done = await applyTogether(deps, turn);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    deps.log.warn("collect.turn_not_together", { shop: turn.shop, problem });
    done = { applied: 0, alone: await listDue(deps, turn) };
  }
  const one = await applyOneByOne(deps, turn, done.alone);
  return { applied: done.applied + one.applied, failed: one.failed };
}

/** Applies the rows that go into one transaction, and names those that do not. */
async function applyTogether(deps: Deps, { shop, now }: Turn): Promise<{ applied: number; alone: string[] }> {
  const { together, alone, changes } = await inTransaction(deps.pool, async (client) => {
    const rows = await claimDueInboxRows(client, shop, { now: now(), limit: ROWS_PER_TURN });
    const received = rows.flatMap(parse);
    const together = received.filter(isSavedTogether);
    const ids = new Set(together.map(({ webhookId }) => webhookId));
    const alone = rows.map(({ webhookId }) => webhookId).filter((webhookId) => !ids.has(webhookId));
    return { together: [...ids], alone, changes: await saveMessages(client, shop, together) };
  });
  if (together.length > 0) {
    await followChanges(deps, { shop, now: now() }, changes);
    await markInboxApplied(deps.pool, { shop, webhookIds: together }, now());
  }
  return { applied: together.length, alone };
}

/** What can't be read goes its own way, where the reason is written down. */
function parse({ payload, ...row }: WaitingInboxRow) {
  const message = InboxMessage.safeParse(payload);
  return message.success ? [{ ...row, message: message.data }] : [];
}

async function listDue({ pool }: Deps, { shop, now }: Turn): Promise<string[]> {
  const rows = await inTransaction(pool, (client) =>
    claimDueInboxRows(client, shop, { now: now(), limit: ROWS_PER_TURN }),
  );
  return rows.map(({ webhookId }) => webhookId);
}

async function applyOneByOne(
  deps: Deps,
  { shop, now, signal }: Turn,
  webhookIds: readonly string[],
): Promise<{ applied: number; failed: number }> {
  const counts = { applied: 0, failed: 0 };
  let next = 0;
  const applyOn = async () => {
    while (next < webhookIds.length && signal?.aborted !== true) {
      const isApplied = await applyInboxEvent(deps, { shop, webhookId: webhookIds[next++]!, now: now() });
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
