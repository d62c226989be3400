import { findBundle } from "#app/data/bundles/read-bundles.server.ts";
import { type BundleRow, type CatalogueVariant, readVariants } from "#app/data/bundles/bundles.server.ts";
import { listCollectionProducts } from "#app/data/products/collections.server.ts";
import { hasAmounts, MAX_POOL, toOfferTerms } from "#app/domain/offer/offer.ts";
import type { RuleContext } from "#app/domain/publish/storefront-offer.ts";
import { toComponents } from "#app/services/publish/keep-pools.server.ts";
import { readKeptShop } from "#app/data/shops/shops.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { toComponent } from "#app/domain/publish/expect-now.ts";
import type { ComponentDraft, TermsDraft } from "./terms/terms-draft.ts";
import { NEW_FIELDS } from "#app/domain/validate/offer-fields.ts";
import { readComplements } from "#app/services/behaviour/read-complements.server.ts";
import { toOfferForm } from "#app/services/validate/typed-terms.server.ts";

const EMPTY: TermsDraft = {
  title: "",
  titles: {},
  offer: NEW_FIELDS,
  startsOn: "",
  endsOn: "",
  letsShopperChoose: true,
  placement: "everywhere",
  countries: [],
  timesPerOrder: "",
  note: "",
  collectionGid: null,
  components: [],
};

interface NewOfferRequest {
  readonly shop: string;
  /** Offer to copy, except its title and dates; null for none. */
  readonly from: string | null;
  /** Product to start with; null for none. */
  readonly productGid: string | null;
}

/** Initial values of the form of a new offer. */
export async function readNewOffer({ db }: Pick<Deps, "db">, { shop, from, productGid }: NewOfferRequest) {
  const { currency, timeZone } = await readKeptShop(db, shop);
  const bundle = from === null ? null : await findBundle(db, { shop, bundleId: from });
  if (bundle) {
    const variants = await readVariants(db, shop, bundle.components);
    const components = bundle.components.map((one) => toComponent(one, variants.get(one.variantGid)));
    const draft = toTermsDraft(bundle, { components, timeZone, currency });
    return {
      currency,
      form: `offer:from:${bundle.id}`,
      draft: { ...draft, title: "", titles: {}, startsOn: "", endsOn: "" },
    };
  }
  const components = productGid === null ? [] : await readProducts(db, shop, [productGid]);
  const form = components.length > 0 ? `offer:with:${productGid}` : "offer:new";
  return { currency, form, draft: { ...EMPTY, components } };
}

/** The products of a collection, in form values; empty for an empty collection or one above the limit. */
export async function readCollectionDraft(
  { db }: Pick<Deps, "db">,
  { shop, collectionGid }: { readonly shop: string; readonly collectionGid: string },
): Promise<ComponentDraft[]> {
  const productGids = await listCollectionProducts(db, { shop, collectionGid, limit: MAX_POOL + 1 });
  return productGids.length > MAX_POOL ? [] : readProducts(db, shop, productGids);
}

/** Complements of the chosen products, in form values. */
export async function readComplementDrafts(
  deps: Pick<Deps, "db" | "pool">,
  chosen: { readonly shop: string; readonly productGids: readonly string[] },
): Promise<ComponentDraft[]> {
  return readProducts(deps.db, chosen.shop, await readComplements(deps, chosen));
}

/** The first variant of each product; products that the shop lacks are left out. */
async function readProducts(
  db: Deps["db"],
  shop: string,
  productGids: readonly string[],
): Promise<ComponentDraft[]> {
  const components = await toComponents({ db }, shop, productGids);
  const variants = await readVariants(db, shop, components);
  return components.map((component) => ({
    ...component,
    quantity: String(component.quantity),
    imageUrl: variants.get(component.variantGid)?.product.imageUrl ?? "",
  }));
}

interface DraftContext extends Pick<RuleContext, "timeZone" | "currency"> {
  /** From the current catalogue, in the bundle's order. */
  readonly components: readonly {
    readonly variant: CatalogueVariant | undefined;
    readonly priceMinor: number;
  }[];
}

/** The terms of a bundle as form values. */
export function toTermsDraft(
  bundle: BundleRow,
  { components, timeZone, currency }: DraftContext,
): TermsDraft {
  const form = toOfferForm(bundle, timeZone);
  const isForeign = bundle.currency !== currency && hasAmounts(toOfferTerms(bundle));
  return {
    ...form,
    offer: { ...form.offer, ...(isForeign && { currency: bundle.currency }) },
    collectionGid: bundle.collectionGid,
    components: bundle.components.map(({ variantGid, productGid, title, quantity, isGift }, index) => ({
      variantGid,
      productGid,
      title,
      isGift,
      imageUrl: components[index]!.variant?.product.imageUrl ?? "",
      priceMinor: components[index]!.priceMinor,
      quantity: String(quantity),
    })),
  };
}
