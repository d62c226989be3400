import {
  endOrderImport,
  findOrderImport,
  keepOrderImportAlive,
  moveOrderImport,
  takeOrderImportPart,
} from "#app/data/orders/order-imports.server.ts";
import { ImportEnded } from "#app/data/orders/imported-orders.server.ts";
import { AppError } from "#app/process/errors.ts";
import { FileRefused, refuseFile } from "#app/services/files/file-refused.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { importOrderLog } from "./import-order-log.server.ts";
import { openBytes } from "#app/process/secret-box.server.ts";
import { ALIVE_EVERY_MS, importKeyPlace } from "./receive-order-import.server.ts";

/** Limit of processor time; a million lines take a third of it. */
const MOST_USED_MS = 90_000;
/** Limit of elapsed time, for a busy processor. */
const LONGEST_MS = 15 * 60_000;

/**
 * Step 1, collect: reads a waiting order file and deletes it in any case. Stops when the merchant cancels it, or when
 * it exceeds the limits of time. The shop's orders then stay as they are, because all orders are written together at
 * the end.
 *
 * @param usedMs processor time that this import has used so far, milliseconds
 */
export async function runOrderImport(
  deps: Pick<Deps, "db" | "pool" | "secrets" | "log">,
  {
    shop,
    importId,
    signal,
    now,
    usedMs,
  }: { shop: string; importId: string; signal: AbortSignal; now: () => Date; usedMs: () => number },
): Promise<void> {
  const key = { shop, importId };
  const row = await findOrderImport(deps.pool, shop);
  if (row?.importId !== importId || row.sealedKey === null) return;
  if (!(await moveOrderImport(deps.pool, { ...key, from: "waiting", to: "reading", now: now() }))) return;
  const secret = Buffer.from(deps.secrets.open(row.sealedKey, importKeyPlace(shop, importId)), "base64");
  const ended = new AbortController();
  const startedMs = now().getTime();
  const endWhereTooMuch = () => {
    const isWorn = usedMs() > MOST_USED_MS;
    if (!isWorn && now().getTime() - startedMs <= LONGEST_MS) return;
    const limit = isWorn
      ? `${MOST_USED_MS / 1_000} seconds of a processor`
      : `${LONGEST_MS / 60_000} minutes`;
    const why = `the file: it takes more than ${limit}; send it in parts, a year each for instance`;
    ended.abort(refuseFile({ code: "file.slow", values: {} }, why));
  };
  const alive = setInterval(() => {
    endWhereTooMuch();
    keepOrderImportAlive(deps.pool, { ...key, state: "reading", now: now() }).then(
      (isAtWork) => isAtWork || ended.abort(),
      () => ended.abort(),
    );
  }, ALIVE_EVERY_MS);
  async function* openParts() {
    for (let number = 0; number < row!.parts; number++) {
      endWhereTooMuch();
      const sealed = await takeOrderImportPart(deps.pool, { ...key, number, now: now() });
      if (sealed === null) return ended.abort();
      yield openBytes(secret, sealed, `${importId} ${number}`);
    }
  }
  try {
    await importOrderLog(deps, {
      ...key,
      body: openParts(),
      signal: AbortSignal.any([signal, ended.signal]),
    });
  } catch (error) {
    const cause: unknown = ended.signal.aborted ? ended.signal.reason : error;
    const problem = cause instanceof AppError && cause.code === "input_invalid" ? cause.message : null;
    const refusal = cause instanceof FileRefused ? cause.refusal : null;
    await endOrderImport(deps.pool, { ...key, state: "failed", report: refusal, problem });
    // A file's problem quotes the file, which can hold customer data: only the merchant reads it.
    deps.log.warn("collect.import_failed", { shop, importId, isForFile: problem !== null });
    const isAsked = signal.aborted || ended.signal.aborted || error instanceof ImportEnded;
    if (problem === null && !isAsked) throw error;
  } finally {
    clearInterval(alive);
  }
}
