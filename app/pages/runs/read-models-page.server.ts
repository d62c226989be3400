import { z } from "zod";
import { findPinnedModel } from "#app/data/runs/models.server.ts";
import { listModelDecisions, listModelRows, type ModelRow } from "#app/data/runs/model-decisions.server.ts";
import { groupBy } from "#app/domain/group-by.ts";
import type { Words } from "#app/locales/words.server.ts";
import type { Writing } from "#app/locales/write-message.server.ts";
import { describePerson } from "#app/pages/describe-decision.server.ts";
import { openShop } from "#app/pages/open-shop.server.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { nameMethod } from "./read-runs.server.ts";

const SHOWN_VERSIONS = 30;
const SHOWN_DECISIONS = 50;
const SCORE_DIGITS = 3;
/** The baseline that needs no training. */
const BASELINE = "popularity";

/**
 * The behaviour models of a shop as text: every version with its score, newest first; the pinned version, or null if
 * each run uses its own; and who pinned or released which.
 */
export async function readModelsPage(
  deps: Deps,
  { shop, viewer, words }: { shop: string; viewer: string; words: Words },
) {
  const { format } = await openShop(deps, { shop, words });
  const step = "behaviour";
  const [rows, chosen, decisions] = await Promise.all([
    listModelRows(deps.db, { shop, step, versions: SHOWN_VERSIONS }),
    findPinnedModel(deps.db, { shop, step }),
    listModelDecisions(deps.db, { shop, step, limit: SHOWN_DECISIONS }),
  ]);
  const known = [...groupBy(rows, ({ version }) => version).values()].map((ofVersion) =>
    toVersion(ofVersion, { format, words }),
  );
  const inUse = chosen?.modelId ?? known.find(({ isUsable }) => isUsable)?.modelId;
  const describe = (decision: { readonly decidedBy: string; readonly decidedAt: Date }) => ({
    who: describePerson(decision.decidedBy, viewer, words),
    at: format.dateTime(decision.decidedAt),
  });
  return {
    versions: known.map((version) => ({ ...version, isInUse: version.modelId === inUse })),
    chosen: chosen && { version: chosen.version, ...describe(chosen) },
    decisions: decisions.map(({ action, version, ...by }) => ({ action, version, ...describe(by) })),
  };
}

export type ModelsPage = Awaited<ReturnType<typeof readModelsPage>>;

const Metrics = z.object({ ndcg10: z.number().optional().catch(undefined) }).catch({});

/** @param rows candidates of one version, at least one */
function toVersion(rows: readonly ModelRow[], { format, words }: Writing) {
  const best = rows.find(({ isChosen }) => isChosen);
  const baseline = rows.find(({ name }) => name.startsWith(BASELINE));
  // The row that proposals read. Without an artefact, the chosen row represents the version.
  const { id, runId, version, createdAt, backend, dataFrom, dataTo, hasArtefact, runStatus } =
    rows.find((row) => row.hasArtefact) ?? best ?? rows[0]!;
  /** nDCG@10; null if not measured. */
  const score = (row: ModelRow | undefined) => {
    const { ndcg10 } = Metrics.parse(row?.metrics);
    return ndcg10 === undefined ? null : format.score(ndcg10, SCORE_DIGITS);
  };
  return {
    modelId: id,
    runId,
    version,
    backend,
    isUsable: hasArtefact && runStatus === "succeeded",
    trainedAt: format.dateTime(createdAt),
    learnedFrom: dataFrom ? format.date(dataFrom) : null,
    learnedTo: dataTo ? format.date(dataTo) : null,
    // Removes the task at the end of the name, because the table does not distinguish tasks.
    method: best ? nameMethod(best.name.replace(/ \(\w+\)$/, ""), words) : null,
    score: score(best),
    baseline: score(baseline),
  };
}
