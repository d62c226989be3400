/** A component of a bundle as the storefront sells it. */
export interface OfferedComponent {
  readonly title: string;
  /** Units that a set takes. */
  readonly quantity: number;
  /** Those of which shoppers may take any. */
  readonly variants: readonly {
    /** Null when it is not tracked. */
    readonly stockUnits: number | null;
    /** Null without a forecast. */
    readonly ordersADay: number | null;
    readonly unitsPerOrder: number;
  }[];
}

/** For how many days a component's stock lasts. */
interface StockCover {
  readonly title: string;
  readonly days: number;
}

/**
 * The component that is gone first: stock over the units that a day's orders take, of all variants that may fill it. An
 * order takes what it usually does, or what a set holds where that is more. What has not one set left lasts for no day,
 * whatever is expected of it.
 *
 * @returns null when no component is tracked, or nothing is expected of those that are
 */
export function findScarcest(components: readonly OfferedComponent[]): StockCover | null {
  return (
    components.flatMap((component) => coverOf(component) ?? []).toSorted((a, b) => a.days - b.days)[0] ?? null
  );
}

function coverOf({ title, quantity, variants }: OfferedComponent): StockCover | null {
  const stocks = variants.flatMap(({ stockUnits }) => stockUnits ?? []);
  if (stocks.length < variants.length) return null;
  if (stocks.every((units) => units < quantity)) return { title, days: 0 };
  const stockUnits = stocks.reduce((sum, units) => sum + Math.max(0, units), 0);
  const unitsADay = variants.reduce(
    (sum, { ordersADay, unitsPerOrder }) => sum + (ordersADay ?? 0) * Math.max(unitsPerOrder, quantity),
    0,
  );
  return unitsADay > 0 ? { title, days: stockUnits / unitsADay } : null;
}
