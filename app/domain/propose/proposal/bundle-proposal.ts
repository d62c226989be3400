import { z } from "zod";
import { countToCome, Estimate, scaleEstimate } from "#app/domain/numbers/statistics.ts";
import { OfferTerms } from "#app/domain/offer/offer.ts";
import type { Item } from "#app/domain/prepare/baskets.ts";
import { withoutTax, type ShopSettings } from "#app/domain/shop-settings.ts";
import { EvidenceMessage, type RefusalMessage } from "./propose-messages.ts";
import { DAY_MS, toZonedDay, zonedDayEndMs, zonedDayStartMs } from "#app/domain/time.ts";

export const BUNDLE_KINDS = ["complementary", "substitute", "seasonal"] as const;
export type BundleKind = (typeof BUNDLE_KINDS)[number];
/** Made by the merchant by hand; no run proposes or withdraws it. */
export const MERCHANT_KIND = "merchant";
/** Sources of a bundle, as in the list's filter. */
export const LISTED_KINDS = [...BUNDLE_KINDS, MERCHANT_KIND] as const;

/** Expected change from the bundle in 28 days, compared with no offer. */
export const ExpectedEffect = z.object({
  /** Orders in 28 days that hold every component without an offer. */
  ordersAnyway: Estimate,
  /** Orders in 28 days that hold every component with the offer. */
  ordersWithOffer: Estimate,
  /** Margin gained after the discount on every order, minor units. In a proposal, margin and revenue are before tax. */
  extraMarginMinor: Estimate,
  extraRevenueMinor: Estimate,
  /** For three products, `ordersAnyway` of pairs 1 and 2, 1 and 3, 2 and 3. */
  pairsAnyway: z.array(z.number()).length(3).optional(),
});
export type ExpectedEffect = z.infer<typeof ExpectedEffect>;

/** Widens the ranges of orders from the mean to the orders that will come: a merchant later counts those. */
export function asItWillCome(effect: ExpectedEffect): ExpectedEffect {
  return {
    ...effect,
    ordersAnyway: countToCome(effect.ordersAnyway),
    ordersWithOffer: countToCome(effect.ordersWithOffer),
  };
}

/**
 * Converts an effect computed from prices to money before the tax in them. Effects are stored and shown only like that.
 */
export function beforeTax<T extends Pick<ExpectedEffect, "extraMarginMinor" | "extraRevenueMinor">>(
  effect: T,
  settings: Pick<ShopSettings, "includedTaxRatio">,
): T {
  const untaxed = withoutTax(1, settings);
  return {
    ...effect,
    extraMarginMinor: scaleEstimate(effect.extraMarginMinor, untaxed),
    extraRevenueMinor: scaleEstimate(effect.extraRevenueMinor, untaxed),
  };
}

/** A message for the merchant and the number behind it. */
export const Evidence = z
  .object({
    kind: z.enum(["orders", "behaviour", "season", "stock", "margin", "text", "caution"]),
    value: z.number(),
  })
  .and(EvidenceMessage);
export type Evidence = z.infer<typeof Evidence>;

/** The evidence of a bundle. Skips rows in the format of an older version, so the page still loads. */
export function readEvidence(stored: unknown): Evidence[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((entry) => {
    const parsed = Evidence.safeParse(entry);
    return parsed.success ? [parsed.data] : [];
  });
}

/** Replay of a proposal on orders that it was not based on. */
export const ReplayResult = z.object({
  /** Set for a set of three: counts and lift are those of its weakest pair. */
  isOfPairs: z.literal(true).optional(),
  /** Later baskets, those with all components, and the number expected by chance. */
  baskets: z.number().int(),
  withAll: z.number().int(),
  expectedByChance: z.number(),
  /** Observed over expected, with a 90 % bootstrap interval. */
  lift: Estimate,
  /** Margin of the later orders at the offer's price and the assumed take-up, minus without the offer; minor units. */
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

export interface ProposedPair {
  /** Indices into `Baskets.items`. */
  readonly items: readonly [number, number];
  readonly expected: ExpectedEffect;
}

export interface BundleProposal {
  /** From `componentKeyOf`, or a key of a range or of breaks; stable between runs. */
  readonly componentKey: string;
  readonly kind: BundleKind;
  /** Absent for a set with `discountRatio` off. */
  readonly terms?: OfferTerms;
  /** Two or three for a set, else the products to choose from; the first is the anchor. */
  readonly components: readonly ProposalComponent[];
  /** The three pairs of a set of three; the replay tests each pair. */
  readonly pairs?: readonly ProposedPair[];
  /** 0 to 1, whole percents. */
  readonly discountRatio: number;
  readonly expected: ExpectedEffect;
  readonly evidence: readonly Evidence[];
  /** Whether orders before the replay are too few for proof. The bundle is then proposed as worth a try. */
  readonly isToTry: boolean;
  /** For an offer of a coming season: its first day and the day after its last, in days from now. */
  readonly days?: OfferDays;
}

/** A combination that was considered and not proposed, with the reason. */
export interface Refusal<M = RefusalMessage> {
  readonly components: readonly number[];
  readonly reason: M;
}

/**
 * Stable key by which a later run recognises a combination. Other quantities are another combination.
 *
 * @param components key (in the app the variant gid) and units of each, in any order
 */
export function componentKeyOf(
  components: readonly { readonly key: string; readonly quantity: number }[],
): string {
  return components
    .map(({ key, quantity }) => `${key}*${quantity}`)
    .sort()
    .join("|");
}

/** A proposal passed between jobs. It holds item keys, because indices are valid in one reading only. */
export const DraftProposal = z.object({
  componentKey: z.string(),
  kind: z.enum(BUNDLE_KINDS),
  components: z.array(z.object({ itemKey: z.string(), quantity: z.number().int().min(1) })),
  pairs: z
    .array(z.object({ itemKeys: z.tuple([z.string(), z.string()]), expected: ExpectedEffect }))
    .optional(),
  terms: OfferTerms.optional(),
  discountRatio: z.number(),
  expected: ExpectedEffect,
  evidence: z.array(Evidence),
  isToTry: z.boolean(),
  days: OfferDays.optional(),
});
export type DraftProposal = z.infer<typeof DraftProposal>;

export function toDraft({ pairs, ...proposal }: BundleProposal, items: readonly Item[]): DraftProposal {
  const keyOf = (item: number) => items[item]!.key;
  return {
    ...proposal,
    evidence: [...proposal.evidence],
    components: proposal.components.map(({ item, quantity }) => ({ itemKey: keyOf(item), quantity })),
    ...(pairs
      ? {
          pairs: pairs.map(({ items: [a, b], expected }) => ({ itemKeys: [keyOf(a), keyOf(b)], expected })),
        }
      : {}),
  };
}

/**
 * @param indexOf item key → index in the current baskets
 * @returns null if a component is no longer among them
 */
export function fromDraft(draft: DraftProposal, indexOf: ReadonlyMap<string, number>): BundleProposal | null {
  const itemOf = (key: string) => indexOf.get(key) ?? -1;
  const components = draft.components.map(({ itemKey, quantity }) => ({ item: itemOf(itemKey), quantity }));
  const { days, terms, pairs: keyed, ...rest } = draft;
  if (components.some(({ item }) => item < 0)) return null;
  const pairs = keyed?.map(({ itemKeys: [a, b], expected }) => ({
    items: [itemOf(a), itemOf(b)] as const,
    expected,
  }));
  return {
    ...rest,
    components,
    ...(pairs ? { pairs } : {}),
    ...(days ? { days } : {}),
    ...(terms ? { terms } : {}),
  };
}

/**
 * Start and end of an offer for a coming season: whole days in the shop's calendar, including the last one.
 *
 * @param days counted from the day of `fromMs`; absent for other offers
 * @param timeZone IANA name
 * @returns nulls without days
 */
export function toOfferInstants(
  days: OfferDays | undefined,
  { fromMs, timeZone }: { fromMs: number; timeZone: string },
): { startsAt: Date | null; endsAt: Date | null } {
  if (!days) return { startsAt: null, endsAt: null };
  const todayMs = Date.parse(toZonedDay(fromMs, timeZone));
  const dayIn = (inDays: number) => new Date(todayMs + inDays * DAY_MS).toISOString().slice(0, 10);
  return {
    startsAt: new Date(zonedDayStartMs(dayIn(days.startsIn), timeZone)!),
    endsAt: new Date(zonedDayEndMs(dayIn(days.endsIn - 1), timeZone)!),
  };
}
