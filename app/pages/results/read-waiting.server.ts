import { readSettings } from "#app/data/shops/settings.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { readTimeToAnswer } from "#app/services/evaluate/read-time-to-answer.server.ts";
import type { Writer } from "#app/pages/write-results.server.ts";

/**
 * How long until it is known what offers change, and what a larger share of visitors without offers would do to that:
 * for whoever has nothing measured yet, from the visitors and orders of the last four weeks.
 */
export async function readWaiting(
  deps: Pick<Deps, "db" | "pool">,
  { shop, now, format, words: { t } }: Writer & { shop: string; now: Date },
): Promise<string> {
  const [{ answers, shares }, { holdoutRatio }] = await Promise.all([
    readTimeToAnswer(deps, { shop, now }),
    readSettings(deps.db, shop),
  ]);
  const last = answers.at(-1);
  if (!last) return t("results:waiting.none");
  const seen = answers.find(({ days }) => days !== null);
  const effect = format.percent((seen ?? last).effectRatio);
  const when =
    seen && seen.days !== null
      ? t("results:waiting.days", { count: seen.days, effect })
      : t("results:waiting.long", { effect });
  const more = shares.find((share) => share.holdoutRatio > holdoutRatio && share.smallestEffect !== null);
  if (!more) return when;
  const share = format.percent(more.holdoutRatio);
  return `${when} ${t("results:waiting.share", { share, smallest: format.percent(more.smallestEffect!) })}`;
}
