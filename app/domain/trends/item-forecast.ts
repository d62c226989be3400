export type Trend = "up" | "flat" | "down";

/** Expected number of orders that will hold an item within the horizon, with an 80 % interval. */
export interface ItemForecast {
  /** Index into `Baskets.items`. */
  readonly item: number;
  readonly horizonDays: number;
  readonly ordersExpected: number;
  readonly ordersLow: number;
  readonly ordersHigh: number;
  /**
   * The likeliest class of r = (orders − last) / max(last, 1), `last` being the orders of the last `horizonDays`: up
   * above 0.2, down below −0.2, else flat. It can differ from the class of `ordersExpected` itself.
   */
  readonly trend: Trend;
  /**
   * Seasonal index of the coming window against the item's own year, shrunk to the shop's; 1 is an ordinary
   * time. Null with less than a year of orders.
   */
  readonly seasonIndex: number | null;
}
