import type { CatalogueVariant } from "#app/data/bundles/read-bundles.server.ts";
import { minorDigits } from "#app/domain/money.ts";
import { priceBundle } from "#app/domain/publish/price-bundle.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";
import type { ShopFormat } from "#app/locales/shop-format.server.ts";

/** Discounts whose effect on the margin is shown beside the bundle's own. */
const SAMPLE_DISCOUNTS = [0, 0.05, 0.1, 0.15, 0.2, 0.25];

interface PricedComponent {
  readonly priceMinor: number;
  readonly quantity: number;
  readonly variant: CatalogueVariant | undefined;
}

interface MarginRequest {
  readonly discountRatio: number;
  readonly currency: string;
  readonly settings: Pick<ShopSettings, "assumedMarginRatio" | "marginFloorRatio" | "usesShopifyCosts">;
  readonly format: ShopFormat;
}

/**
 * What one set leaves after its discount and the goods, at several discounts. A cost that is not known, and every cost
 * where the merchant has margins reckoned by percentage, is `price · (1 − assumed margin)`. `parts` is the full price
 * split into goods, profit and discount, in units of the currency, for a chart; at a loss the profit is negative.
 */
export function describeMargins(
  components: readonly PricedComponent[],
  { discountRatio, currency, settings, format }: MarginRequest,
) {
  const { assumedMarginRatio, marginFloorRatio, usesShopifyCosts } = settings;
  const unit = 10 ** minorDigits(currency);
  const costMinor = components.reduce((sum, { variant, priceMinor, quantity }) => {
    const known = usesShopifyCosts ? variant?.costMinor : null;
    return sum + (known ?? priceMinor * (1 - assumedMarginRatio)) * quantity;
  }, 0);
  const ratios = [...new Set([...SAMPLE_DISCOUNTS, discountRatio])].sort((a, b) => a - b);
  return ratios.map((ratio) => {
    const { afterMinor, discountMinor } = priceBundle(components, ratio, currency);
    const profitMinor = Math.round(afterMinor - costMinor);
    const marginRatio = afterMinor > 0 ? (afterMinor - costMinor) / afterMinor : 0;
    return {
      discount: format.percent(ratio),
      price: format.money(afterMinor),
      profit: format.money(profitMinor),
      margin: format.percent(marginRatio),
      isCurrent: ratio === discountRatio,
      isBelowFloor: marginRatio < marginFloorRatio,
      parts: { goods: costMinor / unit, profit: profitMinor / unit, discount: discountMinor / unit },
    };
  });
}
