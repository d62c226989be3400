import { AppData } from "./app-data.ts";
import { Catalogue } from "./catalogue.ts";
import { OnlineStore } from "./online-store.ts";
import { OrderBook } from "./order-book.ts";
import { ShopRollouts } from "./rollouts.ts";
import { ShopClock, legacyId } from "./shop-clock.ts";
import type { ShopEvent } from "./shop-records.ts";

interface ShopSettings {
  /** myshopify domain, the shop's identity. */
  domain: string;
  name: string;
  currency: string;
  timeZone: string;
  /** Gives the time, UTC milliseconds; a test can stop it. */
  now: () => number;
}

/** One shop, held in memory: the actions of merchant and shoppers, and the app's data. */
export class ShopState {
  readonly domain: string;
  readonly name: string;
  readonly currency: string;
  readonly timeZone: string;
  readonly gid: string;
  readonly clock: ShopClock;
  readonly catalogue: Catalogue;
  readonly orders: OrderBook;
  readonly app: AppData;
  readonly onlineStore: OnlineStore;
  readonly rollouts: ShopRollouts;
  /** The merchant's discount codes, with the share of an order that each takes off, basis points. */
  readonly codes = new Map<string, number>();

  constructor(settings: Partial<ShopSettings> = {}) {
    this.domain = settings.domain ?? "demo-shop.myshopify.com";
    this.name = settings.name ?? "Demo Shop";
    this.currency = settings.currency ?? "USD";
    this.timeZone = settings.timeZone ?? "Europe/London";
    this.clock = new ShopClock(settings.now);
    this.gid = this.clock.nextGid("Shop");
    this.catalogue = new Catalogue(this.clock);
    this.orders = new OrderBook(this.clock, this.catalogue, this.currency);
    this.app = new AppData(this.clock);
    this.onlineStore = new OnlineStore(this.clock);
    this.rollouts = new ShopRollouts(this.clock);
  }

  subscribe(listener: (event: ShopEvent) => void): () => void {
    return this.clock.subscribe(listener);
  }

  /** Removes the app as a merchant would, and notifies it. */
  uninstallApp(): void {
    this.app.removeEverything();
    const payload = {
      id: legacyId(this.gid),
      name: this.name,
      domain: this.domain,
      myshopify_domain: this.domain,
      currency: this.currency,
      iana_timezone: this.timeZone,
    };
    this.clock.emit({ topic: "app/uninstalled", payload });
  }

  /** The request that Shopify sends 48 hours after an uninstall. */
  requestShopRedaction(): void {
    const payload = { shop_id: legacyId(this.gid), shop_domain: this.domain };
    this.clock.emit({ topic: "shop/redact", payload });
  }

  /** A customer's request to be erased (`redact`) or to see their data (`data_request`). */
  requestCustomerData(kind: "redact" | "data_request", customerGid: string): void {
    const orderIds = [...this.orders.orders.values()]
      .filter((order) => order.customerGid === customerGid)
      .map((order) => legacyId(order.gid));
    const customer = { id: legacyId(customerGid), email: "shopper@example.com", phone: null };
    const shop = { shop_id: legacyId(this.gid), shop_domain: this.domain, customer };
    const payload =
      kind === "redact"
        ? { ...shop, orders_to_redact: orderIds }
        : { ...shop, orders_requested: orderIds, data_request: { id: this.orders.orders.size + 1 } };
    this.clock.emit({ topic: `customers/${kind}`, payload });
  }
}
