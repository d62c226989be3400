import type { Words } from "#app/locales/words.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { listRuns } from "#app/data/runs/runs.server.ts";
import { toRunView } from "#app/pages/describe-run.server.ts";
import { openShop } from "#app/pages/open-shop.server.ts";

const LISTED_RUNS = 50;

/** The newest runs of a shop, newest first. */
export async function readRunsPage(
  deps: Deps,
  { shop, now, words }: { shop: string; now: Date; words: Words },
) {
  const { format } = await openShop(deps, { shop, words });
  const runs = await listRuns(deps.db, { shop, limit: LISTED_RUNS });
  return runs.map((run) => toRunView(run, { format, now, words }));
}
