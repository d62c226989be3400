import { z } from "zod";
import type { Db } from "#app/data/db.server.ts";
import { BUNDLE_STATUSES } from "#app/domain/bundle-status.ts";
import { LOGGED_ACTIONS, type LastDecision, type LoggedAction } from "#app/domain/validate/decide.ts";
import type { Prisma } from "#app/data/generated/client.ts";

type Tx = Pick<Db, "decision">;

/**
 * What an entry of the log tells of, as the database holds it.
 *
 * @throws ZodError if this version of the app knows no such thing
 */
export function toLoggedAction(stored: string): LoggedAction {
  return z.enum(LOGGED_ACTIONS).parse(stored);
}

/** The newest decision of a person or of the autopilot about a bundle, or null; edits do not count. */
export async function findLastDecision(
  db: Tx,
  { shop, bundleId }: { shop: string; bundleId: string },
): Promise<(LastDecision & { readonly decidedBy: string; readonly decidedAt: Date }) | null> {
  const row = await db.decision.findFirst({
    where: { shop, bundleId, action: { not: "edit" } },
    orderBy: { decidedAt: "desc" },
    select: { action: true, decidedBy: true, decidedAt: true, detail: true },
  });
  if (!row) return null;
  const { action, detail, ...decision } = row;
  const parsed = z.object({ from: z.enum(BUNDLE_STATUSES) }).safeParse(detail);
  return { ...decision, action: toLoggedAction(action), from: parsed.success ? parsed.data.from : null };
}

/** Whether the log says that the bundle was approved at some time. */
export async function wasApproved(
  db: Tx,
  { shop, bundleId }: { shop: string; bundleId: string },
): Promise<boolean> {
  const approvals = await db.decision.count({ where: { shop, bundleId, action: "approve" } });
  return approvals > 0;
}

export interface NewDecision {
  readonly shop: string;
  readonly bundleId: string;
  /** A staff member's id, `autopilot`, or `system`. */
  readonly decidedBy: string;
  readonly action: LoggedAction;
  /** What changed, and the evidence as it was shown. */
  readonly detail: Prisma.InputJsonObject;
  readonly decidedAt: Date;
}

/** Adds a decision to the log; nothing in the log is ever changed. */
export async function saveDecision(db: Tx, decision: NewDecision): Promise<void> {
  await db.decision.create({ data: decision });
}
