import type { ExpectedEffect } from "#app/domain/propose/proposal/bundle-proposal.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";
import {
  effectOfSchedule,
  type QuantitySchedule,
  type UnitDemand,
  type UnitEconomics,
} from "./unit-demand.ts";

/** Step sizes that a shopper reads at a glance. */
const UNITS = [2, 3, 4, 5, 6, 8, 10, 12, 24] as const;
const MOST_RANGE_UNITS = 12;
/** Number of discounts tried between the merchant's limits. A finer grid earns the same up to chance. */
const PERCENTS = 6;
/**
 * Most that a schedule may lose under the slowest shopper response, as a share of its expected gain. At 1.5, twenty
 * simulated shops earned ten times as much, but the worst of them lost. At 0.5, hardly any schedule passed.
 */
const MOST_LOST_SHARE = 1;

export interface ChosenSchedule {
  readonly schedule: QuantitySchedule;
  readonly effect: ExpectedEffect;
}

/**
 * Chooses the one-step schedule with the largest expected extra margin. The discount is a whole percent within the
 * merchant's limits. Under the slowest shopper response the schedule loses at most `MOST_LOST_SHARE` of the gain.
 *
 * @param leastOrders orders in 28 days that must reach the first step without an offer
 * @returns null if no schedule is expected to earn anything
 */
export function chooseSchedule(
  demand: UnitDemand,
  economics: UnitEconomics,
  kind: QuantitySchedule["kind"],
  settings: Pick<ShopSettings, "minDiscountRatio" | "maxDiscountRatio" | "marginFloorRatio">,
  leastOrders: number,
): ChosenSchedule | null {
  const percents = listPercents(economics, settings);
  const best = UNITS.filter((units) => kind === "breaks" || units <= MOST_RANGE_UNITS)
    .flatMap((units) => percents.map((percent) => [{ units, discountRatio: percent / 100 }]))
    .map((steps) => assess(demand, economics, { kind, steps }))
    .sort((a, b) => b.effect.extraMarginMinor.value - a.effect.extraMarginMinor.value)
    .find(({ effect }) => effect.ordersAnyway.value >= leastOrders && isBearable(effect));
  return best ?? null;
}

function assess(demand: UnitDemand, economics: UnitEconomics, schedule: QuantitySchedule): ChosenSchedule {
  return { schedule, effect: effectOfSchedule(demand, schedule, economics) };
}

function isBearable({ extraMarginMinor: { value, low } }: ExpectedEffect): boolean {
  return value > 0 && low >= -MOST_LOST_SHARE * value;
}

/**
 * A few whole percents between the limits, both ends included, that keep every product at or above the margin floor.
 */
function listPercents(
  { priceMinor, marginMinor, leastMarginRatio = marginMinor / priceMinor }: UnitEconomics,
  {
    minDiscountRatio,
    maxDiscountRatio,
    marginFloorRatio,
  }: Pick<ShopSettings, "minDiscountRatio" | "maxDiscountRatio" | "marginFloorRatio">,
): number[] {
  const first = Math.ceil(minDiscountRatio * 100 - 1e-9);
  const last = Math.floor(maxDiscountRatio * 100 + 1e-9);
  const between = Array.from({ length: PERCENTS }, (_, at) =>
    Math.round(first + ((last - first) * at) / (PERCENTS - 1)),
  );
  return [...new Set(first <= last ? between : [])].filter((percent) => {
    const paidRatio = 1 - percent / 100;
    return (leastMarginRatio - (1 - paidRatio)) / paidRatio >= marginFloorRatio;
  });
}
