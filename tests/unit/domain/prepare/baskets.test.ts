import { describe, expect, it } from "vitest";
import { countUnitsPerOrder, joinBaskets, sliceBaskets } from "#app/domain/prepare/baskets.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { orderLine } from "#tests/factories/order-lines.ts";

/** More than the maximum number of arguments of a call. */
const MANY = 200_000;

describe("joinBaskets", () => {
  it("restores many orders from their parts", () => {
    const lines = Array.from({ length: MANY }, (_, order) =>
      orderLine({ orderId: `${order}`, placedAtMs: order }),
    );
    const { baskets } = prepareBaskets(lines, [], { currency: "USD" });
    const joined = joinBaskets(sliceBaskets(baskets, 0, 7), sliceBaskets(baskets, 7, MANY));
    expect(joined.offsets.length).toBe(MANY + 1);
    expect(joined).toEqual(baskets);
  });
});

describe("countUnitsPerOrder", () => {
  const unitsOf = (...quantities: number[]) => {
    const lines = quantities.map((quantity, at) => orderLine({ orderId: `${at}`, quantity }));
    return countUnitsPerOrder(prepareBaskets(lines, [], { currency: "USD" }).baskets, Infinity)[0];
  };

  it("is the mean over all orders", () => {
    expect(unitsOf(1, 2, 24)).toBe(9);
  });

  it("caps a reseller's order at the most that a shopper takes", () => {
    expect(unitsOf(1, 2, 5_000)).toBe(unitsOf(1, 2, 24));
  });
});
