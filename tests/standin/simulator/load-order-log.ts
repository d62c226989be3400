import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { parse } from "csv-parse";
import { toHandle } from "./build-catalogue.ts";
import type { HistoryLine, HistoryOrder, HistoryProduct, ShopHistory } from "./shop-history.ts";

const WEEK_MS = 7 * 86_400_000;
const REQUIRED_COLUMNS = ["order_id", "ts", "sku", "title", "qty", "unit_price"] as const;
const PLENTY = 100_000;
/** Lines of an export that are not products; a Shopify shop has them as custom lines or as shipping. */
const NOT_GOODS =
  /\b(postage|carriage|manual|adjust\w*|bank charges|amazon fee|commission|discount|samples?)\b/i;
const NOT_GOODS_SKU = /^(?:[A-Za-z ]+|C2|gift_.*|TEST\d*)$/;

interface OrderLog extends ShopHistory {
  readonly linesRead: number;
  /** Rows that could not be used, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Whole weeks, in milliseconds, added to every time of the log. */
  readonly shiftMs: number;
}

interface OrderLogOptions {
  /** The log is moved by whole weeks, so that its last order is in the week before this instant. */
  readonly endAtMs: number;
  readonly currency?: string;
}

interface ProductTally {
  readonly titles: Map<string, number>;
  readonly pricesMinor: number[];
}

interface OpenOrder {
  readonly placedAtMs: number;
  readonly customerId: string | null;
  readonly lines: HistoryLine[];
}

const MOST_LINES = 500;

/**
 * A real order log (CSV, plain or gzip, columns
 * `order_id,ts,sku,title,qty,unit_price[,customer_id]` in any order) as the history of a shop: one product with one
 * variant for each SKU, its most frequent title and median price, plenty of stock and no known cost. Times without a
 * zone count as UTC.
 *
 * @returns orders oldest first. Cancellations (orders numbered C1 or A1, quantities not above zero), rows without a price
 *   above zero and lines of an order beyond 500 are skipped and counted, because Shopify has no such orders
 * @throws Error with the file's name if it cannot be read, lacks a column, or holds no usable order
 * Known weakness: a moved log keeps its weekdays and the order of its seasons, but not the calendar dates.
 */
export async function loadOrderLog(
  path: string,
  { endAtMs, currency = "GBP" }: OrderLogOptions,
): Promise<OrderLog> {
  const tallies = new Map<string, ProductTally>();
  const open = new Map<string, OpenOrder>();
  const texts = new Map<string, string>();
  const skipped: Record<string, number> = {};
  const skip = (reason: string) => {
    skipped[reason] = (skipped[reason] ?? 0) + 1;
  };
  let linesRead = 0;
  let columns: ColumnPlaces | null = null;

  for await (const cells of readRows(path)) {
    if (columns === null) {
      columns = placeColumns(cells, path);
      continue;
    }
    linesRead++;
    const orderId = cells[columns.order_id] ?? "";
    const quantity = Number(cells[columns.qty]);
    const unitPriceMinor = Math.round(Number(cells[columns.unit_price]) * 100);
    const sku = (cells[columns.sku] ?? "").trim();
    if (/^[AC]\d+$/.test(orderId)) skip("cancellation or adjustment");
    else if (!Number.isInteger(quantity) || quantity <= 0) skip("quantity not above zero");
    else if (!(unitPriceMinor > 0)) skip("price not above zero");
    else if (orderId === "" || sku === "") skip("no order number or no SKU");
    else if (open.get(orderId)?.lines.length === MOST_LINES) skip("more lines than Shopify takes");
    else {
      const order = open.get(orderId) ?? openOrder(cells, columns);
      if (order === null) {
        skip("time not understood");
        continue;
      }
      open.set(orderId, order);
      const title = oneCopy(texts, (cells[columns.title] ?? "").trim() || sku);
      order.lines.push({ sku: oneCopy(texts, sku), title, quantity, unitPriceMinor });
      if (!isGoods(sku, title)) continue;
      const tally: ProductTally = tallies.get(sku) ?? { titles: new Map(), pricesMinor: [] };
      tallies.set(sku, tally);
      tally.titles.set(title, (tally.titles.get(title) ?? 0) + 1);
      tally.pricesMinor.push(unitPriceMinor);
    }
  }
  if (open.size === 0) {
    const counts = [`${linesRead} rows`, ...Object.entries(skipped).map(([reason, n]) => `${n} ${reason}`)];
    throw new Error(`${path}: no usable order in ${counts.join(", ")}`);
  }

  const placed = [...open].sort(([, a], [, b]) => a.placedAtMs - b.placedAtMs);
  const lastMs = placed[placed.length - 1]![1].placedAtMs;
  const shiftMs = Math.floor((endAtMs - lastMs) / WEEK_MS) * WEEK_MS;
  return {
    currency,
    products: [...tallies].map(([sku, tally]) => toProduct(sku, tally)),
    orders: placed.map(([name, order]) => toOrder(name, order, shiftMs)),
    linesRead,
    skipped,
    shiftMs,
  };
}

type ColumnPlaces = Readonly<Record<(typeof REQUIRED_COLUMNS)[number], number> & { customer_id: number }>;

async function* readRows(path: string): AsyncGenerator<string[]> {
  const file = createReadStream(path);
  const rows = parse({ bom: true, relax_column_count: true, skip_empty_lines: true });
  const source = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
  const fail = (cause: Error) => rows.destroy(new Error(`${path}: ${cause.message}`, { cause }));
  file.on("error", fail);
  source.on("error", fail);
  yield* source.pipe(rows) as AsyncIterable<string[]>;
}

function placeColumns(header: readonly string[], path: string): ColumnPlaces {
  const names = header.map((name) => name.trim().toLowerCase());
  const missing = REQUIRED_COLUMNS.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new Error(`${path}: line 1 lacks the columns ${missing.join(", ")}; expected CSV with commas`);
  const place = (name: string) => names.indexOf(name);
  return {
    order_id: place("order_id"),
    ts: place("ts"),
    sku: place("sku"),
    title: place("title"),
    qty: place("qty"),
    unit_price: place("unit_price"),
    customer_id: place("customer_id"),
  };
}

function openOrder(cells: readonly string[], columns: ColumnPlaces): OpenOrder | null {
  const text = cells[columns.ts] ?? "";
  const placedAtMs = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text.replace(" ", "T")}Z`);
  if (Number.isNaN(placedAtMs)) return null;
  const customerId = columns.customer_id < 0 ? "" : (cells[columns.customer_id] ?? "").trim();
  return { placedAtMs, customerId: customerId || null, lines: [] };
}

/** A cell is a slice that would keep its whole chunk of the file in memory. This keeps one copy of each text. */
function oneCopy(texts: Map<string, string>, text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  const copy = Buffer.from(text).toString();
  texts.set(copy, copy);
  return copy;
}

function isGoods(sku: string, title: string): boolean {
  return !NOT_GOODS_SKU.test(sku) && !NOT_GOODS.test(title);
}

function toProduct(sku: string, { titles, pricesMinor }: ProductTally): HistoryProduct {
  const title = [...titles].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
  pricesMinor.sort((a, b) => a - b);
  return {
    handle: toHandle(`${title} ${sku}`),
    title: inTitleCase(title),
    category: "Giftware",
    vendor: "Online Retail",
    tags: [],
    descriptionHtml: "",
    optionNames: [],
    isGiftCard: false,
    variants: [
      {
        sku,
        title: "Default Title",
        optionValues: [],
        priceMinor: pricesMinor[Math.floor(pricesMinor.length / 2)]!,
        compareAtMinor: null,
        costMinor: null,
        stock: PLENTY,
      },
    ],
  };
}

function toOrder(name: string, { placedAtMs, customerId, lines }: OpenOrder, shiftMs: number): HistoryOrder {
  return {
    name: `#${name}`,
    placedAtMs: placedAtMs + shiftMs,
    customerId,
    lines,
    isTest: false,
    cancelledAtMs: null,
    refund: null,
  };
}

/** "WHITE HANGING HEART T-LIGHT" → "White Hanging Heart T-Light"; a title that is not all capitals stays unchanged. */
function inTitleCase(title: string): string {
  if (title !== title.toUpperCase()) return title;
  return title
    .toLowerCase()
    .replace(/(^|[\s\-/(&"])([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}
