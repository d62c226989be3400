import type { Pool, PoolClient } from "pg";
import { inTransaction } from "#app/data/db.server.ts";
import type { OrderImport } from "#app/data/generated/client.ts";

/** At work: receiving → waiting → reading. Final, from any of these: done, failed, cancelled. */
type ImportState = "receiving" | "waiting" | "reading" | "done" | "failed" | "cancelled";

interface OrderImportRow extends Pick<
  OrderImport,
  "importId" | "sealedKey" | "parts" | "partsRead" | "problem"
> {
  readonly state: ImportState;
  readonly report: unknown;
}

interface ImportKey {
  readonly shop: string;
  readonly importId: string;
}

const AT_WORK = `"state" IN ('receiving', 'waiting', 'reading')`;

/** Begins an import in place of the shop's last one; false, with nothing changed, while that one is at work. */
export async function openOrderImport(
  pool: Pool,
  { shop, importId, sealedKey, now }: ImportKey & { readonly sealedKey: string; readonly now: Date },
): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      `INSERT INTO "OrderImport" ("shop", "importId", "state", "sealedKey", "aliveAt")
       VALUES ($1, $2, 'receiving', $3, $4::timestamp(3))
       ON CONFLICT ("shop") DO UPDATE SET "importId" = EXCLUDED."importId", "state" = EXCLUDED."state",
         "sealedKey" = EXCLUDED."sealedKey", "parts" = 0, "partsRead" = 0, "report" = NULL, "problem" = NULL,
         "aliveAt" = EXCLUDED."aliveAt"
       WHERE NOT "OrderImport".${AT_WORK}`,
      [shop, importId, sealedKey, now.toISOString()],
    );
    if (rowCount === 0) return false;
    await client.query(`DELETE FROM "OrderImportPart" WHERE "shop" = $1`, [shop]);
    return true;
  });
}

/** Saves one more part; false if the import no longer receives any. */
export async function saveOrderImportPart(
  pool: Pool,
  { shop, importId, sealed, now }: ImportKey & { readonly sealed: Buffer; readonly now: Date },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `WITH grown AS (
       UPDATE "OrderImport" SET "parts" = "parts" + 1, "aliveAt" = $4::timestamp(3)
       WHERE "shop" = $1 AND "importId" = $2 AND "state" = 'receiving' RETURNING "parts"
     )
     INSERT INTO "OrderImportPart" ("shop", "number", "sealed") SELECT $1, "parts" - 1, $3 FROM grown`,
    [shop, importId, sealed, now.toISOString()],
  );
  return rowCount === 1;
}

/** Reads one part and renews the import's `aliveAt`; null if the import has ended. */
export async function takeOrderImportPart(
  pool: Pool,
  { shop, importId, number, now }: ImportKey & { readonly number: number; readonly now: Date },
): Promise<Buffer | null> {
  const { rows } = await pool.query<{ sealed: Buffer }>(
    `WITH alive AS (
       UPDATE "OrderImport" SET "partsRead" = $3, "aliveAt" = $4::timestamp(3)
       WHERE "shop" = $1 AND "importId" = $2 AND "state" = 'reading' RETURNING "shop"
     )
     SELECT p."sealed" FROM "OrderImportPart" p JOIN alive USING ("shop") WHERE p."number" = $3`,
    [shop, importId, number, now.toISOString()],
  );
  return rows[0]?.sealed ?? null;
}

/** Moves an import to another state; false if it was not in the state `from`. */
export async function moveOrderImport(
  pool: Pool,
  { shop, importId, from, to, now }: ImportKey & { from: ImportState; to: ImportState; now: Date },
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `UPDATE "OrderImport" SET "state" = $4, "aliveAt" = $5::timestamp(3)
     WHERE "shop" = $1 AND "importId" = $2 AND "state" = $3`,
    [shop, importId, from, to, now.toISOString()],
  );
  return rowCount === 1;
}

/** Whether the import may go on; renews its `aliveAt`. */
export async function keepOrderImportAlive(
  pool: Pool,
  { shop, importId, state, now }: ImportKey & { readonly state: "receiving" | "reading"; readonly now: Date },
): Promise<boolean> {
  return moveOrderImport(pool, { shop, importId, from: state, to: state, now });
}

interface ImportEnd {
  readonly shop: string;
  /** Absent for any import of the shop. */
  readonly importId?: string;
  readonly state: "done" | "failed" | "cancelled";
  readonly report?: object | null;
  readonly problem?: string | null;
}

/** Ends an import that is at work and deletes its file. False if it had ended. */
export async function endOrderImport(pool: Pool, end: ImportEnd): Promise<boolean> {
  return inTransaction(pool, (client) => endOrderImportWithin(client, end));
}

/** As `endOrderImport`, within the caller's transaction, for which any concurrent end waits. */
export async function endOrderImportWithin(
  client: PoolClient,
  { shop, importId, state, report = null, problem = null }: ImportEnd,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `UPDATE "OrderImport" SET "state" = $3, "sealedKey" = NULL, "report" = $4::jsonb, "problem" = $5
     WHERE "shop" = $1 AND ($2::text IS NULL OR "importId" = $2) AND ${AT_WORK}`,
    [shop, importId ?? null, state, report && JSON.stringify(report), problem],
  );
  if (rowCount === 0) return false;
  await client.query(`DELETE FROM "OrderImportPart" WHERE "shop" = $1`, [shop]);
  return true;
}

/** Ends, in every shop, imports whose worker or upload has died. Returns their number. */
export async function endDeadOrderImports(
  pool: Pool,
  { deadSince, waitingSince }: { readonly deadSince: Date; readonly waitingSince: Date },
): Promise<number> {
  const { rows } = await pool.query<{ shop: string; importId: string }>(
    `SELECT "shop", "importId" FROM "OrderImport" WHERE ${AT_WORK}
       AND "aliveAt" < CASE "state" WHEN 'waiting' THEN $2::timestamp(3) ELSE $1::timestamp(3) END`,
    [deadSince.toISOString(), waitingSince.toISOString()],
  );
  for (const key of rows) await endOrderImport(pool, { ...key, state: "failed", problem: null });
  return rows.length;
}

/** Deletes the result of the shop's last finished import: its report quotes rows, which can hold customer data. */
export async function forgetOrderImport(pool: Pool, shop: string): Promise<void> {
  await pool.query(`DELETE FROM "OrderImport" WHERE "shop" = $1 AND "state" IN ('done', 'failed')`, [shop]);
}

/** Imports of every shop that have waited for a worker since before the instant. */
export async function listWaitingOrderImports(pool: Pool, waitingSince: Date): Promise<ImportKey[]> {
  const { rows } = await pool.query<ImportKey>(
    `SELECT "shop", "importId" FROM "OrderImport" WHERE "state" = 'waiting' AND "aliveAt" < $1::timestamp(3)`,
    [waitingSince.toISOString()],
  );
  return rows;
}

/** The shop's last import; null without one. */
export async function findOrderImport(pool: Pool, shop: string): Promise<OrderImportRow | null> {
  const { rows } = await pool.query<OrderImportRow>(
    `SELECT "importId", "state", "sealedKey", "parts", "partsRead", "report", "problem" FROM "OrderImport"
     WHERE "shop" = $1`,
    [shop],
  );
  return rows[0] ?? null;
}
