import { toBundleStatus, type BundleStatus } from "#app/domain/bundle-status.ts";
import { OfferTerms, OfferTitles } from "#app/domain/offer/offer.ts";
import { inNumbers, type InNumbers } from "#app/data/columns.ts";

/**
 * A bundle and its components as the app works with them: amounts in numbers, and a state that it knows.
 *
 * @throws RangeError if the row's state is none
 */
export function toBundleRow<C extends object, T extends { components: C[]; status: unknown }>(
  bundle: T,
): InNumbers<Omit<T, "components" | "status">> & {
  status: BundleStatus;
  components: InNumbers<T["components"][number]>[];
} {
  const { components, status, ...row } = bundle;
  return { ...inNumbers(row), status: toBundleStatus(status), components: components.map(inNumbers) };
}

/**
 * How a bundle sells.
 *
 * @throws ZodError if the row says what is no offer
 */
export function toOfferTerms({
  terms,
  discountRatio,
}: {
  readonly terms: unknown;
  readonly discountRatio: number;
}): OfferTerms {
  if (terms !== null) return OfferTerms.parse(terms);
  const basisPoints = Math.round(discountRatio * 10_000);
  return { kind: "set", reward: basisPoints === 0 ? { type: "none" } : { type: "percent", basisPoints } };
}

/** Its titles in other languages than the shop's own. */
export function toOfferTitles(titles: unknown): OfferTitles {
  return OfferTitles.parse(titles);
}
