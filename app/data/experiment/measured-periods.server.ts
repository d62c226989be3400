import type { Db } from "#app/data/db.server.ts";
import { PeriodResult } from "#app/domain/evaluate/proof/period-result.ts";

/** A measuring period that has ended, with what it found. */
export interface MeasuredPeriod {
  readonly startedAt: Date;
  /** First instant that belongs to it no more. */
  readonly endedAt: Date;
  /** Refunds are taken off as they stood at this instant. */
  readonly measuredAt: Date;
  readonly result: PeriodResult;
}

/** Keeps what a period found. The first reading stands: a later one would lack what has been forgotten since. */
export async function saveMeasuredPeriod(db: Db, shop: string, period: MeasuredPeriod): Promise<void> {
  await db.measuredPeriod.createMany({ data: [{ shop, ...period }], skipDuplicates: true });
}

/**
 * Every period of a shop that has ended, the newest first.
 *
 * @throws ZodError when a row holds something else than `PeriodResult`
 */
export async function listMeasuredPeriods(db: Db, shop: string): Promise<MeasuredPeriod[]> {
  const rows = await db.measuredPeriod.findMany({
    where: { shop },
    orderBy: { startedAt: "desc" },
    select: { startedAt: true, endedAt: true, measuredAt: true, result: true },
  });
  return rows.map((row) => ({ ...row, result: PeriodResult.parse(row.result) }));
}
