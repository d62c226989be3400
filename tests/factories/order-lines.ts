import type { OrderLineRecord } from "#app/domain/collect/order-lines.ts";

/** A valid order line; each test overrides the fields that it needs. */
export function orderLine(given: Partial<OrderLineRecord> = {}): OrderLineRecord {
  return {
    orderId: "1001",
    placedAtMs: Date.UTC(2026, 0, 1),
    itemKey: "SKU-1",
    title: "Shampoo",
    quantity: 1,
    unitPriceMinor: 1_000,
    customerKey: null,
    ...given,
  };
}
