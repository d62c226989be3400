import type { Pool } from "pg";
import type { Db } from "#app/data/db.server.ts";
import { LIVE_STATUSES } from "#app/domain/bundle-status.ts";
import { DRIFT_KINDS, type DriftKind, type NotedMetafield } from "#app/domain/publish/diff-metafields.ts";
import type { ProblemMessage } from "#app/domain/publish/publish-messages.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { Prisma, type Publication } from "#app/data/generated/client.ts";
import { toSqlList } from "#app/data/columns.ts";
import type { Stretch, StretchKind } from "#app/domain/publish/rollouts.ts";

type PublicationState = Omit<Publication, "shop">;

const ON: PublicationState = {
  offSince: null,
  removedRatio: 0,
  removedAt: null,
  checkedAt: null,
  verifiedAt: null,
  problem: null,
  allowsStandIns: false,
};

/** The shop's publication state. A shop without a row publishes as soon as something is approved. */
export async function findPublication(db: Db, shop: string): Promise<PublicationState> {
  return (await db.publication.findUnique({ where: { shop } })) ?? ON;
}

/** Sets the switch; null is on. Switching off again changes nothing, so the first instant stays. */
export async function saveSwitch(db: Db, shop: string, offSince: Date | null): Promise<void> {
  const data = { offSince, removedRatio: 0, removedAt: null };
  await db.publication.createMany({ data: [{ shop }], skipDuplicates: true });
  await db.publication.updateMany({ where: offSince ? { shop, offSince: null } : { shop }, data });
}

/** Saves the progress of the removal; changes nothing for a shop that was switched on again. */
export async function saveRemoval(
  db: Db,
  shop: string,
  { removedRatio, removedAt }: { removedRatio: number; removedAt: Date | null },
): Promise<void> {
  await db.publication.updateMany({
    where: { shop, offSince: { not: null } },
    data: { removedRatio, removedAt },
  });
}

/** Saves the end of a pass: the instant up to which it followed first and last days, or its problem. */
export async function savePass(
  db: Db,
  shop: string,
  outcome:
    | { readonly checkedAt: Date; readonly verifiedAt?: Date }
    | { readonly problem: readonly ProblemMessage[] },
): Promise<void> {
  const data =
    "problem" in outcome ? { problem: [...outcome.problem] } : { ...outcome, problem: Prisma.DbNull };
  await db.publication.upsert({ where: { shop }, create: { shop, ...data }, update: data });
}

export async function saveStandInChoice(db: Db, shop: string, allowsStandIns: boolean): Promise<void> {
  await db.publication.upsert({
    where: { shop },
    create: { shop, allowsStandIns },
    update: { allowsStandIns },
  });
}

interface DriftRow {
  readonly kind: DriftKind;
  readonly count: number;
  readonly foundAt: Date;
}

const DRIFT_KEPT_DAYS = 90;

/** Saves the drift that one pass found, and deletes drift older than 90 days. */
export async function saveDrift(
  db: Db,
  shop: string,
  found: readonly DriftKind[],
  foundAt: Date,
): Promise<void> {
  if (found.length === 0) return;
  await db.drift.deleteMany({
    where: { shop, foundAt: { lt: new Date(foundAt.getTime() - DRIFT_KEPT_DAYS * DAY_MS) } },
  });
  await db.drift.createMany({
    data: DRIFT_KINDS.map((kind) => ({
      shop,
      kind,
      count: found.filter((other) => other === kind).length,
      foundAt,
    })).filter(({ count }) => count > 0),
  });
}

/** Drift found since the instant, the newest first. */
export async function listDrift(db: Db, shop: string, since: Date): Promise<DriftRow[]> {
  const rows = await db.drift.findMany({
    where: { shop, foundAt: { gte: since } },
    orderBy: { foundAt: "desc" },
    take: 20,
    select: { kind: true, count: true, foundAt: true },
  });
  return rows.map(({ kind, ...row }) => ({ ...row, kind: kind as DriftKind }));
}

/**
 * Shops with a first or last day before the instant that no pass has followed yet, with the earliest such day. One of
 * the few statements over all shops.
 *
 * A pass of that instant or later follows a first day; the retirement of the bundle follows a last day. Overdue days of
 * a shop whose last pass failed are left to the hourly pass, because another one would fail, too.
 */
export async function listShopsWithDueDays(
  pool: Pool,
  { now, until }: { now: Date; until: Date },
): Promise<{ shop: string; dueAt: Date }[]> {
  const { rows } = await pool.query<{ shop: string; dueAt: Date }>(
    `SELECT b."shop", min(due."at") AT TIME ZONE 'UTC' AS "dueAt"
     FROM "Bundle" b
     JOIN "Shop" s ON s."shop" = b."shop" AND s."uninstalledAt" IS NULL
     LEFT JOIN "Publication" p ON p."shop" = b."shop"
     CROSS JOIN LATERAL (
       SELECT b."startsAt" AS "at" WHERE p."checkedAt" IS NULL OR b."startsAt" > p."checkedAt"
       UNION ALL SELECT b."endsAt"
     ) due
     WHERE b."status" IN (${toSqlList(LIVE_STATUSES)}) AND p."offSince" IS NULL AND due."at" <= ($1::timestamptz AT TIME ZONE 'UTC')
       AND (p."problem" IS NULL OR due."at" > ($2::timestamptz AT TIME ZONE 'UTC'))
     GROUP BY b."shop"`,
    [until, now],
  );
  return rows;
}

export interface PublishedMetafieldRow extends NotedMetafield {
  readonly value: string;
}

/** Every metafield that the app wrote or meant to write, and has not deleted since. */
export async function listPublishedMetafields(db: Db, shop: string): Promise<PublishedMetafieldRow[]> {
  return db.publishedMetafield.findMany({
    where: { shop },
    select: { ownerGid: true, key: true, compareDigest: true, value: true },
  });
}

/**
 * Notes metafields, each at most once per call. Call it with a null digest before the write and with Shopify's after
 * it, so that a publisher killed in between leaves no unknown metafield in the shop.
 */
export async function savePublishedMetafields(
  db: Db,
  shop: string,
  rows: readonly PublishedMetafieldRow[],
): Promise<void> {
  if (rows.length === 0) return;
  await db.$executeRaw`
    INSERT INTO "PublishedMetafield" ("shop", "ownerGid", "key", "compareDigest", "value", "publishedAt")
    SELECT ${shop}, r.* , now() AT TIME ZONE 'UTC'
    FROM unnest(
      ${rows.map(({ ownerGid }) => ownerGid)}::text[],
      ${rows.map(({ key }) => key)}::text[],
      ${rows.map(({ compareDigest }) => compareDigest)}::text[],
      ${rows.map(({ value }) => value)}::text[]
    ) AS r
    ON CONFLICT ("shop", "ownerGid", "key") DO UPDATE
    SET "compareDigest" = EXCLUDED."compareDigest", "value" = EXCLUDED."value",
        "publishedAt" = EXCLUDED."publishedAt"`;
}

/** Deletes the notes of metafields that the shop no longer has. Repeats change nothing. */
export async function deletePublishedMetafields(
  db: Db,
  shop: string,
  rows: readonly { readonly ownerGid: string; readonly key: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  await db.$executeRaw`
    DELETE FROM "PublishedMetafield" p
    USING unnest(
      ${rows.map(({ ownerGid }) => ownerGid)}::text[],
      ${rows.map(({ key }) => key)}::text[]
    ) AS r ("ownerGid", "key")
    WHERE p."shop" = ${shop} AND p."ownerGid" = r."ownerGid" AND p."key" = r."key"`;
}

/**
 * Stretches that overlap a time window, the earliest first.
 *
 * @param time absent for those without an end
 */
export async function listStretches(
  db: Db,
  shop: string,
  time?: { readonly from: Date; readonly to: Date },
): Promise<Stretch[]> {
  const rows = await db.stretch.findMany({
    where: {
      shop,
      ...(time
        ? { startedAt: { lt: time.to }, OR: [{ endedAt: null }, { endedAt: { gt: time.from } }] }
        : { endedAt: null }),
    },
    orderBy: { startedAt: "asc" },
    select: { kind: true, rolloutGid: true, name: true, startedAt: true, endedAt: true },
  });
  return rows.map(({ kind, ...row }) => ({ ...row, kind: kind as StretchKind }));
}

/** Saves stretches that began, and ends those that are over. */
export async function saveStretches(
  db: Db,
  shop: string,
  { begun, over, now }: { begun: readonly Stretch[]; over: readonly Stretch[]; now: Date },
): Promise<void> {
  if (begun.length > 0) {
    await db.stretch.createMany({
      data: begun.map((stretch) => ({ shop, ...stretch })),
      skipDuplicates: true,
    });
  }
  for (const { kind, rolloutGid } of over) {
    await db.stretch.updateMany({ where: { shop, kind, rolloutGid, endedAt: null }, data: { endedAt: now } });
  }
}
