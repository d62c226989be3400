import { setTimeout } from "node:timers/promises";
import { openProgressNotices, type ProgressNotices } from "#app/data/runs/progress-notices.server.ts";
import { listRuns } from "#app/data/runs/runs.server.ts";
import { env } from "#app/process/env.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { toHistoryProgress, toRunView } from "./describe-run.server.ts";
import { openShop } from "./open-shop.server.ts";

/** Notices that come closer together than this are read together. */
const TOGETHER_MS = 500;
/** A notice may get lost with its connection; the time left of a run is told anew as well. */
const LONGEST_SILENCE_MS = 15_000;
/** Then the browser asks again with a fresh session token, for who may look may have changed. */
const LONGEST_MS = 5 * 60_000;

let opened: ProgressNotices | undefined;

/** Which shops' progress changes, heard by one connection of this process that no pool counts. */
function progressNotices(): ProgressNotices {
  const { DATABASE_URL, DATABASE_DIRECT_URL } = env();
  opened ??= openProgressNotices(DATABASE_DIRECT_URL ?? DATABASE_URL);
  return opened;
}

interface WatchRequest {
  readonly shop: string;
  readonly words: Words;
  /** Aborted when the browser leaves. */
  readonly signal: AbortSignal;
  readonly notices?: Pick<ProgressNotices, "untilChanged">;
}

/** How far the newest run and the reading of the shop's history are. */
async function readProgress(deps: Deps, { shop, words }: WatchRequest, now: Date) {
  const { row, format } = await openShop(deps, { shop, words });
  const [newest] = await listRuns(deps.db, { shop, limit: 1 });
  const run = newest ? toRunView(newest, { format, now, words }) : null;
  return { run, history: toHistoryProgress(row, { format, now, words }) };
}

export type Progress = Awaited<ReturnType<typeof readProgress>>;

/** The progress of a shop as it is and each time it changes, until the browser leaves or the longest time is over. */
export async function* watchProgress(deps: Deps, request: WatchRequest): AsyncGenerator<Progress> {
  const { signal, notices = progressNotices() } = request;
  const endMs = Date.now() + LONGEST_MS;
  let stated = "";
  while (!signal.aborted && Date.now() < endMs) {
    // Asked for before the reading, so that none is missed between the two.
    const changed = notices.untilChanged(request.shop, { signal, longestMs: LONGEST_SILENCE_MS });
    const progress = await readProgress(deps, request, new Date());
    const text = JSON.stringify(progress);
    if (text !== stated) {
      stated = text;
      yield progress;
    }
    await changed;
    // Being aborted is how it is meant to end.
    await setTimeout(TOGETHER_MS, undefined, { signal }).catch(() => undefined);
  }
}
