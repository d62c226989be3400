import { randomBytes, randomUUID } from "node:crypto";
import {
  endOrderImport,
  keepOrderImportAlive,
  listWaitingOrderImports,
  moveOrderImport,
  openOrderImport,
  saveOrderImportPart,
  endDeadOrderImports,
} from "#app/data/orders/order-imports.server.ts";
import type { Result } from "#app/domain/result.ts";
import { sealBytes } from "#app/process/secret-box.server.ts";
import type { Deps } from "#app/services/deps.server.ts";

/** Interval of the heartbeat of an import at work; see `DEAD_AFTER_MS`. */
export const ALIVE_EVERY_MS = 3_000;
/** Compressed, some million lines. */
const MAX_BYTES = 64 << 20;
const PART_BYTES = 1 << 20;

/**
 * Step 1, collect: receives a merchant's order file in parts, encrypts each before saving it, and requests a worker to
 * read it. No part is stored unencrypted; if this process dies, the parts are deleted within a minute.
 *
 * @returns reason "busy" while another file of the shop is at work, "too_large", or "cancelled" if the merchant
 *   cancelled
 * @throws AppError queue_down; nothing is stored then
 */
export async function receiveOrderImport(
  deps: Pick<Deps, "pool" | "secrets" | "jobs" | "log">,
  { shop, body, now }: { shop: string; body: AsyncIterable<Uint8Array>; now: () => Date },
): Promise<Result<string, "busy" | "too_large" | "cancelled">> {
  const importId = randomUUID();
  // A key for this import alone: once it is deleted, no copy of the database can be decrypted.
  const key = randomBytes(32);
  const sealedKey = deps.secrets.seal(key.toString("base64"), importKeyPlace(shop, importId));
  if (!(await openOrderImport(deps.pool, { shop, importId, sealedKey, now: now() }))) {
    return { ok: false, reason: "busy" };
  }
  // A slow connection can need longer for a part than `DEAD_AFTER_MS`.
  const alive = setInterval(() => {
    keepOrderImportAlive(deps.pool, { shop, importId, state: "receiving", now: now() }).catch(
      // The next heartbeat retries; after too many failures the import ends, which the next part finds out.
      (error: unknown) => deps.log.debug("collect.import_not_kept_alive", { shop, importId, error }),
    );
  }, ALIVE_EVERY_MS);
  try {
    let [bytes, number] = [0, 0];
    for await (const part of inParts(body)) {
      bytes += part.length;
      if (bytes > MAX_BYTES) {
        await endOrderImport(deps.pool, { shop, importId, state: "cancelled" });
        return { ok: false, reason: "too_large" };
      }
      const sealed = sealBytes(key, part, `${importId} ${number}`);
      if (!(await saveOrderImportPart(deps.pool, { shop, importId, sealed, now: now() }))) {
        return { ok: false, reason: "cancelled" };
      }
      number += 1;
    }
    const isMoved = await moveOrderImport(deps.pool, {
      shop,
      importId,
      from: "receiving",
      to: "waiting",
      now: now(),
    });
    if (!isMoved) return { ok: false, reason: "cancelled" };
    await deps.jobs.enqueue("collect.import", { shop, importId }, { dedupeKey: importId });
  } catch (error) {
    await endOrderImport(deps.pool, { shop, importId, state: "cancelled" });
    throw error;
  } finally {
    clearInterval(alive);
  }
  deps.log.info("collect.import_received", { shop, importId });
  return { ok: true, value: importId };
}

/** Context of an import's sealed key; its seal is valid only with it. */
export function importKeyPlace(shop: string, importId: string): string {
  return `OrderImport.sealedKey ${shop} ${importId}`;
}

async function* inParts(body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes < PART_BYTES) continue;
    yield Buffer.concat(chunks);
    [chunks, bytes] = [[], 0];
  }
  if (bytes > 0) yield Buffer.concat(chunks);
}

/** Without a heartbeat for this long, the process counts as dead. */
const DEAD_AFTER_MS = 15_000;
/** A worker that is busy with another shop starts the import within this time. */
const LONGEST_WAIT_MS = 30 * 60_000;

/** Deletes, in every shop, files whose reader has died or never came. */
export async function forgetDeadImports(
  { pool, log }: Pick<Deps, "pool" | "log">,
  { now }: { now: Date },
): Promise<void> {
  const imports = await endDeadOrderImports(pool, {
    deadSince: new Date(now.getTime() - DEAD_AFTER_MS),
    waitingSince: new Date(now.getTime() - LONGEST_WAIT_MS),
  });
  if (imports > 0) log.warn("collect.imports_forgotten", { imports });
}

/**
 * As `forgetDeadImports`, and requests every waiting import, because the process that received it may have died before.
 * An import that the queue knows is not queued twice.
 *
 * @throws AppError queue_down
 */
export async function repairImports(
  deps: Pick<Deps, "pool" | "log" | "jobs">,
  { now }: { now: Date },
): Promise<void> {
  await forgetDeadImports(deps, { now });
  const waitingSince = new Date(now.getTime() - DEAD_AFTER_MS);
  for (const key of await listWaitingOrderImports(deps.pool, waitingSince)) {
    await deps.jobs.enqueue("collect.import", key, { dedupeKey: key.importId });
  }
}
