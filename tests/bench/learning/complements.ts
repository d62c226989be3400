import { encodeNeighbours, rankPartners } from "#app/domain/behaviour/behaviour-model.ts";
import { countBaskets, firstBasketAt, type Baskets } from "#app/domain/prepare/baskets.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { leaveOutDesigns } from "#app/domain/propose/titles/leave-out-designs.ts";
import { nameWordsOf } from "#app/domain/propose/titles/title-words.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { trainBehaviour } from "#app/learning/completion/train-behaviour.ts";
import { LEAST_OF_BEST } from "#app/services/behaviour/read-complements.server.ts";
import { readOrderLog } from "#app/services/files/read-order-log.server.ts";
import { chooseBackend } from "#jobs/backend.ts";
import { cutLog, hideLaterTitles, mergeSkuCase, openSkuSpelling } from "#jobs/cli/order-log.ts";
import { findBenchData, printFigure } from "#tests/bench/bench-data.ts";

/**
 * The complements that the form of an offer shows: how many of them are in an order of the two months after that
 * contains the given products, compared with the same number of products that share most earlier orders with them.
 */
const DATES = ["2011-02-01", "2011-04-01", "2011-06-01"];
const NAMED = 5;
/** As many as a model lists for each product. */
const PARTNERS = 20;
const LATER_DAYS = 61;
/** Orders with fewer or more products give no question. Each order gives at most this many. */
const SIZES = { least: 3, most: 40, asked: 10 };

const orders = findBenchData("online-retail/orders.csv.gz");
if (orders) {
  await chooseBackend();
  for (const date of DATES) await measureDate(orders, date);
}

async function measureDate(file: string, date: string): Promise<void> {
  const cutoffMs = Date.parse(date);
  const whole = await readOrderLog(file);
  const log = hideLaterTitles(whole, cutoffMs);
  const spell = openSkuSpelling(cutLog(file, whole, cutoffMs).lines, []);
  const { baskets } = prepareBaskets(mergeSkuCase(log.lines, spell), [], { currency: log.currency });
  const tasks = new Set(["product"] as const);
  const { neighbours } = await trainBehaviour(baskets, { cutoffMs, seed: 1, tasks });
  const bytes = encodeNeighbours(
    neighbours,
    baskets.items.map((_, item) => String(item)),
  );
  const shares = countShares(baskets, cutoffMs);
  for (const size of [1, 2]) {
    const cases = listCases(baskets, cutoffMs, size);
    const choose = openChoice(baskets);
    const named = new Map<string, readonly number[]>();
    for (const { given } of cases) {
      const key = given.join();
      if (named.has(key)) continue;
      const partners = rankPartners(bytes, new Set(given.map(String)));
      const strengthOf = new Map(partners.map((one) => [Number(one.key), one.strength]));
      const chosen = choose([...strengthOf.keys()], given, NAMED);
      const least = LEAST_OF_BEST * (strengthOf.get(chosen[0] ?? -1) ?? 0);
      named.set(
        key,
        chosen.filter((item) => strengthOf.get(item)! >= least),
      );
    }
    const own = countFound(baskets, cases, named);
    const asMany = [...named].map(([key, { length }]) => {
      const given = key.split(",").map(Number);
      return [key, choose(rankShares(shares, given).slice(0, PARTNERS * size), given, length)] as const;
    });
    const counted = countFound(baskets, cases, new Map(asMany));
    const name = `complements of ${size}, ${date}`;
    printFigure({ name: `${name}, named`, value: own.named, unit: "of at most five" });
    printFigure({ name: `${name}, of these`, value: own.bought, unit: "bought", peer: counted.bought });
    printFigure({ name: `${name}, of these`, value: own.times, unit: "times chance", peer: counted.times });
  }
}

interface Case {
  readonly given: readonly number[];
  readonly bought: ReadonlySet<number>;
}

function listCases(baskets: Baskets, cutoffMs: number, size: number): Case[] {
  const cases: Case[] = [];
  const end = Math.min(countBaskets(baskets), firstBasketAt(baskets, cutoffMs + LATER_DAYS * DAY_MS));
  for (let basket = firstBasketAt(baskets, cutoffMs); basket < end; basket++) {
    const items = itemsOf(baskets, basket);
    if (items.length < SIZES.least || items.length > SIZES.most) continue;
    const bought = new Set(items);
    for (let at = 0; at < Math.min(items.length, SIZES.asked); at++)
      cases.push({
        given: Array.from({ length: size }, (_, step) => items[(at + step) % items.length]!),
        bought,
      });
  }
  return cases;
}

/** The first products of a ranking that are not another design of a given one, up to the requested number. */
function openChoice({ items }: Baskets) {
  const names = items.map(({ title, priceMinor }) => ({ words: nameWordsOf(title), priceMinor }));
  return (ranked: readonly number[], given: readonly number[], most: number): number[] =>
    leaveOutDesigns(
      ranked.filter((item) => !given.includes(item)).map((item) => ({ item, name: names[item]! })),
      given.map((item) => names[item]!),
    )
      .slice(0, most)
      .map(({ item }) => item);
}

/** Mean numbers of named and of bought complements per case, and bought ones over those expected by chance. */
function countFound(
  { items }: Baskets,
  cases: readonly Case[],
  namedOf: ReadonlyMap<string, readonly number[]>,
): { readonly named: number; readonly bought: number; readonly times: number } {
  const held = new Float64Array(items.length);
  for (const { bought } of cases) for (const item of bought) held[item]! += 1;
  let [named, found, byChance] = [0, 0, 0];
  for (const { given, bought } of cases) {
    for (const item of namedOf.get(given.join()) ?? []) {
      named += 1;
      found += Number(bought.has(item));
      byChance += held[item]! / cases.length;
    }
  }
  return {
    named: Number((named / cases.length).toFixed(2)),
    bought: Number((found / cases.length).toFixed(4)),
    times: Number((found / byChance).toFixed(2)),
  };
}

/** Item → every other item → share of the item's orders before the cutoff that contain it. */
function countShares(baskets: Baskets, cutoffMs: number): Map<number, Map<number, number>> {
  const orders = new Float64Array(baskets.items.length);
  const shares = new Map<number, Map<number, number>>();
  const end = firstBasketAt(baskets, cutoffMs);
  for (let basket = 0; basket < end; basket++) {
    const items = itemsOf(baskets, basket);
    if (items.length > SIZES.most) continue;
    for (const item of items) {
      orders[item]! += 1;
      const own = shares.get(item) ?? new Map<number, number>();
      shares.set(item, own);
      for (const other of items) if (other !== item) own.set(other, (own.get(other) ?? 0) + 1);
    }
  }
  for (const [item, own] of shares) for (const [other, count] of own) own.set(other, count / orders[item]!);
  return shares;
}

function rankShares(
  shares: ReadonlyMap<number, ReadonlyMap<number, number>>,
  given: readonly number[],
): number[] {
  const sums = new Map<number, number>();
  for (const item of given)
    for (const [other, share] of shares.get(item) ?? []) sums.set(other, (sums.get(other) ?? 0) + share);
  return [...sums].sort((a, b) => b[1] - a[1]).map(([item]) => item);
}

function itemsOf({ item, offsets }: Baskets, basket: number): number[] {
  return [...new Set(item.subarray(offsets[basket]!, offsets[basket + 1]!))];
}
