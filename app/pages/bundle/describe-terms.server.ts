import type { BundleRow, CatalogueVariant } from "#app/data/bundles/bundles.server.ts";
import { minorDigits } from "#app/domain/money.ts";
import type { OfferTerms } from "#app/domain/offer/offer.ts";
import { listSteps, type OfferStep, type StepComponent } from "#app/domain/publish/price-steps.ts";
import {
  costBesidePrice,
  withoutTax,
  type CostSettings,
  type ShopSettings,
} from "#app/domain/shop-settings.ts";
import { NOTICED_WHERE_MEASURED } from "#app/domain/propose/profit/shopper-kinds.ts";
import { repriceSet } from "#app/domain/propose/profit/reprice-set.ts";
import { ExpectedEffect, ReplayResult, type Evidence } from "#app/domain/propose/proposal/bundle-proposal.ts";
import type { Writing } from "#app/locales/write-message.server.ts";
import { describeGain, readEvidence } from "#app/pages/describe-suggestion.server.ts";

/** Discounts whose effect on the margin is shown beside the bundle's own. */
const SAMPLE_DISCOUNTS = [0, 0.05, 0.1, 0.15, 0.2, 0.25];

type PricedComponent = Omit<StepComponent, "costMinor"> & {
  readonly variant: Pick<CatalogueVariant, "costMinor"> | undefined;
};

type MarginSettings = CostSettings & Pick<ShopSettings, "assumedMarginRatio">;

interface MarginRequest extends Writing {
  readonly terms: OfferTerms;
  readonly currency: string;
  readonly settings: MarginSettings & Pick<ShopSettings, "marginFloorRatio">;
}

/**
 * What an offer leaves after its discount and the goods: of a share of a set's price at several discounts, of other terms
 * at each tier. A cost that is not known, and every cost where the merchant has margins reckoned by percentage, is
 * `price · (1 − assumed margin)`. `parts` is the full price split into goods, profit, tax and discount, in units of the
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
    const marginRatio = afterMinor > 0 ? (afterMinor - costMinor) / afterMinor : 0;
    const profitMinor = withoutTax(afterMinor - costMinor, settings);
    return {
      discount,
      price: format.money(afterMinor),
      profit: format.money(profitMinor),
      margin: format.percent(marginRatio),
      isCurrent,
      isBelowFloor: marginRatio < marginFloorRatio,
      parts: {
        goods: withoutTax(costMinor, settings) / unit,
        profit: profitMinor / unit,
        tax: (afterMinor - withoutTax(afterMinor, settings)) / unit,
        discount: discountMinor / unit,
      },
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
function priceSteps(
  components: readonly PricedComponent[],
  {
    terms,
    currency,
    settings,
  }: Pick<MarginRequest, "terms" | "currency"> & { readonly settings: MarginSettings },
): OfferStep[] {
  const priced = components.map(({ variant, ...component }) => ({
    ...component,
    costMinor: costBesidePrice(settings, variant?.costMinor),
  }));
  return listSteps(terms, priced, { currency, assumedMarginRatio: settings.assumedMarginRatio });
}

/** What a shopper pays, and beside it what is left of that without its tax, where prices hold one. */
export function writePrice(
  priceMinor: number,
  settings: Pick<ShopSettings, "includedTaxRatio">,
  { format, words }: Writing,
): string {
  const price = format.money(priceMinor);
  if (settings.includedTaxRatio === 0) return price;
  return words.t("server:beforeTax", { price, untaxed: format.money(withoutTax(priceMinor, settings)) });
}

/** What a shopper pays at each tier of the offer, and what that leaves the merchant, as text. */
export function describeSteps(components: readonly PricedComponent[], request: MarginRequest) {
  const {
    settings,
    format,
    words: { t },
  } = request;
  const { marginFloorRatio } = settings;
  return priceSteps(components, request).map(
    ({ units, beforeMinor, afterMinor, discountMinor, costMinor }) => {
      const marginRatio = afterMinor > 0 ? (afterMinor - costMinor) / afterMinor : 0;
      const leaves = t("server:leaves", {
        price: writePrice(afterMinor, settings, request),
        profit: format.money(withoutTax(afterMinor - costMinor, settings)),
      });
      const full = t("server:leavesFull", {
        full: format.money(withoutTax(beforeMinor - costMinor, settings)),
      });
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

interface OtherTerms {
  readonly terms: OfferTerms;
  readonly components: readonly PricedComponent[];
  readonly currency: string;
  readonly settings: MarginSettings;
}

/**
 * What a proposed set would earn in 28 days on other terms, and would have on the orders that it was tested on.
 *
 * @returns null where nothing tells: of other products or units, of another form of offer, and of what no run reckoned
 */
export function describeRepriced(
  bundle: Pick<BundleRow, "expected" | "evidence" | "validation" | "components" | "currency">,
  { terms, components, currency, settings }: OtherTerms,
  { format, words }: Writing,
) {
  const expected = ExpectedEffect.safeParse(bundle.expected).data;
  const evidence = readEvidence(bundle.evidence);
  const supposed = readSupposed(evidence);
  if (!expected || !supposed) return null;
  const keyOf = (all: readonly { readonly variantGid: string; readonly quantity: number }[]) =>
    all.map(({ variantGid, quantity }) => `${variantGid}*${quantity}`).join();
  if (terms.kind !== "set" || keyOf(components) !== keyOf(bundle.components)) return null;
  const [step] = priceSteps(components, { terms, currency, settings });
  if (!step) return null;
  const { assumedMarginRatio } = settings;
  const extraMarginMinor = repriceSet(
    {
      expected,
      savingMinor: withoutTax(step.beforeMinor * supposed.discountRatio, settings),
      elasticity: supposed.elasticity,
      attachRatio: supposed.attachRatio,
      noticedRatio: supposed.noticedRatio,
      components: components.map(({ priceMinor, quantity, variant }) => {
        const costMinor = costBesidePrice(settings, variant?.costMinor);
        const marginMinor = costMinor === null ? priceMinor * assumedMarginRatio : priceMinor - costMinor;
        return {
          priceMinor: withoutTax(priceMinor * quantity, settings),
          marginMinor: withoutTax(marginMinor * quantity, settings),
        };
      }),
    },
    withoutTax(step.discountMinor, settings),
  );
  const tested = ReplayResult.safeParse(bundle.validation).data?.marginChangeMinor.value;
  const proposedMinor = expected.extraMarginMinor.value;
  return {
    gain: describeGain({ ...bundle, expected: { ...expected, extraMarginMinor } }, format, words),
    replay:
      tested === undefined || proposedMinor <= 0
        ? null
        : words.t("server:replay.edited", {
            profit: format.roughMoney((tested * extraMarginMinor.value) / proposedMinor),
          }),
  };
}

/** What the proposal supposed of shoppers, as its evidence states it; null where it supposed nothing of their answer to prices. */
function readSupposed(evidence: readonly Evidence[]) {
  const stated = evidence.find(({ code }) => code === "ownPrices");
  const attachRatio = stated?.code === "ownPrices" ? stated.values.attachRatio : 0;
  for (const { code, values } of evidence) {
    if (code === "fullPriceMeasured")
      return {
        discountRatio: 0,
        elasticity: values.responseRatio * 100,
        attachRatio,
        noticedRatio: NOTICED_WHERE_MEASURED,
      };
    if (code === "caution" || code === "cautionAssumed") {
      const margin = evidence.find((one) => one.code === "margin");
      if (margin?.code !== "margin") return null;
      const { responseRatio, noticedRatio } = values;
      const { discountRatio } = margin.values;
      return { discountRatio, elasticity: responseRatio * 100, attachRatio, noticedRatio };
    }
  }
  return null;
}
