import { randomUUID } from "node:crypto";
import { z } from "zod";
import {
  canMove,
  statusAfter,
  statusesBefore,
  toBundleStatus,
  type BundleStatus,
} from "#app/domain/bundle-status.ts";
import type { OfferTerms } from "#app/domain/offer/offer.ts";
import {
  MERCHANT_KIND,
  type BundleProposal,
  type ReplayResult,
} from "#app/domain/propose/proposal/bundle-proposal.ts";
import { holdShopRow, type Db } from "#app/data/db.server.ts";
import { Prisma } from "#app/data/generated/client.ts";
import type { RunKey } from "#app/data/runs/runs.server.ts";
import type { Saleable } from "./bundles.server.ts";

/** Keys of the combinations that the merchant rejected. */
export async function listRejectedKeys(db: Db, shop: string): Promise<Set<string>> {
  const status: BundleStatus = "rejected";
  const rows = await db.bundle.findMany({ where: { shop, status }, select: { componentKey: true } });
  return new Set(rows.map(({ componentKey }) => componentKey));
}

/** A suggestion that the replay supports, in the shop's own terms. */
export interface SupportedProposal extends Pick<
  BundleProposal,
  "componentKey" | "kind" | "discountRatio" | "expected" | "evidence"
> {
  readonly title: string;
  /** Null for a set at `discountRatio`. */
  readonly terms: OfferTerms | null;
  readonly currency: string;
  readonly validation: ReplayResult;
  /** Days that a coming season suggests; null for an offer for now. */
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  readonly components: readonly (Saleable & { readonly quantity: number })[];
}

export interface ProposalTally {
  /** Bundles new to the merchant. */
  readonly added: number;
  /** Bundles that wait for a decision, still or again. */
  readonly renewed: number;
  /** Decided bundles: their terms stay, their evidence is replaced. */
  readonly refreshed: number;
  /** Bundles that waited for a decision and are no longer supported. */
  readonly withdrawn: number;
}

/** Log detail of an edit that changed a bundle's products or their quantities. */
const CompositionDetail = z.object({
  before: z.object({ quantities: z.array(z.number()).optional() }).optional(),
  changes: z.object({
    components: z.array(z.string()).optional(),
    quantities: z.array(z.number()).optional(),
  }),
});
/** Log detail of an edit of the staff's note alone, which leaves the terms as they are. */
const NoteDetail = z.object({ changes: z.strictObject({ note: z.string() }) });

function isComposition(detail: unknown): boolean {
  const { before, changes } = CompositionDetail.safeParse(detail).data ?? {};
  const isOtherUnits = changes?.quantities?.some((units, at) => units !== before?.quantities?.[at]);
  return changes?.components !== undefined || isOtherUnits === true;
}

/**
 * Makes a run's supported proposals the shop's open suggestions, in the caller's transaction:
 *
 * - New combinations are added.
 * - Undecided ones take the new terms, unless the merchant edited or made them.
 * - Decided ones keep their terms and get the new evidence.
 * - Undecided ones that the run no longer supports are retired, unless the merchant chose their products or quantities
 *   by hand, because no run supported those before.
 * - A retired one that is supported again is proposed without its old first and last day.
 *
 * The days of a coming season become terms. Repeats change nothing. Concurrent decisions and edits either come first
 * and are respected, or wait for the end.
 */
export async function saveProposals(
  tx: Db,
  { shop, runId }: RunKey,
  proposals: readonly SupportedProposal[],
  now: Date,
): Promise<ProposalTally> {
  const keys = proposals.map(({ componentKey }) => componentKey);
  // A bundle that a merchant is about to make has no row yet: the lock on the shop's row prevents duplicates.
  await holdShopRow(tx, shop);
  const { known, edited, composed } = await lockBundles(tx, shop, keys);
  const added: (SupportedProposal & { id: string })[] = [];
  let renewed = 0;
  const components: Prisma.BundleComponentCreateManyInput[] = [];
  let refreshed = 0;
  for (const proposal of proposals) {
    const row = known.get(proposal.componentKey);
    if (!row) {
      const id = randomUUID();
      added.push({ ...proposal, id });
      components.push(...componentsOf(shop, id, proposal));
      continue;
    }
    // A rejection or an approval is the merchant's decision: a run does not ask again.
    const isOpen = canMove(row.status, "renew");
    const takesTerms = isOpen && !edited.has(row.id);
    await tx.bundle.update({
      where: { id: row.id, shop },
      data: {
        ...effectOf(proposal),
        ...(isOpen ? { runId, status: statusAfter("renew"), pausedReason: Prisma.DbNull } : {}),
        // Its approval with a past last day would retire it at once.
        ...(row.status === "retired" ? { startsAt: null, endsAt: null } : {}),
        ...(takesTerms ? termsOf(proposal) : {}),
      },
    });
    if (!isOpen) refreshed += 1;
    else renewed += 1;
    if (!takesTerms) continue;
    await tx.bundleComponent.deleteMany({ where: { shop, bundleId: row.id } });
    components.push(...componentsOf(shop, row.id, proposal));
  }
  await tx.bundle.createMany({
    data: added.map((proposal) => ({
      id: proposal.id,
      shop,
      runId,
      componentKey: proposal.componentKey,
      ...termsOf(proposal),
      ...effectOf(proposal),
    })),
  });
  await tx.bundleComponent.createMany({ data: components });

  const supported = new Set(keys);
  const outdated = [...known.values()].filter(
    ({ id, status, componentKey }) =>
      canMove(status, "withdraw") && !supported.has(componentKey) && !composed.has(id),
  );
  const ids = outdated.map(({ id }) => id);
  await tx.bundle.updateMany({ where: { shop, id: { in: ids } }, data: { status: statusAfter("withdraw") } });
  await tx.decision.createMany({
    data: ids.map((bundleId) => ({
      shop,
      bundleId,
      decidedBy: "system",
      action: "retire",
      detail: { from: "proposed" satisfies BundleStatus, to: statusAfter("withdraw"), runId },
      decidedAt: now,
    })),
  });
  return { added: added.length, renewed, refreshed, withdrawn: ids.length };
}

/**
 * Locks the shop's undecided bundles and those of these keys until the transaction ends, always in the same order. Also
 * returns which of them the merchant edited, and which hold products or quantities of the merchant's choice.
 */
async function lockBundles(tx: Db, shop: string, componentKeys: readonly string[]) {
  const rows = await tx.$queryRaw<{ id: string; componentKey: string; kind: string; status: unknown }[]>`
    SELECT id, "componentKey", kind, status FROM "Bundle"
    WHERE shop = ${shop}
      AND (status = ANY (${statusesBefore("withdraw")}) OR "componentKey" = ANY (${componentKeys}::text[]))
    ORDER BY id FOR UPDATE`;
  const edits = await tx.decision.findMany({
    where: { shop, action: "edit", bundleId: { in: rows.map(({ id }) => id) } },
    select: { bundleId: true, detail: true },
  });
  const changes = edits.filter(({ detail }) => !NoteDetail.safeParse(detail).success);
  const compositions = edits.filter(({ detail }) => isComposition(detail));
  const made = rows.filter(({ kind }) => kind === MERCHANT_KIND).map(({ id }) => id);
  return {
    known: new Map(rows.map((row) => [row.componentKey, { ...row, status: toBundleStatus(row.status) }])),
    edited: new Set([...changes.map(({ bundleId }) => bundleId), ...made]),
    composed: new Set([...compositions.map(({ bundleId }) => bundleId), ...made]),
  };
}

function termsOf({ kind, title, terms, discountRatio, currency, startsAt, endsAt }: SupportedProposal) {
  return { kind, title, terms: terms ?? Prisma.DbNull, discountRatio, currency, startsAt, endsAt };
}

function effectOf({ expected, evidence, validation }: SupportedProposal) {
  return {
    expected: expected as unknown as Prisma.InputJsonObject,
    evidence: evidence as unknown as Prisma.InputJsonArray,
    validation: validation as unknown as Prisma.InputJsonObject,
    expectedExtraMarginMinor: Math.round(expected.extraMarginMinor.value),
  };
}

function componentsOf(shop: string, bundleId: string, { components }: SupportedProposal) {
  return components.map((component, position) => ({ shop, bundleId, position, ...component }));
}
