/** What the place of an offer in the merchant's list depends on. */
export interface WaitingOffer {
  readonly id: string;
  /** The product whose page shows it. */
  readonly anchor: string;
  /** What it is expected to earn; its unit does not matter. */
  readonly worth: number;
  /** Its first day; null where it may begin today. */
  readonly startsAt: Date | null;
  /** Whether shoppers can buy it now. */
  readonly isInStock: boolean;
}

/** `now`: it can be shown today; `later`: its first day is to come; `missing`: something of it is sold out or not for sale. */
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
 * The order to decide in: what can be shown today, what earns most first and the offers of one product together, where
 * the best of them stands; then what waits for its day, the next day first; then what cannot be bought.
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
