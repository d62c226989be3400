import { readCatalogueNames } from "#app/data/products/catalogue.server.ts";
import { LEAVE_OUT_QUERY } from "#app/domain/publish/storefront-offer.ts";
import type { Asked, Deps } from "#app/services/deps.server.ts";
import { StoredProblem } from "#app/domain/publish/publish-messages.ts";
import { readPublication } from "#app/services/publish/read-publication.server.ts";
import { openShop } from "#app/pages/open-shop.server.ts";
import { joinSentences } from "#app/locales/join-sentences.ts";
import { writeMessage, writeStored, type Writing } from "#app/locales/write-message.server.ts";

/** The settings, the names of excluded entries, and the state of publishing. */
export async function readSettingsPage(deps: Deps, { shop, now, words }: Asked) {
  const { format, settings } = await openShop(deps, { shop, words });
  const gids = [...settings.excludedProductGids, ...settings.excludedCollectionGids];
  return {
    settings,
    names: Object.fromEntries(await readCatalogueNames(deps.pool, { shop, gids })),
    /** Opens the shop and excludes that browser from all counts. */
    leaveOutUrl: `https://${shop}/?${LEAVE_OUT_QUERY}`,
    publication: await describePublication(deps, { shop, now, format, words }),
  };
}

/** The state of publishing, with problems and drift in the reader's language. */
async function describePublication(
  deps: Deps,
  { shop, now, ...writing }: Writing & { shop: string; now: Date },
) {
  const view = await readPublication(deps, { shop, now });
  const { problem, drift } = view;
  return {
    ...view,
    problem:
      problem &&
      joinSentences(
        problem.map((stated) => writeStored(StoredProblem, stated, writing)),
        writing.words.t,
      ),
    drift: drift.map(({ message, foundAt }) => ({
      text: writeMessage(message, writing),
      at: writing.format.dateTime(foundAt),
    })),
  };
}

export type PublicationCard = Awaited<ReturnType<typeof describePublication>>;
