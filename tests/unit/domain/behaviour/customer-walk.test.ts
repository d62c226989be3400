import { describe, expect, it } from "vitest";
import { walkByCustomers } from "#app/domain/behaviour/customer-walk.ts";
import { addLinkRow } from "#app/domain/behaviour/item-links.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { orderLine } from "#tests/factories/order-lines.ts";

/** "ann:AB" is an order of A and B by Ann, ":AB" one by a guest; a day apart from the next. */
function walkOf(...orders: string[]) {
  const lines = orders.flatMap((order, day) => {
    const [customer, letters] = order.split(":") as [string, string];
    return [...letters].map((itemKey) =>
      orderLine({
        orderId: `o${day}`,
        placedAtMs: day * DAY_MS,
        itemKey,
        customerKey: customer === "" ? null : customer,
      }),
    );
  });
  const { baskets } = prepareBaskets(lines, [], { currency: "USD" });
  const walk = walkByCustomers(baskets, orders.length * DAY_MS);
  const itemOf = (letter: string) => baskets.items.findIndex(({ key }) => key === letter);
  return (from: string, to: string) => {
    const row = new Float32Array(baskets.items.length);
    addLinkRow(walk, itemOf(from), 1, row);
    return row[itemOf(to)]!;
  };
}

describe("the walk over customers", () => {
  it("says nothing of what guests bought, even in one order", () => {
    const weightOf = walkOf(":AB", ":AB");
    expect(weightOf("A", "B")).toBe(0);
  });

  it("links what one customer bought in different orders, and not what two did", () => {
    const weightOf = walkOf("ann:A", "ann:B", "bob:C");
    expect(weightOf("A", "B")).toBeGreaterThan(0);
    expect(weightOf("A", "C")).toBe(0);
  });

  it("counts a product once, however often a customer orders it", () => {
    const once = walkOf("ann:A", "ann:B", "bob:AC");
    const often = walkOf("ann:A", "ann:B", "ann:B", "bob:AC");
    expect(often("A", "B") / often("A", "C")).toBeCloseTo(once("A", "B") / once("A", "C"), 1);
  });

  it("believes a customer with few products more than one who buys everything", () => {
    const weightOf = walkOf("ann:AB", "bob:ACDEFGH");
    expect(weightOf("A", "B")).toBeGreaterThan(2 * weightOf("A", "C"));
  });
});
