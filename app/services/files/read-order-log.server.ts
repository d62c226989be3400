import { createHash } from "node:crypto";
import { OrderLines } from "#app/domain/collect/order-lines.ts";
import { matchOrderLogHeader } from "#app/domain/collect/order-log/order-log-columns.ts";
import { openOrderRowParser } from "#app/domain/collect/order-log/parse-order-row.ts";
import { minorDigits } from "#app/domain/money.ts";
import { type NotedRows, requireColumns, RowNotes } from "./noted-rows.ts";
import { findRunaway, nameOf, readCsv, type CsvReading, type CsvSource } from "./read-csv.server.ts";

interface OrderLog extends NotedRows {
  readonly lines: OrderLines;
  /** ISO 4217 code of the prices. */
  readonly currency: string;
}

const EXPECTED =
  "order_id,ts,sku,title,qty,unit_price (customer_id,category,service_date optional) or Shopify's order export";

interface OrderLogReading extends CsvReading {
  /** Currency of a log that names none. */
  readonly currency?: string;
  /** Pseudonym of a customer's id; by default the id itself, or a digest of an e-mail address. */
  readonly toCustomerKey?: (customer: string) => string;
  /** The instant of a time that names no zone, from what the clock showed; UTC's by default. */
  readonly fromClockMs?: (clockMs: number) => number;
}

/**
 * Reads an order log, CSV or gzip: the columns
 * `order_id,ts,sku,title,qty,unit_price[,customer_id,category,currency,service_date]` in any order, or Shopify's order
 * export. A row that cannot be used is counted with its line and reason; rows without a currency above the first that
 * names one are such where that has other decimals than the fallback.
 *
 * @throws AppError input_invalid when the file is no CSV, lacks columns, or has no usable row
 */
export async function readOrderLog(source: CsvSource, options: OrderLogReading = {}): Promise<OrderLog> {
  let lines = new OrderLines();
  const noted = new RowNotes();
  let usedLine = 0;
  let parser: ReturnType<typeof openOrderRowParser> | null = null;
  const takeRow = (cells: string[], line: number, lineCount: number) => {
    if (parser === null) {
      parser = openOrderRowParser(requireColumns(matchOrderLogHeader(cells), line, EXPECTED), {
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
      noted.reject(usedLine, { code: "row.noCurrency", values: { currency } }, lines.count);
      lines = new OrderLines();
      [noted.garbledCount, noted.garbledLine] = [0, 0];
    }
    if (parsed.ok) {
      usedLine ||= line;
      noted.use(line, [parsed.value.title, parsed.value.itemKey]);
      lines.add(parsed.value);
      return;
    }
    noted.reject(line, parsed.reason);
  };
  await readCsv(source, takeRow, options);
  if (lines.count === 0) throw noted.refuseAll(nameOf(source), "it has a header only");
  // Assigned in the callback, which the compiler does not follow.
  const used = parser as unknown as ReturnType<typeof openOrderRowParser>;
  return { ...noted, lines, currency: used.currency() };
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
