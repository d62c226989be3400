import type { Deps } from "#app/services/deps.server.ts";
import {
  findInCatalogue,
  type CatalogueEntry,
  type CatalogueKind,
} from "#app/data/products/catalogue.server.ts";

/** A list that is longer is not read to its end; typing makes it shorter. */
const SHOWN_ENTRIES = 25;

/** The shop's products, collections or tags whose name holds the text. */
export async function searchCatalogue(
  { pool }: Pick<Deps, "pool">,
  search: { shop: string; kind: CatalogueKind; text: string },
): Promise<CatalogueEntry[]> {
  return findInCatalogue(pool, { ...search, limit: SHOWN_ENTRIES });
}
