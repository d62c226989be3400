import type { Neighbours } from "#app/domain/behaviour/behaviour-model.ts";
import type { Baskets, Item } from "#app/domain/prepare/baskets.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { proposeBundles, type ProposeInput } from "#app/domain/propose/propose-bundles.ts";
import { DAY_MS, WEEK_MS } from "#app/domain/time.ts";

export const END_MS = Date.UTC(2026, 5, 1);

export const toItem = (title: string, known: Partial<Item> = {}): Item => ({
  key: title.toUpperCase(),
  title,
  category: "",
  priceMinor: 1_000,
  costMinor: 400,
  stockUnits: null,
  isActive: true,
  ...known,
});

/** Orders of item indices, evenly spread over the days before `END_MS`. */
export function toBaskets(
  items: readonly Item[],
  orders: readonly (readonly number[])[],
  days = 365,
): Baskets {
  const lines = orders.flat();
  const offsets = new Uint32Array(orders.length + 1);
  orders.forEach((order, basket) => (offsets[basket + 1] = offsets[basket]! + order.length));
  return {
    items,
    currency: "EUR",
    orderIds: orders.map((_, basket) => String(basket)),
    placedAtMs: Float64Array.from(
      orders,
      (_, basket) => END_MS - days * DAY_MS * (1 - basket / orders.length),
    ),
    customer: new Int32Array(orders.length).fill(-1),
    customerKeys: [],
    offsets,
    item: Uint32Array.from(lines),
    units: new Uint32Array(lines.length).fill(1),
    unitPriceMinor: Float64Array.from(lines, (item) => items[item]!.priceMinor),
  };
}

/**
 * Each order holds one random item and sometimes one or both of the planted pair (0, 1), both far more
 * often than by chance.
 */
export function plantPair(items: readonly Item[], orders: number): Baskets {
  const random = seededRandom(7);
  return toBaskets(
    items,
    Array.from({ length: orders }, () => {
      const own = 2 + Math.floor(random() * (items.length - 2));
      const draw = random();
      return draw < 0.06 ? [0, 1, own] : draw < 0.14 ? [0, own] : draw < 0.22 ? [1, own] : [own];
    }),
  );
}

/**
 * The same baskets with 20 % off one item every other week. Prices moved, but too few items to measure a
 * response.
 */
export function withSales(baskets: Baskets, onSale: number): Baskets {
  const unitPriceMinor = Float64Array.from(baskets.unitPriceMinor);
  baskets.placedAtMs.forEach((atMs, basket) => {
    if (Math.floor((END_MS - atMs) / WEEK_MS) % 2 === 0) return;
    for (let line = baskets.offsets[basket]!; line < baskets.offsets[basket + 1]!; line++)
      if (baskets.item[line] === onSale) unitPriceMinor[line]! *= 0.8;
  });
  return { ...baskets, unitPriceMinor };
}

export const noNeighbours = (items: number): Neighbours => ({
  partner: new Int32Array(items).fill(-1),
  strength: new Float32Array(items),
  count: 1,
});

/** `proposeBundles` without the pairs that are only worth a try. */
export function proposeProved(input: ProposeInput) {
  const { proposals, ...rest } = proposeBundles(input);
  return { ...rest, proposals: proposals.filter(({ isToTry }) => !isToTry) };
}
