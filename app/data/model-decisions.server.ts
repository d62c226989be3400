import { z } from "zod";
import type { Db } from "#app/db.server.ts";

type Tx = Pick<Db, "modelDecision">;

/** `use`: proposals go by this version until told otherwise; `release`: by the newest again. Each may follow each. */
const ModelAction = z.enum(["use", "release"]);
export type ModelAction = z.infer<typeof ModelAction>;

interface ModelDecisionRow {
  readonly action: ModelAction;
  readonly step: string;
  readonly modelId: string | null;
  readonly version: number | null;
  /** A staff member's id, or `system`. */
  readonly decidedBy: string;
  readonly decidedAt: Date;
}

export interface PinnedModel {
  readonly modelId: string;
  readonly runId: string;
  readonly version: number | null;
  readonly decidedBy: string;
  readonly decidedAt: Date;
}

/** The model that the merchant had proposals use, until told otherwise; null when it is the newest one's turn. */
export async function findPinnedModel(
  db: Pick<Db, "modelDecision" | "model">,
  { shop, step }: { shop: string; step: string },
): Promise<PinnedModel | null> {
  const last = await db.modelDecision.findFirst({
    where: { shop, step },
    orderBy: { decidedAt: "desc" },
    select: { action: true, decidedBy: true, decidedAt: true, modelId: true },
  });
  if (last?.action !== "use" || last.modelId === null) return null;
  const model = await db.model.findFirst({
    where: { shop, id: last.modelId },
    // Not the whole model: its contents are megabytes.
    select: { id: true, runId: true, version: true },
  });
  if (!model) return null;
  const { id, runId, version } = model;
  return { modelId: id, runId, version, decidedBy: last.decidedBy, decidedAt: last.decidedAt };
}

/** Adds a decision to the log; nothing in the log is ever changed. */
export async function saveModelDecision(
  db: Tx,
  decision: ModelDecisionRow & { shop: string },
): Promise<void> {
  await db.modelDecision.create({ data: decision });
}

/** The newest decisions about a step's models, newest first. */
export async function listModelDecisions(
  db: Tx,
  { shop, step, limit }: { shop: string; step: string; limit: number },
) {
  const rows = await db.modelDecision.findMany({
    where: { shop, step },
    orderBy: { decidedAt: "desc" },
    take: limit,
    select: { action: true, version: true, decidedBy: true, decidedAt: true },
  });
  return rows.map((row) => ({ ...row, action: ModelAction.parse(row.action) }));
}
