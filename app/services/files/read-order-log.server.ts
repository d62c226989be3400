import { createHash } from "node:crypto";
import type { RowMessage } from "#app/domain/collect/collect-messages.ts";
import { OrderLines } from "#app/domain/collect/order-lines.ts";
import { matchOrderLogHeader } from "#app/domain/collect/order-log/order-log-columns.ts";
import { openOrderRowParser } from "#app/domain/collect/order-log/parse-order-row.ts";
import { minorDigits } from "#app/domain/money.ts";
import { AppError } from "#app/process/errors.ts";
import {
  findRunaway,
  readCsv,
  readCsvBytes,
  type CsvReading,
  type CsvRow,
  tellRow,
} from "./read-csv.server.ts";

/** A row of the file that could not be used. */
export interface RejectedRow {
  /** Where the row begins, counted from 1, the header included. */
  readonly line: number;
  readonly reason: RowMessage;
}

interface OrderLog {
  readonly lines: OrderLines;
  /** ISO 4217 code of the prices. */
  readonly currency: string;
  readonly rejectedCount: number;
  /** The first of them, at most `REJECTED_SHOWN`. */
  readonly rejected: readonly RejectedRow[];
  /** Rows used although a SKU or title in them is no UTF-8: what could not be read stands there as U+FFFD. */
  readonly garbledCount: number;
  /** The first of them, counted from 1; 0 without any. */
  readonly garbledLine: number;
}

interface OrderLogReading extends CsvReading {
  /** Currency of a log that names none. */
  readonly currency?: string;
  /** Pseudonym of a customer's id; by default the id itself, or a digest of an e-mail address. */
  readonly toCustomerKey?: (customer: string) => string;
  /** The instant of a time that names no zone, from what the clock showed; UTC's by default. */
  readonly fromClockMs?: (clockMs: number) => number;
}

const REJECTED_SHOWN = 20;
/** What a decoder puts in place of bytes that are no UTF-8. */
const UNREADABLE = "\uFFFD";

/**
 * Reads an order log, CSV or gzip: the columns `order_id,ts,sku,title,qty,unit_price[,customer_id,category,currency,service_date]`
 * in any order, or Shopify's order export. A row that cannot be used is counted with its line and reason;
 * rows without a currency above the first that names one are such where that has other decimals than the fallback.
 *
 * @throws AppError input_invalid when the file is no CSV, lacks columns, or has no usable row
 */
export async function readOrderLog(path: string, options: OrderLogReading = {}): Promise<OrderLog> {
  return collectOrderLog(path, (onRow) => readCsv(path, onRow, options), options);
}

/** The same of bytes that lie nowhere, which messages call "the file". */
export async function readOrderLogBytes(
  bytes: AsyncIterable<Uint8Array>,
  options: OrderLogReading = {},
): Promise<OrderLog> {
  return collectOrderLog("the file", (onRow) => readCsvBytes("the file", bytes, onRow, options), options);
}

async function collectOrderLog(
  path: string,
  readRows: (onRow: CsvRow) => Promise<void>,
  options: OrderLogReading,
): Promise<OrderLog> {
  let lines = new OrderLines();
  const rejected: RejectedRow[] = [];
  let [rejectedCount, garbledCount, garbledLine] = [0, 0, 0];
  let usedLine = 0;
  let parser: ReturnType<typeof openOrderRowParser> | null = null;
  const reject = (line: number, reason: RowMessage, count = 1) => {
    rejectedCount += count;
    if (rejected.length < REJECTED_SHOWN) rejected.push({ line, reason });
  };
  await readRows((cells, line, lineCount) => {
    if (parser === null) {
      const header = matchOrderLogHeader(cells);
      if (!header.ok) {
        throw new AppError(
          "input_invalid",
          `line ${line}: the header lacks ${header.detail}; expected order_id,ts,sku,title,qty,unit_price ` +
            "(customer_id,category,service_date optional) or Shopify's order export",
          false,
        );
      }
      parser = openOrderRowParser(header.value, {
        fallbackCurrency: options.currency ?? "USD",
        toCustomerKey: options.toCustomerKey ?? toDigestOfEmail,
        ...(options.fromClockMs ? { fromClockMs: options.fromClockMs } : {}),
      });
      return;
    }
    const readIn = parser.currency();
    const runaway = findRunaway(line, lineCount);
    const parsed = runaway === null ? parser.parse(cells) : { ok: false as const, reason: runaway };
    const currency = parser.currency();
    if (currency !== readIn && lines.count > 0 && minorDigits(currency) !== minorDigits(readIn)) {
      // Only now is it known that the rows so far, which name none, were read in wrong decimals.
      reject(usedLine, { code: "row.noCurrency", values: { currency } }, lines.count);
      lines = new OrderLines();
      [garbledCount, garbledLine] = [0, 0];
    }
    if (parsed.ok) {
      usedLine ||= line;
      const { itemKey, title } = parsed.value;
      if (title.includes(UNREADABLE) || itemKey.includes(UNREADABLE)) {
        garbledLine ||= line;
        garbledCount++;
      }
      lines.add(parsed.value);
      return;
    }
    reject(line, parsed.reason);
  });
  // Assigned in the callback, which the compiler does not follow.
  const used = parser as ReturnType<typeof openOrderRowParser> | null;
  if (used === null) throw new AppError("input_invalid", `${path}: the file is empty`, false);
  if (lines.count === 0) {
    const first = rejected[0];
    const why = first ? `; line ${first.line}: ${tellRow(first.reason)}` : "; it has a header only";
    throw new AppError("input_invalid", `${path}: no usable row (${rejectedCount} rejected${why})`, false);
  }
  return { lines, currency: used.currency(), rejectedCount, rejected, garbledCount, garbledLine };
}

/**
 * What a log's customer is known by: an id as it is, of an e-mail address a digest. Addresses are not kept, not even in
 * memory: equal ones still give equal keys.
 *
 * @param customer trimmed
 */
export function toDigestOfEmail(customer: string): string {
  if (!customer.includes("@")) return customer;
  return createHash("sha256").update(customer.toLowerCase()).digest("hex").slice(0, 32);
}
