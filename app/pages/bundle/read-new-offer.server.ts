import { findBundle, readVariants } from "#app/data/bundles/read-bundles.server.ts";
import { listVariantsOfProducts } from "#app/data/products/product-variants.server.ts";
import { readSaleables } from "#app/data/bundles/bundles.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { toComponent } from "#app/pages/describe-suggestion.server.ts";
import { toTermsDraft } from "./to-terms-draft.server.ts";
import type { ComponentDraft, TermsDraft } from "./terms/terms-draft.ts";
import { NEW_FIELDS } from "#app/domain/validate/offer-fields.ts";

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
  components: [],
};

interface NewOfferRequest {
  readonly shop: string;
  /** An offer to begin with as it is; null for none. */
  readonly from: string | null;
  /** A product to begin with; null for none. */
  readonly productGid: string | null;
}

/** What the form of a new offer holds before anything is typed; null before installation. */
export async function readNewOffer({ db }: Pick<Deps, "db">, { shop, from, productGid }: NewOfferRequest) {
  const row = await findShop(db, shop);
  if (!row) return null;
  const { currency, timeZone } = row;
  const bundle = from === null ? null : await findBundle(db, { shop, bundleId: from });
  if (bundle) {
    const variantGids = bundle.components.map(({ variantGid }) => variantGid);
    const variants = await readVariants(db, { shop, variantGids });
    const components = bundle.components.map((one) => toComponent(one, variants.get(one.variantGid)));
    const draft = toTermsDraft(bundle, { components, timeZone, currency });
    return { currency, form: `offer:from:${bundle.id}`, draft: { ...draft, startsOn: "", endsOn: "" } };
  }
  const components = productGid === null ? [] : await readProduct(db, shop, productGid);
  const form = components.length > 0 ? `offer:with:${productGid}` : "offer:new";
  return { currency, form, draft: { ...EMPTY, components } };
}

/** The first variant of a product; none where the shop has no such product. */
async function readProduct(db: Deps["db"], shop: string, productGid: string): Promise<ComponentDraft[]> {
  const [variant] = await listVariantsOfProducts(db, shop, [productGid]);
  if (!variant) return [];
  const { variantGid } = variant;
  const [saleables, variants] = await Promise.all([
    readSaleables(db, shop, [variantGid]),
    readVariants(db, { shop, variantGids: [variantGid] }),
  ]);
  const saleable = saleables.get(variantGid);
  const imageUrl = variants.get(variantGid)?.product.imageUrl ?? "";
  return saleable ? [{ ...saleable, imageUrl, quantity: "1", isGift: false }] : [];
}
