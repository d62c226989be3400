import type { CatalogueVariant } from "#app/data/bundles/bundles.server.ts";
import { minorDigits } from "#app/domain/money.ts";
import type { OfferTerms } from "#app/domain/offer/offer.ts";
import { listSteps, type OfferStep, type StepComponent } from "#app/domain/publish/price-steps.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { ShopSettings } from "#app/domain/shop-settings.ts";
import type { ShopFormat } from "#app/locales/shop-format.server.ts";

/** Discounts whose effect on the margin is shown beside the bundle's own. */
const SAMPLE_DISCOUNTS = [0, 0.05, 0.1, 0.15, 0.2, 0.25];

export type PricedComponent = Omit<StepComponent, "costMinor"> & {
  readonly variant: Pick<CatalogueVariant, "costMinor"> | undefined;
};

export type CostSettings = Pick<ShopSettings, "assumedMarginRatio" | "usesShopifyCosts">;

interface MarginRequest {
  readonly terms: OfferTerms;
  readonly currency: string;
  readonly settings: CostSettings & Pick<ShopSettings, "marginFloorRatio">;
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
  const { marginFloorRatio } = settings;
  const unit = 10 ** minorDigits(currency);
  const stepsOf = (of: OfferTerms) => priceSteps(components, { terms: of, currency, settings });
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

/** The offer's price at each of its tiers, with the costs that the merchant has counted on. */
export function priceSteps(
  components: readonly PricedComponent[],
  {
    terms,
    currency,
    settings: { assumedMarginRatio, usesShopifyCosts },
  }: Pick<MarginRequest, "terms" | "currency"> & { readonly settings: CostSettings },
): OfferStep[] {
  const priced = components.map(({ variant, ...component }) => ({
    ...component,
    costMinor: usesShopifyCosts ? (variant?.costMinor ?? null) : null,
  }));
  return listSteps(terms, priced, { currency, assumedMarginRatio });
}

/** What a shopper pays at each tier of the offer, and what that leaves the merchant, as text. */
export function describeSteps(components: readonly PricedComponent[], request: MarginRequest) {
  const {
    settings: { marginFloorRatio },
    format,
    words: { t },
  } = request;
  return priceSteps(components, request).map(
    ({ units, beforeMinor, afterMinor, discountMinor, costMinor }) => {
      const marginRatio = afterMinor > 0 ? (afterMinor - costMinor) / afterMinor : 0;
      const leaves = t("server:leaves", {
        price: format.money(afterMinor),
        profit: format.money(afterMinor - costMinor),
      });
      const full = t("server:leavesFull", { full: format.money(beforeMinor - costMinor) });
      const below = t("server:leavesLow", {
        margin: format.percent(marginRatio),
        floor: format.percent(marginFloorRatio),
      });
      return {
        units,
        priceBefore: format.money(beforeMinor),
        priceAfter: format.money(afterMinor),
        saving: format.money(discountMinor),
        discount: discountMinor > 0 ? format.percent(discountMinor / beforeMinor, 1) : t("bundles:fullPrice"),
        leaves: [
          leaves,
          ...(discountMinor > 0 ? [full] : []),
          ...(marginRatio < marginFloorRatio ? [below] : []),
        ].join(" "),
      };
    },
  );
}
