import type { Words } from "#app/locales/words.server.ts";
import type { BundleRow, CatalogueVariant } from "#app/data/bundles/bundles.server.ts";
import { minorDigits } from "#app/domain/money.ts";
import type { OfferTerms } from "#app/domain/offer/offer.ts";
import { surenessOf, type Sureness } from "#app/domain/propose/evidence/sureness.ts";
import { repriceSet } from "#app/domain/propose/profit/reprice-set.ts";
import { NOTICED_WHERE_MEASURED } from "#app/domain/propose/profit/shopper-kinds.ts";
import { Evidence, ExpectedEffect, ReplayResult } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { listSteps, type OfferStep, type StepComponent } from "#app/domain/publish/price-steps.ts";
import {
  costBesidePrice,
  withoutTax,
  type CostSettings,
  type ShopSettings,
} from "#app/domain/shop-settings.ts";
import type { ShopFormat } from "#app/locales/shop-format.server.ts";
import { writeBriefly, type Writing } from "#app/locales/write-message.server.ts";

/** A component as the catalogue has it now; one that is gone keeps what was proposed. */
export function toComponent(
  component: BundleRow["components"][number],
  variant: CatalogueVariant | undefined,
) {
  return {
    variantGid: component.variantGid,
    productGid: component.productGid,
    isGift: component.isGift,
    title: component.title,
    quantity: component.quantity,
    priceMinor: variant?.priceMinor ?? component.priceMinor,
    imageUrl: variant?.product.imageUrl ?? null,
    variant,
  };
}

/** Of a year in twelve parts; what is expected is stated for 28 days. */
const DAYS_A_MONTH = 365.25 / 12;
const EXPECTED_DAYS = 28;

/**
 * What an offer should earn in a month in round figures ("about £40 a month"), and how sure that is; null when the row
 * holds no expectation.
 */
export function describeGain(
  { expected, evidence, currency }: Pick<BundleRow, "expected" | "evidence" | "currency">,
  format: ShopFormat,
  { t }: Words,
): { text: string; sureness: Sureness } | null {
  const { data } = ExpectedEffect.safeParse(expected);
  if (!data) return null;
  const { extraMarginMinor } = data;
  const unit = 10 ** minorDigits(currency);
  const amountMinor = (extraMarginMinor.value * DAYS_A_MONTH) / EXPECTED_DAYS;
  const amount = format.aboutMoney(Math.max(unit, Math.abs(amountMinor)));
  const span = amountMinor <= -unit ? "aMonthLost" : amountMinor < unit ? "aMonthLess" : "aMonth";
  const isToTry = readEvidence(evidence).some(({ code }) => code === "toTry");
  return {
    text: t(`server:${span}`, { amount }),
    sureness: surenessOf(extraMarginMinor, { isToTry }),
  };
}

/** A discount is stored in ten-thousandths; a nearer one is the same. */
const SAME_DISCOUNT = 0.5e-4;

/** The discount that a bundle's figures hold for, 0 to 1, where the bundle gives another one by now; else null. */
export function findProposedDiscount({
  evidence,
  discountRatio,
}: Pick<BundleRow, "evidence" | "discountRatio">): number | null {
  const proposed = proposedRatioOf(readEvidence(evidence));
  return proposed === null || Math.abs(proposed - discountRatio) < SAME_DISCOUNT ? null : proposed;
}

/** 0 to 1; null where nothing was reckoned. */
function proposedRatioOf(evidence: readonly Evidence[]): number | null {
  for (const { code, values } of evidence) {
    if (code === "margin" || code === "marginTiers") return values.discountRatio;
    if (code === "fullPriceMeasured" || code === "fullPriceUntold" || code === "shownTogether") return 0;
  }
  return null;
}

export type PricedComponent = Omit<StepComponent, "costMinor"> & {
  readonly variant: Pick<CatalogueVariant, "costMinor"> | undefined;
};

export type MarginSettings = CostSettings & Pick<ShopSettings, "assumedMarginRatio">;

interface CurrentTerms {
  readonly terms: OfferTerms;
  readonly components: readonly PricedComponent[];
  readonly currency: string;
  readonly settings: MarginSettings;
}

/**
 * What is expected of an offer at the discount that it gives now; where nothing tells, at the one that was proposed. Null
 * when the row holds no expectation.
 */
export function expectNow(
  bundle: Parameters<typeof reprice>[0] & Pick<BundleRow, "discountRatio">,
  current: CurrentTerms,
): ExpectedEffect | null {
  const isOther = findProposedDiscount(bundle) !== null;
  return (isOther && reprice(bundle, current)) || (ExpectedEffect.safeParse(bundle.expected).data ?? null);
}

/** The offer's price at each of its tiers, with the costs that the merchant has counted on. */
export function priceSteps(
  components: readonly PricedComponent[],
  { terms, currency, settings }: Omit<CurrentTerms, "components">,
): OfferStep[] {
  const priced = components.map(({ variant, ...component }) => ({
    ...component,
    costMinor: costBesidePrice(settings, variant?.costMinor),
  }));
  return listSteps(terms, priced, { currency, assumedMarginRatio: settings.assumedMarginRatio });
}

/**
 * What a proposed set would earn in 28 days on other terms, and would have on the orders that it was tested on.
 *
 * @returns null where nothing tells: of other products or units, of another form of offer, and of what no run reckoned
 */
export function describeRepriced(
  bundle: Parameters<typeof reprice>[0] & Pick<BundleRow, "validation" | "currency">,
  current: CurrentTerms,
  { format, words }: Writing,
) {
  const expected = reprice(bundle, current);
  if (!expected) return null;
  const tested = ReplayResult.safeParse(bundle.validation).data?.marginChangeMinor.value;
  const proposedMinor = ExpectedEffect.parse(bundle.expected).extraMarginMinor.value;
  return {
    gain: describeGain({ ...bundle, expected }, format, words),
    replay:
      tested === undefined || proposedMinor <= 0
        ? null
        : words.t("server:replay.edited", {
            profit: format.roughMoney((tested * expected.extraMarginMinor.value) / proposedMinor),
          }),
  };
}

function reprice(
  bundle: Pick<BundleRow, "expected" | "evidence" | "components">,
  { terms, components, currency, settings }: CurrentTerms,
): ExpectedEffect | null {
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
  return { ...expected, extraMarginMinor };
}

/** What the proposal supposed of shoppers, as its evidence states it; null where it supposed no answer to prices. */
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

/** Why a bundle was proposed, in one sentence: what the orders say, else what comes first. */
export function describeReason(evidence: readonly Evidence[], writing: Writing): string {
  const reason = evidence.find(({ kind }) => kind === "orders") ?? evidence[0];
  return reason ? writeBriefly(reason, writing) : "";
}

/** The evidence of a bundle; rows that an older version wrote differently are left out rather than failing the page. */
export function readEvidence(stored: unknown): Evidence[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((entry) => {
    const parsed = Evidence.safeParse(entry);
    return parsed.success ? [parsed.data] : [];
  });
}
