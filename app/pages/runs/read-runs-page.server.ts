import type { Words } from "#app/locales/words.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { listRuns } from "#app/data/runs/runs.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import { toRunView } from "#app/pages/describe-run.server.ts";
import { createShopFormat } from "#app/locales/shop-format.server.ts";

const LISTED_RUNS = 50;

/** The newest runs of a shop, newest first; empty before the shop's row exists. */
export async function readRunsPage(
  deps: Deps,
  { shop, now, words }: { shop: string; now: Date; words: Words },
) {
  const [row, runs] = await Promise.all([
    findShop(deps.db, shop),
    listRuns(deps.db, { shop, limit: LISTED_RUNS }),
  ]);
  if (!row) return [];
  const format = createShopFormat(row, words.locale);
  return runs.map((run) => toRunView(run, { format, now, words }));
}
