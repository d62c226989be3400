import { cutText } from "#app/domain/message.ts";
import { parseMinor } from "#app/domain/money.ts";
import type { CellMessage, RowResult } from "#app/domain/collect/collect-messages.ts";
import type { LineExclusion, OrderLineRecord } from "#app/domain/collect/order-lines.ts";
import type { OrderLogColumn, OrderLogHeader } from "./order-log-columns.ts";
import { asUtc, parseWrittenTime, toInstantMs } from "./parse-instant.ts";

/** Largest value of a 32-bit column; a larger quantity is a mistake of the log. */
const MAX_UNITS = 2 ** 31 - 1;

/** From here on the year has a fifth digit in UTC, which PostgreSQL does not read. */
const YEAR_10000_MS = Date.UTC(10_000, 0);

/** Fits several times into a database index entry; a longer id is text in the wrong column. */
const MOST_ID_CHARS = 200;

/** Values that the first row of an order gives for the rows below it. */
type OrderHead = Required<
  Pick<OrderLineRecord, "orderId" | "placedAtMs" | "clockOffsetMinutes" | "customerKey" | "exclusion">
>;

/**
 * Makes the parser of one order log. It remembers the current order, because Shopify's export leaves the order's own
 * cells empty from the second line on.
 *
 * A log has one currency, the first code in a row. A row with another code is refused, and a row without one uses the
 * log's. Rows before the first code use the fallback, whose decimals can differ.
 *
 * @param fallbackCurrency of a log without a currency, ISO 4217
 * @param toCustomerKey pseudonym of the customer's id or e-mail
 * @param fromClockMs the instant of a time without a zone; UTC if absent
 * @returns a function from a row's cells to a record, or to the reason why the row is refused
 */
export function openOrderRowParser(
  { shape, names, at }: OrderLogHeader,
  {
    fallbackCurrency,
    toCustomerKey,
    fromClockMs = asUtc,
  }: {
    fallbackCurrency: string;
    toCustomerKey(customer: string): string;
    fromClockMs?: (clockMs: number) => number;
  },
): {
  parse(cells: readonly string[]): RowResult<OrderLineRecord>;
  /** ISO code of the prices read so far: the log's first, else the fallback. */
  currency(): string;
} {
  let head: OrderHead | null = null;
  let currency: string | null = null;
  const readTime = (text: string) => {
    const written = parseWrittenTime(text);
    const instantMs = written && toInstantMs(written, fromClockMs);
    const atMs = instantMs !== null && instantMs < YEAR_10000_MS ? instantMs : null;
    return { text, atMs, offsetMinutes: written?.offsetMinutes ?? 0 };
  };
  /** Currency of the row's order; "" for none. */
  let namedCurrency = "";
  let lastPlaced = readTime("");
  let lastService = lastPlaced;

  const cell = (cells: readonly string[], column: OrderLogColumn): string => {
    const index = at[column];
    return index === -1 ? "" : (cells[index] ?? "").trim();
  };
  const cellOf = (column: OrderLogColumn, given: string) => ({
    column: names[at[column]]!,
    cell: cutText(given, 40),
  });
  const refuse = (
    code: Exclude<CellMessage["code"], "row.otherCurrency">,
    column: OrderLogColumn,
    given: string,
  ): RowResult<never> => ({ ok: false, reason: { code, values: cellOf(column, given) } });

  /** Sets the log's currency from the row's; returns the refusal if they differ. */
  function settleCurrency(): RowResult<never> | null {
    if (namedCurrency === "" || namedCurrency === currency) return null;
    const code = namedCurrency.toUpperCase();
    if (!/^[A-Z]{3}$/.test(code)) return refuse("row.notCurrency", "currency", namedCurrency);
    currency ??= code;
    if (code === currency) return null;
    const values = { ...cellOf("currency", namedCurrency), currency };
    return { ok: false, reason: { code: "row.otherCurrency", values } };
  }

  function readHead(cells: readonly string[], orderId: string): RowResult<OrderHead> {
    const isContinued = shape === "shopify" && head?.orderId === orderId;
    const instantText = cell(cells, "placedAt");
    if (instantText !== lastPlaced.text) lastPlaced = readTime(instantText);
    if (lastPlaced.atMs === null && !(isContinued && instantText === "")) {
      return refuse("row.notInstant", "placedAt", instantText);
    }
    if (isContinued) return { ok: true, value: head! };
    const customer = cell(cells, "customer");
    return {
      ok: true,
      value: {
        orderId,
        placedAtMs: lastPlaced.atMs!,
        clockOffsetMinutes: lastPlaced.offsetMinutes,
        customerKey: customer === "" ? null : toCustomerKey(customer),
        exclusion: toExclusion(cell(cells, "cancelledAt"), cell(cells, "financialStatus")),
      },
    };
  }

  return {
    currency: () => currency ?? fallbackCurrency,
    parse(cells) {
      const orderId = cell(cells, "orderId");
      if (orderId === "" || orderId.length > MOST_ID_CHARS)
        return { ok: false, reason: { code: "row.noOrderId", values: {} } };
      const order = readHead(cells, orderId);
      if (!order.ok) return order;
      if (head !== order.value) namedCurrency = cell(cells, "currency");
      head = order.value;
      const foreign = settleCurrency();
      if (foreign !== null) return foreign;

      const title = cell(cells, "title");
      // A Shopify variant can lack a SKU; then only its name identifies it.
      const itemKey = cell(cells, "itemKey") || (shape === "shopify" ? title : "");
      if (itemKey === "") return { ok: false, reason: { code: "row.noSku", values: {} } };
      const quantityText = cell(cells, "quantity");
      const quantity = quantityText === "" ? NaN : Number(quantityText);
      if (!Number.isInteger(quantity) || Math.abs(quantity) > MAX_UNITS) {
        return refuse("row.notWhole", "quantity", quantityText);
      }
      const priceText = cell(cells, "unitPrice");
      const unitPriceMinor = parseMinor(priceText, currency ?? fallbackCurrency);
      if (unitPriceMinor === null || !Number.isSafeInteger(unitPriceMinor * quantity)) {
        return refuse("row.notDecimal", "unitPrice", priceText);
      }
      const serviceText = cell(cells, "serviceAt");
      if (serviceText !== lastService.text) lastService = readTime(serviceText);
      if (serviceText !== "" && lastService.atMs === null)
        return refuse("row.notDate", "serviceAt", serviceText);
      return {
        ok: true,
        value: {
          ...head,
          itemKey,
          title,
          quantity,
          unitPriceMinor,
          category: cell(cells, "category"),
          ...(serviceText === "" ? {} : { serviceAtMs: lastService.atMs }),
        },
      };
    },
  };
}

function toExclusion(cancelledAt: string, financialCell: string): LineExclusion | null {
  if (cancelledAt !== "") return "cancelled";
  const status = financialCell.toLowerCase();
  if (status === "voided" || status === "expired") return "cancelled";
  return status === "refunded" ? "refunded" : null;
}
