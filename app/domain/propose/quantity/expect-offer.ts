import { atEachEnd, type Estimate, Z90 } from "#app/domain/numbers/statistics.ts";
import type { OfferTerms } from "#app/domain/offer/offer.ts";
import { explainOffer, type OfferCounts } from "#app/domain/propose/evidence/explain-offer.ts";
import { EFFECT_DAYS } from "#app/domain/propose/profit/bundle-market.ts";
import { effectOf } from "#app/domain/propose/profit/offer-value.ts";
import {
  asItWillCome,
  type Evidence,
  type ExpectedEffect,
} from "#app/domain/propose/proposal/bundle-proposal.ts";
import { PRICE_RESPONSE } from "#app/domain/trends/prices/price-elasticity.ts";
import {
  effectOfSchedule,
  effectOfShowing,
  learnUnitDemand,
  meanUnit,
  type QuantityStep,
} from "./unit-demand.ts";

/** A product in one set of the offer: price and margin of all its units, minor units. */
interface OfferedProduct {
  readonly priceMinor: number;
  readonly marginMinor: number;
}

interface OfferOutlookInput {
  readonly terms: OfferTerms;
  /** In the order of the counts. Includes the gift, unless it is a gift by spending. */
  readonly products: readonly OfferedProduct[];
  /** Discount of each tier, 0 to 1; only breaks have several tiers. */
  readonly steps: readonly QuantityStep[];
  /** Gift by spending: its discount, and its full price less its cost, minor units; else null. */
  readonly gift: { readonly discountMinor: number; readonly marginMinor: number } | null;
  /** For a gift by spending, in parts of the required spending, `steps[0].units` of them. */
  readonly counts: OfferCounts;
  /** Length of the period counted, days, above 0. */
  readonly days: number;
}

/**
 * Expected change in 28 days from an offer made by hand, computed as for a run's proposals: `effectOf` for a set and
 * for a gift with purchase; `effectOfSchedule` for a range, breaks and a gift by spending. Uses the published
 * elasticity and the counted demand. Expects nothing from a combination that no order holds.
 *
 * @returns null if no order was counted or the offer has no step
 */
export function expectOffer(input: OfferOutlookInput): ExpectedEffect | null {
  if (input.counts.orders === 0 || input.steps.length === 0) return null;
  const effect = expectUnrounded(input);
  return effect && asItWillCome(effect);
}

function expectUnrounded(input: OfferOutlookInput): ExpectedEffect | null {
  const { terms } = input;
  switch (terms.kind) {
    case "set":
      return expectSet(input);
    case "gift":
      return terms.spendMinor === null ? expectSet(input) : expectSpending(input, terms.spendMinor);
    case "range":
    case "breaks":
      return expectQuantity(input);
  }
}

function expectSet({ terms, products, steps, counts, days }: OfferOutlookInput): ExpectedEffect {
  const scale = EFFECT_DAYS / days;
  const evidence = explainOffer(terms, counts);
  const lift = evidence.code === "handTogether" ? evidence.values.liftTimes : 1;
  return effectOf(
    {
      ordersAnyway: countedIn(counts.ofParts, scale),
      relation: Math.max(0, 1 - 1 / lift),
      basis: "published",
      components: products.map((product, place) => ({
        ...product,
        missing: countedIn(counts.without[place] ?? 0, scale),
        response: PRICE_RESPONSE,
      })),
    },
    steps[0]!.discountRatio,
  );
}

function expectQuantity({ terms, products, steps, counts, days }: OfferOutlookInput): ExpectedEffect {
  const scale = EFFECT_DAYS / days;
  const isPooled = terms.kind === "range" || (terms.kind === "breaks" && terms.scope === "pool");
  const ordersOf = (isPooled ? counts.byUnits : counts.byUnitsOfEach).map((orders) => orders * scale);
  const economics = meanUnit(products, counts.ofEach);
  const [first] = steps;
  return first!.discountRatio === 0
    ? effectOfShowing({ ordersOf }, economics, first!.units)
    : effectOfSchedule(
        learnUnitDemand({ ordersOf }, PRICE_RESPONSE),
        { kind: terms.kind === "range" ? "range" : "breaks", steps },
        economics,
      );
}

/**
 * A gift by spending attracts shoppers like a range of the same value. It costs the gift's own cost and not its
 * discount, at least in the orders that come anyway.
 */
function expectSpending({ products, steps, counts, days, gift }: OfferOutlookInput, spendMinor: number) {
  if (gift === null) return null;
  const { priceMinor, marginMinor } = meanUnit(products, counts.ofEach);
  const { units } = steps[0]!;
  const partMinor = spendMinor / units;
  const effect = effectOfSchedule(
    learnUnitDemand(
      { ordersOf: counts.byUnits.map((orders) => (orders * EFFECT_DAYS) / days) },
      PRICE_RESPONSE,
    ),
    { kind: "range", steps: [{ units, discountRatio: Math.min(1, gift.discountMinor / spendMinor) }] },
    { priceMinor: partMinor, marginMinor: priceMinor > 0 ? (partMinor * marginMinor) / priceMinor : 0 },
  );
  const more = (estimate: Estimate, minor: number) =>
    atEachEnd((end) => estimate[end] + effect.ordersAnyway.value * minor);
  return {
    ...effect,
    extraMarginMinor: more(effect.extraMarginMinor, gift.marginMinor),
    extraRevenueMinor: more(effect.extraRevenueMinor, gift.discountMinor),
  };
}

/** Orders since then that hold the offer, next to the number expected from the months before. Null if both are 0. */
export function replayOffer(
  terms: OfferTerms,
  { before, since }: { readonly before: CountedSpan; readonly since: CountedSpan },
): Evidence | null {
  const heldIn = ({ counts }: CountedSpan) => explainOffer(terms, counts).value;
  const expected = (heldIn(before) / before.days) * since.days;
  if (before.counts.orders === 0 || since.counts.orders === 0) return null;
  if (expected === 0 && heldIn(since) === 0) return null;
  const values = { days: Math.round(since.days), together: heldIn(since), expectedAbout: expected };
  return { kind: "orders", value: values.together, code: "handLater", values };
}

interface CountedSpan {
  readonly counts: OfferCounts;
  /** Above 0. */
  readonly days: number;
}

/** Scales an order count to another number of days, with a 90 % Poisson interval. */
function countedIn(orders: number, scale: number): Estimate {
  const reach = Z90 * Math.sqrt(orders);
  return { value: orders * scale, low: Math.max(0, orders - reach) * scale, high: (orders + reach) * scale };
}
