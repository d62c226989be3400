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

/** Orders of 28 days by the units that they hold of a product or a pool: `ordersOf[u]` of u units, from 1 on. */
export interface UnitCounts {
  readonly ordersOf: readonly number[];
}

/** A share off for whoever takes more: of `breaks` on all units from `units` on, of a `range` on each full `units`. */
export interface QuantityStep {
  readonly units: number;
  /** 0 to 1. */
  readonly discountRatio: number;
}
export interface QuantitySchedule {
  readonly kind: "breaks" | "range";
  /** Rising in units and discounts; of a range one. */
  readonly steps: readonly QuantityStep[];
}

/** What one unit brings: price and price less cost, minor units. */
export interface UnitEconomics {
  readonly priceMinor: number;
  readonly marginMinor: number;
  /** Margin over price, 0 to 1, of the product with the least, of which all units may be; the mean's where absent. */
  readonly leastMarginRatio?: number;
  /** Who comes to the shop; `PRIOR_MIX` where it is absent. */
  readonly mix?: ShopperMix | undefined;
}

/** The mean product of several, by the orders that hold each; alike where none was bought. */
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

/** Share of shoppers who notice the offer, of all kinds on average: an assumption, wide on purpose, as `SHOPPER_KINDS` are. */
const NOTICED = { low: 0.3, value: 0.6, high: 0.9 } as const;
/**
 * Of those who notice it, the share who take one more because it is shown, at whatever it takes off: 2 to 4 of 100 who
 * are shown what goes with it do (a vendor's 5 to 15 of 100, of whom three in four would have come to it anyway).
 * @see Sharma, Hofman, Watts 2015, Estimating the causal impact of recommendation systems from observational data
 */
const REMINDED = { low: 0.01, value: 0.03, high: 0.06 } as const;
/** Points within the shoppers of one number of units, and weights of the elasticity's low, middle and high values. */
const POINTS = 4;
const ELASTICITY_WEIGHTS = [0.1, 0.25, 0.3, 0.25, 0.1] as const;

/** What a shopper would take without an offer, and how much they want it. */
interface Shopper {
  readonly units: number;
  readonly orders: number;
  /** What each unit is worth to them, in prices: [n] of the n-th, from 1 on. */
  readonly worth: Float64Array;
}

/** The shoppers of one product under each elasticity that it may have. */
export interface UnitDemand {
  readonly shoppers: readonly (readonly Shopper[])[];
}

/**
 * Reads from how many units shoppers take what more of them would be worth to them. Demand for the n-th unit has the
 * elasticity of demand: at x times the price `F(n) · x^(−ε)` orders would take it, F(n) being those that take n or more
 * at full price; and shoppers rank alike for every unit. To a shopper with A orders before them the n-th unit is so worth
 * `(A / F(n))^(−1/ε)` prices. Where nearly nobody takes two, the second unit is worth little to nearly everybody.
 *
 * @param elasticity ε, own-price, as a positive number; the whole of its interval is carried
 * @see Dolan 1987, Quantity Discounts: Managerial Issues and Research Opportunities: a schedule earns by the units that
 *   are worth less than the price to shoppers who take the first at full price. Known weakness: shoppers who take none
 *   are not in an order log; nobody is won from them. Taste does not grow by being shown more.
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

/** What so many units cost, in prices of one. */
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
 * What a schedule changes in 28 days. A shopper who notices it takes the number of units that leaves them the most,
 * their worth less their cost; who does not pays less for what they take anyway where it reaches a step.
 *
 * @returns means over what the elasticity and the notice may be, of money with the least and the most of them; orders are
 *   those that reach a step
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
 * How many times the purchases without the offer each kind of shoppers adds to them, by the prior: what the outcomes
 * of an offer are compared with, as `addedRatioByKind` of a set.
 *
 * @param purchasesOf how many purchases so many units are
 * @returns null where nobody would take one without the offer
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

/** What becomes of shoppers who do not notice the offer, who do, and who are reminded by it besides. */
type ByAnswer = Readonly<Record<"unmoved" | "moved" | "reminded", number>>;

function takenOf(shopper: Shopper, schedule: QuantitySchedule): ByAnswer {
  const { units } = shopper;
  const first = schedule.steps[0]!.units;
  const moved = bestUnits(shopper, schedule);
  return { unmoved: units, moved, reminded: Math.max(moved, units + 1 === first ? first : units) };
}

/** Shares of a kind of shoppers: it is as far from the mean of all kinds as it is where sets are offered. */
function answerOf({ noticedRatio, awarenessRatio }: ShopperKind, scenario: keyof Estimate) {
  return {
    noticed: Math.min(1, (NOTICED[scenario] * noticedRatio) / MEAN_KIND.noticedRatio),
    reminded: Math.min(1, (REMINDED[scenario] * awarenessRatio) / MEAN_KIND.awarenessRatio),
  };
}

function joinAnswers({ noticed, reminded }: ReturnType<typeof answerOf>, of: ByAnswer): number {
  return noticed * (reminded * of.reminded + (1 - reminded) * of.moved) + (1 - noticed) * of.unmoved;
}

/** What changes against offering nothing, and the orders that reach the first step. */
interface Outcome {
  marginMinor: number;
  revenueMinor: number;
  orders: number;
}

/** The units, no fewer than without the offer, that are worth the most beyond what they cost. */
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

/**
 * What it brings in 28 days to show a pool together at full price: of those who take some of it, but fewer than `units`,
 * the reminded take one more.
 */
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

/** How many orders come is known from their count alone, so that their chance is all their range (`asItWillCome`). */
function exactly(value: number): Estimate {
  return { value, low: value, high: value };
}
