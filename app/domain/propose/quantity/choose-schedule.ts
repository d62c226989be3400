import type { ExpectedEffect } from "#app/domain/propose/proposal/bundle-proposal.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";
import {
  effectOfSchedule,
  type QuantitySchedule,
  type UnitDemand,
  type UnitEconomics,
} from "./unit-demand.ts";

/** Steps that a shopper reads at a glance. */
const UNITS = [2, 3, 4, 5, 6, 8, 10, 12, 24] as const;
const MOST_RANGE_UNITS = 12;
/** Discounts tried between the merchant's limits: what lies between two of them earns the same but for chance. */
const PERCENTS = 6;
/**
 * What a schedule may lose, were shoppers as slow to answer as they may be, over what it is expected to bring. At 1.5
 * twenty simulated shops earned ten times as much, and the worst of them lost; at 0.5 hardly a schedule passed.
 */
const MOST_LOST_SHARE = 1;

export interface ChosenSchedule {
  readonly schedule: QuantitySchedule;
  readonly effect: ExpectedEffect;
}

/**
 * The schedule of one step with the largest expected extra margin within the merchant's limits: whole percents, which may
 * lose no more under the slowest shoppers than `MOST_LOST_SHARE` of what is promised.
 *
 * @param leastOrders orders of 28 days that must reach the first step without an offer: of a step that nobody takes
 *   nothing is known
 * @returns null where none is expected to earn anything
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
    .sort(byMargin)
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
 * A few whole percents within the limits, the first and the last among them, that leave the margin of every product above
 * its floor.
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

function byMargin(a: ChosenSchedule, b: ChosenSchedule): number {
  return b.effect.extraMarginMinor.value - a.effect.extraMarginMinor.value;
}
