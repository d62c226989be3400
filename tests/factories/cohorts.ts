import {
  EXPOSABLE,
  MEASURES,
  PRODUCTS,
  type CohortDay,
  type CohortSums,
  type Measure,
} from "#app/domain/evaluate/proof/cohort-day.ts";
import type { Random } from "#app/domain/numbers/random.ts";

/** One visitor's measures. A missing measure is 0; a missing exposable part equals the whole, as if exposed. */
export type Visitor = Partial<Readonly<Record<Measure, number>>>;

/** The whole of each exposable part. */
const WHOLE = new Map([...EXPOSABLE].map(([whole, part]) => [part, whole]));

/** The sums over a list of visitors, added one by one as in the database. */
export function sumVisitors(visitors: readonly Visitor[]): CohortSums {
  const rows = visitors.map((visitor) => (measure: Measure) => {
    const whole = WHOLE.get(measure) ?? measure;
    return visitor[measure] ?? (measure === "exposableVisitors" ? 1 : (visitor[whole] ?? 0));
  });
  const sum = (value: (row: (typeof rows)[number]) => number) =>
    rows.reduce((all, row) => all + value(row), 0);
  return {
    visitors: rows.length,
    sums: MEASURES.map((measure) => sum((row) => row(measure))),
    products: PRODUCTS.map(([a, b]) => sum((row) => row(a) * row(b))),
  };
}

/** A visitor who spends this amount in one order; 0 means no order. */
export function spender(minor: number, more: Visitor = {}): Visitor {
  const orders = minor > 0 ? 1 : 0;
  return { revenueMinor: minor, cappedRevenueMinor: minor, orders, buyers: orders, ...more };
}

/** Visitors with this share of buyers, who each spend 10.00 to 90.00. */
export function drawCohort(random: Random, visitors: number, buyRatio: number): CohortSums {
  return sumVisitors(
    Array.from({ length: visitors }, () =>
      spender(random() < buyRatio ? 1_000 + Math.floor(random() * 8_000) : 0),
    ),
  );
}

/** Days with the same number of visitors and the same share of buyers per arm. */
export function drawDays(
  random: Random,
  days: number,
  arms: Readonly<Record<"treated" | "holdout", { visitors: number; buyRatio: number }>>,
): CohortDay[] {
  return Array.from({ length: days }, (_, day) => ({
    day,
    treated: drawCohort(random, arms.treated.visitors, arms.treated.buyRatio),
    holdout: drawCohort(random, arms.holdout.visitors, arms.holdout.buyRatio),
  }));
}
