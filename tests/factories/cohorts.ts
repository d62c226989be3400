import {
  EXPOSABLE,
  MEASURES,
  PRODUCTS,
  type CohortDay,
  type CohortSums,
  type Measure,
} from "#app/domain/evaluate/proof/cohort-day.ts";
import type { Random } from "#app/domain/numbers/random.ts";

/** What one visitor did; what is not named is 0, and what is not said to be exposable is so wholly, as everybody was exposed. */
export type Visitor = Partial<Readonly<Record<Measure, number>>>;

/** Of what an exposable measure is the part. */
const WHOLE = new Map([...EXPOSABLE].map(([whole, part]) => [part, whole]));

/** The sums of a list of visitors, added up one by one as the database does. */
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

/** A visitor who spends so much, in one order; nothing for nobody. */
export function spender(minor: number, more: Visitor = {}): Visitor {
  const orders = minor > 0 ? 1 : 0;
  return { revenueMinor: minor, cappedRevenueMinor: minor, orders, buyers: orders, ...more };
}

/** Visitors of whom a share buys, for 10 to 90. */
export function drawCohort(random: Random, visitors: number, buyRatio: number): CohortSums {
  return sumVisitors(
    Array.from({ length: visitors }, () =>
      spender(random() < buyRatio ? 1_000 + Math.floor(random() * 8_000) : 0),
    ),
  );
}

/** So many days alike in size and in the share of each arm that buys. */
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
