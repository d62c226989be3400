import { z } from "zod";
import type { Deps } from "#app/services/deps.server.ts";
import {
  findPinnedModel,
  listModelDecisions,
  type ModelAction,
  listModelRows,
  type ModelRow,
} from "#app/data/runs/model-decisions.server.ts";

export interface ModelCandidate {
  /** As in the run's report, e.g. "ease (cart)". */
  readonly name: string;
  readonly isChosen: boolean;
  /** By name, e.g. `hr10` and `ndcg10`, 0 to 1; those that are no numbers are left out. */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface ModelVersion {
  /** For `rollBackModel`. */
  readonly modelId: string;
  readonly runId: string;
  /** Counted from 1. */
  readonly version: number;
  readonly trainedAt: Date;
  /** Time that it took, in milliseconds. */
  readonly trainMs: number | null;
  readonly backend: string | null;
  readonly seed: number | null;
  /** It learned from the orders between. */
  readonly dataFrom: Date | null;
  readonly dataTo: Date | null;
  readonly candidates: readonly ModelCandidate[];
  /** Of what is kept of it. */
  readonly bytes: number;
  /** Whether `rollBackModel` would take it. */
  readonly isUsable: boolean;
  /** Whether suggestions go by it: the chosen one, else the newest that is usable. */
  readonly isInUse: boolean;
}

export interface ModelList {
  /** The newest first. */
  readonly versions: readonly ModelVersion[];
  /** What the merchant chose; null when every run goes by its own, the newest. */
  readonly chosen: {
    readonly version: number | null;
    readonly decidedBy: string;
    readonly decidedAt: Date;
  } | null;
  /** Who chose or let go of which version, the newest first. */
  readonly decisions: readonly {
    readonly action: ModelAction;
    readonly version: number | null;
    readonly decidedBy: string;
    readonly decidedAt: Date;
  }[];
}

const SHOWN_VERSIONS = 30;
const SHOWN_DECISIONS = 50;

/** What a shop's runs learned about who buys what: every version with what was tried, and which one is in use. */
export async function listModels(deps: Deps, { shop }: { shop: string }): Promise<ModelList> {
  const step = "behaviour";
  const [rows, pinned, decisions] = await Promise.all([
    listModelRows(deps.db, { shop, step, versions: SHOWN_VERSIONS }),
    findPinnedModel(deps.db, { shop, step }),
    listModelDecisions(deps.db, { shop, step, limit: SHOWN_DECISIONS }),
  ]);
  const numbers = [...new Set(rows.map(({ version }) => version))];
  const versions = numbers.map((number) => toVersion(rows.filter(({ version }) => version === number)));
  const newest = versions.find(({ isUsable }) => isUsable);
  const inUse = pinned?.modelId ?? newest?.modelId;
  return {
    versions: versions.map((version) => ({ ...version, isInUse: version.modelId === inUse })),
    chosen: pinned && {
      version: pinned.version,
      decidedBy: pinned.decidedBy,
      decidedAt: pinned.decidedAt,
    },
    decisions,
  };
}

function toVersion(rows: readonly ModelRow[]): Omit<ModelVersion, "isInUse"> {
  // The row that proposals read; when its contents are gone any chosen one names the version.
  const teller =
    rows.find(({ hasArtefact }) => hasArtefact) ?? rows.find(({ isChosen }) => isChosen) ?? rows[0]!;
  const { id, runId, version, createdAt, trainMs, backend, seed, dataFrom, dataTo } = teller;
  return {
    modelId: id,
    runId,
    version,
    trainedAt: createdAt,
    trainMs,
    backend,
    seed,
    dataFrom,
    dataTo,
    candidates: rows.map(({ name, isChosen, metrics }) => ({ name, isChosen, metrics: toNumbers(metrics) })),
    bytes: rows.reduce((sum, row) => sum + row.bytes, 0),
    isUsable: teller.hasArtefact && teller.runStatus === "succeeded",
  };
}

function toNumbers(metrics: unknown): Record<string, number> {
  const fields = z.record(z.string(), z.unknown()).catch({}).parse(metrics);
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );
}
