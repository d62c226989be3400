import type { HistoryOrder, ShopHistory } from "./shop-history.ts";

/** The columns of Shopify's order export that a shop without taxes and tips fills, in Shopify's order. */
const EXPORT_COLUMNS = [
  "Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Fulfilled at", "Accepts Marketing", "Currency",
  "Subtotal", "Shipping", "Taxes", "Total", "Discount Code", "Discount Amount", "Shipping Method", "Created at",
  "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem compare at price", "Lineitem sku",
  "Lineitem requires shipping", "Lineitem taxable", "Lineitem fulfillment status", "Notes", "Note Attributes",
  "Cancelled at", "Payment Method", "Refunded Amount", "Vendor", "Id", "Tags", "Source", "Lineitem discount",
] as const; // prettier-ignore

type ExportRow = Partial<Record<(typeof EXPORT_COLUMNS)[number], string>>;

/**
 * The orders as Shopify's admin exports them: one row per line item, the order's own columns only on its first row.
 * E-mail addresses are empty, because the simulator has none. Test orders have the payment method "Bogus gateway".
 */
export function toOrderExportCsv({ orders, currency }: Pick<ShopHistory, "orders" | "currency">): string {
  const rows = [EXPORT_COLUMNS.join(",")];
  for (const order of orders) {
    order.lines.forEach((line, index) => {
      const row: ExportRow = {
        Name: order.name,
        "Created at": exportTime(order.placedAtMs),
        "Lineitem quantity": String(line.quantity),
        "Lineitem name": line.title,
        "Lineitem price": decimal(line.unitPriceMinor),
        "Lineitem sku": line.sku,
        "Lineitem requires shipping": "true",
        "Lineitem taxable": "true",
        "Lineitem fulfillment status": order.cancelledAtMs === null ? "fulfilled" : "pending",
        "Lineitem discount": "0.00",
        ...(index === 0 ? orderColumns(order, currency) : {}),
      };
      rows.push(EXPORT_COLUMNS.map((column) => quote(row[column] ?? "")).join(","));
    });
  }
  return `${rows.join("\n")}\n`;
}

/** The orders in the engine's own columns, without cancelled and test orders, for which there is no column. */
export function toEngineCsv({ orders }: Pick<ShopHistory, "orders">): string {
  const rows = ["order_id,ts,sku,title,qty,unit_price,customer_id"];
  for (const order of orders) {
    if (order.isTest || order.cancelledAtMs !== null) continue;
    for (const line of order.lines) {
      rows.push(
        [
          order.name.replace("#", ""),
          new Date(order.placedAtMs).toISOString(),
          quote(line.sku),
          quote(line.title),
          line.quantity,
          decimal(line.unitPriceMinor),
          order.customerId ?? "",
        ].join(","),
      );
    }
  }
  return `${rows.join("\n")}\n`;
}

/** What the shopper paid for the lines of an order, in minor units, before any refund. */
function orderTotalMinor({ lines }: Pick<HistoryOrder, "lines">): number {
  return lines.reduce((sum, { quantity, unitPriceMinor }) => sum + quantity * unitPriceMinor, 0);
}

function orderColumns(order: HistoryOrder, currency: string): ExportRow {
  const total = decimal(orderTotalMinor(order));
  const refundedMinor = order.refund
    ? orderTotalMinor({ lines: order.refund.lineIndices.map((index) => order.lines[index]!) })
    : 0;
  const isPaid = order.cancelledAtMs === null;
  return {
    "Financial Status": !isPaid ? "voided" : refundedMinor > 0 ? "partially_refunded" : "paid",
    "Paid at": isPaid ? exportTime(order.placedAtMs) : "",
    "Fulfillment Status": isPaid ? "fulfilled" : "unfulfilled",
    "Accepts Marketing": "no",
    Currency: currency,
    Subtotal: total,
    Shipping: "0.00",
    Taxes: "0.00",
    Total: total,
    "Discount Amount": "0.00",
    "Cancelled at": order.cancelledAtMs === null ? "" : exportTime(order.cancelledAtMs),
    "Payment Method": order.isTest ? "Bogus gateway" : "Shopify Payments",
    "Refunded Amount": decimal(refundedMinor),
    Id: order.name.replace("#", "55000000"),
    Source: "web",
  };
}

/** "2026-11-24 18:05:09 +0000" */
function exportTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replace("T", " ")} +0000`;
}

function decimal(minor: number): string {
  return (minor / 100).toFixed(2);
}

function quote(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
