import type { Asked, Deps } from "#app/services/deps.server.ts";
import { readSuggestionsPage, SuggestionQuery } from "./read-suggestions-page.server.ts";

/** A Sidekick answer has about 4,000 tokens. */
const MOST = 10;

interface FindRequest extends Asked {
  /** Part of a title; empty for all. */
  readonly search: string;
  /** The app's client id, for its URLs in the admin. */
  readonly apiKey: string;
}

/** The approved offers of the list, in the format that `tools.json` describes to Sidekick. */
export async function findOffers(deps: Deps, { shop, search, apiKey, words, now }: FindRequest) {
  const query = SuggestionQuery.parse({ tab: "approved", search });
  const page = await readSuggestionsPage(deps, { shop, query, words, now });
  return {
    results: page.bundles.slice(0, MOST).map(({ id, title, status, pausedReason, sold, ...row }) => ({
      id,
      type: "offer",
      title,
      status,
      url: `https://${shop}/admin/apps/${apiKey}/app/suggestions/${id}`,
      waitsFor: pausedReason,
      price: row.priceAfter,
      priceWithoutOffer: row.priceBefore,
      orders: sold?.orders ?? null,
      revenue: sold?.revenue ?? "",
    })),
    hasMore: page.hasNext || page.bundles.length > MOST,
  };
}
