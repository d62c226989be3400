import type { BundleKind, ReplayResult } from "#app/domain/propose/proposal/bundle-proposal.ts";
import type { OfferTerms } from "#app/domain/offer/offer.ts";
import type { VerdictMessage } from "./validate-messages.ts";

/** Minimum number of later orders with all components; fewer say nothing either way. */
export const LEAST_TOGETHER = 3;

/** Below this lift, products do not go together. */
const LEAST_LIFT = 1.2;

/** Whether chance predicts enough later orders with all components to judge, and hardly more came. */
export function speaksAgainst({
  expectedByChance,
  lift,
}: Pick<ReplayResult, "expectedByChance" | "lift">): boolean {
  return expectedByChance >= LEAST_TOGETHER && lift.value < LEAST_LIFT;
}

/** Explains the verdict of a bundle's replay from its counts. */
export function explainReplay(
  replay: ReplayResult,
  { kind, terms }: { readonly kind: BundleKind; readonly terms?: OfferTerms | undefined },
): VerdictMessage {
  const { isSupported, withAll: together, baskets, expectedByChance, lift } = replay;
  const counted = { together, baskets, byChanceAbout: expectedByChance };
  const units = unitsOf(terms);
  if (terms && units !== null) {
    if (!isSupported) return { code: "refused.fellSeveral", values: { ...counted, units } };
    return terms.kind === "range"
      ? {
          code: "verdict.heldSeveral",
          values: { ...counted, units, lowTimes: Math.floor(10 * lift.low) / 10 },
        }
      : { code: "verdict.inQuantity", values: { ...counted, units } };
  }
  if (isSupported) {
    if (together < LEAST_TOGETHER || lift.low <= 1)
      return { code: kind === "seasonal" ? "verdict.seasonal" : "verdict.substitute", values: counted };
    // Rounded down, so that "at least" is true.
    const lowTimes = Math.floor(10 * lift.low) / 10;
    return {
      code: replay.isOfPairs ? "verdict.heldPairs" : "verdict.held",
      values: { ...counted, lowTimes },
    };
  }
  if (!speaksAgainst(replay))
    return { code: replay.isOfPairs ? "verdict.unsurePairs" : "verdict.toTry", values: counted };
  return together < LEAST_TOGETHER
    ? { code: "refused.unseen", values: { ...counted, count: LEAST_TOGETHER - together } }
    : { code: "refused.fell", values: { ...counted, lowTimes: lift.low, highTimes: lift.high } };
}

/** Units of a range, or of the first tier of breaks; null for other offers. */
export function unitsOf(terms: OfferTerms | undefined): number | null {
  if (terms?.kind === "range") return terms.units;
  return terms?.kind === "breaks" ? terms.tiers[0]!.units : null;
}
