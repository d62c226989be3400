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
  /** Currency of a log without one. */
  readonly currency?: string;
  /** Pseudonym of a customer's id; by default the id itself, or a digest of an e-mail address. */
  readonly toCustomerKey?: (customer: string) => string;
  /** Converts a clock time without a zone to an instant; UTC by default. */
  readonly fromClockMs?: (clockMs: number) => number;
}

/**
 * Reads an order log, CSV or gzip: the columns
 * `order_id,ts,sku,title,qty,unit_price[,customer_id,category,currency,service_date]` in any order, or Shopify's order
 * export. Counts unusable rows with line and reason. Rows above the first one with a currency are unusable if that
 * currency has other decimals than the fallback.
 *
 * @throws AppError input_invalid if the file is no CSV, lacks columns, or has no usable row
 */
export async function readOrderLog(source: CsvSource, options: OrderLogReading = {}): Promise<OrderLog> {
  let lines = new OrderLines();
  const noted = new RowNotes();
  let usedLine = 0;
  // Assigned in the callback, which the compiler does not follow.
  let parser = null as ReturnType<typeof openOrderRowParser> | null;
  const takeRow = (cells: string[], line: number, lineCount: number) => {
    if (parser === null) {
      parser = openOrderRowParser(requireColumns(matchOrderLogHeader(cells), cells, line, EXPECTED), {
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
      // Only now is it known that the rows so far, without a currency, were read with wrong decimals.
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
  return { ...noted, lines, currency: parser!.currency() };
}

/**
 * Key of a log's customer: an id as it is, an e-mail address as a digest, so that no address is kept even in memory.
 * Equal addresses have equal keys.
 *
 * @param customer trimmed
 */
export function toDigestOfEmail(customer: string): string {
  if (!customer.includes("@")) return customer;
  return createHash("sha256").update(customer.toLowerCase()).digest("hex").slice(0, 32);
}
