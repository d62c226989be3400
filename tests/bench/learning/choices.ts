import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { DAY_MS } from "#app/domain/time.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { printFigure } from "#tests/bench/bench-data.ts";
import { measureCommand } from "#tests/bench/commands/measure-command.ts";

/**
 * How many planted pairs a clothes shop with eight sizes is offered if the sizes of a product count as one and, as
 * the peer, if each counts separately. 80 products, 6,000 orders in 700 days; every ninth order contains one of 20
 * planted pairs, in independently drawn sizes.
 */
const PRODUCTS = 80;
const SIZES = ["XS", "S", "M", "L", "XL", "XXL", "3XL", "4XL"];
const ORDERS = 6_000;
const DAYS = 700;
const PAIRS = 20;
const PLANTED_SHARE = 0.12;
const SEEDS = [1, 2, 3];

const CLOTHS = ["Linen", "Cotton", "Wool", "Denim", "Silk", "Velvet", "Jersey", "Canvas", "Leather", "Suede"];
const KINDS = ["shirt", "trousers", "jacket", "skirt", "scarf", "boots", "hat", "belt"];

const Suggestions = z.object({
  bundles: z.array(z.object({ components: z.array(z.object({ sku: z.string() })) })),
});

const folder = mkdtempSync(join(tmpdir(), "bundlesmith-choices-"));
try {
  const found = { joined: 0, apart: 0 };
  const others = { joined: 0, apart: 0 };
  for (const seed of SEEDS) {
    const orders = join(folder, `orders-${seed}.csv`);
    writeFileSync(orders, writeOrders(seed));
    for (const counting of ["joined", "apart"] as const) {
      const products = join(folder, `${counting}.csv`);
      writeFileSync(products, writeProducts(counting === "joined"));
      const out = join(folder, `${counting}-${seed}.json`);
      await measureCommand("suggest", ["--orders", orders, "--products", products, "--out", out]);
      const { bundles } = Suggestions.parse(JSON.parse(readFileSync(out, "utf8")));
      const planted = bundles.map(({ components }) =>
        findPlanted(components.map(({ sku }) => productOf(sku))),
      );
      found[counting] += new Set(planted.flat()).size;
      others[counting] += planted.filter((pairs) => pairs.length === 0).length;
    }
  }
  const unit = `of ${PAIRS * SEEDS.length} planted pairs`;
  printFigure({ name: "choices_planted_proposed", value: found.joined, unit, peer: found.apart });
  const unplanted = "bundles without a planted pair";
  printFigure({ name: "choices_others_proposed", value: others.joined, unit: unplanted, peer: others.apart });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Pair p consists of the products p and PRODUCTS − 1 − p. */
function findPlanted(products: readonly number[]): number[] {
  return products.filter((product) => product < PAIRS && products.includes(PRODUCTS - 1 - product));
}

function productOf(sku: string): number {
  return Number(sku.split("-")[0]);
}

function titleOf(product: number): string {
  return `${CLOTHS[product % CLOTHS.length]} ${KINDS[Math.floor(product / CLOTHS.length)]} ${product}`;
}

function priceOf(product: number): string {
  return (20 + (product % 30)).toFixed(2);
}

function writeOrders(seed: number): string {
  const random = seededRandom(seed);
  const popularity = Array.from({ length: PRODUCTS }, (_, product) => 1 / (1 + (product % 20)));
  const sum = popularity.reduce((total, own) => total + own, 0);
  const drawProduct = () => {
    let left = random() * sum;
    return Math.max(
      0,
      popularity.findIndex((own) => (left -= own) < 0),
    );
  };
  const drawSize = () => Math.min(SIZES.length - 1, Math.floor(-Math.log(1 - random()) * 2.2));
  const rows = ["order_id,ts,sku,title,qty,unit_price,customer_id"];
  for (let order = 0; order < ORDERS; order++) {
    const ts = new Date(Date.UTC(2025, 0, 1) + (order * DAYS * DAY_MS) / ORDERS).toISOString();
    const customer = Math.floor(random() * ORDERS * 0.6);
    const products = new Set(Array.from({ length: 1 + Math.floor(random() * 2.2) }, drawProduct));
    if (random() < PLANTED_SHARE) {
      const pair = Math.floor(random() * PAIRS);
      products.add(pair).add(PRODUCTS - 1 - pair);
    }
    for (const product of products) {
      const size = drawSize();
      const title = `${titleOf(product)} - ${SIZES[size]}`;
      rows.push(`${order},${ts},${product}-${size},${title},1,${priceOf(product)},${customer}`);
    }
  }
  return rows.join("\n");
}

/** Shopify's product list; without handles every size is a product. */
function writeProducts(hasHandles: boolean): string {
  const rows = ["Handle,Title,Type,Variant SKU,Variant Price"];
  for (let product = 0; product < PRODUCTS; product++) {
    SIZES.forEach((size, at) => {
      const names = hasHandles ? `product-${product},${titleOf(product)}` : `,${titleOf(product)} - ${size}`;
      const kind = KINDS[Math.floor(product / CLOTHS.length)];
      rows.push(`${names},${kind},${product}-${at},${priceOf(product)}`);
    });
  }
  return rows.join("\n");
}
