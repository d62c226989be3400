import type { ExpectedEffect } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { oddsEffectAt, othersEffectAt, wonRatioAt } from "./offer-value.ts";

/** A stored proposal of a set. Minor units, for the whole quantity of each component. */
interface ProposedSet {
  readonly expected: ExpectedEffect;
  /** Saving on a set on which `expected` is based. */
  readonly savingMinor: number;
  readonly components: readonly { readonly priceMinor: number; readonly marginMinor: number }[];
  /** Own-price elasticity as a positive number, mean over the components; that of the odds if measured. */
  readonly elasticity: number;
  /** Share of buyers of all components but one that add it anyway; 0 if the price response is not measured. */
  readonly attachRatio: number;
  /** Share of shoppers that notice the saving, as assumed by the proposal. */
  readonly noticedRatio: number;
}

/**
 * Expected margin of a proposed set in 28 days at another saving, from the proposal's own figures. Recomputes the
 * shoppers who add a component for its price, as `effectOf` does. The shoppers who add it through awareness, and their
 * margin at full price, are the rest of these figures and stay the same.
 *
 * @param savingMinor of one set, at least 0
 * @returns the proposal's own figure at its own saving; the interval keeps its width
 */
export function repriceSet(
  { expected, savingMinor: proposedMinor, components, elasticity, attachRatio, noticedRatio }: ProposedSet,
  savingMinor: number,
): ExpectedEffect["extraMarginMinor"] {
  const anyway = expected.ordersAnyway.value;
  const totalMinor = components.reduce((sum, { priceMinor }) => sum + priceMinor, 0);
  const byPrice = (saving: number) => {
    const discountRatio = saving / totalMinor;
    const won = components.map(({ priceMinor }) =>
      attachRatio > 0
        ? anyway * oddsEffectAt(discountRatio, components.length * elasticity, attachRatio, { noticedRatio })
        : anyway * wonRatioAt(priceMinor, saving, elasticity, { noticedRatio }),
    );
    const all = won.reduce((sum, orders) => sum + orders, 0);
    const others = attachRatio > 0 ? anyway * othersEffectAt(discountRatio, elasticity, { noticedRatio }) : 0;
    const unitMarginMinor = components.reduce((sum, { marginMinor }) => sum + marginMinor, 0);
    return {
      // As in `effectOf`: if the response is measured, the odds of the whole set rise once.
      orders: attachRatio > 0 ? all / components.length : all,
      marginMinor:
        others * (unitMarginMinor - saving) +
        won.reduce((sum, orders, at) => sum + orders * (components[at]!.marginMinor - saving), 0),
    };
  };
  const proposed = byPrice(proposedMinor);
  const { value, low, high } = expected.extraMarginMinor;
  const byView = Math.max(0, expected.ordersWithOffer.value - anyway - proposed.orders);
  const fullMarginMinor = value - proposed.marginMinor + (anyway + byView) * proposedMinor;
  const repriced = byPrice(savingMinor).marginMinor + fullMarginMinor - (anyway + byView) * savingMinor;
  return { value: repriced, low: low + repriced - value, high: high + repriced - value };
}
