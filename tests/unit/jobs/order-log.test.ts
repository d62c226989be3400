import { describe, expect, it } from "vitest";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { chooseCutoff, mergeSkuCase, openSkuSpelling } from "#jobs/cli/order-log.ts";
import { orderLine } from "#tests/factories/order-lines.ts";

const lines = ["85123a", "85123A", "85123A", "22423"].map((itemKey) => orderLine({ itemKey }));
const keysOf = (merged: Iterable<{ itemKey: string }>) => Array.from(merged, ({ itemKey }) => itemKey);

describe("SKUs that differ in case only", () => {
  it("stay separate if the product list has both", () => {
    const spell = openSkuSpelling(lines, ["85123a", "85123A"]);
    expect(keysOf(mergeSkuCase(lines, spell))).toEqual(["85123a", "85123A", "85123A", "22423"]);
  });

  it("are spelt as in the product list if it has one of them", () => {
    const spell = openSkuSpelling(lines, ["85123a"]);
    expect(keysOf(mergeSkuCase(lines, spell))).toEqual(["85123a", "85123a", "85123a", "22423"]);
  });

  it("are spelt as on most lines without a product list", () => {
    expect(keysOf(mergeSkuCase(lines))).toEqual(["85123A", "85123A", "85123A", "22423"]);
  });

  it("stay unchanged if they are unknown", () => {
    expect(openSkuSpelling(lines)("gone")).toBe("gone");
  });
});

const START_MS = Date.UTC(2026, 0, 1);

/** The chosen cutoff day and the warnings for orders on these days of 2026, counted from 0. */
function choose(days: readonly number[], asOfMs?: number) {
  const lines = days.map((day, at) => orderLine({ orderId: `o${at}`, placedAtMs: START_MS + day * DAY_MS }));
  const { baskets } = prepareBaskets(lines, [], { currency: "USD" });
  const said: string[] = [];
  const cutoffMs = chooseCutoff("orders.csv", baskets, asOfMs, { warn: (line) => said.push(line) });
  return { cutoffDay: Math.floor((cutoffMs - START_MS) / DAY_MS), said };
}
const daily = (count: number) => Array.from({ length: count }, (_, day) => day % 100);

describe("the cutoff day", () => {
  it("is refused if there is no order before it", () => {
    expect(() => choose(daily(50), START_MS)).toThrow(
      "orders.csv: no usable order before 2026-01-01T00:00:00.000Z",
    );
  });

  it("is the last order's day, with a warning if the last orders come long after all others", () => {
    expect(choose([...daily(50), 140])).toEqual({
      cutoffDay: 140,
      said: [
        "orders.csv: the last order comes 91 days after all others: 2026-05-21 is taken for today, " +
          "--as-of can set another day",
      ],
    });
    expect(choose([...daily(3_000), 200, 201, 202]).said).toEqual([
      expect.stringContaining("the last 3 orders come 101 days after all others: 2026-07-22 is taken"),
    ]);
  });

  it.each([
    ["the pause is as long as a season", [...daily(50), 139]],
    ["orders go on after the pause", [...daily(900), 200, 201, 202]],
    ["there are few orders", [0, 1, 200]],
  ])("is chosen without a warning if %s", (_, days) => {
    expect(choose(days).said).toEqual([]);
  });

  it("is the requested day, without a warning", () => {
    expect(choose([...daily(50), 140], START_MS + 60 * DAY_MS)).toEqual({ cutoffDay: 60, said: [] });
  });
});
