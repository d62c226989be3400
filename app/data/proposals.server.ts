import { randomUUID } from "node:crypto";
import type { Db } from "#app/db.server.ts";
import type {
  BundleKind,
  Evidence,
  ExpectedEffect,
  ReplayResult,
} from "#app/domain/propose/bundle-proposal.ts";
import type { Prisma } from "./generated/client.ts";
import type { RunKey } from "./runs.server.ts";

/** A proposal that the replay supports, in the shop's own terms. */
export interface SupportedProposal {
  readonly componentKey: string;
  readonly kind: BundleKind;
  readonly title: string;
  readonly discountRatio: number;
  readonly currency: string;
  readonly expected: ExpectedEffect;
  readonly evidence: readonly Evidence[];
  readonly validation: ReplayResult;
  readonly components: readonly {
    readonly variantGid: string;
    readonly productGid: string;
    readonly title: string;
    readonly quantity: number;
    readonly priceMinor: number;
  }[];
}

export interface ProposalTally {
  /** Bundles that the merchant has not seen before. */
  readonly added: number;
  /** Bundles still waiting for a decision, with new terms. */
  readonly renewed: number;
  /** Bundles decided before: their terms stay, their evidence is of today. */
  readonly refreshed: number;
  /** Bundles that waited for a decision and are no longer supported. */
  readonly withdrawn: number;
}

/** A rejection, an approval and everything after it is the merchant's word: a run does not ask again. */
const OPEN_STATUSES = ["proposed", "retired"];

/**
 * Makes a run's supported proposals the shop's open suggestions, all or none of them: new combinations are added,
 * those still undecided take the new terms, decided ones keep their terms and get the new evidence, and undecided
 * ones that the run no longer supports are retired. Repeats change nothing.
 */
export async function saveProposals(
  db: Db,
  { shop, runId }: RunKey,
  proposals: readonly SupportedProposal[],
  now: Date,
): Promise<ProposalTally> {
  return db.$transaction(
    async (tx) => {
      const known = await tx.bundle.findMany({
        where: { shop, componentKey: { in: proposals.map(({ componentKey }) => componentKey) } },
        select: { id: true, componentKey: true, status: true },
      });
      const knownOf = new Map(known.map((row) => [row.componentKey, row]));
      const added: (SupportedProposal & { id: string })[] = [];
      let renewed = 0;
      let refreshed = 0;
      for (const proposal of proposals) {
        const row = knownOf.get(proposal.componentKey);
        if (!row) {
          added.push({ ...proposal, id: randomUUID() });
        } else if (OPEN_STATUSES.includes(row.status)) {
          await tx.bundle.update({
            where: { id: row.id, shop },
            data: {
              ...termsOf(proposal),
              ...effectOf(proposal),
              runId,
              status: "proposed",
              pausedReason: null,
            },
          });
          await tx.bundleComponent.deleteMany({ where: { shop, bundleId: row.id } });
          await tx.bundleComponent.createMany({ data: componentsOf(shop, row.id, proposal) });
          renewed += 1;
        } else {
          await tx.bundle.update({ where: { id: row.id, shop }, data: effectOf(proposal) });
          refreshed += 1;
        }
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
      await tx.bundleComponent.createMany({
        data: added.flatMap((proposal) => componentsOf(shop, proposal.id, proposal)),
      });
      const outdated = await tx.bundle.findMany({
        where: {
          shop,
          status: "proposed",
          componentKey: { notIn: proposals.map(({ componentKey }) => componentKey) },
        },
        select: { id: true },
      });
      const ids = outdated.map(({ id }) => id);
      await tx.bundle.updateMany({ where: { shop, id: { in: ids } }, data: { status: "retired" } });
      await tx.decision.createMany({
        data: ids.map((bundleId) => ({
          shop,
          bundleId,
          decidedBy: "system",
          action: "retire",
          detail: { from: "proposed", to: "retired", runId },
          decidedAt: now,
        })),
      });
      return { added: added.length, renewed, refreshed, withdrawn: ids.length };
    },
    { timeout: 60_000 },
  );
}

function termsOf({ kind, title, discountRatio, currency }: SupportedProposal) {
  return { kind, title, discountRatio, currency };
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
