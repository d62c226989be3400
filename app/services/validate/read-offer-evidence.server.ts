import { countTogether } from "#app/data/orders/units-together.server.ts";
import { listVariantsOfProducts } from "#app/data/products/product-variants.server.ts";
import type { OfferTerms } from "#app/domain/offer/offer.ts";
import { explainOffer, leastOf } from "#app/domain/propose/evidence/explain-offer.ts";
import type { Evidence } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { Deps } from "#app/services/deps.server.ts";

/** Older orders say little of what sells now. */
const WINDOW_DAYS = 365;

/** What a year of the shop's orders says of an offer made by hand, in whatever variants its products were bought. */
export async function readOfferEvidence(
  { db, pool }: Pick<Deps, "db" | "pool">,
  {
    shop,
    terms,
    productGids,
    now,
  }: {
    readonly shop: string;
    readonly terms: OfferTerms;
    readonly productGids: readonly string[];
    readonly now: Date;
  },
): Promise<Evidence> {
  const products = [...new Set(productGids)];
  const variants = await listVariantsOfProducts(db, shop, products);
  const counts = await countTogether(pool, {
    shop,
    variantGids: products.map((productGid) =>
      variants.filter((one) => one.productGid === productGid).map(({ variantGid }) => variantGid),
    ),
    from: new Date(now.getTime() - WINDOW_DAYS * DAY_MS),
    least: leastOf(terms, products.length),
  });
  return explainOffer(terms, counts);
}
