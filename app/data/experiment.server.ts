import type { Db } from "#app/db.server.ts";

/** When a bundle was first approved, from which moment on shoppers could meet an offer; null while none ever was. */
export async function findFirstApproval(db: Pick<Db, "decision">, shop: string): Promise<Date | null> {
  const first = await db.decision.findFirst({
    where: { shop, action: "approve" },
    orderBy: { decidedAt: "asc" },
    select: { decidedAt: true },
  });
  return first?.decidedAt ?? null;
}

/** A change of the share of visitors held out. */
export interface HoldoutChange {
  readonly changedAt: Date;
  readonly ratioBefore: number;
  readonly ratioAfter: number;
}

/** Notes that the share of visitors held out was changed. A repeat at the same instant keeps the last. */
export async function saveHoldoutChange(
  db: Pick<Db, "holdoutChange">,
  shop: string,
  change: HoldoutChange,
): Promise<void> {
  const { changedAt, ...ratios } = change;
  await db.holdoutChange.upsert({
    where: { shop_changedAt: { shop, changedAt } },
    create: { shop, ...change },
    update: ratios,
  });
}

/** Every change of the share held out, in time. */
export async function listHoldoutChanges(
  db: Pick<Db, "holdoutChange">,
  shop: string,
): Promise<HoldoutChange[]> {
  return db.holdoutChange.findMany({
    where: { shop },
    orderBy: { changedAt: "asc" },
    select: { changedAt: true, ratioBefore: true, ratioAfter: true },
  });
}
