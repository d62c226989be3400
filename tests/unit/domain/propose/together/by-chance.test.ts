import { describe, expect, it } from "vitest";
import {
  expectedByChance,
  expectedOfCounts,
  learnChance,
  measureSizes,
  partnerRatio,
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

/** Popularity of six products: the first makes up half of all sales. */
const POPULARITY = [10, 3, 2, 2, 2, 1];
/** This many different products, drawn by popularity. */
function drawSome(random: Random, popularity: readonly number[], size: number): number[] {
  const left = [...popularity];
  return Array.from({ length: size }, () => {
    let at = random() * left.reduce((sum, own) => sum + own, 0);
    const item = left.findIndex((own) => (at -= own) < 0);
    left[item] = 0;
    return item;
  });
}
const togetherIn = (orders: readonly (readonly number[])[], items: readonly number[]) =>
  orders.filter((own) => items.every((item) => own.includes(item))).length;

describe("expectedByChance", () => {
  it("is 0 without baskets", () => {
    expect(expectedByChance(countOf([], null).chance, [0, 1])).toBe(0);
  });

  it("matches the count of random products when most orders hold a single product", () => {
    const random = seededRandom(5);
    const sizes = [1, 1, 1, 1, 1, 2, 2, 3];
    const orders = Array.from({ length: 24_000 }, (_, n) =>
      drawSome(random, POPULARITY, sizes[n % sizes.length]!),
    );
    const { chance } = countOf(orders, null);
    for (const [a, b] of [
      [0, 1],
      [0, 4],
      [1, 2],
      [2, 3],
    ])
      // prettier-ignore
      expect(togetherIn(orders, [a!, b!]) / expectedByChance(chance, [a!, b!])).toBeCloseTo(1, 0.6);
    // The product of both shares in all orders would expect half as many again.
    const shares = [1, 2].map((item) => togetherIn(orders, [item]));
    expect(togetherIn(orders, [1, 2])).toBeLessThan((0.7 * shares[0]! * shares[1]!) / orders.length);
  });

  it("does not fall for two products because other pairs fill most larger orders", () => {
    const random = seededRandom(7);
    const orders = Array.from({ length: 16_000 }, () => {
      const [first, second] = drawSome(random, [1, 1, 1, 1, 1, 1], 2);
      const isPlanted = first! < 4 && random() < 0.35;
      return isPlanted ? [first!, first! ^ 1] : random() < 0.125 ? [first!, second!] : [first!];
    });
    const { chance } = countOf(orders, null);
    expect(togetherIn(orders, [4, 5]) / expectedByChance(chance, [4, 5])).toBeLessThan(1.4);
    expect(togetherIn(orders, [0, 1]) / expectedByChance(chance, [0, 1])).toBeGreaterThan(3);
  });

  it("leaves the only pair that is bought together far above chance", () => {
    const orders = Array.from({ length: 600 }, (_, n) =>
      n % 100 === 0 ? [0, 1] : [n % 50 < 2 ? n % 2 : 2 + (n % 4)],
    );
    expect(6 / expectedByChance(countOf(orders, null).chance, [0, 1])).toBeGreaterThan(10);
  });

  it("includes a season that two products share", () => {
    const random = seededRandom(1);
    const orders = Array.from({ length: 24_000 }, (_, n) => {
      const share = n % 12_000 >= 11_000 ? 0.4 : 0.01;
      return drawn(random, [[0, share], [1, share], [2, 0.3], [3, 0.3]]); // prettier-ignore
    });
    const { chance } = countOf(orders, null);
    const together = orders.filter((own) => own.includes(0) && own.includes(1)).length;
    expect(together / expectedByChance(chance, [0, 1])).toBeLessThan(1.25);
    // A single stratum would report the pair as a discovery.
    const shares = [0, 1].map((item) => orders.filter((own) => own.includes(item)).length);
    expect(together).toBeGreaterThan((3 * shares[0]! * shares[1]!) / orders.length);
  });

  it("includes an hour that two products share, if the shop's clock is known", () => {
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
    expect(liftBy(countOf(orders, clockOf))).toBeLessThan(1.25);
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

  it.each([1, 2, 3])("is %i times as large in a resample that draws each basket this often", (times) => {
    const random = seededRandom(4);
    const orders = Array.from({ length: 3_000 }, () => drawn(random, [[0, 0.2], [1, 0.3], [2, 0.4]])); // prettier-ignore
    const { chance, occurrences } = countOf(orders, null);
    const counts = [0, 1].map((item) =>
      Float64Array.from(
        chance.orders.subarray(item * chance.strata, (item + 1) * chance.strata),
        (count) => times * count,
      ),
    );
    const moments = measureSizes(occurrences, chance, new Uint8Array(orders.length).fill(times));
    const bySizes = expectedOfCounts(counts, moments);
    expect(bySizes * partnerRatio(chance, [0, 1])).toBeCloseTo(times * expectedByChance(chance, [0, 1]), 9);
  });
});
