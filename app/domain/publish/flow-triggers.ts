import type { Estimate } from "#app/domain/numbers/statistics.ts";
import { formatDecimal } from "#app/domain/money.ts";

/** An offer's payload for a workflow. The keys are those of the extension's fields. */
export function toOfferPayload({ id, title, pageUrl }: { id: string; title: string; pageUrl: string }) {
  return { "Offer id": id, "Offer title": title, "Offer page": pageUrl };
}

/**
 * A known result's payload for a workflow.
 *
 * @param minor worth per month, minor units, with its bounds
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
