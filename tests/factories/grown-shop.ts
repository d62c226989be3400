import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { seededRandom, type Random } from "#app/domain/numbers/random.ts";
import { DAY_MS } from "#app/domain/time.ts";

interface GrownShop {
  readonly lines: number;
  readonly products: number;
  readonly seed: number;
}

const FIRST_MS = Date.parse("2024-01-01T00:00:00Z");
const DAYS = 730;
/** Products per range; shoppers buy products of one range together. */
const RANGE = 12;
/** Share of a basket's further products that come from the range of its first one. */
const FROM_RANGE = 0.55;
const MEAN_LINES = 5;
const MOST_LINES = 60;
/** Mean orders of a customer with an account; a third of the orders are guest orders. */
const ORDERS_PER_CUSTOMER = 6;
const GUEST_RATIO = 0.33;
/** One in this many products is seasonal: it sells in two months of the year, except for a share of its sales. */
const SEASONAL_EVERY = 6;
const OUT_OF_SEASON_RATIO = 0.1;
const ORDERS_PER_CHUNK = 2_000;

const ADJECTIVES =
  "red,blue,green,white,black,pink,vintage,modern,small,large,striped,spotted,floral,plain".split(",");
const MATERIALS =
  "cotton,wool,linen,oak,pine,steel,glass,ceramic,paper,leather,silk,bamboo,felt,copper".split(",");
const NOUNS = (
  "mug,bowl,plate,lamp,candle,cushion,blanket,basket,tray,vase,clock,frame,hook,shelf,rug,towel,apron,jar,tin,bag," +
  "box,card,ribbon,garland,lantern,doorstop,bunting,teapot,spoon,coaster"
).split(","); // prettier-ignore

/**
 * Writes the order log of an invented shop as gzip CSV in chronological order: popularity by Zipf's law, product ranges
 * that are bought together, returning customers, seasonal products and more orders in the second year. Uses memory in
 * proportion to the catalogue. The same settings give the same file.
 *
 * @param shop.lines order lines to write; the last basket may exceed it
 */
export async function writeGrownShop(path: string, shop: GrownShop): Promise<void> {
  await pipeline(Readable.from(drawOrders(shop)), createGzip({ level: 1 }), createWriteStream(path));
}

/**
 * Queries for `rank`: carts of the same shop, drawn with another seed, without their first product.
 *
 * @param count number of queries
 */
export function* drawQueries(shop: GrownShop, count: number): Generator<string> {
  const random = seededRandom(shop.seed + 1);
  const products = openProducts(shop.products, random);
  const atMs = FIRST_MS + DAYS * DAY_MS;
  for (let id = 0; id < count; id++) {
    const basket = [...products.drawBasket(atMs)].slice(1).map((item) => products.sku(item));
    if (basket.length === 0) basket.push(products.sku(products.drawItem(atMs)));
    yield `${JSON.stringify({ id: String(id), basket, at: new Date(atMs).toISOString() })}\n`;
  }
}

function* drawOrders({ lines, products: count, seed }: GrownShop): Generator<string> {
  const random = seededRandom(seed);
  const products = openProducts(count, random);
  const orders = lines / MEAN_LINES;
  const customers = Math.ceil((orders * (1 - GUEST_RATIO)) / ORDERS_PER_CUSTOMER);
  let written = 0;
  let chunk = "order_id,ts,sku,title,qty,unit_price,customer_id\n";
  for (let order = 0; written < lines; order++) {
    // The second year sells about a fifth more than the first.
    const share = Math.min(1, written / lines);
    const day = DAYS * (Math.sqrt(1 + share * 1.25) - 1) * 2;
    const atMs = FIRST_MS + Math.floor(day * DAY_MS);
    const instant = new Date(atMs).toISOString().slice(0, 19);
    const customer = random() < GUEST_RATIO ? "" : `c${Math.floor(random() ** 2 * customers)}`;
    for (const item of products.drawBasket(atMs)) {
      const units = random() < 0.8 ? 1 : 1 + Math.floor(random() * 6);
      chunk += `${100_000 + order},${instant},${products.sku(item)},${products.title(item)},${units},${products.price(item)},${customer}\n`;
      written++;
    }
    if (order % ORDERS_PER_CHUNK === 0) {
      yield chunk;
      chunk = "";
    }
  }
  yield chunk;
}

function openProducts(count: number, random: Random) {
  // Zipf with exponent 0.9: a general shop's best-seller has about 1 % of its sales.
  const cumulated = new Float64Array(count);
  let total = 0;
  for (let rank = 0; rank < count; rank++) cumulated[rank] = total += (rank + 8) ** -0.9;
  const rankAt = (value: number) => {
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cumulated[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  // The products of a range differ widely in popularity.
  const ranges = Math.ceil(count / RANGE);
  const monthOf = (item: number) => Math.floor(item / SEASONAL_EVERY) % 12;
  const drawItem = (atMs: number): number => {
    const month = new Date(atMs).getUTCMonth();
    for (;;) {
      const item = rankAt(random() * total);
      const isSeasonal = item % SEASONAL_EVERY === 0;
      const isOut = isSeasonal && (month - monthOf(item) + 12) % 12 > 1;
      if (!isOut || random() < OUT_OF_SEASON_RATIO) return item;
    }
  };
  const words = (item: number, list: readonly string[], stride: number) =>
    list[Math.floor(item / stride) % list.length]!;
  return {
    drawItem,
    drawBasket(atMs: number): ReadonlySet<number> {
      const basket = new Set([drawItem(atMs)]);
      const [first] = basket;
      const range = first! % ranges;
      // Geometric with mean MEAN_LINES. A product drawn twice is one line.
      while (basket.size < MOST_LINES && random() > 1 / (MEAN_LINES + 0.35)) {
        const place = Math.floor(random() ** 2 * RANGE);
        const item = random() < FROM_RANGE ? Math.min(count - 1, range + place * ranges) : drawItem(atMs);
        basket.add(item);
      }
      return basket;
    },
    sku: (item: number) => `${20_000 + item}`,
    title: (item: number) =>
      `${words(item, ADJECTIVES, 1)} ${words(item, MATERIALS, ADJECTIVES.length)} ${words(item, NOUNS, 7)} ${item % ranges}`,
    price: (item: number) => (0.95 + ((item * 7_919) % 4_000) / 100).toFixed(2),
  };
}
