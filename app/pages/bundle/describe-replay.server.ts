import { BUNDLE_KINDS, MERCHANT_KIND, ReplayResult } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { OfferTerms } from "#app/domain/offer/offer.ts";
import { explainReplay } from "#app/domain/validate/explain-replay.ts";
import { writeEstimate, writeMessage, type Writing } from "#app/locales/write-message.server.ts";

interface ReplayedBundle {
  /** As the bundle's row keeps it. */
  readonly validation: unknown;
  readonly kind: string;
  readonly terms: unknown;
  readonly components: readonly unknown[];
}

/** What replaying a bundle on later orders showed, in words and figures; null when it was not replayed. */
export function describeReplay(
  { validation, kind: stored, components, terms }: ReplayedBundle,
  writing: Writing,
) {
  const parsed = ReplayResult.safeParse(validation);
  // A run may have tested what the merchant made by hand, as it tests what is bought together.
  const kind = stored === MERCHANT_KIND ? "complementary" : BUNDLE_KINDS.find((one) => one === stored);
  if (!parsed.success || !kind) return null;
  const { format, words } = writing;
  const { t } = words;
  const { baskets, withAll, expectedByChance, lift, marginChangeMinor, isSupported } = parsed.data;
  const verdict = explainReplay(parsed.data, {
    kind,
    products: components.length,
    terms: OfferTerms.safeParse(terms).data,
  });
  return {
    isSupported,
    verdict: writeMessage(verdict, writing),
    /** Of the later orders, those with all of it and what chance would give, to draw. */
    withAll,
    expectedByChance,
    /** How many were looked at, held all of it, would by chance, and what follows. */
    facts: [
      { term: t("server:replay.baskets"), value: format.number(baskets) },
      { term: t("server:replay.withAll"), value: format.number(withAll) },
      {
        term: t("server:replay.byChance"),
        value: format.number(expectedByChance, expectedByChance < 10 ? 1 : 0),
      },
      {
        term: t("server:replay.lift"),
        value: writeEstimate(lift, (value) => format.number(value, 1), words),
      },
      {
        term: t("server:replay.margin"),
        value: writeEstimate(marginChangeMinor, format.roughMoney, words),
      },
    ],
  };
}
