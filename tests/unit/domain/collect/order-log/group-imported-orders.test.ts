import { describe, expect, it } from "vitest";
import { groupImportedOrders } from "#app/domain/collect/order-log/group-imported-orders.ts";
import type { OrderLineRecord } from "#app/domain/collect/order-lines.ts";

const at = (orderId: string, changes: Partial<OrderLineRecord> = {}): OrderLineRecord => ({
  orderId,
  placedAtMs: Date.UTC(2026, 2, 1),
  itemKey: "A",
  title: "Kettle",
  quantity: 1,
  unitPriceMinor: 4_500,
  customerKey: "c1",
  ...changes,
});

const tryToGroup = (lines: OrderLineRecord[], until: Date | null = null) =>
  groupImportedOrders(lines, {
    currency: "EUR",
    findVariant: (sku) => (sku === "A" ? { variantGid: "v", productGid: "p" } : undefined),
    until,
    mostLines: 3,
  });

function group(...given: Parameters<typeof tryToGroup>) {
  const grouped = tryToGroup(...given);
  if (!grouped.ok) throw new Error(grouped.detail);
  return grouped.value;
}

describe("groupImportedOrders", () => {
  it("refuses an order whose amount no number holds exactly and names its id", () => {
    const most = { unitPriceMinor: Number.MAX_SAFE_INTEGER };
    expect(tryToGroup([at("1"), at("2", most), at("2")])).toEqual({
      ok: false,
      reason: "amount_out_of_range",
      detail: "2",
    });
    expect(group([at("2", most)]).orders).toMatchObject([{ totalMinor: Number.MAX_SAFE_INTEGER }]);
  });

  it("leaves out an order with too many lines and keeps the others", () => {
    const lines = [at("1"), at("1"), at("2"), at("1"), at("1"), at("2"), at("2"), at("1")];
    const { orders, tooLong } = group(lines);
    expect(orders).toMatchObject([{ orderGid: "import:2", lines: [{}, {}, {}] }]);
    expect(tooLong).toBe(1);
  });

  it("leaves out returned lines, and orders with no other lines", () => {
    expect(group([at("1", { quantity: -1 }), at("2"), at("2", { quantity: 0 })]).orders).toMatchObject([
      { orderGid: "import:2", lines: [{ quantity: 1 }] },
    ]);
  });

  it("joins lines of one order from several places in the log", () => {
    const { orders } = group([at("1"), at("2"), at("1", { itemKey: "B", unitPriceMinor: 500 })]);
    expect(orders.map(({ orderGid, totalMinor }) => [orderGid, totalMinor])).toEqual([
      ["import:1", 5_000],
      ["import:2", 4_500],
    ]);
  });

  it("names the variant of a known SKU and keeps an unknown SKU", () => {
    const [order] = group([at("1"), at("1", { itemKey: "B" })]).orders;
    expect(order?.lines.map(({ variantGid, sku }) => [variantGid, sku])).toEqual([
      ["v", "A"],
      [null, "B"],
    ]);
  });

  it("leaves out orders from the given instant on and counts them", () => {
    const late = at("2", { placedAtMs: Date.UTC(2026, 5, 1) });
    const { orders, leftOut } = group([at("1"), late], new Date(Date.UTC(2026, 5, 1)));
    expect([orders.length, leftOut]).toEqual([1, 1]);
  });

  it("keeps the service time of the first line, and none if the line has none", () => {
    const { orders } = group([
      at("1", { serviceAtMs: Date.UTC(2026, 7, 1) }),
      at("1", { serviceAtMs: Date.UTC(2026, 8, 1) }),
      at("2"),
    ]);
    expect(orders[0]).toMatchObject({ serviceAt: "2026-08-01T00:00:00.000Z" });
    expect(orders[1]).not.toHaveProperty("serviceAt");
  });

  it("keeps cancelled and test orders with their marks", () => {
    const { orders } = group([at("1", { exclusion: "cancelled" }), at("2", { exclusion: "test" })]);
    expect(orders).toMatchObject([{ cancelledAt: "2026-03-01T00:00:00.000Z" }, { isTest: true }]);
  });
});
