/** What an offer's place in the merchant's list depends on. */
export interface WaitingOffer {
  readonly id: string;
  /** The product whose page shows it. */
  readonly anchor: string;
  /** Expected earnings, in any unit. */
  readonly worth: number;
  /** First day; null if it can start today. */
  readonly startsAt: Date | null;
  /** Whether shoppers can buy it now. */
  readonly isInStock: boolean;
}

/** `now`: can be shown today; `later`: starts on a later day; `missing`: a product is sold out or not for sale. */
export type Readiness = "now" | "later" | "missing";

export function readinessOf(
  { startsAt, isInStock }: Pick<WaitingOffer, "startsAt" | "isInStock">,
  now: Date,
): Readiness {
  if (startsAt !== null && startsAt > now) return "later";
  return isInStock ? "now" : "missing";
}

const READINESSES: readonly Readiness[] = ["now", "later", "missing"];

/**
 * Order of the merchant's list: offers that can be shown today, then those that start later, the next day first, then
 * those that cannot be bought. Best earnings come first; the offers of one product stay with its best one.
 */
export function orderForDecision<T extends WaitingOffer>(offers: readonly T[], now: Date): T[] {
  const best = new Map<string, number>();
  const placed = offers.map((offer) => {
    const readiness = readinessOf(offer, now);
    const group = `${readiness} ${offer.anchor}`;
    best.set(group, Math.max(best.get(group) ?? -Infinity, offer.worth));
    const dayMs = readiness === "later" ? offer.startsAt!.getTime() : 0;
    return { offer, group, rank: READINESSES.indexOf(readiness), dayMs };
  });
  return placed
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        a.dayMs - b.dayMs ||
        best.get(b.group)! - best.get(a.group)! ||
        compare(a.offer.anchor, b.offer.anchor) ||
        b.offer.worth - a.offer.worth ||
        compare(a.offer.id, b.offer.id),
    )
    .map(({ offer }) => offer);
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
