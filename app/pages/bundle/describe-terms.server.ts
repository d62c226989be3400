import { minorDigits } from "#app/domain/money.ts";
import type { OfferTerms } from "#app/domain/offer/offer.ts";
import { listLowestSteps, marginRatioOf, type OfferStep } from "#app/domain/publish/price-steps.ts";
import { keepsMargin, withoutTax, type ShopSettings } from "#app/domain/shop-settings.ts";
import { joinSentences } from "#app/locales/join-sentences.ts";
import type { Writing } from "#app/locales/write-message.server.ts";
import { priceSteps, type MarginSettings, type PricedComponent } from "#app/domain/publish/expect-now.ts";

/** Discounts to compare with the bundle's own. */
const SAMPLE_DISCOUNTS = [0, 0.05, 0.1, 0.15, 0.2, 0.25];

interface MarginRequest extends Writing {
  readonly terms: OfferTerms;
  readonly currency: string;
  readonly settings: MarginSettings & Pick<ShopSettings, "marginFloorRatio" | "maxDiscountRatio">;
}

/**
 * The price, profit and margin of an offer: for a percentage off a set, at several discounts; for other terms, at each
 * tier, for the shopper's choice that leaves the lowest margin. An unknown cost is `price · (1 − assumed margin)`; so is
 * every cost if the merchant chose margins by percentage. `parts` splits the full price into goods, profit, tax and
 * discount, in units of the currency, for a chart. The profit is negative at a loss.
 */
export function describeMargins(
  components: readonly PricedComponent[],
  { terms, currency, settings, format, words }: MarginRequest,
) {
  const unit = 10 ** minorDigits(currency);
  const stepsOf = (of: OfferTerms, list?: typeof listLowestSteps) =>
    priceSteps(components, { terms: of, currency, settings }, list);
  const toRow = (step: OfferStep, discount: string, isCurrent: boolean) => {
    const { afterMinor, discountMinor, costMinor } = step;
    const profitMinor = withoutTax(afterMinor - costMinor, settings);
    return {
      discount,
      price: format.money(afterMinor),
      profit: format.money(profitMinor),
      margin: format.percent(marginRatioOf(step)),
      isCurrent,
      isBelowFloor: !keepsMargin(step, settings),
      parts: {
        goods: withoutTax(costMinor, settings) / unit,
        profit: profitMinor / unit,
        tax: (afterMinor - withoutTax(afterMinor, settings)) / unit,
        discount: discountMinor / unit,
      },
    };
  };
  if (terms.kind !== "set" || terms.reward.type !== "percent") {
    const firsts = stepsOf(terms);
    return stepsOf(terms, listLowestSteps).map((step, at) => {
      const ratio = step.beforeMinor > 0 ? step.discountMinor / step.beforeMinor : 0;
      const tier = words.t("server:step", { count: step.units, discount: format.percent(ratio, 1) });
      const isLower = marginRatioOf(step) < marginRatioOf(firsts[at]!);
      return toRow(step, isLower ? `${tier} · ${words.t("server:lowestChoice")}` : tier, false);
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

/** The price for shoppers, with the price before tax if prices include tax. */
export function writePrice(
  priceMinor: number,
  settings: Pick<ShopSettings, "includedTaxRatio">,
  { format, words }: Writing,
): string {
  const price = format.money(priceMinor);
  if (settings.includedTaxRatio === 0) return price;
  return words.t("server:beforeTax", { price, untaxed: format.money(withoutTax(priceMinor, settings)) });
}

/**
 * The price at each tier of the offer, and the profit that it leaves, as text, with a warning beyond the shop's limits.
 * In a pool, for its first products and for the shopper's choice that leaves the lowest margin, which approval checks.
 */
export function describeSteps(components: readonly PricedComponent[], request: MarginRequest) {
  const {
    terms,
    settings,
    format,
    words: { t },
  } = request;
  const { marginFloorRatio, maxDiscountRatio } = settings;
  const lowest = priceSteps(components, request, listLowestSteps);
  return priceSteps(components, request).map((step, at) => {
    const { units, beforeMinor, afterMinor, discountMinor } = step;
    const least = lowest[at]!;
    const isKept = keepsMargin(least, settings);
    const left = (of: OfferStep) => ({
      price: writePrice(of.afterMinor, settings, request),
      profit: format.money(withoutTax(of.afterMinor - of.costMinor, settings)),
    });
    const full = t("server:leavesFull", {
      full: format.money(withoutTax(beforeMinor - step.costMinor, settings)),
    });
    const isLower = marginRatioOf(least) < marginRatioOf(step);
    const chosen = isLower ? t("server:leavesLowest", left(least)) : null;
    const below = t("server:leavesLow", {
      margin: format.percent(marginRatioOf(least), 2),
      floor: format.percent(marginFloorRatio, 2),
    });
    const above = t("edit:overLimit", { limitRatio: format.percent(maxDiscountRatio, 2) });
    const warnings = [
      ...(isKept ? [] : [chosen, below]),
      discountMinor > beforeMinor * (maxDiscountRatio + 1e-9) ? above : null,
    ];
    return {
      units,
      priceBefore: format.money(beforeMinor),
      priceAfter: format.money(afterMinor),
      saving: format.money(discountMinor),
      /** For a gift, the discount on the gift. */
      discount:
        terms.kind === "gift"
          ? format.percent(terms.giftBasisPoints / 10_000, 2)
          : discountMinor > 0
            ? format.percent(discountMinor / beforeMinor, 1)
            : t("bundles:fullPrice"),
      leaves: joinSentences(
        [
          t("server:leaves", left(step)),
          discountMinor > 0 ? full : null,
          ...(isKept ? [chosen] : []),
          ...warnings,
        ],
        t,
      ),
      /** What is beyond the shop's limits, to be shown beside the field; empty if nothing is. */
      warning: joinSentences(warnings, t),
    };
  });
}
