import type { OrderLineRecord } from "#app/domain/collect/order-lines.ts";
import { seededRandom } from "#app/domain/numbers/random.ts";
import { DAY_MS } from "#app/domain/time.ts";

export const PLANTED_START_MS = Date.UTC(2026, 0, 1);

/**
 * Orders with pairs of products 2k and 2k+1: each order has product 2k of a pair, product 2k+1 in 80 % of cases, and
 * two random products, low numbers more often.
 */
export function* plantedOrders({
  orders,
  products,
  days,
  seed,
}: {
  orders: number;
  products: number;
  days: number;
  seed: number;
}): Generator<OrderLineRecord> {
  const random = seededRandom(seed);
  for (let order = 0; order < orders; order++) {
    const pair = Math.floor(random() * (products / 2));
    const chosen = new Set([2 * pair]);
    if (random() < 0.8) chosen.add(2 * pair + 1);
    for (let extra = 0; extra < 2; extra++) chosen.add(Math.floor(random() ** 2 * products));
    const customer = Math.floor(random() * (orders / 6));
    const customerKey = random() < 0.7 ? `customer-${customer}` : null;
    for (const product of chosen) {
      yield {
        orderId: `order-${order}`,
        placedAtMs: PLANTED_START_MS + Math.floor((order / orders) * days * DAY_MS),
        itemKey: `SKU-${product}`,
        title: `Product ${product}`,
        quantity: 1,
        unitPriceMinor: 500 + 10 * product,
        customerKey,
      };
    }
  }
}
