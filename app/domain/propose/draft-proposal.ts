import { z } from "zod";
import type { Item } from "#app/domain/prepare/baskets.ts";
import { BUNDLE_KINDS, Evidence, ExpectedEffect, OfferDays, type BundleProposal } from "./bundle-proposal.ts";

/** A proposal on its way from one job to the next: items by their keys, because indices belong to one reading. */
export const DraftProposal = z.object({
  componentKey: z.string(),
  kind: z.enum(BUNDLE_KINDS),
  title: z.string(),
  components: z.array(z.object({ itemKey: z.string(), quantity: z.number().int().min(1) })),
  discountRatio: z.number(),
  expected: ExpectedEffect,
  evidence: z.array(Evidence),
  days: OfferDays.optional(),
});
export type DraftProposal = z.infer<typeof DraftProposal>;

export function toDraft(proposal: BundleProposal, items: readonly Item[]): DraftProposal {
  return {
    ...proposal,
    evidence: [...proposal.evidence],
    components: proposal.components.map(({ item, quantity }) => ({ itemKey: items[item]!.key, quantity })),
  };
}

/**
 * @param indexOf item key → index in the baskets at hand
 * @returns null when a component is no longer among them
 */
export function fromDraft(draft: DraftProposal, indexOf: ReadonlyMap<string, number>): BundleProposal | null {
  const components = draft.components.map(({ itemKey, quantity }) => ({
    item: indexOf.get(itemKey) ?? -1,
    quantity,
  }));
  const { days, ...rest } = draft;
  return components.some(({ item }) => item < 0) ? null : { ...rest, components, ...(days ? { days } : {}) };
}
