import { z } from "zod";
import type { Db } from "#app/data/db.server.ts";
import { BUNDLE_STATUSES, type BundleStatus } from "#app/domain/bundle-status.ts";
import type { OfferDecision } from "#app/domain/evaluate/past-terms.ts";
import { HOLD_KINDS, type HoldKind } from "#app/domain/evaluate/autopilot/steering-messages.ts";
import { OfferTerms } from "#app/domain/offer/offer.ts";
import { ExpectedEffect, MERCHANT_KIND } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { toLoggedAction } from "./bundle-edits.server.ts";
import { toBundleRow, type BundleRow } from "./bundles.server.ts";

/** A bundle with its decisions, the earliest first. */
export interface SteerableRow extends BundleRow {
  readonly log: readonly (OfferDecision & {
    readonly decidedBy: string;
    readonly heldFor: HoldKind | null;
    /** Terms before an edit that changed them; null for other decisions. */
    readonly termsBefore: OfferTerms | null;
    /** Orders forecast without an offer in 28 days, if noted; `pairsAnyway`: for three products, of each two. */
    readonly ordersAnyway: number | null;
    readonly pairsAnyway: readonly number[];
  })[];
}

const Detail = z.object({
  to: z.enum(BUNDLE_STATUSES).optional(),
  before: z.object({ discountRatio: z.number(), terms: OfferTerms.optional() }).optional(),
  changes: z.object({ discountRatio: z.number().optional(), terms: OfferTerms.optional() }).optional(),
  heldFor: z.enum(HOLD_KINDS).optional(),
  discountRatio: z.number().optional(),
  expected: ExpectedEffect.pick({ ordersAnyway: true, pairsAnyway: true }).optional().catch(undefined),
});

/** Bundles in these states that can be steered or approved, without the merchant's own drafts. */
export async function listSteerable(
  db: Db,
  shop: string,
  statuses: readonly BundleStatus[],
): Promise<SteerableRow[]> {
  const rows = await db.bundle.findMany({
    where: {
      shop,
      status: { in: [...statuses] },
      NOT: { kind: MERCHANT_KIND, status: "proposed" satisfies BundleStatus },
    },
    include: {
      components: { where: { shop }, orderBy: { position: "asc" } },
      decisions: { where: { shop }, orderBy: { decidedAt: "asc" } },
    },
    orderBy: { id: "asc" },
  });
  return rows.map(({ decisions, ...bundle }) => ({
    ...toBundleRow(bundle),
    log: decisions.map(({ decidedAt, action, decidedBy, detail }) => {
      const { to, before, changes, heldFor, discountRatio, expected } = Detail.safeParse(detail).data ?? {};
      const after = changes?.discountRatio;
      const isPrice = before && after !== undefined && after !== before.discountRatio;
      const isTerms = changes?.terms && JSON.stringify(changes.terms) !== JSON.stringify(before?.terms);
      return {
        atMs: decidedAt.getTime(),
        action: toLoggedAction(action),
        decidedBy,
        to: to ?? null,
        heldFor: heldFor ?? null,
        discountRatio: isPrice ? { before: before.discountRatio, after } : null,
        unchangedRatio: discountRatio ?? null,
        termsBefore: isTerms ? (before?.terms ?? null) : null,
        ordersAnyway: expected?.ordersAnyway.value ?? null,
        pairsAnyway: expected?.pairsAnyway ?? [],
      };
    }),
  }));
}
