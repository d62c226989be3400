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
  const groupOf = (offer: T) => `${readinessOf(offer, now)} ${offer.anchor}`;
  for (const offer of offers) {
    const group = groupOf(offer);
    best.set(group, Math.max(best.get(group) ?? -Infinity, offer.worth));
  }
  const dayOf = (offer: T) => (readinessOf(offer, now) === "later" ? offer.startsAt!.getTime() : 0);
  return offers.toSorted(
    (a, b) =>
      READINESSES.indexOf(readinessOf(a, now)) - READINESSES.indexOf(readinessOf(b, now)) ||
      dayOf(a) - dayOf(b) ||
      best.get(groupOf(b))! - best.get(groupOf(a))! ||
      compare(a.anchor, b.anchor) ||
      b.worth - a.worth ||
      compare(a.id, b.id),
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
