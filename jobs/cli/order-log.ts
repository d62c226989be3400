import type { OrderLineRecord } from "#app/domain/collect/order-lines.ts";
import type { ProductFacts } from "#app/domain/collect/product-facts.ts";
import { firstBasketAt, type Baskets } from "#app/domain/prepare/baskets.ts";
import { joinLines, type JoinedChoices } from "#app/domain/prepare/join-choices.ts";
import { lastPlausibleMs } from "#app/domain/prepare/log-clock.ts";
import { prepareBaskets, type DropReason } from "#app/domain/prepare/prepare-baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { NotedRows } from "#app/services/files/noted-rows.ts";
import { tellRow } from "#app/services/files/read-csv.server.ts";
import { readOrderLog } from "#app/services/files/read-order-log.server.ts";
import { readProductList } from "#app/services/files/read-product-list.server.ts";
import { inputError } from "#app/process/errors.ts";
import type { CommandContext } from "./command-line.ts";

interface LogFlags {
  readonly orders: string;
  readonly products: string | undefined;
  readonly "as-of": number | undefined;
}

/**
 * Reads the order log and the product list that the flags name, and says on stderr which rows were not used.
 *
 * @param share of the command's progress that the reading of the orders is, 0 to 1
 * @param currency of a log that names none
 * @returns `log` the whole of it, `before` as it was at `--as-of`, by which `spell` goes, and `products` none where none
 *   are listed
 * @throws AppError input_invalid when nothing in them can be used
 */
export async function openLog(flags: LogFlags, context: CommandContext, share: number, currency?: string) {
  const { signal, reportProgress } = context;
  const log = await readOrderLog(flags.orders, {
    signal,
    ...(currency === undefined ? {} : { currency }),
    onProgress: (ratio) => reportProgress(share * ratio, "reading orders"),
  });
  warnOfRows(context, flags.orders, log);
  const before = cutLog(flags.orders, log, flags["as-of"]);
  const listed = flags.products ? await readProductList(flags.products, log.currency, { signal }) : null;
  if (listed) warnOfRows(context, flags.products!, listed);
  const products = listed?.products ?? [];
  const spell = openSkuSpelling(
    before.lines,
    products.map(({ key }) => key),
  );
  const rejectedCount = log.rejectedCount + (listed?.rejectedCount ?? 0);
  return { log, before, products, isListed: listed !== null, rejectedCount, spell };
}

type OrderLog = Omit<Awaited<ReturnType<typeof readOrderLog>>, "lines"> & {
  readonly lines: Iterable<OrderLineRecord>;
};

/** What is said of lines that were left out. */
const DROPPED: Readonly<Record<DropReason, string>> = {
  cancelled: "of cancelled orders",
  test: "of test orders",
  gift_card: "of gift cards",
  refunded: "of refunded orders",
  no_product: "without a product",
  non_positive_quantity: "without a positive quantity",
  non_positive_price: "without a positive price",
  service: "of postage, fees and other services",
  outside_window: "dated in the future",
  repeated_line: "that repeat a product of their order",
};

/**
 * A log as it was before an instant: prices, products and spellings of later lines are not yet known then.
 *
 * @param path of the log, for what is said of it
 * @param beforeMs milliseconds since 1970 UTC; without it the log is whole
 * @throws AppError input_invalid when no line is left
 */
export function cutLog(path: string, log: OrderLog, beforeMs: number | undefined): OrderLog {
  if (beforeMs === undefined) return log;
  const lines = mapLines(log.lines, (line) => (line.placedAtMs < beforeMs ? line : null));
  if (lines[Symbol.iterator]().next().done)
    throw inputError(`${path}: no usable order before ${new Date(beforeMs).toISOString()}`);
  return { ...log, lines };
}

/** A whole log, for what customers bought later, in which products are called what they were called before an instant. */
export function hideLaterTitles(log: OrderLog, fromMs: number | undefined): OrderLog {
  if (fromMs === undefined) return log;
  const lines = mapLines(log.lines, (line) =>
    line.placedAtMs < fromMs ? line : { ...line, title: "", category: "" },
  );
  return { ...log, lines };
}

/** Lines that can be read more than once, as the log's own can. */
function mapLines(
  lines: Iterable<OrderLineRecord>,
  toLine: (line: OrderLineRecord) => OrderLineRecord | null,
): Iterable<OrderLineRecord> {
  return {
    *[Symbol.iterator]() {
      for (const line of lines) {
        const mapped = toLine(line);
        if (mapped !== null) yield mapped;
      }
    },
  };
}

/**
 * A log's baskets, with every SKU in one spelling and without orders of a future that cannot be. Says on stderr, a
 * line each, how many lines were such orders or had no price above zero.
 *
 * @param path of the log, for what is said of it
 * @param spell from `openSkuSpelling`
 * @param choices variants that are one item with others; none when absent
 * @throws AppError input_invalid, with the reasons, when nothing is left
 */
export function cleanLog(
  path: string,
  log: OrderLog,
  products: readonly ProductFacts[],
  spell: (sku: string) => string,
  { warn }: Pick<CommandContext, "warn">,
  choices: JoinedChoices["choices"] = new Map(),
): Baskets {
  const untilMs = lastPlausibleMs(log.lines, Date.now());
  const { baskets, dropped } = prepareBaskets(joinLines(mergeSkuCase(log.lines, spell), choices), products, {
    currency: log.currency,
    untilMs,
  });
  if (baskets.placedAtMs.length === 0) {
    const stated = Object.entries(dropped).map(
      ([reason, n]) => `${n} lines ${DROPPED[reason as DropReason]}`,
    );
    throw inputError(`${path}: no usable order: ${stated.join(", ")}`);
  }
  if (dropped.outside_window)
    warn(
      `${dropped.outside_window} lines are dated in the future, after ${new Date(untilMs).toISOString()}, and were left out`,
    );
  if (dropped.non_positive_price)
    warn(`${dropped.non_positive_price} lines have no price above zero and were left out`);
  return baskets;
}

/**
 * How to spell SKUs that differ in case only ("85123a", "85123A"): they are one product. The product list's spelling
 * counts before the log's most frequent one; SKUs that the list itself tells apart stay apart.
 *
 * @returns the spelling of any SKU; one that neither knows comes back as it is
 */
export function openSkuSpelling(
  lines: Iterable<OrderLineRecord>,
  listedSkus: readonly string[] = [],
): (sku: string) => string {
  const counts = new Map<string, number>();
  for (const { itemKey } of lines) counts.set(itemKey, (counts.get(itemKey) ?? 0) + 1);
  const spellings = new Map<string, string>();
  for (const [sku, count] of counts) {
    const known = spellings.get(sku.toUpperCase());
    if (known === undefined || count > counts.get(known)!) spellings.set(sku.toUpperCase(), sku);
  }
  const listed = new Set(listedSkus);
  for (const sku of listed) spellings.set(sku.toUpperCase(), sku);
  const spell = (sku: string) => (listed.has(sku) ? sku : (spellings.get(sku.toUpperCase()) ?? sku));
  // A log asks for the same few SKUs millions of times.
  const known = new Map([...counts.keys()].map((sku) => [sku, spell(sku)]));
  return (sku) => known.get(sku) ?? spell(sku);
}

/** The lines with every SKU in its one spelling; reads the lines twice when no spelling is given. */
export function* mergeSkuCase(
  lines: Iterable<OrderLineRecord>,
  spell = openSkuSpelling(lines),
): Generator<OrderLineRecord> {
  for (const line of lines) {
    const itemKey = spell(line.itemKey);
    yield itemKey === line.itemKey ? line : { ...line, itemKey };
  }
}

/** A shop that has paused for longer than this has most likely a date of its log wrong. */
const LONGEST_PAUSE_DAYS = 90;
/** Of all orders, how many may be the mistake; one in a log of any size that is worth the warning. */
const [MOST_STRAY_RATIO, LEAST_ORDERS] = [0.001, 30];

/**
 * The instant before which orders are learned from: the one asked for, else right after the last order. Then says on
 * stderr when that order stands alone, long after all others: it makes them ancient, and every forecast nearly nothing.
 *
 * @param path of the log, for what is said of it
 * @returns milliseconds since 1970 UTC
 * @throws AppError input_invalid when no order is before it
 */
export function chooseCutoff(
  path: string,
  baskets: Baskets,
  asOfMs: number | undefined,
  { warn }: Pick<CommandContext, "warn">,
): number {
  if (asOfMs !== undefined) {
    if (firstBasketAt(baskets, asOfMs) > 0) return asOfMs;
    throw inputError(`${path}: no usable order before ${new Date(asOfMs).toISOString()}`);
  }
  const lastMs = baskets.placedAtMs.at(-1)!;
  const stray = findStray(baskets.placedAtMs);
  if (stray !== null) {
    const orders = stray.orders === 1 ? "the last order comes" : `the last ${stray.orders} orders come`;
    warn(
      `${path}: ${orders} ${Math.floor(stray.pauseMs / DAY_MS)} days after all others: ` +
        `${new Date(lastMs).toISOString().slice(0, 10)} is taken for today, --as-of can set another day`,
    );
  }
  return lastMs + 1;
}

/** The few orders behind the last long pause; null without one. */
function findStray(placedAtMs: Float64Array): { orders: number; pauseMs: number } | null {
  const count = placedAtMs.length;
  if (count < LEAST_ORDERS) return null;
  for (let orders = 1; orders <= Math.max(1, count * MOST_STRAY_RATIO); orders++) {
    const pauseMs = placedAtMs[count - orders]! - placedAtMs[count - orders - 1]!;
    if (pauseMs > LONGEST_PAUSE_DAYS * DAY_MS) return { orders, pauseMs };
  }
  return null;
}

const SHOWN = 5;

/**
 * Says on stderr, a line each, how many rows of a file were not used, were used in part, or are not UTF-8, and where the
 * first ones are; nothing when all is well.
 */
export function warnOfRows(
  { warn }: Pick<CommandContext, "warn">,
  path: string,
  { rejectedCount, rejected, flawedCount, flawed, garbledCount, garbledLine }: NotedRows,
): void {
  if (rejectedCount > 0) {
    const rows = rejected.map(({ line, reason }) => `line ${line}: ${tellRow(reason)}`);
    warn(`${path}: ${rejectedCount} rows not used (${show(rows, rejectedCount)})`);
  }
  if (flawedCount > 0) {
    const rows = flawed.map(({ line, flaws }) => `line ${line}: ${flaws.map(tellRow).join(", ")}`);
    warn(
      `${path}: ${flawedCount} rows used without a value that cannot be read (${show(rows, flawedCount)})`,
    );
  }
  if (garbledCount > 0)
    warn(
      `${path}: ${garbledCount} rows are not UTF-8 (the first is line ${garbledLine}): ` +
        "what could not be read stands as \uFFFD, and SKUs that differ only there are taken for one",
    );
}

function show(rows: readonly string[], count: number): string {
  const shown = rows.slice(0, SHOWN);
  return `${shown.join("; ")}${count > shown.length ? "; …" : ""}`;
}
