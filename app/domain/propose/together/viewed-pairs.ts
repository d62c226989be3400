import {
  expectedViews,
  pairKey,
  relateByViews,
  viewsTogether,
  type CoViews,
  type PairTraffic,
} from "#app/domain/behaviour/sessions/co-views.ts";
import { expectedByChance, type Chance, type CountedOrders } from "./by-chance.ts";
import { basketsOf, intersect, type Occurrences } from "./occurrences.ts";
import { liftOf } from "./pair-statistics.ts";

/** Products that visitors view together, and pairs that they choose between. */
export interface ViewedPairs {
  readonly coViews: CoViews;
  /** Likely substitutes, by `pairKey`, most viewed first. */
  readonly substitutes: ReadonlyMap<number, SubstitutePair>;
}

interface SubstitutePair extends PairTraffic {
  readonly a: number;
  readonly b: number;
}

/** Fewer shared sessions are chance. */
export const LEAST_SESSIONS = 5;
/** Viewed together at least twice as often as by chance, with 95 % certainty. */
export const LEAST_VIEW_LIFT = 2;
/** Joint orders that chance must give before their absence says anything. */
const LEAST_ORDERS_BY_CHANCE = 2;

/**
 * Finds the pairs that visitors compare and then buy one of: viewed together at least twice as often as by chance, and
 * bought together less than that, each with 95 % certainty. A lack of joint orders says little if chance gives few:
 * complements are viewed together too.
 */
export function findSubstitutePairs(occurrences: Occurrences, chance: Chance, coViews: CoViews): ViewedPairs {
  const found: SubstitutePair[] = [];
  for (const [key, sessions] of coViews.together) {
    if (sessions < LEAST_SESSIONS) continue;
    const [a, b] = [Math.floor(key / coViews.items), key % coViews.items];
    const sessionsByChance = expectedViews(coViews, a, b);
    if (liftOf(sessions, sessionsByChance).low < LEAST_VIEW_LIFT) continue;
    const traffic = trafficOf({ occurrences, chance, coViews }, a, b);
    if (traffic.ordersByChance < LEAST_ORDERS_BY_CHANCE) continue;
    if (liftOf(traffic.orders, traffic.ordersByChance).high >= LEAST_VIEW_LIFT) continue;
    found.push({ a, b, ...traffic });
  }
  found.sort((x, y) => y.sessions - x.sessions || x.a - y.a || x.b - y.b);
  return {
    coViews,
    substitutes: new Map(found.map((pair) => [pairKey(coViews.items, pair.a, pair.b), pair])),
  };
}

/**
 * How much visitors treat two products as alternatives: the cosine of their sessions, if they are viewed together
 * further above chance than they are bought together.
 *
 * @returns 0 to 1; 0 below `LEAST_SESSIONS` sessions
 */
export function comparedShare(
  { occurrences, chance }: CountedOrders,
  { coViews }: ViewedPairs,
  a: number,
  b: number,
): number {
  const sessions = viewsTogether(coViews, a, b);
  if (sessions < LEAST_SESSIONS) return 0;
  if (relateByViews(trafficOf({ occurrences, chance, coViews }, a, b)) <= 0) return 0;
  return sessions / Math.sqrt(coViews.viewed[a]! * coViews.viewed[b]!);
}

function trafficOf(
  { occurrences, chance, coViews }: CountedOrders & { readonly coViews: CoViews },
  a: number,
  b: number,
): PairTraffic {
  return {
    sessions: viewsTogether(coViews, a, b),
    sessionsByChance: expectedViews(coViews, a, b),
    orders: intersect(basketsOf(occurrences, a), basketsOf(occurrences, b)).length,
    ordersByChance: expectedByChance(chance, [a, b]),
  };
}
