import { listRuns } from "#app/data/runs/runs.server.ts";
import { readSettings } from "#app/data/shops/shops.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { nextTryByMs, RUNS_COMPARED } from "#app/domain/retraining.ts";
import type { RunStatus } from "#app/domain/run-status.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { ShopFormat } from "#app/locales/shop-format.server.ts";

interface NextTryRequest {
  readonly shop: string;
  /** The run that the page tells of. */
  readonly run: { readonly id: string; readonly status: RunStatus } | undefined;
  readonly now: Date;
  readonly format: ShopFormat;
  readonly words: Words;
}

/**
 * When the app tries again by itself what failed, as a sentence.
 *
 * @returns null unless this is the newest run, it failed, and the merchant's schedule repeats it
 */
export async function readNextTry(
  { db }: Pick<Deps, "db">,
  { shop, run, now, format, words }: NextTryRequest,
): Promise<string | null> {
  if (run?.status !== "failed") return null;
  const [runs, { retrainEvery }] = await Promise.all([
    listRuns(db, { shop, limit: RUNS_COMPARED }),
    readSettings(db, shop),
  ]);
  if (runs[0]?.id !== run.id) return null;
  const byMs = nextTryByMs(retrainEvery, runs, now.getTime());
  return byMs === null ? null : words.t("server:run.nextTry", { at: format.dateTime(new Date(byMs)) });
}
