import type { Db } from "#app/data/db.server.ts";
import type { LeftOutDays, LeftOutReason } from "#app/domain/evaluate/proof/left-out-days.ts";

/** Notes days that a merchant leaves out. Nothing of it is ever changed, as nothing on record is. */
export async function saveLeftOutDays(
  db: Pick<Db, "leftOutDays">,
  shop: string,
  { from, to, ...rest }: LeftOutDays,
): Promise<void> {
  await db.leftOutDays.create({ data: { shop, startsAt: from, endsAt: to, ...rest } });
}

/** The days on record that lie at least in part between two instants, the earliest first. */
export async function listLeftOutDays(
  db: Pick<Db, "leftOutDays">,
  shop: string,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<LeftOutDays[]> {
  const rows = await db.leftOutDays.findMany({
    where: { shop, startsAt: { lt: to }, endsAt: { gt: from } },
    orderBy: [{ startsAt: "asc" }, { notedAt: "asc" }],
    select: { startsAt: true, endsAt: true, reason: true, notedAt: true, notedBy: true },
  });
  return rows.map(({ startsAt, endsAt, reason, ...row }) => ({
    ...row,
    from: startsAt,
    to: endsAt,
    reason: reason as LeftOutReason,
  }));
}
