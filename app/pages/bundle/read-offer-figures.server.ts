import { listTitles } from "#app/data/bundles/bundle-edits.server.ts";
import { findBundle } from "#app/data/bundles/read-bundles.server.ts";
import { readVariants } from "#app/data/bundles/bundles.server.ts";
import { checkTerms } from "#app/domain/offer/offer.ts";
import { writeEvidence } from "#app/locales/write-message.server.ts";
import { openShop } from "#app/pages/open-shop.server.ts";
import { describeRepriced } from "#app/pages/describe-suggestion.server.ts";
import { describeMargins, describeSteps } from "./describe-terms.server.ts";
import type { Asked, Deps } from "#app/services/deps.server.ts";
import { readOfferOutlook } from "#app/services/validate/read-offer-evidence.server.ts";
import { titleOffer } from "#app/services/validate/title-offer.server.ts";
import { readTypedTerms } from "#app/services/validate/typed-terms.server.ts";

interface FiguresRequest extends Asked {
  /** The one that is being edited; null for a new one. */
  readonly bundleId: string | null;
  /** As for `createOffer`. */
  readonly typed: unknown;
}

export type OfferFigures = NonNullable<Awaited<ReturnType<typeof readOfferFigures>>>;

/**
 * What is known of an offer that is being typed: its price and what it leaves at each tier, what the orders say of it, and
 * what it should earn. Null while its fields are no terms, or it lacks products to be an offer.
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
  return {
    /** What it is called while the merchant gives it no title. */
    title: titleOffer({ terms, components: held }, words.locale, taken),
    evidence: first!,
    /** What the newest orders say of what those before promised, and what is expected of it. */
    more,
    steps: describeSteps(held, request),
    margins: describeMargins(held, request),
    repriced: bundle && describeRepriced(bundle, { ...request, components: held }, { format, words }),
  };
}
