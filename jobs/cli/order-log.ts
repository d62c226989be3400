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
 * Reads the order log and the product list of the flags. Warns on stderr about rows that were not used.
 *
 * @param share share of the command's progress for reading the orders, 0 to 1
 * @param currency for a log without a currency
 * @returns `log` is the whole log; `before` ends at `--as-of`, and `spell` is based on it; `products` is empty without
 *   a list
 * @throws AppError input_invalid if there is nothing usable in them
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
 * A log as it was before an instant. Prices, products and spellings of later lines are not known then.
 *
 * @param path path of the log, for messages
 * @param beforeMs milliseconds since 1970 UTC; undefined keeps the whole log
 * @throws AppError input_invalid if no line is left
 */
export function cutLog(path: string, log: OrderLog, beforeMs: number | undefined): OrderLog {
  if (beforeMs === undefined) return log;
  const lines = mapLines(log.lines, (line) => (line.placedAtMs < beforeMs ? line : null));
  if (lines[Symbol.iterator]().next().done)
    throw inputError(`${path}: no usable order before ${new Date(beforeMs).toISOString()}`);
  return { ...log, lines };
}

/** The whole log, for later purchases, but without titles and categories from lines at or after the instant. */
export function hideLaterTitles(log: OrderLog, fromMs: number | undefined): OrderLog {
  if (fromMs === undefined) return log;
  const lines = mapLines(log.lines, (line) =>
    line.placedAtMs < fromMs ? line : { ...line, title: "", category: "" },
  );
  return { ...log, lines };
}

/** Keeps the lines iterable more than once. */
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
 * The baskets of a log, with one spelling per SKU and without orders dated in the future. Warns on stderr how many
 * lines were dated in the future and how many had no price above zero.
 *
 * @param path path of the log, for messages
 * @param spell from `openSkuSpelling`
 * @param choices variants that share an item; none by default
 * @throws AppError input_invalid, with the reasons, if nothing is left
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
 * Unifies the spelling of SKUs that differ only in case ("85123a", "85123A"): they are one product. The spelling of the
 * product list comes first, then the most frequent one in the log. SKUs that the list itself distinguishes stay
 * distinct.
 *
 * @returns maps a SKU to its spelling; an unknown SKU stays as it is
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
  // A log has the same few SKUs millions of times.
  const known = new Map([...counts.keys()].map((sku) => [sku, spell(sku)]));
  return (sku) => known.get(sku) ?? spell(sku);
}

/** The lines with one spelling per SKU. Reads the lines twice when `spell` is not given. */
export function* mergeSkuCase(
  lines: Iterable<OrderLineRecord>,
  spell = openSkuSpelling(lines),
): Generator<OrderLineRecord> {
  for (const line of lines) {
    const itemKey = spell(line.itemKey);
    yield itemKey === line.itemKey ? line : { ...line, itemKey };
  }
}

/** After a longer pause, a date in the log is probably wrong. */
const LONGEST_PAUSE_DAYS = 90;
/** Largest share of orders that counts as stray, and the fewest orders that are worth a warning. */
const [MOST_STRAY_RATIO, LEAST_ORDERS] = [0.001, 30];

/**
 * The cut-off: the requested instant, or just after the last order. Without a requested instant, warns on stderr when
 * the last orders come long after all others, because every forecast is then close to zero.
 *
 * @param path path of the log, for messages
 * @returns milliseconds since 1970 UTC
 * @throws AppError input_invalid if no order is before the requested instant
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

/** The few orders after the last long pause; null without one. */
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
 * Warns on stderr, one line each, how many rows of a file were unused, partly used or not UTF-8, with the first
 * examples. Prints nothing for a clean file.
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
