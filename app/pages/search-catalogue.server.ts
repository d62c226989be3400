import type { Deps } from "#app/services/deps.server.ts";
import {
  findInCatalogue,
  type CatalogueEntry,
  type CatalogueKind,
} from "#app/data/products/catalogue.server.ts";

/** A longer list is truncated; typing narrows it. */
const SHOWN_ENTRIES = 25;

/** Products, collections or tags of the shop whose name contains the text. */
export async function searchCatalogue(
  { pool }: Pick<Deps, "pool">,
  search: { shop: string; kind: CatalogueKind; text: string },
): Promise<CatalogueEntry[]> {
  return findInCatalogue(pool, { ...search, limit: SHOWN_ENTRIES });
}
