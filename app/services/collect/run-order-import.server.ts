import {
  endOrderImport,
  findOrderImport,
  keepOrderImportAlive,
  moveOrderImport,
  takeOrderImportPart,
} from "#app/data/orders/order-imports.server.ts";
import { AppError } from "#app/process/errors.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { importOrderLog } from "./import-order-log.server.ts";
import { importKeyPlace, openPart } from "./sealed-import.server.ts";

/** A million lines are read in a fifth of it. */
const LONGEST_MS = 3 * 60_000;
const ALIVE_EVERY_MS = 3_000;

/**
 * Step 1, collect: reads a file of orders that waits, and forgets it whatever comes of it. Ends early when the merchant
 * cancels it, which changes nothing in the shop's orders: they are written at once, at the end.
 */
export async function runOrderImport(
  deps: Pick<Deps, "db" | "pool" | "secrets" | "log">,
  { shop, importId, signal, now }: { shop: string; importId: string; signal: AbortSignal; now: () => Date },
): Promise<void> {
  const key = { shop, importId };
  const row = await findOrderImport(deps.pool, shop);
  if (row?.importId !== importId || row.sealedKey === null) return;
  if (!(await moveOrderImport(deps.pool, { ...key, from: "waiting", to: "reading", now: now() }))) return;
  const secret = Buffer.from(deps.secrets.open(row.sealedKey, importKeyPlace(shop, importId)), "base64");
  const ended = new AbortController();
  const alive = setInterval(() => {
    keepOrderImportAlive(deps.pool, { ...key, now: now() }).then(
      (isAtWork) => isAtWork || ended.abort(),
      () => ended.abort(),
    );
  }, ALIVE_EVERY_MS);
  async function* openParts() {
    for (let number = 0; number < row!.parts; number++) {
      const sealed = await takeOrderImportPart(deps.pool, { ...key, number, now: now() });
      if (sealed === null) return ended.abort();
      yield openPart(secret, sealed, `${importId} ${number}`);
    }
  }
  const tooLong = AbortSignal.timeout(LONGEST_MS);
  try {
    const report = await importOrderLog(deps, {
      shop,
      body: openParts(),
      signal: AbortSignal.any([signal, ended.signal, tooLong]),
    });
    await endOrderImport(deps.pool, { ...key, state: "done", report });
  } catch (error) {
    const problem = error instanceof AppError && error.code === "input_invalid" ? error.message : null;
    await endOrderImport(deps.pool, { ...key, state: "failed", problem });
    deps.log.warn("collect.import_failed", { shop, importId, problem, isTooLong: tooLong.aborted });
    if (problem === null && !signal.aborted && !ended.signal.aborted && !tooLong.aborted) throw error;
  } finally {
    clearInterval(alive);
  }
}
