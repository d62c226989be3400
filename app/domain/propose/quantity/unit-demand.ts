import type { ExpectedEffect } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { atEachEnd, type Estimate } from "#app/domain/numbers/statistics.ts";
import { MOST_UNITS } from "#app/domain/prepare/baskets.ts";
import {
  MEAN_KIND,
  meanKindOf,
  SHOPPER_KINDS,
  PRIOR_MIX,
  type ShopperKind,
  type ShopperMix,
} from "#app/domain/propose/profit/shopper-kinds.ts";

/** Orders in 28 days by the units they hold of a product or pool: `ordersOf[u]` hold u units, u from 1. */
export interface UnitCounts {
  readonly ordersOf: readonly number[];
}

/** A discount by quantity: `breaks` apply it to all units from `units` on, a `range` to each full group of `units`. */
export interface QuantityStep {
  readonly units: number;
  /** 0 to 1. */
  readonly discountRatio: number;
}
export interface QuantitySchedule {
  readonly kind: "breaks" | "range";
  /** Ascending in units and discount; a range has one step. */
  readonly steps: readonly QuantityStep[];
}

/** Price, and price less cost, of one unit; minor units. */
export interface UnitEconomics {
  readonly priceMinor: number;
  readonly marginMinor: number;
  /** Lowest margin of one product over its price, 0 to 1: all units can be of it. Defaults to the mean's. */
  readonly leastMarginRatio?: number;
  /** Defaults to `PRIOR_MIX`. */
  readonly mix?: ShopperMix | undefined;
}

/** Mean of several products, weighted by the orders that hold each; equal weights if none was bought. */
export function meanUnit(
  products: readonly Pick<UnitEconomics, "priceMinor" | "marginMinor">[],
  orders: readonly number[],
): Pick<UnitEconomics, "priceMinor" | "marginMinor"> {
  const isUnsold = orders.every((own) => own === 0);
  const weights = products.map((_, at) => (isUnsold ? 1 : (orders[at] ?? 0)));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (of: "priceMinor" | "marginMinor") =>
    products.reduce((sum, product, at) => sum + product[of] * weights[at]!, 0) / all;
  return { priceMinor: mean("priceMinor"), marginMinor: mean("marginMinor") };
}

/**
 * Share of shoppers who notice the offer, averaged over all kinds. An assumption, wide on purpose like `SHOPPER_KINDS`.
 */
const NOTICED = { low: 0.3, value: 0.6, high: 0.9 } as const;
/**
 * Share of shoppers who notice the offer and take one more because it is shown, at any discount. Of 100 who are shown a
 * matching product, 2 to 4 take it: a vendor reports 5 to 15, and three in four of them would have bought anyway.
 * @see Sharma, Hofman, Watts 2015, Estimating the causal impact of recommendation systems from observational data
 */
const REMINDED = { low: 0.01, value: 0.03, high: 0.06 } as const;
/** Points per group of shoppers with the same units, and weights of the elasticities from low to high. */
const POINTS = 4;
const ELASTICITY_WEIGHTS = [0.1, 0.25, 0.3, 0.25, 0.1] as const;

/** What a shopper takes without an offer, and how much they want it. */
interface Shopper {
  readonly units: number;
  readonly orders: number;
  /** [n] worth of the n-th unit to them, in prices; n from 1. */
  readonly worth: Float64Array;
}

/** The shoppers of one product, for each elasticity considered. */
export interface UnitDemand {
  readonly shoppers: readonly (readonly Shopper[])[];
}

/**
 * Derives from units per order what more units would be worth to each shopper. Demand for the n-th unit has the
 * own-price elasticity: at x times the price, `F(n) · x^(−ε)` orders take it, with F(n) the orders that take n or more
 * at full price. Shoppers rank the same for every unit. To a shopper with A orders ranked before, the n-th unit is
 * worth `(A / F(n))^(−1/ε)` prices. If hardly anyone takes two, the second unit is worth little to nearly everyone.
 *
 * @param elasticity ε, own-price, positive; the whole interval is used
 * @see Dolan 1987, Quantity Discounts: Managerial Issues and Research Opportunities. A schedule earns from units that
 *   are worth less than the price to shoppers who take the first at full price.
 * Known weakness: an order log has no shoppers who buy nothing, so none are gained. Exposure does not change taste.
 */
export function learnUnitDemand({ ordersOf }: UnitCounts, elasticity: Estimate): UnitDemand {
  const { low, value, high } = elasticity;
  const elasticities = [low, (low + value) / 2, value, (value + high) / 2, high];
  const atLeast = new Float64Array(MOST_UNITS + 2);
  const exactly = new Float64Array(MOST_UNITS + 1);
  ordersOf.forEach((orders, units) => (exactly[Math.min(units, MOST_UNITS)]! += units > 0 ? orders : 0));
  for (let units = MOST_UNITS; units > 0; units--) atLeast[units] = atLeast[units + 1]! + exactly[units]!;
  return {
    shoppers: elasticities.map((one) =>
      [...exactly.keys()].flatMap((units) => {
        const orders = exactly[units]!;
        if (units === 0 || orders === 0) return [];
        return Array.from({ length: POINTS }, (_, point) => {
          const before = atLeast[units + 1]! + (orders * (point + 0.5)) / POINTS;
          const worth = atLeast.slice(0, -1).map((taken) => (taken / before) ** (1 / one));
          return { units, orders: orders / POINTS, worth };
        });
      }),
    ),
  };
}

/** Cost of this many units, in prices of one unit. */
export function costOf({ kind, steps }: QuantitySchedule, units: number): number {
  if (kind === "range") {
    const { units: size, discountRatio } = steps[0]!;
    return units - Math.floor(units / size) * size * discountRatio;
  }
  let cost = units;
  for (const { units: from, discountRatio } of steps) if (units >= from) cost = units * (1 - discountRatio);
  return cost;
}

/**
 * Change from a schedule in 28 days. A shopper who notices it takes the number of units with the largest worth less
 * cost. One who does not notice it buys as before, and pays less if that reaches a step.
 *
 * @returns means over the elasticities; bounds of money are the extremes over the elasticities and the low and high
 *   shopper response; orders are those that reach a step
 */
export function effectOfSchedule(
  { shoppers }: UnitDemand,
  schedule: QuantitySchedule,
  { priceMinor, marginMinor, mix }: UnitEconomics,
): ExpectedEffect {
  const kind = meanKindOf(mix ?? PRIOR_MIX);
  const first = schedule.steps[0]!.units;
  const ends = {
    marginMinor: { low: Infinity, high: -Infinity },
    revenueMinor: { low: Infinity, high: -Infinity },
  };
  const mean: Outcome = { marginMinor: 0, revenueMinor: 0, orders: 0 };
  let ordersAnyway = 0;
  shoppers.forEach((ofElasticity, at) => {
    const unmoved: Outcome = { marginMinor: 0, revenueMinor: 0, orders: 0 };
    const moved: Outcome = { marginMinor: 0, revenueMinor: 0, orders: 0 };
    const reminded: Outcome = { marginMinor: 0, revenueMinor: 0, orders: 0 };
    for (const shopper of ofElasticity) {
      const taken = takenOf(shopper, schedule);
      add(unmoved, shopper, taken.unmoved);
      add(moved, shopper, taken.moved);
      add(reminded, shopper, taken.reminded);
    }
    const join = (scenario: keyof Estimate, figure: keyof Outcome) =>
      joinAnswers(answerOf(kind, scenario), {
        unmoved: unmoved[figure],
        moved: moved[figure],
        reminded: reminded[figure],
      });
    for (const figure of ["marginMinor", "revenueMinor", "orders"] as const)
      mean[figure] += ELASTICITY_WEIGHTS[at]! * join("value", figure);
    ordersAnyway += ELASTICITY_WEIGHTS[at]! * unmoved.orders;
    for (const scenario of ["low", "high"] as const)
      for (const figure of ["marginMinor", "revenueMinor"] as const) {
        ends[figure].low = Math.min(ends[figure].low, join(scenario, figure));
        ends[figure].high = Math.max(ends[figure].high, join(scenario, figure));
      }
  });
  return {
    extraMarginMinor: { value: mean.marginMinor, ...ends.marginMinor },
    extraRevenueMinor: { value: mean.revenueMinor, ...ends.revenueMinor },
    ordersAnyway: exactly(ordersAnyway),
    ordersWithOffer: exactly(mean.orders),
  };

  function add(outcome: Outcome, { units, orders }: Shopper, taken: number): void {
    const paidMinor = (costOf(schedule, taken) - units) * priceMinor;
    outcome.revenueMinor += orders * paidMinor;
    outcome.marginMinor += orders * (paidMinor - (taken - units) * (priceMinor - marginMinor));
    if (taken >= first) outcome.orders += orders;
  }
}

/**
 * Purchases added by each kind of shopper, relative to purchases without the offer, by the prior. The counterpart of
 * `addedRatioByKind` for a set.
 *
 * @param purchasesOf number of purchases in this many units
 * @returns null if nobody would buy without the offer
 */
export function addedPurchasesByKind(
  { shoppers }: UnitDemand,
  schedule: QuantitySchedule,
  purchasesOf: (units: number) => number,
): number[] | null {
  const added = SHOPPER_KINDS.map(() => 0);
  let anyway = 0;
  shoppers.forEach((ofElasticity, at) => {
    for (const shopper of ofElasticity) {
      const weight = ELASTICITY_WEIGHTS[at]! * shopper.orders;
      const { unmoved, moved, reminded } = takenOf(shopper, schedule);
      const purchases = {
        unmoved: purchasesOf(unmoved),
        moved: purchasesOf(moved),
        reminded: purchasesOf(reminded),
      };
      anyway += weight * purchases.unmoved;
      SHOPPER_KINDS.forEach((kind, place) => {
        const taken = joinAnswers(answerOf(kind, "value"), purchases);
        added[place]! += weight * (taken - purchases.unmoved);
      });
    }
  });
  return anyway > 0 ? added.map((more) => more / anyway) : null;
}

/** Result for shoppers who do not notice the offer, who notice it, and who are also reminded by it. */
type ByAnswer = Readonly<Record<"unmoved" | "moved" | "reminded", number>>;

function takenOf(shopper: Shopper, schedule: QuantitySchedule): ByAnswer {
  const { units } = shopper;
  const first = schedule.steps[0]!.units;
  const moved = bestUnits(shopper, schedule);
  return { unmoved: units, moved, reminded: Math.max(moved, units + 1 === first ? first : units) };
}

/** Shares of one kind of shopper. It differs from the mean of all kinds as much as it does for sets. */
function answerOf({ noticedRatio, awarenessRatio }: ShopperKind, scenario: keyof Estimate) {
  return {
    noticed: Math.min(1, (NOTICED[scenario] * noticedRatio) / MEAN_KIND.noticedRatio),
    reminded: Math.min(1, (REMINDED[scenario] * awarenessRatio) / MEAN_KIND.awarenessRatio),
  };
}

function joinAnswers({ noticed, reminded }: ReturnType<typeof answerOf>, of: ByAnswer): number {
  return noticed * (reminded * of.reminded + (1 - reminded) * of.moved) + (1 - noticed) * of.unmoved;
}

/** Change compared with no offer, and the orders that reach the first step. */
interface Outcome {
  marginMinor: number;
  revenueMinor: number;
  orders: number;
}

/** The number of units, at least as many as without the offer, with the largest worth less cost. */
function bestUnits({ units, worth }: Shopper, schedule: QuantitySchedule): number {
  let best = units;
  let bestSurplus = -costOf(schedule, units);
  let gained = 0;
  for (let n = units + 1; n <= MOST_UNITS; n++) {
    gained += worth[n]!;
    const surplus = gained - costOf(schedule, n);
    if (surplus <= bestSurplus + 1e-9) continue;
    best = n;
    bestSurplus = surplus;
  }
  return best;
}

/** Effect in 28 days of showing a pool at full price: reminded shoppers with fewer than `units` of it take one more. */
export function effectOfShowing(
  { ordersOf }: UnitCounts,
  { priceMinor, marginMinor, mix }: UnitEconomics,
  units: number,
): ExpectedEffect {
  const kind = meanKindOf(mix ?? PRIOR_MIX);
  const shareOf = (scenario: keyof Estimate) => {
    const { noticed, reminded: share } = answerOf(kind, scenario);
    return noticed * share;
  };
  const fewer = ordersOf.slice(1, units).reduce((sum, orders) => sum + orders, 0);
  const reaching = ordersOf.slice(units).reduce((sum, orders) => sum + orders, 0);
  const reminded = (scenario: keyof Estimate) => fewer * shareOf(scenario);
  const worth = (minor: number) => atEachEnd((end) => reminded(end) * minor);
  const nearly = (ordersOf[units - 1] ?? 0) * shareOf("value");
  return {
    extraMarginMinor: worth(marginMinor),
    extraRevenueMinor: worth(priceMinor),
    ordersAnyway: exactly(reaching),
    ordersWithOffer: exactly(reaching + nearly),
  };
}

/** An order count without doubt about its mean: `asItWillCome` adds the chance of the count. */
function exactly(value: number): Estimate {
  return { value, low: value, high: value };
}
