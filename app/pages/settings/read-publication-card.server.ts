import type { Deps } from "#app/services/deps.server.ts";
import { StoredProblem } from "#app/domain/publish/publish-messages.ts";
import type { Words } from "#app/locales/words.server.ts";
import { readPublication } from "#app/services/publish/read-publication.server.ts";
import { openShop } from "#app/pages/open-shop.server.ts";
import { writeMessage, writeStored } from "#app/locales/write-message.server.ts";

/** How publishing stands, with what failed and what others changed in the reader's language. */
export async function readPublicationCard(
  deps: Deps,
  { shop, now, words }: { shop: string; now: Date; words: Words },
) {
  const view = await readPublication(deps, { shop, now });
  const { problem, drift } = view;
  const { format } = await openShop(deps, { shop, words });
  const writing = { format, words };
  return {
    ...view,
    problem: problem && problem.map((stated) => writeStored(StoredProblem, stated, writing)).join(" "),
    drift: drift.map(({ message, foundAt }) => ({ text: writeMessage(message, writing), foundAt })),
  };
}

export type PublicationCard = Awaited<ReturnType<typeof readPublicationCard>>;
