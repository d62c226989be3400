import type { OfferTerms } from "#app/domain/offer/offer.ts";
import { NOTICED_WHERE_MEASURED } from "#app/domain/propose/profit/shopper-kinds.ts";
import { repriceSet } from "#app/domain/propose/profit/reprice-set.ts";
import { ExpectedEffect, ReplayResult, type Evidence } from "#app/domain/propose/proposal/bundle-proposal.ts";
import type { Writing } from "#app/locales/write-message.server.ts";
import { describeGain, readEvidence, type BundleRow } from "#app/pages/describe-suggestion.server.ts";
import { priceSteps, type CostSettings, type PricedComponent } from "./describe-margins.server.ts";

interface OtherTerms {
  readonly terms: OfferTerms;
  readonly components: readonly PricedComponent[];
  readonly currency: string;
  readonly settings: CostSettings;
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
  const { usesShopifyCosts, assumedMarginRatio } = settings;
  const extraMarginMinor = repriceSet(
    {
      expected,
      savingMinor: step.beforeMinor * supposed.discountRatio,
      elasticity: supposed.elasticity,
      attachRatio: supposed.attachRatio,
      noticedRatio: supposed.noticedRatio,
      components: components.map(({ priceMinor, quantity, variant }) => {
        const costMinor = usesShopifyCosts ? (variant?.costMinor ?? null) : null;
        const marginMinor = costMinor === null ? priceMinor * assumedMarginRatio : priceMinor - costMinor;
        return { priceMinor: priceMinor * quantity, marginMinor: marginMinor * quantity };
      }),
    },
    step.discountMinor,
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
