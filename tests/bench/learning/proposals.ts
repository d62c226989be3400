import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { firstBasketAt } from "#app/domain/prepare/baskets.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { NEAR_EQUAL, titleSimilarity } from "#app/domain/propose/titles/title-similarity.ts";
import { wordsOf } from "#app/domain/propose/titles/title-words.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { readOrderLog } from "#app/services/files/read-order-log.server.ts";
import { findBenchData, printFigure, readOptional } from "#tests/bench/bench-data.ts";
import { printLastLine, runNode } from "./run-scorer.ts";
import { isPoorSet } from "./same-type.ts";

/**
 * The suggestions from a real order log: how many are confirmed by later orders, how much of their stated lift recurs
 * there, how many have near-equal names, and how many products they cover. `--data DIR` holds
 * `online-retail/orders.csv.gz`. The peer of the near-equal share is the share in the hundred pairs with the highest
 * lift.
 *
 * At the end of the log, counts the sets among the first forty of a merchant's list that are two products of one kind
 * or that clash, by `isPoorSet`.
 *
 * At four dates, measures the coverage of the intervals for orders without the offer by the orders of the next 28 days.
 * `--scorer FILE` is a program that compares a list with counting policies on the orders of the next two months. Its
 * figures are printed too, one line each, with its own ratios to the best policy.
 */
const SCORED_DATES = ["2010-12-01", "2011-02-01", "2011-04-01", "2011-06-01"];
const SCORED_DAYS = 61;
const SCORED_BUNDLES = "60";
const EXPECTED_DAYS = 28;
const LEAST_HELD = 0.85;
const AS_OF = "2011-06-01";
const LEAST_ACCEPTED = 20;
const MOST_SECONDS = 90;
const NEAR_EQUAL_BY_LIFT = 0.79;
const FIRST_OF_LIST = 40;
const MOST_POOR_SETS = 2;

const path = findBenchData("online-retail/orders.csv.gz");
if (path === null) process.exit(0);

const Suggestions = z.object({
  bundles: z.array(
    z.object({
      kind: z.string(),
      components: z.array(z.object({ sku: z.string(), title: z.string() })),
      evidence: z.array(z.object({ values: z.looseObject({ liftTimes: z.number().optional() }).optional() })),
      validation: z.object({ lift: z.object({ value: z.number() }) }),
      expected: z.object({
        extraMarginMinor: z.object({ value: z.number() }),
        ordersAnyway: z.object({ low: z.number(), high: z.number() }),
      }),
      offer: z.object({ from: z.string() }).optional(),
    }),
  ),
});

const folder = mkdtempSync(join(tmpdir(), "bundlesmith-proposals-"));
try {
  const out = join(folder, "bundles.json");
  const startedMs = performance.now();
  suggest(path, AS_OF, out);
  const seconds = (performance.now() - startedMs) / 1_000;
  const { bundles } = Suggestions.parse(JSON.parse(readFileSync(out, "utf8")));
  const complements = bundles.filter(({ kind }) => kind !== "substitute");
  const alike = complements.filter(({ components }) => hasNearEqual(components.map(({ title }) => title)));
  const products = new Set(bundles.flatMap(({ components }) => components.map(({ sku }) => sku)));

  printFigure({ name: "suggest_accepted", value: bundles.length, unit: "bundles", peer: LEAST_ACCEPTED });
  printFigure({ name: "suggest_products", value: products.size, unit: "products in a bundle" });
  printFigure({
    name: "suggest_lift_comes_again",
    value: Number(medianOf(complements.flatMap(ratioOfLifts)).toFixed(3)),
    unit: "lift in later orders / stated lift, median",
    peer: 1,
  });
  printFigure({
    name: "suggest_near_equal_names",
    value: Number((alike.length / Math.max(1, complements.length)).toFixed(4)),
    unit: "share of the accepted",
    peer: NEAR_EQUAL_BY_LIFT,
  });
  printFigure({
    name: "suggest_end_to_end",
    value: Number(seconds.toFixed(1)),
    unit: "s",
    peer: MOST_SECONDS,
  });
  suggest(path, null, out);
  const first = toList(Suggestions.parse(JSON.parse(readFileSync(out, "utf8"))).bundles).slice(
    0,
    FIRST_OF_LIST,
  );
  printFigure({
    name: "suggest_poor_sets",
    value: first.filter(({ components }) => hasPoorPair(components.map(({ title }) => title))).length,
    unit: `of the first ${FIRST_OF_LIST}`,
    peer: MOST_POOR_SETS,
  });
  const scorer = readOptional("--scorer");
  const log = await readOrderLog(path, {});
  const { baskets } = prepareBaskets(log.lines, [], { currency: log.currency });
  for (const asOf of SCORED_DATES) {
    suggest(path, asOf, out);
    const now = Suggestions.parse(JSON.parse(readFileSync(out, "utf8"))).bundles.filter(
      ({ offer }) => !offer,
    );
    const ordersOf = indexOrders(Date.parse(asOf));
    const held = now.filter(({ components, expected: { ordersAnyway } }) => {
      const [first, ...others] = components.map(({ sku }) => ordersOf.get(sku) ?? new Set<number>());
      const came = [...first!].filter((order) => others.every((orders) => orders.has(order))).length;
      return came >= ordersAnyway.low && came <= ordersAnyway.high;
    });
    printFigure({
      name: `suggest_orders_anyway_held_after_${asOf}`,
      value: Number((held.length / Math.max(1, now.length)).toFixed(3)),
      unit: "share of the ranges",
      peer: LEAST_HELD,
    });
    if (scorer === null) continue;
    const until = new Date(Date.parse(asOf) + SCORED_DAYS * DAY_MS).toISOString().slice(0, 10);
    const given = [
      "--orders",
      path,
      "--as-of",
      asOf,
      "--until",
      until,
      "--bundles",
      out,
      "--top",
      SCORED_BUNDLES,
    ];
    printLastLine(`suggest_later_orders ${asOf}`, runNode([scorer, ...given]));
  }

  /** The orders of the 28 days after a date, by each product in them. */
  function indexOrders(fromMs: number): ReadonlyMap<string, ReadonlySet<number>> {
    const ordersOf = new Map<string, Set<number>>();
    const to = firstBasketAt(baskets, fromMs + EXPECTED_DAYS * DAY_MS);
    for (let order = firstBasketAt(baskets, fromMs); order < to; order++) {
      for (let line = baskets.offsets[order]!; line < baskets.offsets[order + 1]!; line++) {
        const { key } = baskets.items[baskets.item[line]!]!;
        const orders = ordersOf.get(key) ?? new Set();
        ordersOf.set(key, orders.add(order));
      }
    }
    return ordersOf;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function suggest(orders: string, asOf: string | null, to: string): void {
  const learnedUntil = asOf === null ? [] : ["--as-of", asOf];
  runNode(["jobs/cli/suggest.ts", "--orders", orders, ...learnedUntil, "--top", "100", "--out", to]);
}

type Suggested = z.infer<typeof Suggestions>["bundles"][number];

/** Suggestions that can be offered now, the most valuable first, then those that wait for their season. */
function toList(bundles: readonly Suggested[]): Suggested[] {
  const worth = ({ expected }: Suggested) => expected.extraMarginMinor.value;
  return bundles.toSorted((a, b) => Number(!!a.offer) - Number(!!b.offer) || worth(b) - worth(a));
}

function hasPoorPair(titles: readonly string[]): boolean {
  return titles.some((a, place) => titles.slice(place + 1).some((b) => isPoorSet(a, b)));
}

function ratioOfLifts({ evidence, validation }: Suggested): number[] {
  const stated = evidence.flatMap(({ values }) => values?.liftTimes ?? [])[0];
  return stated === undefined ? [] : [validation.lift.value / stated];
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

function hasNearEqual(titles: readonly string[]): boolean {
  const words = titles.map(wordsOf);
  return words.some((a, place) => words.slice(place + 1).some((b) => titleSimilarity(a, b) >= NEAR_EQUAL));
}
