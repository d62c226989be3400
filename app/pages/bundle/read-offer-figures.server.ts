import { listTitles } from "#app/data/bundles/bundle-edits.server.ts";
import { findBundle } from "#app/data/bundles/read-bundles.server.ts";
import { readVariants } from "#app/data/bundles/bundles.server.ts";
import { readEvidence } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { checkTerms } from "#app/domain/offer/offer.ts";
import { expectAt } from "#app/domain/publish/expect-now.ts";
import { writeEvidence } from "#app/locales/write-message.server.ts";
import { openShop } from "#app/pages/open-shop.server.ts";
import { describeGain, describeReason } from "#app/pages/describe-suggestion.server.ts";
import { describeMargins, describeSteps } from "./describe-terms.server.ts";
import type { Asked, Deps } from "#app/services/deps.server.ts";
import { readOfferOutlook } from "#app/services/evaluate/read-offer-evidence.server.ts";
import { titleOffer } from "#app/services/validate/title-offer.server.ts";
import { readTypedTerms } from "#app/services/validate/typed-terms.server.ts";

interface FiguresRequest extends Asked {
  /** The edited offer; null for a new one. */
  readonly bundleId: string | null;
  /** As for `createOffer`. */
  readonly typed: unknown;
}

export type OfferFigures = NonNullable<Awaited<ReturnType<typeof readOfferFigures>>>;

/**
 * The figures of an unsaved offer: price and profit at each tier, evidence from the orders, and expected profit. Null
 * while the fields are invalid or products are missing.
 */
export async function readOfferFigures(deps: Deps, { shop, bundleId, typed, words, now }: FiguresRequest) {
  const read = await readTypedTerms(deps, { shop, typed, words });
  if (!read.ok || !read.value.terms || !read.value.components) return null;
  const { terms, components } = read.value;
  const [bundle, variants, taken] = await Promise.all([
    bundleId === null ? null : findBundle(deps.db, { shop, bundleId }),
    readVariants(deps.db, shop, components),
    listTitles(deps.db, { id: bundleId, shop }),
  ]);
  const held = components.flatMap((component) => {
    const variant = variants.get(component.variantGid);
    if (!variant) return [];
    const { title, productType: category } = variant.product;
    return [{ ...component, ...variant, variant, title, category }];
  });
  const isUnfinished = checkTerms(terms, held).some(
    ({ code }) => code === "componentsFew" || code === "giftMissing",
  );
  if (isUnfinished) return null;
  const { row, format, settings } = await openShop(deps, { shop, words });
  const { evidence } = await readOfferOutlook(deps, { shop, terms, components: held, now });
  const [first, ...more] = evidence.map((one) => ({
    kind: one.kind,
    text: writeEvidence(one, { format, words }),
  }));
  const request = { terms, currency: row.currency, settings, format, words };
  const expected = bundle && expectAt(bundle, { ...request, components: held });
  return {
    /** The title if the merchant leaves it empty. */
    title: titleOffer({ terms, components: held }, words.locale, taken),
    evidence: first!,
    /** The reason for the offer: the run's own for a suggested set, whatever its discount. */
    why: bundle && expected ? describeReason(readEvidence(bundle.evidence), { format, words }) : first!.text,
    /** Further evidence: the replay on the newest orders, and the expectation. */
    more,
    steps: describeSteps(held, request),
    margins: describeMargins(held, request),
    /** The expected profit of a suggested set on these terms; null if unknown. */
    repriced: expected && describeGain({ ...bundle, expected }, format, words),
  };
}
