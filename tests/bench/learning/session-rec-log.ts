import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";

/** One file of the session-rec framework as it is: tab-separated `SessionId ItemId Time` (Unix seconds). */
export interface SessionRecLog {
  readonly session: number[];
  readonly item: string[];
  readonly atMs: number[];
}

/** @throws Error when a line is not three tab-separated fields with numbers where they belong */
export async function readSessionRecLog(path: string): Promise<SessionRecLog> {
  const lines = gunzipSync(await readFile(path))
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .slice(1);
  const log: SessionRecLog = { session: [], item: [], atMs: [] };
  lines.forEach((line, index) => {
    const [session, item, seconds] = line.split("\t");
    if (!item || !Number.isFinite(Number(session)) || !Number.isFinite(Number(seconds))) {
      throw new Error(`${path}: line ${index + 2}: expected SessionId, ItemId and Time, got "${line}"`);
    }
    log.session.push(Number(session));
    log.item.push(item);
    log.atMs.push(Number(seconds) * 1_000);
  });
  return log;
}
