import type { ExpectedEffect } from "#app/domain/propose/proposal/bundle-proposal.ts";
import { oddsEffectAt, othersEffectAt, wonRatioAt } from "./offer-value.ts";

/** A proposed set as its row keeps it. Minor units, of the whole quantity of each component. */
interface ProposedSet {
  readonly expected: ExpectedEffect;
  /** What a set saved when `expected` was reckoned. */
  readonly savingMinor: number;
  readonly components: readonly { readonly priceMinor: number; readonly marginMinor: number }[];
  /** Own-price elasticity as a positive number, of the components on average; that of the odds where it is measured. */
  readonly elasticity: number;
  /** Share of those who order all components but one that adds it anyway; 0 where the answer to prices is not measured. */
  readonly attachRatio: number;
  /** Share of shoppers that notice the saving, as the proposal assumed. */
  readonly noticedRatio: number;
}

/**
 * What a proposed set would bring in 28 days at another saving: `effectOf` turned round. Who adds a component for its
 * price is reckoned anew, as there; who adds it for being shown it, and the margin that these
 * bring at full price, is what is left of the proposal's own figures, and stays.
 *
 * @param savingMinor of one set, at least 0
 * @returns the proposal's own figure at its own saving; the range keeps its width
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
      // As `effectOf` counts them: where the answer is measured, the odds of the whole rise once.
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
