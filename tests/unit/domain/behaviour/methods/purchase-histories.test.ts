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

describe("purchase histories", () => {
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

  it("are empty for a guest and before the first order", () => {
    expect(namesBefore(-1, 9)).toEqual([]);
    expect(namesBefore(0, 1)).toEqual([]);
  });

  it("hold every line of the orders strictly before the instant, newest last", () => {
    expect(namesBefore(0, 3)).toEqual(["a", "b"]);
    expect(namesBefore(0, 4)).toEqual(["a", "b", "a"]);
    expect(namesBefore(1, 4)).toEqual(["c"]);
  });

  it("hold the newest 4,000 lines of a walk-in customer and share their entries between instants", () => {
    const till = shop(
      Array.from({ length: 3_000 }, (_, day) => ({ day, skus: ["tea", "cake"], customer: "walk-in" })),
    );
    const histories = openPurchaseHistories(till);
    const [earlier, later] = [2_500, 2_501].map((day) => histories.before(0, day * DAY_MS));
    expect(later).toHaveLength(4_000);
    expect(later![0]!.atMs).toBe(501 * DAY_MS);
    expect(later!.at(-1)!.atMs).toBe(2_500 * DAY_MS);
    // Thousands of long histories fit into memory only if they share their entries.
    expect(later![0]).toBe(earlier![2]);
  });
});
