import { listBundles, listInBrief } from "#app/data/bundles/read-bundles.server.ts";
import { readKeptShop } from "#app/data/shops/shops.server.ts";
import { BUNDLE_STATUSES, type BundleStatus } from "#app/domain/bundle-status.ts";
import { toLegacyId } from "#app/domain/ids.ts";
import {
  listTitleLanguages,
  writeOfferHeader,
  writeOfferRow,
  type FiledOffer,
} from "#app/domain/validate/offer-file.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { writeCsv } from "#app/services/files/read-csv.server.ts";
import { toOfferForm } from "./typed-terms.server.ts";

const PIECE = 500;

/** All offers of the shop, of any kind and state, as a file for `importOffers`. */
export async function exportOffers({ db }: Pick<Deps, "db">, { shop }: { shop: string }): Promise<string> {
  const row = await readKeptShop(db, shop);
  const brief = await listInBrief(db, { shop, statuses: BUNDLE_STATUSES });
  const ids = brief
    .toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);
  const offers: { filed: FiledOffer; status: BundleStatus; productTitles: string }[] = [];
  for (let offset = 0; offset < ids.length; offset += PIECE) {
    for (const bundle of await listBundles(db, { shop, ids: ids.slice(offset, offset + PIECE) })) {
      const { status, components } = bundle;
      const filed: FiledOffer = {
        // With another currency by then, the import refuses the amounts or shows them.
        ...toOfferForm(bundle, row.timeZone),
        collection: bundle.collectionGid === null ? null : toLegacyId(bundle.collectionGid),
        products: components.map(({ variantGid, quantity, isGift }) => ({
          name: toLegacyId(variantGid),
          quantity: String(quantity),
          isGift,
        })),
      };
      offers.push({ filed, status, productTitles: components.map((one) => one.title).join(" + ") });
    }
  }
  const languages = listTitleLanguages(offers.map(({ filed }) => filed));
  const rows = offers.map(({ filed, ...stated }) => writeOfferRow(filed, { ...stated, languages }));
  return writeCsv([writeOfferHeader(languages), ...rows]);
}
