import { findShop } from "#app/data/read-home.server.ts";
import { readSettings } from "#app/data/settings.server.ts";
import type { Deps } from "#app/deps.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { readDataRequests } from "./read-data-requests.server.ts";
import { createShopFormat } from "./shop-format.server.ts";

/** How long data are kept, and the customers' requests that were answered. Null before installation. */
export async function readPrivacyPage(deps: Deps, { shop, words }: { shop: string; words: Words }) {
  const row = await findShop(deps.db, { shop });
  if (!row) return null;
  const [settings, requests] = await Promise.all([
    readSettings(deps.db, shop),
    readDataRequests(deps, { shop }),
  ]);
  const format = createShopFormat(row, words.locale);
  return {
    settings,
    requests: requests.map(({ requestId, requestedAt }) => ({
      requestId,
      at: format.dateTime(new Date(requestedAt)),
    })),
  };
}
