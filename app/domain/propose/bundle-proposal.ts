import { z } from "zod";
import { Estimate } from "#app/domain/estimate.ts";
import { EvidenceMessage, type RefusalMessage } from "#app/domain/propose/propose-messages.ts";

export const BUNDLE_KINDS = ["complementary", "substitute", "seasonal"] as const;
export type BundleKind = (typeof BUNDLE_KINDS)[number];

/** What the bundle is expected to change in 28 days, against offering nothing. */
export const ExpectedEffect = z.object({
  /** Orders in 28 days that would hold every component without an offer. */
  ordersAnyway: Estimate,
  /** Orders in 28 days expected to hold every component with the offer. */
  ordersWithOffer: Estimate,
  /** Margin gained after the discount on every order, minor units. */
  extraMarginMinor: Estimate,
  extraRevenueMinor: Estimate,
});
export type ExpectedEffect = z.infer<typeof ExpectedEffect>;

/** One message for the merchant and the number behind it. */
export const Evidence = z
  .object({
    kind: z.enum(["orders", "behaviour", "season", "stock", "margin", "text", "caution"]),
    value: z.number(),
  })
  .and(EvidenceMessage);
export type Evidence = z.infer<typeof Evidence>;

/** The proposal replayed on orders that it had not seen. */
export const ReplayResult = z.object({
  /** Later baskets, those with all components, and how many chance would give. */
  baskets: z.number().int(),
  withAll: z.number().int(),
  expectedByChance: z.number(),
  /** Observed over expected, with a 90 % bootstrap interval. */
  lift: Estimate,
  /** Margin of the later orders with the offer's price and the assumed take-up, minus without, minor units. */
  marginChangeMinor: Estimate,
  isSupported: z.boolean(),
});
export type ReplayResult = z.infer<typeof ReplayResult>;

export const OfferDays = z.object({ startsIn: z.number().int().min(1), endsIn: z.number().int() });
export type OfferDays = z.infer<typeof OfferDays>;

export interface ProposalComponent {
  /** Index into `Baskets.items`. */
  readonly item: number;
  readonly quantity: number;
}

export interface BundleProposal {
  /** Stable: the sorted component keys with quantities. */
  readonly componentKey: string;
  readonly kind: BundleKind;
  readonly title: string;
  /** Two to four; the first is the anchor, whose product page shows the offer. */
  readonly components: readonly ProposalComponent[];
  /** 0 to 1, a whole number of percent. */
  readonly discountRatio: number;
  readonly expected: ExpectedEffect;
  readonly evidence: readonly Evidence[];
  /** Of an offer for a season that is still to come: its first day and the one after its last, days from now. */
  readonly days?: OfferDays;
}

/** A combination that was looked at and not proposed, and why. */
export interface Refusal<M = RefusalMessage> {
  readonly components: readonly number[];
  readonly reason: M;
}
