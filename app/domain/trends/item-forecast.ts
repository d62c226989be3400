export const TRENDS = ["up", "flat", "down"] as const;
export type Trend = (typeof TRENDS)[number];

/** Trend classes change at a fifth, as the merchant reads them. */
const TREND_STEP = 0.2;

/** The class of a change of orders against the last window. */
export function trendOf(orders: number, last: number): Trend {
  const change = (orders - last) / Math.max(last, 1);
  return change > TREND_STEP ? "up" : change < -TREND_STEP ? "down" : "flat";
}

/** Expected number of orders that will hold an item within the horizon, with an 80 % interval. */
export interface ItemForecast {
  /** Index into `Baskets.items`. */
  readonly item: number;
  readonly horizonDays: number;
  readonly ordersExpected: number;
  readonly ordersLow: number;
  readonly ordersHigh: number;
  /** Mean units, at least 1, in an order that holds the item: with it, orders say how long stock lasts. */
  readonly unitsPerOrder: number;
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
  /**
   * The same of windows of this length that start 2, 4 … 12 weeks after the coming one; null where last year does not
   * tell of one, absent where it tells of none.
   */
  readonly seasonAhead?: readonly (number | null)[];
}

/** Weeks from one window that the season is told of to the next, and how many there are: a merchant plans a quarter ahead. */
export const SEASON_STEP_WEEKS = 2;
export const SEASON_STEPS = 6;
