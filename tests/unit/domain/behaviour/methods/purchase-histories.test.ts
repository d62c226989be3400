import { describe, expect, it } from "vitest";
import { openPurchaseHistories } from "#app/domain/behaviour/methods/purchase-histories.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";

const shop = (orders: readonly { day: number; skus: readonly string[]; customer: string | null }[]) =>
  prepareBaskets(
    orders.flatMap(({ day, skus, customer }, order) =>
      skus.map((sku) => ({
        orderId: String(order),
        placedAtMs: day * DAY_MS,
        itemKey: sku,
        title: "",
        quantity: 1,
        unitPriceMinor: 100,
        customerKey: customer,
      })),
    ),
    [],
    { currency: "EUR" },
  ).baskets;

describe("what a customer bought before an instant", () => {
  const baskets = shop([
    { day: 1, skus: ["a", "b"], customer: "ann" },
    { day: 2, skus: ["c"], customer: "bob" },
    { day: 3, skus: ["a"], customer: "ann" },
    { day: 3, skus: ["d"], customer: null },
  ]);
  const namesBefore = (customer: number, day: number) =>
    openPurchaseHistories(baskets)
      .before(customer, day * DAY_MS)
      .map(({ item }) => baskets.items[item]!.key);

  it("is nothing of a guest, and nothing before the first order", () => {
    expect(namesBefore(-1, 9)).toEqual([]);
    expect(namesBefore(0, 1)).toEqual([]);
  });

  it("is every line of the orders strictly before it, the newest last", () => {
    expect(namesBefore(0, 3)).toEqual(["a", "b"]);
    expect(namesBefore(0, 4)).toEqual(["a", "b", "a"]);
    expect(namesBefore(1, 4)).toEqual(["c"]);
  });

  it("is the newest 4,000 lines of a till's one customer, the same entries at every later instant", () => {
    const till = shop(
      Array.from({ length: 3_000 }, (_, day) => ({ day, skus: ["tea", "cake"], customer: "walk-in" })),
    );
    const histories = openPurchaseHistories(till);
    const [earlier, later] = [2_500, 2_501].map((day) => histories.before(0, day * DAY_MS));
    expect(later).toHaveLength(4_000);
    expect(later![0]!.atMs).toBe(501 * DAY_MS);
    expect(later!.at(-1)!.atMs).toBe(2_500 * DAY_MS);
    // Thousands of histories of thousands of entries fit into memory only where they share them.
    expect(later![0]).toBe(earlier![2]);
  });
});
