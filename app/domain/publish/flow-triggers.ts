import type { Estimate } from "#app/domain/numbers/statistics.ts";
import { formatDecimal } from "#app/domain/money.ts";

/** What a workflow gets of an offer. The keys are those of the extension's fields. */
export function toOfferPayload({ id, title, pageUrl }: { id: string; title: string; pageUrl: string }) {
  return { "Offer id": id, "Offer title": title, "Offer page": pageUrl };
}

/**
 * What a workflow gets of a result that is known.
 *
 * @param minor worth a month, minor units, with its bounds
 */
export function toResultPayload(minor: Estimate, currency: string) {
  const write = (amount: number) => Number(formatDecimal(Math.round(amount), currency));
  return {
    "Worth a month": write(minor.value),
    "At least": write(minor.low),
    "At most": write(minor.high),
    Currency: currency,
  };
}
