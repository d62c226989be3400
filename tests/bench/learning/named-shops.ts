import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { measureCommand } from "#tests/bench/commands/measure-command.ts";
import { printFigure } from "#tests/bench/bench-data.ts";

/**
 * How many planted pairs small shops are offered if their titles share words: a brand in all of them, product lines,
 * one form, designs of one product. The peer is the same orders of products whose titles share no word, so the
 * difference is the cost of names. 3,000 orders in 365 days of one product and, at the odds of each pair, its
 * partner; an eighth contain one more by chance.
 */
const ORDERS = 3_000;
const DAYS = 365;
const BY_CHANCE = 0.125;
const SEEDS = [1, 2, 3];

interface NamedShop {
  /** Title and price of each product. */
  readonly products: readonly (readonly [title: string, price: number])[];
  /** Two products, and how often a buyer of the first takes the second as well. */
  readonly pairs: readonly (readonly [first: number, second: number, odds: number])[];
}

const SHOPS: Readonly<Record<string, NamedShop>> = {
  one_brand: {
    products: [
      ["Glow Recipe Serum", 32],
      ["Glow Recipe Toner", 21],
      ["Glow Recipe Cleanser", 18],
      ["Glow Recipe Moisturizer", 29],
      ["Glow Recipe Sunscreen", 24],
      ["Glow Recipe Mask", 15],
      ["Glow Recipe Mist", 12],
      ["Glow Recipe Balm", 9],
      ["Glow Recipe Oil", 27],
      ["Glow Recipe Scrub", 16],
    ],
    pairs: [
      [0, 1, 0.3],
      [2, 3, 0.3],
      [4, 5, 0.3],
      [6, 7, 0.3],
      [8, 9, 0.3],
    ],
  },
  lines: {
    products: ["Lavendel Pflege", "Argan Repair", "Meersalz Sport"].flatMap((line) => [
      [`${line} Shampoo`, 14] as const,
      [`${line} Spülung`, 15] as const,
      [`${line} Kur`, 22] as const,
    ]),
    pairs: [
      [0, 1, 0.35],
      [3, 4, 0.35],
      [6, 7, 0.35],
    ],
  },
  lines_nouns_first: {
    products: [
      ["Shampoing Lavande Bio", 14],
      ["Masque Lavande Bio", 22],
      ["Savon Lavande Bio", 6],
      ["Shampoing Argan Doux", 14],
      ["Masque Argan Doux", 22],
      ["Savon Argan Doux", 6],
      ["Brosse en bois", 18],
      ["Porte-savon", 9],
    ],
    pairs: [
      [0, 1, 0.35],
      [3, 4, 0.35],
      [2, 7, 0.3],
    ],
  },
  one_form: {
    products: [
      ["Northwind Iron Capsules", 14],
      ["Northwind Biotin Capsules", 16],
      ["Northwind Magnesium Capsules", 19],
      ["Northwind Krill Oil Capsules", 24],
      ["Northwind Zinc Capsules", 11],
      ["Northwind Whey Protein Vanilla", 34],
      ["Northwind Creatine Powder", 22],
      ["Northwind Shaker Bottle", 12],
      ["Northwind Electrolyte Powder", 25],
    ],
    pairs: [
      [0, 1, 0.4],
      [2, 4, 0.3],
      [5, 7, 0.3],
      [6, 8, 0.25],
    ],
  },
  designs: {
    products: [
      ["Rose Candle", 24],
      ["Fig Candle", 24],
      ["Oud Candle", 24],
      ["Sea Salt Candle", 24],
      ["Amber Candle", 24],
      ["Wick Trimmer", 14],
      ["Candle Snuffer", 12],
      ["Rose Room Spray", 18],
      ["Fig Room Spray", 18],
      ["Oud Room Spray", 18],
    ],
    pairs: [
      [5, 6, 0.4],
      [0, 7, 0.25],
      [1, 8, 0.25],
      [2, 9, 0.25],
    ],
  },
};

const OWN_NAMES = "Anchor Beacon Dagger Easel Funnel Goblet Hammer Inkwell Jacket Kettle".split(" ");

const Suggestions = z.object({
  bundles: z.array(z.object({ components: z.array(z.object({ sku: z.string() })) })),
});

const folder = mkdtempSync(join(tmpdir(), "bundlesmith-named-shops-"));
try {
  let [others, otherwise] = [0, 0];
  for (const [name, shop] of Object.entries(SHOPS)) {
    const named = await propose(shop);
    const unlike = await propose({
      ...shop,
      products: shop.products.map(([, price], at) => [OWN_NAMES[at]!, price]),
    });
    const unit = `of ${shop.pairs.length * SEEDS.length} planted pairs`;
    printFigure({ name: `named_shops_${name}`, value: named.found, unit, peer: unlike.found });
    others += named.others;
    otherwise += unlike.others;
  }
  printFigure({ name: "named_shops_others", value: others, unit: "other bundles", peer: otherwise });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function propose(shop: NamedShop): Promise<{ readonly found: number; readonly others: number }> {
  const [orders, products, out] = ["orders.csv", "products.csv", "out.json"].map((file) =>
    join(folder, file),
  );
  const planted = new Set(shop.pairs.map(([first, second]) => `${first}+${second}`));
  const rows = shop.products.map(
    ([title, price], at) => `${at},${title},,${price},${(0.4 * price).toFixed(2)},5000,active`,
  );
  writeFileSync(products!, ["sku,title,category,price,cost,stock,status", ...rows].join("\n"));
  let [found, others] = [0, 0];
  for (const seed of SEEDS) {
    writeFileSync(orders!, writeOrders(shop, seed));
    await measureCommand("suggest", ["--orders", orders!, "--products", products!, "--out", out!]);
    for (const { components } of Suggestions.parse(JSON.parse(readFileSync(out!, "utf8"))).bundles) {
      const numbers = components.map(({ sku }) => Number(sku)).sort((a, b) => a - b);
      if (planted.has(numbers.join("+"))) found++;
      else others++;
    }
  }
  return { found, others };
}

function writeOrders({ products, pairs }: NamedShop, seed: number): string {
  const random = seededRandom(seed);
  const drawProduct = () => Math.floor(random() * products.length);
  const rows = ["order_id,ts,sku,title,qty,unit_price,customer_id"];
  for (let order = 0; order < ORDERS; order++) {
    const ts = new Date(Date.UTC(2025, 0, 1) + (order * DAYS * DAY_MS) / ORDERS).toISOString();
    const basket = new Set([drawProduct()]);
    for (const [first, second, odds] of pairs) {
      if (!basket.has(first) && !basket.has(second)) continue;
      if (random() < odds) basket.add(first).add(second);
    }
    if (random() < BY_CHANCE) basket.add(drawProduct());
    for (const product of basket) {
      const [title, price] = products[product]!;
      rows.push(`${order},${ts},${product},${title},1,${price},${order}`);
    }
  }
  return rows.join("\n");
}
