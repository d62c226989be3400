import type { Deps } from "#app/deps.server.ts";
import { findShop } from "#app/data/shops.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { readPublication, type PublicationView } from "./read-publication.server.ts";
import { createShopFormat } from "./shop-format.server.ts";
import { translateStoredText } from "./translate-stored-text.server.ts";

/** How publishing stands, with what failed and what others changed in the reader's language. */
export async function readPublicationCard(
  deps: Deps,
  { shop, now, words }: { shop: string; now: Date; words: Words },
): Promise<PublicationView> {
  const [row, view] = await Promise.all([findShop(deps.db, shop), readPublication(deps, { shop, now })]);
  const format = createShopFormat(
    { currency: row?.currency ?? "USD", timeZone: view.timeZone },
    words.locale,
  );
  const translate = (text: string) => translateStoredText(text, { format, words });
  return {
    ...view,
    problem: view.problem && translate(view.problem),
    drift: view.drift.map(({ text, foundAt }) => ({ text: translate(text), foundAt })),
  };
}
