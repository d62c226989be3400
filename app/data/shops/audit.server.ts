import type { Pool } from "pg";
import type { Db } from "#app/data/db.server.ts";
import type { AuditAction } from "#app/domain/validate/audit-action.ts";
import type { Prisma } from "#app/data/generated/client.ts";

export interface NewAuditEntry {
  readonly shop: string;
  readonly staffId: string;
  readonly action: AuditAction;
  /** Numbers, names of settings and ids; never what a shopper typed. */
  readonly detail?: Prisma.InputJsonObject;
  readonly at: Date;
}

/** Adds to the log of what people did; nothing in the log is ever changed. */
export async function saveAuditEntry(db: Db, { detail = {}, ...entry }: NewAuditEntry): Promise<void> {
  await db.auditEntry.create({ data: { ...entry, detail } });
}

/** Forgets what a shop's staff did before the instant. Returns how many entries there were. */
export async function deleteAuditEntriesBefore(db: Db, shop: string, before: Date): Promise<number> {
  const { count } = await db.auditEntry.deleteMany({ where: { shop, at: { lt: before } } });
  return count;
}

export interface ActivityRow {
  readonly id: string;
  /** Which log it is from. */
  readonly source: "bundle" | "model" | "app";
  readonly who: string;
  readonly action: string;
  readonly detail: unknown;
  readonly bundleId: string | null;
  readonly bundleTitle: string | null;
  readonly at: Date;
}

/** Where an entry stands in the order of all logs: by its instant, and within one by its id. */
export interface ActivityPlace {
  readonly at: Date;
  readonly id: string;
}

/**
 * The newest entries of all logs of a shop together, the newest first: decisions about bundles, choices of models, and
 * everything else. Each log is read no further than `limit`.
 *
 * @param after only what follows this entry, wherever it stands among those of its instant; null from the newest on
 */
export async function listActivity(
  pool: Pool,
  { shop, after, limit }: { shop: string; after: ActivityPlace | null; limit: number },
): Promise<ActivityRow[]> {
  const { rows } = await pool.query<ActivityRow>(
    `SELECT * FROM (
       (SELECT d."id", 'bundle' AS source, d."decidedBy" AS who, d."action", d."detail", d."bundleId",
          b."title" AS "bundleTitle", d."decidedAt" AT TIME ZONE 'UTC' AS at
        FROM "Decision" d JOIN "Bundle" b ON b."shop" = d."shop" AND b."id" = d."bundleId"
        WHERE d."shop" = $1 AND d."decidedBy" <> 'system' AND d."decidedAt" <= $2::timestamp(3)
          AND (d."decidedAt" < $2::timestamp(3) OR d."id" > $4)
        ORDER BY d."decidedAt" DESC, d."id" LIMIT $3)
       UNION ALL
       (SELECT "id", 'model', "decidedBy", "action", jsonb_build_object('version', "version"), NULL, NULL,
          "decidedAt" AT TIME ZONE 'UTC'
        FROM "ModelDecision" WHERE "shop" = $1 AND "decidedAt" <= $2::timestamp(3)
          AND ("decidedAt" < $2::timestamp(3) OR "id" > $4)
        ORDER BY "decidedAt" DESC, "id" LIMIT $3)
       UNION ALL
       (SELECT "id", 'app', "staffId", "action", "detail", NULL, NULL, "at" AT TIME ZONE 'UTC'
        FROM "AuditEntry" WHERE "shop" = $1 AND "at" <= $2::timestamp(3)
          AND ("at" < $2::timestamp(3) OR "id" > $4)
        ORDER BY "AuditEntry"."at" DESC, "id" LIMIT $3)
     ) AS every ORDER BY at DESC, "id" LIMIT $3`,
    [shop, after?.at.toISOString() ?? "9999-01-01", limit, after?.id ?? ""],
  );
  return rows;
}
