/** A component of a bundle as the storefront sells it. */
export interface OfferedComponent {
  readonly title: string;
  /** Units per set. */
  readonly quantity: number;
  /** Variants that shoppers can choose from. */
  readonly variants: readonly {
    /** Null if not tracked. */
    readonly stockUnits: number | null;
    /** Null without a forecast. */
    readonly ordersADay: number | null;
    readonly unitsPerOrder: number;
  }[];
}

/** How many days a component's stock lasts. */
interface StockCover {
  readonly title: string;
  readonly days: number;
}

/**
 * The component that sells out first: stock over the units of a day's expected orders, over all variants that can fill
 * it. An order takes its usual units, or the units of a set if those are more. A component with less than one set left
 * lasts 0 days, whatever demand is expected.
 *
 * @returns null if no component is tracked, or no orders are expected for the tracked ones
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
