import { readVariants } from "#app/data/bundles/read-bundles.server.ts";
import { readSettings } from "#app/data/shops/settings.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";
import { describeMargins } from "./describe-margins.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { readTypedTerms } from "#app/services/validate/typed-terms.server.ts";

interface FiguresRequest {
  readonly shop: string;
  /** As for `createOffer`. */
  readonly typed: unknown;
  readonly words: Words;
  readonly now: Date;
}

export type OfferFigures = NonNullable<Awaited<ReturnType<typeof readOfferFigures>>>;

/** What is known of an offer that is being typed: what it leaves at each tier. Null while its fields are no terms. */
export async function readOfferFigures(deps: Deps, { shop, typed, words }: FiguresRequest) {
  const read = await readTypedTerms(deps, { shop, typed, words });
  const row = await findShop(deps.db, shop);
  if (!read.ok || !read.value.terms || !read.value.components || !row) return null;
  const { terms, components } = read.value;
  const settings = await readSettings(deps.db, shop);
  const variants = await readVariants(deps.db, {
    shop,
    variantGids: components.map(({ variantGid }) => variantGid),
  });
  const held = components.flatMap((component) => {
    const variant = variants.get(component.variantGid);
    return variant ? [{ ...component, variant, ...variant }] : [];
  });
  const format = createShopFormat(row, words.locale);
  const { currency } = row;
  return { margins: describeMargins(held, { terms, currency, settings, format, words }) };
}
