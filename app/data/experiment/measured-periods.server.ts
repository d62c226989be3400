import type { Db } from "#app/data/db.server.ts";
import { PeriodResult } from "#app/domain/evaluate/proof/period-result.ts";

/** A measuring period that has ended, with its result. */
export interface MeasuredPeriod {
  readonly startedAt: Date;
  /** First instant after the period. */
  readonly endedAt: Date;
  /** Refunds are taken off as of this instant. */
  readonly measuredAt: Date;
  readonly result: PeriodResult;
}

/** Saves the result of a period in place of an earlier reading. */
export async function saveMeasuredPeriod(db: Db, shop: string, period: MeasuredPeriod): Promise<void> {
  const { startedAt } = period;
  await db.measuredPeriod.upsert({
    where: { shop_startedAt: { shop, startedAt } },
    create: { shop, ...period },
    update: period,
  });
}

/**
 * Notes that a period's result is reported now.
 *
 * @returns false if that of this or a later period was reported before
 */
export async function claimResult(db: Db, shop: string, startedAt: Date): Promise<boolean> {
  const { count } = await db.shop.updateMany({
    where: { shop, OR: [{ resultStatedFor: null }, { resultStatedFor: { lt: startedAt } }] },
    data: { resultStatedFor: startedAt },
  });
  return count > 0;
}

/**
 * Every period of a shop that has ended, the newest first.
 *
 * @throws ZodError if a row does not hold a `PeriodResult`
 */
export async function listMeasuredPeriods(db: Db, shop: string): Promise<MeasuredPeriod[]> {
  const rows = await db.measuredPeriod.findMany({
    where: { shop },
    orderBy: { startedAt: "desc" },
    select: { startedAt: true, endedAt: true, measuredAt: true, result: true },
  });
  return rows.map((row) => ({ ...row, result: PeriodResult.parse(row.result) }));
}
