import { describe, expect, it } from "vitest";
import { countUnitsPerOrder, joinBaskets, sliceBaskets } from "#app/domain/prepare/baskets.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { orderLine } from "#tests/factories/order-lines.ts";

/** More than the arguments that one call can take. */
const MANY = 200_000;

describe("joining baskets", () => {
  it("of many orders gives back what was parted", () => {
    const lines = Array.from({ length: MANY }, (_, order) =>
      orderLine({ orderId: `${order}`, placedAtMs: order }),
    );
    const { baskets } = prepareBaskets(lines, [], { currency: "USD" });
    const joined = joinBaskets(sliceBaskets(baskets, 0, 7), sliceBaskets(baskets, 7, MANY));
    expect(joined.offsets.length).toBe(MANY + 1);
    expect(joined).toEqual(baskets);
  });
});

describe("units an order", () => {
  const unitsOf = (...quantities: number[]) => {
    const lines = quantities.map((quantity, at) => orderLine({ orderId: `${at}`, quantity }));
    return countUnitsPerOrder(prepareBaskets(lines, [], { currency: "USD" }).baskets, Infinity)[0];
  };

  it("are the mean of all orders", () => {
    expect(unitsOf(1, 2, 24)).toBe(9);
  });

  it("are those of shoppers: a reseller's order counts for no more than the most that one takes", () => {
    expect(unitsOf(1, 2, 5_000)).toBe(unitsOf(1, 2, 24));
  });
});
