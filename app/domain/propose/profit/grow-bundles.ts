import type { Item } from "#app/domain/prepare/baskets.ts";
import {
  assessThroughYear,
  extraOf,
  type BundleCandidate,
  type CandidateMarket,
} from "./bundle-candidate.ts";
import type { ThroughYear } from "./bundle-market.ts";
import { expectedByChance, type CountedOrders } from "#app/domain/propose/together/by-chance.ts";
import {
  effectiveSampleSize,
  basketsOf,
  countOrders,
  intersect,
  type Occurrences,
} from "#app/domain/propose/together/occurrences.ts";
import { surpriseOf } from "#app/domain/propose/together/pair-statistics.ts";

/** Items that go together with each item, by the pairs that passed every test; strongest first. */
export type Partners = ReadonlyMap<number, readonly number[]>;

/** A combination that passed the tests: larger ones grow from it, whether it pays by itself or not. */
export interface Seed {
  readonly items: readonly number[];
  /** Past baskets that hold all. */
  readonly together: number;
}

/** How many of the best smaller sets are extended, and with how many items each. */
const GROWN = { 3: { seeds: 800, extensions: 15 }, 4: { seeds: 300, extensions: 10 } } as const;
const MOST_COMPONENTS = 4;

/**
 * Extends the pairs with the most turnover (baskets × price) to three and four components. An item joins when every
 * pair with it passed the tests, enough baskets hold them all, and they hold it more often than chance given the
 * rest. A set grows on even where no discount on it pays: of four parts more shoppers lack one than of two.
 *
 * The pairs' threshold serves the larger sets as well. For independent tests that bounds what is chance among pairs and
 * larger sets together, by the pairs' share times `1 + extensions tried / pairs that could have been found`; no share is
 * proved of the larger sets alone. In simulation it was strict all the same, for only what passed with every item of the
 * set is tried, and chance gives a new item by all of its sales, those with its partners among them: of 108 shops of
 * 20,000 and 40,000 orders whose shoppers took one product or any two of a group of up to 12, and others at random, two
 * told a trio, none a four, beside 31,000 pairs and of 65,000 trios tried.
 *
 * A set is to be tried, as a pair is, unless the orders before the replay prove it by themselves.
 *
 * @param before the orders before the replay
 * @param significance largest p-value that counts, from the pairs' false-discovery control
 * @returns the larger sets that pay
 * Known weakness: where most baskets are a pair and several others, those who take two of a group and by chance a third
 *   make trios stand out that nobody wanted as three; a threshold of the trios' own hardly helped.
 */
export function growBundles(
  market: ThroughYear<CandidateMarket>,
  pairs: readonly Seed[],
  partners: Partners,
  { before, significance }: { readonly before: CountedOrders; readonly significance: number },
): BundleCandidate[] {
  const grown: BundleCandidate[] = [];
  let seeds = pairs;
  for (const size of [3, MOST_COMPONENTS] as const) {
    const seen = new Set<string>();
    const larger: Seed[] = [];
    for (const seed of byTurnover(market.items, seeds).slice(0, GROWN[size].seeds)) {
      for (const item of commonPartners(partners, seed.items).slice(0, GROWN[size].extensions)) {
        const items = [...seed.items, item];
        const key = [...items].sort((a, b) => a - b).join(",");
        if (seen.has(key)) continue;
        seen.add(key);
        const extended = extend(market, seed, item, { before, significance });
        if (!extended) continue;
        larger.push(extended.seed);
        if (extended.bundle) grown.push(extended.bundle);
      }
    }
    seeds = larger;
  }
  return grown;
}

export function byExtra(candidates: readonly BundleCandidate[]): BundleCandidate[] {
  return [...candidates].sort(
    (a, b) => extraOf(b) - extraOf(a) || a.items[0]! - b.items[0]! || a.items[1]! - b.items[1]!,
  );
}

function byTurnover(items: readonly Item[], seeds: readonly Seed[]): Seed[] {
  const turnover = (seed: Seed) =>
    seed.together * seed.items.reduce((sum, item) => sum + items[item]!.priceMinor, 0);
  return [...seeds].sort((a, b) => turnover(b) - turnover(a));
}

function extend(
  market: ThroughYear<CandidateMarket>,
  seed: Seed,
  item: number,
  { before, significance }: { readonly before: CountedOrders; readonly significance: number },
): { readonly seed: Seed; readonly bundle: BundleCandidate | null } | null {
  const { settings, occurrences } = market;
  const items = [...seed.items, item];
  const together = intersectAll(occurrences, items).length;
  if (together < settings.minSupportOrders) return null;
  if (surpriseOf(together, expectedBeside(market, seed, items)) > significance) return null;

  const withoutOne = items.map((one) =>
    one === item
      ? seed.together
      : intersectAll(
          occurrences,
          items.filter((other) => other !== one),
        ).length,
  );
  const isToTry = !isProved(before, seed.items, items, { significance, least: settings.minSupportOrders });
  const assessed = assessThroughYear(market, { items, together, withoutOne, isToTry });
  if (!assessed.ok && assessed.reason !== "no_discount_pays") return null;
  return { seed: { items, together }, bundle: assessed.ok ? assessed.value : null };
}

/** Given the seed, chance would give all so often; larger baskets, which hold the seed, hold the new item sooner. */
function expectedBeside(
  { chance }: Pick<CountedOrders, "chance">,
  seed: Seed,
  items: readonly number[],
): number {
  return seed.together * (expectedByChance(chance, items) / expectedByChance(chance, seed.items));
}

function isProved(
  before: CountedOrders,
  seed: readonly number[],
  items: readonly number[],
  { significance, least }: { readonly significance: number; readonly least: number },
): boolean {
  const together = intersectAll(before.occurrences, items).length;
  if (together < least) return false;
  const effectiveSize = effectiveSampleSize(before.occurrences, items);
  const seedBefore = { items: seed, together: intersectAll(before.occurrences, seed).length };
  const byChance = expectedBeside(before, seedBefore, items) * (effectiveSize / together);
  return surpriseOf(effectiveSize, byChance) <= significance;
}

function intersectAll(occurrences: Occurrences, items: readonly number[]): Uint32Array {
  const rarestFirst = [...items].sort((a, b) => countOrders(occurrences, a) - countOrders(occurrences, b));
  return rarestFirst
    .slice(1)
    .reduce(
      (common, item) => intersect(common, basketsOf(occurrences, item)),
      basketsOf(occurrences, rarestFirst[0]!),
    );
}

function commonPartners(partners: Partners, items: readonly number[]): number[] {
  const [first, ...others] = items.map((item) => partners.get(item) ?? []);
  const sets = others.map((list) => new Set(list));
  return (first ?? []).filter((item) => sets.every((set) => set.has(item)));
}
