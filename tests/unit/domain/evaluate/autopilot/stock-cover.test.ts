import { describe, expect, it } from "vitest";
import { findScarcest, type OfferedComponent } from "#app/domain/evaluate/autopilot/stock-cover.ts";

type Variant = OfferedComponent["variants"][number];

const variant = (fields: Partial<Variant> = {}): Variant => ({
  stockUnits: 30,
  ordersADay: 1,
  unitsPerOrder: 1,
  ...fields,
});
const tea = (variants: readonly Variant[], quantity = 1): OfferedComponent => ({
  title: "Tea",
  quantity,
  variants,
});

describe("findScarcest", () => {
  it.each([
    ["nothing is tracked", [variant({ stockUnits: null })]],
    [
      "shoppers may also take what is not tracked",
      [variant({ stockUnits: 0 }), variant({ stockUnits: null })],
    ],
    ["nothing is expected of what is there", [variant({ ordersADay: null }), variant({ ordersADay: 0 })]],
  ])("is null when %s", (_, variants) => {
    expect(findScarcest([tea(variants)])).toBeNull();
  });

  it.each([
    ["nothing is left, whatever is expected", [variant({ stockUnits: 0, ordersADay: null })], 1],
    ["more was sold than was there", [variant({ stockUnits: -2, ordersADay: 0 })], 1],
    ["no variant has one set left", [variant({ stockUnits: 1 }), variant({ stockUnits: 1 })], 2],
  ])("gives no days when %s", (_, variants, quantity) => {
    expect(findScarcest([tea(variants, quantity)])).toEqual({ title: "Tea", days: 0 });
  });

  it("gives at least a day while one set is left", () => {
    expect(findScarcest([tea([variant({ stockUnits: 2 })], 2)])).toEqual({ title: "Tea", days: 1 });
  });

  it("counts the units that an order takes, at least those of a set", () => {
    expect(findScarcest([tea([variant({ unitsPerOrder: 2 })])])!.days).toBe(15);
    expect(findScarcest([tea([variant()], 3)])!.days).toBe(10);
  });

  it("adds up the stock and orders of all variants that shoppers may choose", () => {
    const sizes = [variant({ stockUnits: 0, ordersADay: 2 }), variant({ stockUnits: 60, ordersADay: null })];
    expect(findScarcest([tea(sizes)])!.days).toBe(30);
  });

  it("returns the component that runs out first", () => {
    const cups = { ...tea([variant({ stockUnits: 5 })]), title: "Cups" };
    expect(findScarcest([tea([variant()]), cups])).toEqual({ title: "Cups", days: 5 });
  });
});
