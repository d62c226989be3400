import type { Db } from "#app/data/db.server.ts";
import type { Stretch, StretchKind } from "#app/domain/publish/rollouts.ts";

const COLUMNS = { kind: true, rolloutGid: true, name: true, startedAt: true, endedAt: true } as const;

/** The stretches that lie at least in part in a time, the earliest first; those without an end go on. */
export async function listStretches(
  db: Pick<Db, "stretch">,
  shop: string,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<Stretch[]> {
  const rows = await db.stretch.findMany({
    where: { shop, startedAt: { lt: to }, OR: [{ endedAt: null }, { endedAt: { gt: from } }] },
    orderBy: { startedAt: "asc" },
    select: COLUMNS,
  });
  return rows.map(toStretch);
}

/** The stretches that go on, the earliest first. */
export async function listOpenStretches(db: Pick<Db, "stretch">, shop: string): Promise<Stretch[]> {
  const rows = await db.stretch.findMany({
    where: { shop, endedAt: null },
    orderBy: { startedAt: "asc" },
    select: COLUMNS,
  });
  return rows.map(toStretch);
}

/** Notes which stretches have begun, and when those were over that went on. */
export async function saveStretches(
  db: Pick<Db, "stretch">,
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

function toStretch({ kind, ...row }: Omit<Stretch, "kind"> & { readonly kind: string }): Stretch {
  return { ...row, kind: kind as StretchKind };
}
