import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gatherEvidence, type ItemSets } from "#app/domain/behaviour/methods/ease-evidence.ts";
import { prepareBaskets } from "#app/domain/prepare/prepare-baskets.ts";
import { DAY_MS } from "#app/domain/time.ts";
import { orderLine } from "#tests/factories/order-lines.ts";

const CUTOFF_MS = 1_000 * DAY_MS;

interface Order {
  readonly daysAgo: number;
  readonly customer: string | null;
  readonly keys: readonly string[];
}

function prepare(orders: readonly Order[], titles: Readonly<Record<string, string>> = {}) {
  const lines = orders.flatMap(({ daysAgo, customer, keys }, order) =>
    keys.map((itemKey) =>
      orderLine({
        orderId: `o${order}`,
        placedAtMs: CUTOFF_MS - daysAgo * DAY_MS,
        itemKey,
        customerKey: customer,
        title: titles[itemKey] ?? itemKey,
      }),
    ),
  );
  return prepareBaskets(lines, [], { currency: "USD" }).baskets;
}

/** Each set as its item keys, in alphabetical order, with its weight. */
function tell({ offsets, item, weight }: ItemSets, baskets: ReturnType<typeof prepare>) {
  return [...weight].map((own, set) => ({
    keys: [...item.subarray(offsets[set], offsets[set + 1])].map((at) => baskets.items[at]!.key).sort(),
    weight: own,
  }));
}

describe("gatherEvidence", () => {
  it("finds nothing without orders", () => {
    const baskets = prepare([]);
    expect(tell(gatherEvidence(baskets, CUTOFF_MS), baskets)).toEqual([]);
  });

  it("joins a customer's two orders within a month into one set, in addition to each order", () => {
    const baskets = prepare([
      { daysAgo: 20, customer: "ann", keys: ["cup"] },
      { daysAgo: 5, customer: "ann", keys: ["cup", "pot"] },
    ]);
    const [first, latest] = [Math.fround(0.5 ** (20 / 180)), Math.fround(0.5 ** (5 / 180))];
    expect(tell(gatherEvidence(baskets, CUTOFF_MS), baskets)).toEqual([
      { keys: ["cup"], weight: first },
      { keys: ["cup", "pot"], weight: latest },
      { keys: ["cup", "pot"], weight: latest },
    ]);
  });

  it("joins neither the orders of two guests nor a customer's orders that are months apart", () => {
    const baskets = prepare([
      { daysAgo: 200, customer: "ann", keys: ["tea"] },
      { daysAgo: 5, customer: null, keys: ["cup"] },
      { daysAgo: 4, customer: null, keys: ["pot"] },
      { daysAgo: 3, customer: "ann", keys: ["jug"] },
    ]);
    const sets = tell(gatherEvidence(baskets, CUTOFF_MS), baskets);
    expect(sets.filter(({ keys }) => keys.length > 1)).toEqual([]);
  });

  it("makes a set of each word that titles share, with less weight the more titles share it", () => {
    const titles = { cup: "blue cup", pot: "blue pot", jug: "blue jug", tin: "round tin", lid: "round lid" };
    const baskets = prepare([{ daysAgo: 1, customer: null, keys: Object.keys(titles) }], titles);
    const words = tell(gatherEvidence(baskets, CUTOFF_MS), baskets).slice(1);
    expect(words).toEqual([
      { keys: ["cup", "jug", "pot"], weight: 5 },
      { keys: ["lid", "tin"], weight: 7.5 },
    ]);
  });

  it("is no word of more than a thousand products, however large the catalogue", () => {
    const baskets = prepare([{ daysAgo: 1, customer: null, keys: ["any"] }]);
    const items = Array.from({ length: 11_000 }, (_, at) => ({
      ...baskets.items[0]!,
      title: at < 1_000 ? "blue" : at < 2_001 ? "round" : "",
    }));
    const { offsets } = gatherEvidence({ ...baskets, items }, CUTOFF_MS);
    expect([...offsets]).toEqual([0, 1, 1_001]);
  });

  it("names each product once per set, weighs every set above 0 and keeps every basket", () => {
    const key = fc.constantFrom("a", "b", "c", "d", "e", "f");
    const order = fc.record({
      daysAgo: fc.integer({ min: 1, max: 400 }),
      customer: fc.constantFrom("ann", "bob", null),
      keys: fc.uniqueArray(key, { minLength: 1, maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.array(order, { minLength: 1, maxLength: 20 }), (orders) => {
        const baskets = prepare(orders);
        const sets = tell(gatherEvidence(baskets, CUTOFF_MS), baskets);
        for (const { keys, weight } of sets) {
          expect(new Set(keys).size).toBe(keys.length);
          expect(weight).toBeGreaterThan(0);
        }
        const stated = sets.slice(0, orders.length).map(({ keys }) => keys.join());
        expect(stated.sort()).toEqual(orders.map(({ keys }) => [...keys].sort().join()).sort());
      }),
    );
  });
});
