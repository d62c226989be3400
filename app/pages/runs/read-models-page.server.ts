import { z } from "zod";
import { findPinnedModel } from "#app/data/runs/models.server.ts";
import { listModelDecisions, listModelRows, type ModelRow } from "#app/data/runs/model-decisions.server.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { Writing } from "#app/locales/write-message.server.ts";
import { describePerson } from "#app/pages/describe-decision.server.ts";
import { openShop } from "#app/pages/open-shop.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { nameMethod } from "./read-runs.server.ts";

const SHOWN_VERSIONS = 30;
const SHOWN_DECISIONS = 50;
/** Decimals of a share of right guesses. */
const SCORE_DIGITS = 3;
/** What every method is compared with: it needs no learning. */
const BASELINE = "popularity";

/** Every version that a shop's runs have learned, as text. */
export async function readModelsPage(
  deps: Deps,
  { shop, viewer, words }: { shop: string; viewer: string; words: Words },
) {
  const { format } = await openShop(deps, { shop, words });
  const { versions, chosen, decisions } = await listModels(deps, { shop });
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

export type ModelsPage = Awaited<ReturnType<typeof readModelsPage>>;

/**
 * What a shop's runs learned about who buys what: every version with what was tried, the newest first; the one that the
 * merchant chose, null where every run goes by its own; and who chose or let go of which.
 */
export async function listModels(deps: Deps, { shop }: { shop: string }) {
  const step = "behaviour";
  const [rows, chosen, decisions] = await Promise.all([
    listModelRows(deps.db, { shop, step, versions: SHOWN_VERSIONS }),
    findPinnedModel(deps.db, { shop, step }),
    listModelDecisions(deps.db, { shop, step, limit: SHOWN_DECISIONS }),
  ]);
  const numbers = [...new Set(rows.map(({ version }) => version))];
  const known = numbers.map((number) => toVersion(rows.filter(({ version }) => version === number)));
  const inUse = chosen?.modelId ?? known.find(({ isUsable }) => isUsable)?.modelId;
  const versions = known.map((version) => ({ ...version, isInUse: version.modelId === inUse }));
  return { versions, chosen, decisions };
}

function toVersion(rows: readonly ModelRow[]) {
  // The row that proposals read; when its contents are gone any chosen one names the version.
  const { id, runId, version, createdAt, backend, dataFrom, dataTo, hasArtefact, runStatus } =
    rows.find((row) => row.hasArtefact) ?? rows.find(({ isChosen }) => isChosen) ?? rows[0]!;
  return {
    modelId: id,
    runId,
    version,
    trainedAt: createdAt,
    backend,
    dataFrom,
    dataTo,
    candidates: rows.map(({ name, isChosen, metrics }) => ({
      name,
      isChosen,
      /** Share of right guesses, the higher ones counting more; absent where nobody measured it. */
      ndcg10: Metrics.parse(metrics).ndcg10,
    })),
    isUsable: hasArtefact && runStatus === "succeeded",
  };
}

const Metrics = z.object({ ndcg10: z.number().optional().catch(undefined) }).catch({});

function toVersionView(
  { candidates, dataFrom, dataTo, ...version }: Awaited<ReturnType<typeof listModels>>["versions"][number],
  { format, words }: Writing,
) {
  const best = candidates.find(({ isChosen }) => isChosen);
  const baseline = candidates.find(({ name }) => name.startsWith(BASELINE));
  const score = (value: number | undefined) =>
    value === undefined ? null : format.score(value, SCORE_DIGITS);
  return {
    ...version,
    trainedAt: format.dateTime(version.trainedAt),
    learnedFrom: dataFrom ? format.date(dataFrom) : null,
    learnedTo: dataTo ? format.date(dataTo) : null,
    // A candidate's name ends in its task, which the table does not tell apart.
    method: best ? nameMethod(best.name.replace(/ \(\w+\)$/, ""), words) : null,
    score: score(best?.ndcg10),
    baseline: score(baseline?.ndcg10),
  };
}
