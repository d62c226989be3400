import type { OfferTerms } from "#app/domain/offer/offer.ts";
import type { KeyedComponent } from "#app/domain/offer/offer-key.ts";
import type { Placement } from "#app/domain/validate/placement.ts";

/** One component of an approved bundle and whether the shop can sell it now. */
export interface ApprovedComponent extends KeyedComponent {
  readonly title: string;
  /** False for drafts, archived and deleted products, and for variants that no longer exist. */
  readonly isActive: boolean;
  /** Units on hand; null where they do not limit sales. */
  readonly stockUnits: number | null;
  /** The same of every variant of its product, where shoppers may take any; null where only this one counts. */
  readonly openStock: readonly (number | null)[] | null;
}

/** A bundle that the merchant approved. */
export interface ApprovedBundle {
  readonly id: string;
  readonly title: string;
  /** The same in other languages of the shop, by Shopify's code. */
  readonly titles: Readonly<Record<string, string>>;
  readonly terms: OfferTerms;
  /** What the terms take off the price of today, 0 to 1. */
  readonly discountRatio: number;
  /** Null is as often as an order holds the products. */
  readonly timesPerOrder: number | null;
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
  /** Expected extra margin in 28 days, minor units: the better offer comes first and stays where room is scarce. */
  readonly expectedExtraMarginMinor: number;
  /** Whether shoppers may take another variant of a component's product. */
  readonly letsShopperChoose: boolean;
  readonly placement: Placement;
  /** ISO codes of the countries whose shoppers it is for; none is everywhere. */
  readonly countries: readonly string[];
  /** The first is the anchor. */
  readonly components: readonly ApprovedComponent[];
}

/** Whether not even one set of the component can be sold now, in no variant that counts. */
export function isUnavailable({ isActive, stockUnits, openStock, quantity }: ApprovedComponent): boolean {
  return !isActive || (openStock ?? [stockUnits]).every((units) => units !== null && units < quantity);
}
