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

/** What visitors looked at together, and the pairs that they choose between. */
export interface ViewedPairs {
  readonly coViews: CoViews;
  /** Pairs that look like substitutes, by `pairKey`, most looked at first. */
  readonly substitutes: ReadonlyMap<number, SubstitutePair>;
}

interface SubstitutePair extends PairTraffic {
  readonly a: number;
  readonly b: number;
}

/** Fewer sessions than this are an accident. */
export const LEAST_SESSIONS = 5;
/** Looked at together at least twice as often as by chance, 95 % sure. */
export const LEAST_VIEW_LIFT = 2;
/** Chance alone has to give so many orders with both before their absence says anything. */
const LEAST_ORDERS_BY_CHANCE = 2;

/**
 * Finds the pairs that visitors compare and then buy one of: looked at together at least twice as often as by
 * chance, and bought together less than that, each 95 % sure. Few orders with both say nothing yet: what goes together is
 * looked at together too.
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
 * How much visitors treat two products as choices for one need: the share of sessions that they have in common
 * (cosine), where they are looked at together further above chance than bought together.
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
