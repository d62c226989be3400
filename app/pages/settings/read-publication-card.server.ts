import type { Deps } from "#app/services/deps.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import { StoredProblem } from "#app/domain/publish/publish-messages.ts";
import type { Words } from "#app/locales/words.server.ts";
import { readPublication } from "#app/services/publish/read-publication.server.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";
import { writeMessage, writeStored } from "#app/locales/write-message.server.ts";

/** How publishing stands, with what failed and what others changed in the reader's language. */
export async function readPublicationCard(
  deps: Deps,
  { shop, now, words }: { shop: string; now: Date; words: Words },
) {
  const [row, view] = await Promise.all([findShop(deps.db, shop), readPublication(deps, { shop, now })]);
  const { timeZone, problem, drift } = view;
  const format = createShopFormat({ currency: row?.currency ?? "USD", timeZone }, words.locale);
  const writing = { format, words };
  return {
    ...view,
    problem: problem && problem.map((stated) => writeStored(StoredProblem, stated, writing)).join(" "),
    drift: drift.map(({ message, foundAt }) => ({ text: writeMessage(message, writing), foundAt })),
  };
}

export type PublicationCard = Awaited<ReturnType<typeof readPublicationCard>>;
