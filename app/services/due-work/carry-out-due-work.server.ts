import {
  finishDueWork,
  holdDueWork,
  releaseDueWork,
  type DueWork,
} from "#app/data/due-work/due-work.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { nextDueMs } from "#app/domain/due-work.ts";
import { MINUTE_MS, usableTimeZone } from "#app/domain/time.ts";
import { QUEUED_MS } from "./ask-for-due-work.server.ts";

/** A holder that has been silent for this long is considered dead. */
const HELD_MS = MINUTE_MS;
const RENEW_EVERY_MS = HELD_MS / 3;

interface Attempt {
  /** A unique name of the attempt. */
  readonly holder: string;
  readonly signal: AbortSignal;
  now(): Date;
}

type Outcome = "done" | "not_due";

/**
 * Does due work once: not if it was finished before, and not while another worker holds it. Only success moves it on to
 * its next time; after a failure or a death it is due as before.
 *
 * @param work its signal is also aborted when the hold is lost, because another worker does the work then
 * @throws whatever `work` throws
 */
export async function carryOutDueWork(
  deps: Pick<Deps, "db" | "pool" | "log">,
  due: DueWork,
  { holder, signal, now }: Attempt,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<Outcome> {
  const hold = () => {
    const at = now();
    return holdDueWork(deps.pool, due, { holder, now: at, until: new Date(at.getTime() + HELD_MS) });
  };
  if (!(await hold())) return "not_due";
  const lost = new AbortController();
  const renewing = setInterval(() => {
    hold().then(
      (isHeld) => {
        if (!isHeld) lost.abort(new Error("Somebody else has this work in hand"));
      },
      (error: unknown) => deps.log.warn("due_work.not_renewed", { ...due, error }),
    );
  }, RENEW_EVERY_MS);
  try {
    await work(AbortSignal.any([signal, lost.signal]));
    await moveOn(deps, due, { holder, now: now() });
  } catch (error) {
    const until = new Date(now().getTime() + QUEUED_MS);
    await releaseDueWork(deps.pool, due, { holder, until }).catch(() => {
      // The hold expires.
    });
    throw error;
  } finally {
    clearInterval(renewing);
  }
  return "done";
}

/** Makes failed work due at its next time, because its job has been given up. */
export async function giveUpDueWork(deps: Pick<Deps, "db" | "pool">, due: DueWork, now: Date): Promise<void> {
  await moveOn(deps, due, { holder: null, now });
}

async function moveOn(
  { db, pool }: Pick<Deps, "db" | "pool">,
  due: DueWork,
  { holder, now }: { holder: string | null; now: Date },
): Promise<void> {
  const row = await findShop(db, due.shop);
  const timeZone = usableTimeZone(row?.timeZone ?? "UTC");
  const nextAt = new Date(nextDueMs(due.kind, { shop: due.shop, timeZone }, now.getTime()));
  await finishDueWork(pool, due, { holder, nextAt, now });
}
