import type { CatalogueVariant } from "#app/data/bundles/read-bundles.server.ts";
import { minorDigits } from "#app/domain/money.ts";
import type { OfferTerms } from "#app/domain/offer/offer.ts";
import { listSteps, type OfferStep, type StepComponent } from "#app/domain/publish/price-steps.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";
import type { ShopFormat } from "#app/locales/shop-format.server.ts";

/** Discounts whose effect on the margin is shown beside the bundle's own. */
const SAMPLE_DISCOUNTS = [0, 0.05, 0.1, 0.15, 0.2, 0.25];

type PricedComponent = Omit<StepComponent, "costMinor"> & {
  readonly variant: Pick<CatalogueVariant, "costMinor"> | undefined;
};

interface MarginRequest {
  readonly terms: OfferTerms;
  readonly currency: string;
  readonly settings: Pick<ShopSettings, "assumedMarginRatio" | "marginFloorRatio" | "usesShopifyCosts">;
  readonly format: ShopFormat;
  readonly words: Words;
}

/**
 * What an offer leaves after its discount and the goods: of a share of a set's price at several discounts, of other terms
 * at each tier. A cost that is not known, and every cost where the merchant has margins reckoned by percentage, is
 * `price · (1 − assumed margin)`. `parts` is the full price split into goods, profit and discount, in units of the
 * currency, for a chart; at a loss the profit is negative.
 */
export function describeMargins(
  components: readonly PricedComponent[],
  { terms, currency, settings, format, words }: MarginRequest,
) {
  const { assumedMarginRatio, marginFloorRatio, usesShopifyCosts } = settings;
  const unit = 10 ** minorDigits(currency);
  const priced = components.map(({ variant, ...component }) => ({
    ...component,
    costMinor: usesShopifyCosts ? (variant?.costMinor ?? null) : null,
  }));
  const stepsOf = (of: OfferTerms) => listSteps(of, priced, { currency, assumedMarginRatio });
  const toRow = (step: OfferStep, discount: string, isCurrent: boolean) => {
    const { afterMinor, discountMinor, costMinor } = step;
    const profitMinor = afterMinor - costMinor;
    const marginRatio = afterMinor > 0 ? profitMinor / afterMinor : 0;
    return {
      discount,
      price: format.money(afterMinor),
      profit: format.money(profitMinor),
      margin: format.percent(marginRatio),
      isCurrent,
      isBelowFloor: marginRatio < marginFloorRatio,
      parts: { goods: costMinor / unit, profit: profitMinor / unit, discount: discountMinor / unit },
    };
  };
  if (terms.kind !== "set" || terms.reward.type !== "percent") {
    return stepsOf(terms).map((step) => {
      const ratio = step.beforeMinor > 0 ? step.discountMinor / step.beforeMinor : 0;
      return toRow(
        step,
        words.t("server:step", { count: step.units, discount: format.percent(ratio, 1) }),
        false,
      );
    });
  }
  const current = terms.reward.basisPoints / 10_000;
  const ratios = [...new Set([...SAMPLE_DISCOUNTS, current])].sort((a, b) => a - b);
  return ratios.flatMap((ratio) => {
    const basisPoints = Math.round(ratio * 10_000);
    const steps = stepsOf({ kind: "set", reward: { type: "percent", basisPoints } });
    return steps.map((step) => toRow(step, format.percent(ratio, 1), ratio === current));
  });
}
