import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Baskets } from "#app/domain/prepare/baskets.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { readOrderLog } from "#app/services/files/read-order-log.server.ts";
import { findBenchData, printFigure } from "#tests/bench/bench-data.ts";
import { runNode } from "./run-scorer.ts";

/**
 * Suggestions for a shop with few orders. A real log, cut to its 150 best sellers and to orders with at most eight of
 * them, is cut again to its last 200 and its last 1,000 orders, and to as many before seven earlier ends. Counts the
 * suggestions that were bought together more than twice as often as by chance in the orders left out. Needs `--data
 * DIR`.
 */
const BEST_SELLERS = 150;
const MOST_PRODUCTS = 8;
const PIECES = [
  { orders: 200, leastSuggested: 10 },
  { orders: 1_000, leastSuggested: 20 },
];
const ENDS = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3];
const LIFT = 2;
const SHARE_BORNE_OUT = 0.85;

const Suggested = z.object({
  bundles: z.array(z.object({ components: z.array(z.object({ sku: z.string() })) })),
});

interface SmallOrder {
  readonly basket: number;
  readonly items: readonly number[];
}

const path = findBenchData("online-retail/orders.csv.gz");
if (path === null) process.exit(0);
const log = await readOrderLog(path, {});
const { baskets } = prepareBaskets(log.lines, [], { currency: log.currency });
const small = cutToSmall(baskets);
const itemOf = new Map(baskets.items.map(({ key }, item) => [key, item]));
const folder = mkdtempSync(join(tmpdir(), "bundlesmith-cut-logs-"));
try {
  for (const { orders, leastSuggested } of PIECES) {
    const judged = ENDS.map((part) => {
      const end = Math.round(part * small.length);
      const bundles = suggest(small.slice(end - orders, end));
      const others = [...small.slice(0, end - orders), ...small.slice(end)];
      return { bundles: bundles.length, borneOut: countBorneOut(bundles, others) };
    });
    const sum = (of: "bundles" | "borneOut") => judged.reduce((all, one) => all + one[of], 0);
    const print = (name: string, value: number, unit: string, peer: number) =>
      printFigure({ name: `cut_${orders}_${name}`, value, unit, peer });
    print("suggested_last", judged[0]!.bundles, "bundles", leastSuggested);
    print("suggested_least", Math.min(...judged.map(({ bundles }) => bundles)), "bundles", leastSuggested);
    const shareOf = (borneOut: number, of: number) => Number((borneOut / Math.max(1, of)).toFixed(3));
    print("borne_out_last", shareOf(judged[0]!.borneOut, judged[0]!.bundles), "share", SHARE_BORNE_OUT);
    print("borne_out", shareOf(sum("borneOut"), sum("bundles")), "share, all ends", SHARE_BORNE_OUT);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function cutToSmall({ item, offsets, items, placedAtMs }: Baskets): SmallOrder[] {
  const sold = new Float64Array(items.length);
  for (const one of item) sold[one]!++;
  const best = new Set([...items.keys()].sort((a, b) => sold[b]! - sold[a]!).slice(0, BEST_SELLERS));
  return [...placedAtMs.keys()]
    .map((basket) => ({
      basket,
      items: [...item.subarray(offsets[basket], offsets[basket + 1])].filter((one) => best.has(one)),
    }))
    .filter(({ items: own }) => own.length >= 1 && own.length <= MOST_PRODUCTS);
}

function suggest(orders: readonly SmallOrder[]): number[][] {
  const rows = orders.flatMap(({ basket, items }) =>
    items.map((item) => {
      const { key, title, priceMinor } = baskets.items[item]!;
      const placedAt = new Date(baskets.placedAtMs[basket]!).toISOString();
      const price = (priceMinor / 100).toFixed(2);
      const shopper = baskets.customer[basket]! < 0 ? "" : baskets.customer[basket]!;
      return `${basket},${placedAt},${key},"${title.replaceAll('"', '""')}",1,${price},${shopper}`;
    }),
  );
  const [given, out] = ["orders.csv", "bundles.json"].map((name) => join(folder, name));
  writeFileSync(given!, ["order_id,ts,sku,title,qty,unit_price,customer_id", ...rows, ""].join("\n"));
  runNode(["jobs/cli/suggest.ts", "--orders", given!, "--top", "100", "--out", out!]);
  return Suggested.parse(JSON.parse(readFileSync(out!, "utf8"))).bundles.map(({ components }) =>
    components.map(({ sku }) => itemOf.get(sku)!),
  );
}

/** Number of bundles that more than twice as many orders as by chance contain in full. */
function countBorneOut(bundles: readonly (readonly number[])[], orders: readonly SmallOrder[]): number {
  const held = orders.map(({ items }) => new Set(items));
  const holding = (items: readonly number[]) =>
    held.filter((own) => items.every((item) => own.has(item))).length;
  return bundles.filter((items) => {
    const byChance = items.reduce((product, item) => (product * holding([item])) / held.length, held.length);
    return holding(items) > LIFT * byChance;
  }).length;
}
