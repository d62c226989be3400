import {
  type OfferTerms,
  type Reward,
  MOST_PURCHASES,
  purchaseRuleOf,
  type PurchaseRule,
} from "#app/domain/offer/offer.ts";
import { firstBasketAt, MOST_UNITS, type Baskets } from "#app/domain/prepare/baskets.ts";
import type { SetOutcome } from "#app/domain/propose/profit/learned-response.ts";
import type { OfferOutcome } from "#app/domain/propose/profit/offer-likelihood.ts";
import { medianResponse, type ShopResponse } from "#app/domain/propose/profit/shop-response.ts";
import { addedPurchasesByKind, learnUnitDemand, type QuantitySchedule } from "./unit-demand.ts";

/** An offer of any kind that shoppers saw, and its results; without terms, a set with a percentage discount. */
export interface ShownOffer extends SetOutcome {
  readonly terms?: OfferTerms;
}

/** Spending for a gift is counted in this many parts, so orders just below the threshold are visible. */
const PARTS_OF_SPENDING = 4;

/** Whether an order takes the offer by units or by spending, and not by holding its parts. */
export function isPoolOffer({ terms }: Pick<ShownOffer, "terms">): boolean {
  return terms !== undefined && purchaseRuleOf(terms).counts !== "parts";
}

/**
 * Purchases that offers of pools, and gifts by spending, should have added with each kind of shopper, from the units in
 * the window's orders. The counterpart of `toOutcomes`. Leaves out an offer that no order would take anyway.
 *
 * Known weakness: orders placed while the offer ran count too, and hold more units if the offer worked.
 */
export function toPoolOutcomes(
  {
    baskets,
    fromMs,
    toMs,
    response,
  }: {
    readonly baskets: Baskets;
    readonly fromMs: number;
    readonly toMs: number;
    readonly response: ShopResponse;
  },
  offers: readonly ShownOffer[],
): OfferOutcome[] {
  const pools = offers.filter(isPoolOffer).map(({ items, trials, terms }) => {
    const purchase = purchaseRuleOf(terms!);
    const ordersOf = new Array<number>(MOST_UNITS + 1).fill(0);
    return { items, trials, terms: terms!, purchase, ordersOf };
  });
  if (pools.length === 0) return [];
  countUnits(baskets, { fromMs, toMs }, pools);
  return pools.flatMap(({ items, trials, terms, purchase, ordersOf }) => {
    const demand = learnUnitDemand({ ordersOf }, medianResponse(items, response));
    const priceMinor = baskets.items[items[0]!]!.priceMinor;
    const addedAt = (discountRatio: number) =>
      addedPurchasesByKind(demand, toSchedule(terms, discountRatio, priceMinor), (units) =>
        purchasesOf(purchase, units),
      );
    if (addedAt(0) === null) return [];
    return [{ addedAt: (discountRatio: number) => addedAt(discountRatio)!, trials, ordersAnyway: null }];
  });
}

/** Adds the orders by their units to each pool's `ordersOf`; per product if the units of each count separately. */
function countUnits(
  baskets: Baskets,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  pools: readonly {
    readonly items: readonly number[];
    readonly purchase: PurchaseRule;
    readonly ordersOf: number[];
  }[],
): void {
  type Counted = (typeof pools)[number];
  const poolsOf = new Map<number, Counted[]>();
  for (const pool of pools)
    for (const item of pool.items) poolsOf.set(item, [...(poolsOf.get(item) ?? []), pool]);
  const add = ({ ordersOf }: Counted, units: number) => {
    ordersOf[Math.min(MOST_UNITS, Math.floor(units))]! += 1;
  };
  const end = firstBasketAt(baskets, toMs);
  for (let basket = firstBasketAt(baskets, fromMs); basket < end; basket++) {
    const held = new Map<Counted, number>();
    for (let line = baskets.offsets[basket]!; line < baskets.offsets[basket + 1]!; line++) {
      const [item, units] = [baskets.item[line]!, baskets.units[line]!];
      for (const pool of poolsOf.get(item) ?? []) {
        const { counts, scope, isDistinct, least } = pool.purchase;
        if (scope !== "pool") {
          add(pool, units);
          continue;
        }
        const part = (units * baskets.items[item]!.priceMinor * PARTS_OF_SPENDING) / least;
        const taken = counts === "spending" ? part : isDistinct ? 1 : units;
        held.set(pool, (held.get(pool) ?? 0) + taken);
      }
    }
    for (const [pool, units] of held) add(pool, units);
  }
}

/** As the trials count: at most one gift per order; otherwise `units / least`, from 1 to `MOST_PURCHASES`. */
function purchasesOf({ counts, least }: PurchaseRule, units: number): number {
  if (counts === "spending") return units >= PARTS_OF_SPENDING ? 1 : 0;
  return units >= least ? Math.min(MOST_PURCHASES, units / least) : 0;
}

/** The terms with a highest reward of `discountRatio`. Tiers keep their proportions, as under the autopilot. */
function toSchedule(terms: OfferTerms, discountRatio: number, priceMinor: number): QuantitySchedule {
  switch (terms.kind) {
    case "breaks": {
      const shares = terms.tiers.map(({ units, reward }) => shareOf(reward, units * priceMinor));
      const top = shares.at(-1)!;
      return {
        kind: "breaks",
        steps: terms.tiers.map(({ units }, at) => ({
          units,
          discountRatio: top > 0 ? (discountRatio * shares[at]!) / top : discountRatio,
        })),
      };
    }
    case "range":
      return { kind: "range", steps: [{ units: terms.units, discountRatio }] };
    case "set":
    case "gift": {
      // The trials' ratio is of the gift's price plus the spending, the step's of the spending alone.
      const given = terms.kind === "gift" ? terms.giftBasisPoints / 10_000 : 1;
      const ofSpending = discountRatio < given ? (given * discountRatio) / (given - discountRatio) : 1;
      return {
        kind: "range",
        steps: [{ units: PARTS_OF_SPENDING, discountRatio: Math.min(1, ofSpending) }],
      };
    }
  }
}

function shareOf(reward: Reward, beforeMinor: number): number {
  switch (reward.type) {
    case "percent":
      return reward.basisPoints / 10_000;
    case "amount":
      return Math.min(1, reward.amountMinor / beforeMinor);
    case "price":
      return Math.max(0, 1 - reward.priceMinor / beforeMinor);
    case "none":
      return 0;
  }
}
