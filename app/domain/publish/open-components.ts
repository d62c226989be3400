import { groupBy } from "#app/domain/group-by.ts";
import { isOneChoice } from "#app/domain/prepare/join-choices.ts";
import type { OfferTerms } from "#app/domain/offer/offer.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";
import { type ApprovedBundle, type ApprovedComponent, isPool, isUnavailable } from "./storefront-offer.ts";

/** A variant of a component's product as the shop sells it. */
export interface SiblingVariant {
  readonly variantGid: string;
  readonly productGid: string;
  readonly priceMinor: number;
  /** Null if unknown. */
  readonly costMinor: number | null;
  /** Units on hand; null if they do not limit sales. */
  readonly stockUnits: number | null;
}

/** A variant of a product in a pool. */
export interface PoolVariant extends SiblingVariant {
  /** Whether the shop sells its product. */
  readonly isActive: boolean;
}

/** Required margin of a variant, and the margin assumed if its cost is unknown. */
export type MarginRules = Pick<ShopSettings, "marginFloorRatio" | "assumedMarginRatio">;

/**
 * Opens components to any variant of their product, if the merchant lets shoppers choose: a size or a colour among
 * variants that are one choice (`isOneChoice`). A component keeps its approved variant if the bundle holds its product
 * twice, or if another live bundle has the same products, because the merchant told the variants apart by approving
 * both.
 *
 * The margin floor holds for the worst choice. A set keeps it while `Σ q · (p(1 − d)(1 − f) − c) ≥ 0`, with price p,
 * cost c, discount d and floor f (see `readLeeway` for amounts and prices). The sum is smallest if each term is, so
 * each product's worst variant is tried by itself, and components open from the anchor on while the sum holds. A bundle
 * that the merchant approved below the floor opens nothing that would leave less than was approved.
 *
 * @param variants of the components' products, in any order
 * @returns the bundles in their order, otherwise unchanged
 */
export function openComponents(
  bundles: readonly ApprovedBundle[],
  variants: readonly SiblingVariant[],
  rules: MarginRules,
): ApprovedBundle[] {
  const byProduct = groupBy(variants, ({ productGid }) => productGid);
  const alike = new Map<string, number>();
  for (const bundle of bundles) alike.set(productsOf(bundle), (alike.get(productsOf(bundle)) ?? 0) + 1);
  return bundles.map((bundle) =>
    bundle.letsShopperChoose && !isPool(bundle.terms) && alike.get(productsOf(bundle)) === 1
      ? open(bundle, byProduct, rules)
      : bundle,
  );
}

/**
 * Gives pools a variant of each product that can be bought now. Every variant counts at the checkout, so a product
 * whose variants are one choice leaves its pool only when all of them are gone. The approved variant stays while it can
 * be bought; then comes the first variant of its product that the pool does not name yet.
 *
 * @param variants of the pools' products, in the products' own order
 * @returns the bundles in their order; those that are not pools are unchanged
 */
export function fillPools(
  bundles: readonly ApprovedBundle[],
  variants: readonly PoolVariant[],
): ApprovedBundle[] {
  const byProduct = groupBy(variants, ({ productGid }) => productGid);
  return bundles.map((bundle) => {
    if (!isPool(bundle.terms)) return bundle;
    const named = new Set(bundle.components.map(({ variantGid }) => variantGid));
    const components = bundle.components.map((component) => {
      if (component.isGift || !isUnavailable(component)) return component;
      const siblings = byProduct.get(component.productGid) ?? [];
      // Variants far apart in price are different products to the shopper; the merchant approved only one.
      if (!isOneChoice(siblings.map(({ priceMinor }) => priceMinor))) return component;
      const found = siblings.find(
        (variant) => !named.has(variant.variantGid) && !isUnavailable({ ...component, ...variant }),
      );
      if (!found) return component;
      const { variantGid, stockUnits, isActive } = found;
      named.add(variantGid);
      return { ...component, variantGid, stockUnits, isActive };
    });
    return { ...bundle, components };
  });
}

function open(
  bundle: ApprovedBundle,
  byProduct: ReadonlyMap<string, readonly SiblingVariant[]>,
  rules: MarginRules,
): ApprovedBundle {
  const { ofUnit: leeway, ofRewardMinor } = readLeeway(bundle, rules);
  const own = bundle.components.map(({ productGid, variantGid }) =>
    byProduct.get(productGid)?.find((variant) => variant.variantGid === variantGid),
  );
  // The margin of a variant that is not in the catalogue is unknown.
  if (own.includes(undefined)) return bundle;
  let setLeeway = own.reduce(
    (sum, variant, at) => sum + leeway(variant!) * bundle.components[at]!.quantity,
    ofRewardMinor,
  );
  const leastLeeway = Math.min(0, setLeeway);
  const components = bundle.components.map((component, at) => {
    const siblings = byProduct.get(component.productGid)!;
    if (!mayOpen(component, bundle, siblings)) return component;
    const worst = Math.min(...siblings.map(leeway)) - leeway(own[at]!);
    if (setLeeway + worst * component.quantity < leastLeeway) return component;
    setLeeway += worst * component.quantity;
    return { ...component, openStock: siblings.map(({ stockUnits }) => stockUnits) };
  });
  return { ...bundle, components };
}

/** What a set earns above the margin floor, minor units: the sum over its units plus the reward's own part. */
export interface Leeway {
  /** Per unit; a negative value uses up what the others earn. */
  readonly ofUnit: (variant: SiblingVariant) => number;
  /** 0 for a reward that is a share of the price. */
  readonly ofRewardMinor: number;
}

/**
 * What a set earns above the floor f: the sum of `p(1 − d)(1 − f) − c` over its units. An amount A off leaves
 * `p(1 − f) − c` per unit and takes `A(1 − f)` once. A price P leaves `−c` per unit and adds `P(1 − f)` once.
 */
export function readLeeway(
  { terms, discountRatio }: Pick<ApprovedBundle, "terms" | "discountRatio">,
  { marginFloorRatio, assumedMarginRatio }: MarginRules,
): Leeway {
  const kept = 1 - marginFloorRatio;
  const leewayAt = (paidRatio: number) => (variant: SiblingVariant) =>
    variant.priceMinor * paidRatio * kept -
    (variant.costMinor ?? variant.priceMinor * (1 - assumedMarginRatio));
  const reward = terms.kind === "set" ? terms.reward : null;
  switch (reward?.type) {
    case "amount":
      return { ofUnit: leewayAt(1), ofRewardMinor: -reward.amountMinor * kept };
    case "price":
      return { ofUnit: leewayAt(0), ofRewardMinor: reward.priceMinor * kept };
    default:
      return { ofUnit: leewayAt(1 - discountRatio), ofRewardMinor: 0 };
  }
}

/** Whether the reward is a sum for the whole, so that no part has a discount of its own. */
export function isForWhole(terms: OfferTerms): boolean {
  return terms.kind === "set" && (terms.reward.type === "amount" || terms.reward.type === "price");
}

/** Whether any variant of the component's product can fill it, regardless of margin. */
function mayOpen(
  { productGid }: ApprovedComponent,
  { components }: ApprovedBundle,
  siblings: readonly SiblingVariant[],
): boolean {
  if (components.filter((other) => other.productGid === productGid).length > 1) return false;
  return isOneChoice(siblings.map(({ priceMinor }) => priceMinor));
}

function productsOf({ components }: ApprovedBundle): string {
  return components
    .map(({ productGid }) => productGid)
    .sort()
    .join(" ");
}
