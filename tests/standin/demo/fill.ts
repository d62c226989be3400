import { fillShop } from "#tests/standin/simulator/fill-shop.ts";
import { loadOrderLog } from "#tests/standin/simulator/load-order-log.ts";
import { toOrderExportCsv } from "#tests/standin/simulator/order-export-csv.ts";
import type { HistoryOrder, ShopHistory } from "#tests/standin/simulator/shop-history.ts";
import { simulateShop } from "#tests/standin/simulator/simulate-shop.ts";
import { ShopState } from "#tests/standin/shop/shop-state.ts";

const DAY_MS = 86_400_000;
/** Without `read_all_orders` an app can read the orders of 60 days; older ones come as a CSV export. */
const READABLE_DAYS = 59;
/** The newest orders are placed after the installation, so that they arrive as webhooks. */
const LIVE_DAYS = 3;
const MAX_LIVE_ORDERS = 100;

export interface FilledShop {
  readonly state: ShopState;
  /** Orders too old for the API, as Shopify's admin exports them. */
  readonly olderOrdersCsv: string;
  readonly liveOrders: readonly HistoryOrder[];
  readonly variantGidBySku: ReadonlyMap<string, string>;
}

/** Fills a new shop from an order log, or by simulation if there is none. */
export async function fillNewShop(options: {
  readonly shop: string;
  readonly ordersPath: string | null;
  readonly seed: number;
  readonly endAtMs: number;
  /** Size of the simulated shop; the simulator's default if absent. */
  readonly ordersTotal?: number;
}): Promise<FilledShop> {
  const { shop, ordersPath, seed, endAtMs, ordersTotal } = options;
  const history: ShopHistory = ordersPath
    ? await loadOrderLog(ordersPath, { endAtMs })
    : simulateShop({ seed, endAtMs, ...(ordersTotal ? { ordersTotal } : {}) });
  const { currency, products, orders } = history;

  const lastMs = orders.at(-1)?.placedAtMs ?? endAtMs;
  const liveFrom = Math.max(firstFrom(orders, lastMs - LIVE_DAYS * DAY_MS), orders.length - MAX_LIVE_ORDERS);
  const readableFrom = Math.min(firstFrom(orders, endAtMs - READABLE_DAYS * DAY_MS), liveFrom);

  const state = new ShopState({ domain: shop, name: "Hearth & Field", currency, timeZone: "Europe/London" });
  const { variantGidBySku } = fillShop(state, {
    currency,
    products,
    orders: orders.slice(readableFrom, liveFrom),
  });
  return {
    state,
    olderOrdersCsv: toOrderExportCsv({ currency, orders: orders.slice(0, readableFrom) }),
    liveOrders: orders.slice(liveFrom),
    variantGidBySku,
  };
}

/** Places an order as if its shopper had just paid; the shop notifies the app. */
export function placeLiveOrder({ state, variantGidBySku }: FilledShop, order: HistoryOrder): void {
  state.orders.create({
    placedAtMs: order.placedAtMs,
    customerGid: order.customerId === null ? null : `gid://shopify/Customer/${order.customerId}`,
    isTest: order.isTest,
    lines: order.lines.map(({ sku, title, quantity, unitPriceMinor }) => {
      const price = (unitPriceMinor / 100).toFixed(2);
      const variantGid = variantGidBySku.get(sku) ?? null;
      return variantGid === null
        ? { variantGid, sku, title, quantity, price }
        : { variantGid, quantity, price };
    }),
  });
}

function firstFrom(orders: readonly HistoryOrder[], atMs: number): number {
  const index = orders.findIndex(({ placedAtMs }) => placedAtMs >= atMs);
  return index < 0 ? orders.length : index;
}
