import { describe, expect, it } from "vitest";
import {
  expectedByChance,
  expectedOfCounts,
  learnChance,
  measureSizes,
} from "#app/domain/propose/together/by-chance.ts";
import { indexOccurrences } from "#app/domain/propose/together/occurrences.ts";
import { seededRandom, type Random } from "#app/domain/numbers/random.ts";
import { DAY_MS, HOUR_MS } from "#app/domain/time.ts";
import { END_MS, toBaskets, toItem } from "#tests/unit/domain/propose/planted-shop.ts";

const items = Array.from({ length: 6 }, (_, n) => toItem(`Thing${n}`));

function countOf(orders: readonly (readonly number[])[], clockOf: ((basket: number) => number) | null) {
  const occurrences = indexOccurrences(toBaskets(items, orders), 0, END_MS);
  const clockMs = clockOf ? Float64Array.from(orders, (_, basket) => clockOf(basket)) : null;
  return { occurrences, chance: learnChance(occurrences, clockMs) };
}

const drawn = (random: Random, items: readonly (readonly [number, number])[]) => {
  const basket = items.filter(([, share]) => random() < share).map(([item]) => item);
  return basket.length > 0 ? basket : [5];
};

describe("what chance puts together", () => {
  it("is nothing without a basket", () => {
    expect(expectedByChance(countOf([], null).chance, [0, 1])).toBe(0);
  });

  it("is the product of the shares in baskets of one size", () => {
    const orders = Array.from({ length: 400 }, (_, n) => [n % 4 === 0 ? 0 : 2, n % 5 === 0 ? 1 : 3]);
    // 100 of 400 hold the one, 80 the other; two of two places are theirs to fill.
    expect(expectedByChance(countOf(orders, null).chance, [0, 1])).toBeCloseTo((100 * 80) / 400, 6);
  });

  it("is the product of the shares of the five products that an offer may hold", () => {
    const orders = Array.from({ length: 2_000 }, (_, n) => [n % 2, 2 + (n % 2), 4 + (n % 2)]);
    // Three places in each order, and every product fills one in half of them.
    expect(expectedByChance(countOf(orders, null).chance, [0, 1, 2, 3, 4])).toBeCloseTo(2_000 / 2 ** 5, 6);
  });

  it("counts a season that two products share as chance", () => {
    const random = seededRandom(1);
    const orders = Array.from({ length: 24_000 }, (_, n) => {
      const share = n % 12_000 >= 11_000 ? 0.4 : 0.01;
      return drawn(random, [[0, share], [1, share], [2, 0.3], [3, 0.3]]); // prettier-ignore
    });
    const { chance } = countOf(orders, null);
    const together = orders.filter((own) => own.includes(0) && own.includes(1)).length;
    expect(together / expectedByChance(chance, [0, 1])).toBeLessThan(1.25);
    // One stretch for all would have called the two a discovery.
    const shares = [0, 1].map((item) => orders.filter((own) => own.includes(item)).length);
    expect(together).toBeGreaterThan((3 * shares[0]! * shares[1]!) / orders.length);
  });

  it("counts an hour that two products share as chance, where the shop's clock is known", () => {
    const random = seededRandom(2);
    const isEvening = (basket: number) => basket % 2 === 0;
    const orders = Array.from(
      { length: 4_000 },
      (_, n) =>
      drawn(random, isEvening(n) ? [[0, 0.3], [1, 0.3], [2, 0.5]] : [[3, 0.4], [4, 0.4]]), // prettier-ignore
    );
    const together = orders.filter((own) => own.includes(0) && own.includes(1)).length;
    const clockOf = (basket: number) => basket * DAY_MS + (isEvening(basket) ? 20 : 12) * HOUR_MS;
    const liftBy = ({ chance }: ReturnType<typeof countOf>) => together / expectedByChance(chance, [0, 1]);
    expect(liftBy(countOf(orders, null))).toBeGreaterThan(1.4);
    expect(liftBy(countOf(orders, clockOf))).toBeLessThan(1.15);
  });

  it("lets a few baskets at an odd hour prove nothing by themselves", () => {
    const random = seededRandom(3);
    const orders = Array.from(
      { length: 2_000 },
      (_, n) =>
      n < 20 ? [0, 1] : drawn(random, [[2, 0.5], [3, 0.5]]), // prettier-ignore
    );
    const clockOf = (basket: number) => basket * DAY_MS + (basket < 20 ? 3 : 12) * HOUR_MS;
    expect(20 / expectedByChance(countOf(orders, clockOf).chance, [0, 1])).toBeGreaterThan(10);
  });

  it.each([1, 2, 3])("is %i times as much in a resample that draws every basket so often", (times) => {
    const random = seededRandom(4);
    const orders = Array.from({ length: 3_000 }, () => drawn(random, [[0, 0.2], [1, 0.3], [2, 0.4]])); // prettier-ignore
    const { chance, occurrences } = countOf(orders, null);
    const counts = [0, 1, 2].map((item) =>
      Float64Array.from(
        chance.orders.subarray(item * chance.strata, (item + 1) * chance.strata),
        (count) => times * count,
      ),
    );
    const moments = measureSizes(occurrences, chance, new Uint8Array(orders.length).fill(times));
    expect(expectedOfCounts(counts, moments)).toBeCloseTo(times * expectedByChance(chance, [0, 1, 2]), 9);
  });
});
