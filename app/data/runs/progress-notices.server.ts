import { EventEmitter, once } from "node:events";
import pg from "pg";

/** A connection that was lost is opened again after so long. */
const REOPEN_MS = 5_000;

export interface ProgressNotices {
  /**
   * Resolves when the shop's progress has changed, the signal is aborted, or the time is over: a notice may get lost with
   * its connection, so whoever waits asks again now and then.
   */
  untilChanged(shop: string, options: { signal: AbortSignal; longestMs: number }): Promise<void>;
  close(): Promise<void>;
}

/**
 * Hears which shops' runs and readings have come further, by one connection for all who follow them (`LISTEN`), opened
 * when the first one does.
 *
 * @param url of PostgreSQL itself: a pooler that shares connections between transactions passes no notices on
 */
export function openProgressNotices(url: string): ProgressNotices {
  const changes = new EventEmitter().setMaxListeners(0);
  let client: pg.Client | undefined;
  let reopening: NodeJS.Timeout | undefined;
  let isClosed = false;

  const open = () => {
    if (client || isClosed) return;
    const opened = new pg.Client({ connectionString: url, keepAlive: true });
    client = opened;
    opened.on("notification", ({ payload }) => changes.emit(payload ?? ""));
    const reopen = () => {
      if (client !== opened || isClosed) return;
      client = undefined;
      reopening = setTimeout(open, REOPEN_MS);
      reopening.unref();
    };
    opened.on("error", reopen);
    opened.on("end", reopen);
    opened
      .connect()
      .then(() => opened.query("LISTEN progress"), reopen)
      .catch(reopen);
  };

  return {
    async untilChanged(shop, { signal, longestMs }) {
      open();
      const over = AbortSignal.any([signal, AbortSignal.timeout(longestMs)]);
      // Being aborted is how most of them end.
      await once(changes, shop, { signal: over }).catch(() => {});
    },
    async close() {
      isClosed = true;
      clearTimeout(reopening);
      await client?.end().catch(() => {});
    },
  };
}
