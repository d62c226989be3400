import type { Deps } from "#app/services/deps.server.ts";
import { findShop } from "#app/data/shops/shops.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import { describePerson } from "#app/pages/describe-decision.server.ts";
import { listModels, type ModelVersion } from "./list-models.server.ts";
import { nameMethod } from "./read-run-page.server.ts";
import { createShopFormat, type ShopFormat } from "#app/locales/shop-format.server.ts";

/** Decimals of a share of right guesses. */
const SCORE_DIGITS = 3;
/** What every method is compared with: it needs no learning. */
const BASELINE = "popularity";

/** Every version that a shop's runs have learned, as text. Null before installation. */
export async function readModelsPage(
  deps: Deps,
  { shop, viewer, words }: { shop: string; viewer: string; words: Words },
) {
  const row = await findShop(deps.db, shop);
  if (!row) return null;
  const { versions, chosen, decisions } = await listModels(deps, { shop });
  const format = createShopFormat(row, words.locale);
  return {
    versions: versions.map((version) => toVersionView(version, { format, words })),
    chosen: chosen && {
      version: chosen.version,
      who: describePerson(chosen.decidedBy, viewer, words),
      at: format.dateTime(chosen.decidedAt),
    },
    decisions: decisions.map(({ action, version, decidedBy, decidedAt }) => ({
      action,
      version,
      who: describePerson(decidedBy, viewer, words),
      at: format.dateTime(decidedAt),
    })),
  };
}

export type ModelsPage = NonNullable<Awaited<ReturnType<typeof readModelsPage>>>;

function toVersionView(version: ModelVersion, { format, words }: { format: ShopFormat; words: Words }) {
  const { modelId, runId, version: number, trainedAt, trainMs, backend, candidates } = version;
  const best = candidates.find(({ isChosen }) => isChosen);
  const baseline = candidates.find(({ name }) => name.startsWith(BASELINE));
  const score = (value: number | undefined) =>
    value === undefined ? null : format.score(value, SCORE_DIGITS);
  return {
    modelId,
    runId,
    version: number,
    trainedAt: format.dateTime(trainedAt),
    seconds: trainMs === null ? null : format.number(Math.round(trainMs / 1_000)),
    backend,
    learnedFrom: version.dataFrom ? format.date(version.dataFrom) : null,
    learnedTo: version.dataTo ? format.date(version.dataTo) : null,
    // A candidate's name ends in its task, which the table does not tell apart.
    method: best ? nameMethod(best.name.replace(/ \(\w+\)$/, ""), words) : null,
    score: score(best?.metrics["ndcg10"]),
    baseline: score(baseline?.metrics["ndcg10"]),
    mebibytes: format.score(version.bytes / 2 ** 20, 1),
    isUsable: version.isUsable,
    isInUse: version.isInUse,
  };
}
