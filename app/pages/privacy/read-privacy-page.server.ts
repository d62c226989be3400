import { countHistory, ERASURE_COUNT_LIMIT, findErasure } from "#app/data/erasure/history-erasure.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { listDataRequests } from "#app/data/erasure/erasures.server.ts";
import { openShop } from "#app/pages/open-shop.server.ts";

/** The retention period, the answered data requests, and the data that an erasure would delete. */
export async function readPrivacyPage(deps: Deps, { shop, words }: { shop: string; words: Words }) {
  const { format, settings } = await openShop(deps, { shop, words });
  const [requests, size, erasure] = await Promise.all([
    listDataRequests(deps.db, shop),
    countHistory(deps.pool, shop),
    findErasure(deps.db, shop),
  ]);
  const write = (count: number) =>
    count > ERASURE_COUNT_LIMIT
      ? words.t("server:moreThan", { number: format.number(ERASURE_COUNT_LIMIT) })
      : format.number(count);
  return {
    settings,
    requests: requests.map(({ requestId, requestedAt }) => ({ requestId, at: format.dateTime(requestedAt) })),
    /** The data that an erasure would delete, as text. */
    counts: {
      orders: write(size.orders),
      visits: write(size.visits),
      bundles: write(size.bundles),
      runs: write(size.runs),
    },
    /** The last erasure; null if there was none. */
    erasure: erasure && {
      isRunning: erasure.finishedAt === null,
      percent: Math.round(100 * erasure.erasedRatio),
      finishedAt: erasure.finishedAt && format.dateTime(erasure.finishedAt),
    },
  };
}

export type PrivacyPage = Awaited<ReturnType<typeof readPrivacyPage>>;
