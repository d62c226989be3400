import { NOTICED_WHERE_MEASURED } from "#app/domain/propose/profit/shopper-kinds.ts";
import { repriceSet } from "#app/domain/propose/profit/reprice-set.ts";
import { type Evidence, ExpectedEffect, readEvidence } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { type OfferTerms, type TermsComponent, toOfferTerms } from "#app/domain/offer/offer.ts";
import {
  costBesidePrice,
  withoutTax,
  type CostSettings,
  type ShopSettings,
} from "#app/domain/shop-settings.ts";
import { listSteps, type OfferStep, type StepComponent } from "./price-steps.ts";

/** The columns of a bundle's row that its figures depend on. */
interface KeptBundle {
  /** 0 to 1. */
  readonly discountRatio: number;
  readonly expected: unknown;
  readonly evidence: unknown;
  readonly components: readonly { readonly variantGid: string; readonly quantity: number }[];
}

/** A discount is stored in ten-thousandths; a smaller difference is none. */
const SAME_DISCOUNT = 0.5e-4;

/** The discount that a bundle's figures hold for, 0 to 1, if it differs from the bundle's current one; else null. */
export function findProposedDiscount({
  evidence,
  discountRatio,
}: Pick<KeptBundle, "evidence" | "discountRatio">): number | null {
  const proposed = proposedRatioOf(readEvidence(evidence));
  return proposed === null || Math.abs(proposed - discountRatio) < SAME_DISCOUNT ? null : proposed;
}

/** 0 to 1; null if none was computed. */
function proposedRatioOf(evidence: readonly Evidence[]): number | null {
  for (const { code, values } of evidence) {
    if (code === "margin" || code === "marginTiers") return values.discountRatio;
    if (code === "fullPriceMeasured" || code === "fullPriceUntold" || code === "shownTogether") return 0;
  }
  return null;
}

export type PricedComponent = Omit<StepComponent, "costMinor"> & {
  /** From the current catalogue; undefined if it is gone. */
  readonly variant: { readonly costMinor: number | null } | undefined;
};

export type MarginSettings = CostSettings & Pick<ShopSettings, "assumedMarginRatio">;

export interface CurrentTerms {
  readonly terms: OfferTerms;
  readonly components: readonly PricedComponent[];
  readonly currency: string;
  readonly settings: MarginSettings;
}

/** A component at the catalogue's current price; one that is gone keeps the proposed price. */
export function toComponent<
  C extends { readonly priceMinor: number },
  V extends { readonly priceMinor: number },
>(component: C, variant: V | undefined) {
  return { ...component, priceMinor: (variant ?? component).priceMinor, variant };
}

/** A bundle's terms with its components at the catalogue's current prices. */
export function toCurrent<C extends TermsComponent, V extends { readonly priceMinor: number }>(
  bundle: Parameters<typeof toOfferTerms>[0] & { readonly components: readonly C[] },
  variants: ReadonlyMap<string, V>,
  { currency, settings }: Pick<CurrentTerms, "currency" | "settings">,
) {
  const components = bundle.components.map((one) => toComponent(one, variants.get(one.variantGid)));
  return { terms: toOfferTerms(bundle), components, currency, settings };
}

/**
 * Expected effect of an offer at its current discount, or at the proposed one if that cannot be computed. Null if the
 * row holds no expectation.
 */
export function expectNow(bundle: KeptBundle, current: CurrentTerms): ExpectedEffect | null {
  const isOther = findProposedDiscount(bundle) !== null;
  return (isOther && expectAt(bundle, current)) || (ExpectedEffect.safeParse(bundle.expected).data ?? null);
}

/**
 * The figure that sorts offers: expected extra margin at the current discount, minor units in 28 days. After a change
 * of currency, the amounts stay in the former one until a run.
 */
export function worthNow(
  bundle: KeptBundle & { readonly expectedExtraMarginMinor: number },
  current: CurrentTerms,
): number {
  return expectNow(bundle, current)?.extraMarginMinor.value ?? bundle.expectedExtraMarginMinor;
}

/** The offer's price at each of its tiers, with costs by the merchant's settings. */
export function priceSteps(
  components: readonly PricedComponent[],
  { terms, currency, settings }: Omit<CurrentTerms, "components">,
  list: typeof listSteps = listSteps,
): OfferStep[] {
  return list(terms, withCosts(components, settings), {
    currency,
    assumedMarginRatio: settings.assumedMarginRatio,
  });
}

/** Components with unit costs by the merchant's settings. */
export function withCosts(components: readonly PricedComponent[], settings: CostSettings): StepComponent[] {
  return components.map(({ variant, ...component }) => ({
    ...component,
    costMinor: costBesidePrice(settings, variant?.costMinor),
  }));
}

/**
 * What a proposed set would earn in 28 days on other terms.
 *
 * @returns null if unknown: for other products or units, for another kind of offer, and without figures from a run
 */
export function expectAt(
  bundle: Pick<KeptBundle, "expected" | "evidence" | "components">,
  { terms, components, currency, settings }: CurrentTerms,
): ExpectedEffect | null {
  const expected = ExpectedEffect.safeParse(bundle.expected).data;
  const evidence = readEvidence(bundle.evidence);
  const assumed = readAssumed(evidence);
  if (!expected || !assumed) return null;
  const keyOf = (all: readonly { readonly variantGid: string; readonly quantity: number }[]) =>
    all.map(({ variantGid, quantity }) => `${variantGid}*${quantity}`).join();
  if (terms.kind !== "set" || keyOf(components) !== keyOf(bundle.components)) return null;
  const [step] = priceSteps(components, { terms, currency, settings });
  if (!step) return null;
  const { assumedMarginRatio } = settings;
  const extraMarginMinor = repriceSet(
    {
      expected,
      savingMinor: withoutTax(step.beforeMinor * assumed.discountRatio, settings),
      elasticity: assumed.elasticity,
      attachRatio: assumed.attachRatio,
      noticedRatio: assumed.noticedRatio,
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
  return { ...expected, extraMarginMinor };
}

/** The proposal's assumptions about shoppers, from its evidence; null if it assumed no price response. */
function readAssumed(evidence: readonly Evidence[]) {
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
