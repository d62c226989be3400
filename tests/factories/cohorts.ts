import {
  sumVisitors,
  type CohortDay,
  type CohortSums,
  type Visitor,
} from "#app/domain/evaluate/proof/cohort-day.ts";
import type { Random } from "#app/domain/numbers/random.ts";

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
