import { z } from "zod";
import { countToCome, Estimate, scaleEstimate } from "#app/domain/numbers/statistics.ts";
import { OfferTerms } from "#app/domain/offer/offer.ts";
import type { Item } from "#app/domain/prepare/baskets.ts";
import { withoutTax, type ShopSettings } from "#app/domain/shop-settings.ts";
import { EvidenceMessage, type RefusalMessage } from "./propose-messages.ts";
import { DAY_MS, toZonedDay, zonedDayEndMs, zonedDayStartMs } from "#app/domain/time.ts";

export const BUNDLE_KINDS = ["complementary", "substitute", "seasonal"] as const;
export type BundleKind = (typeof BUNDLE_KINDS)[number];
/** What the merchant made by hand, which no run proposes and none withdraws. */
export const MERCHANT_KIND = "merchant";
/** Where a bundle may come from, as the list filters it. */
export const LISTED_KINDS = [...BUNDLE_KINDS, MERCHANT_KIND] as const;

/** What the bundle is expected to change in 28 days, against offering nothing. */
export const ExpectedEffect = z.object({
  /** Orders in 28 days that would hold every component without an offer. */
  ordersAnyway: Estimate,
  /** Orders in 28 days expected to hold every component with the offer. */
  ordersWithOffer: Estimate,
  /** Margin gained after the discount on every order, minor units; of a proposal before tax, as is the revenue. */
  extraMarginMinor: Estimate,
  extraRevenueMinor: Estimate,
  /** Of three products, `ordersAnyway` of the first and second, the first and third, the second and third. */
  pairsAnyway: z.array(z.number()).length(3).optional(),
});
export type ExpectedEffect = z.infer<typeof ExpectedEffect>;

/** An effect as a merchant reads and later counts it: ranges of orders are of those that will come, not of their mean. */
export function asItWillCome(effect: ExpectedEffect): ExpectedEffect {
  return {
    ...effect,
    ordersAnyway: countToCome(effect.ordersAnyway),
    ordersWithOffer: countToCome(effect.ordersWithOffer),
  };
}

/** An effect that was reckoned in prices, in money before the tax that they hold: no other is kept or told. */
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

/** One message for the merchant and the number behind it. */
export const Evidence = z
  .object({
    kind: z.enum(["orders", "behaviour", "season", "stock", "margin", "text", "caution"]),
    value: z.number(),
  })
  .and(EvidenceMessage);
export type Evidence = z.infer<typeof Evidence>;

/** The evidence of a bundle; rows that an older version wrote differently are left out rather than failing the page. */
export function readEvidence(stored: unknown): Evidence[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((entry) => {
    const parsed = Evidence.safeParse(entry);
    return parsed.success ? [parsed.data] : [];
  });
}

/** The proposal replayed on orders that it had not seen. */
export const ReplayResult = z.object({
  /** Of a set of three: the counts and the lift are those of the two of its products that go together least. */
  isOfPairs: z.literal(true).optional(),
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

export interface ProposedPair {
  /** Indices into `Baskets.items`. */
  readonly items: readonly [number, number];
  readonly expected: ExpectedEffect;
}

export interface BundleProposal {
  /** Stable: the sorted component keys with quantities. */
  readonly componentKey: string;
  readonly kind: BundleKind;
  /** How it sells; absent of a set at `discountRatio`. */
  readonly terms?: OfferTerms;
  /** Of a set two or three, of others the products to choose from; the first is the anchor. */
  readonly components: readonly ProposalComponent[];
  /** Of a set of three each two of its products, which later orders are asked of by themselves. */
  readonly pairs?: readonly ProposedPair[];
  /** 0 to 1, a whole number of percent. */
  readonly discountRatio: number;
  readonly expected: ExpectedEffect;
  readonly evidence: readonly Evidence[];
  /** Whether orders before the replay were too few to be sure: such a bundle is proposed as one worth a try. */
  readonly isToTry: boolean;
  /** Of an offer for a season that is still to come: its first day and the one after its last, days from now. */
  readonly days?: OfferDays;
}

/** A combination that was looked at and not proposed, and why. */
export interface Refusal<M = RefusalMessage> {
  readonly components: readonly number[];
  readonly reason: M;
}

/**
 * Stable key of a combination, by which a later run knows it again: its sorted keys with quantities. Other units of the
 * same products are another combination.
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

/** A proposal on its way from one job to the next: items by their keys, because indices belong to one reading. */
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
 * @param indexOf item key → index in the baskets at hand
 * @returns null when a component is no longer among them
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
 * The instants at which an offer for a coming season begins and ends: whole days of the shop's calendar, the last one
 * included, as when a merchant sets them.
 *
 * @param days counted from the day of `fromMs`; absent of an offer that is not for a season to come
 * @param timeZone IANA name
 * @returns nulls where the offer has no days
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
