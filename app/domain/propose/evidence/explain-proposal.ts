import { viewsTogether } from "#app/domain/behaviour/sessions/co-views.ts";
import type { BundleCandidate } from "#app/domain/propose/profit/bundle-candidate.ts";
import type { Evidence } from "#app/domain/propose/proposal/bundle-proposal.ts";
import {
  EFFECT_DAYS,
  strongerPartner,
  type BundleMarket,
  coverDays,
  type StockOutlook,
} from "#app/domain/propose/profit/bundle-market.ts";
import { explainDiscount, explainProfit } from "./explain-profit.ts";
import { explainDayPart, explainLead, explainSeason } from "./explain-season.ts";
import { meanKindOf, PRIOR_MIX } from "#app/domain/propose/profit/shopper-kinds.ts";
import { readable } from "#app/domain/propose/titles/offer-title.ts";
import { titleSimilarity } from "#app/domain/propose/titles/title-similarity.ts";
import { LEAST_SESSIONS } from "#app/domain/propose/together/viewed-pairs.ts";
import type { Item } from "#app/domain/prepare/baskets.ts";

interface StatedOffer extends Pick<BundleCandidate, "discountRatio" | "effect"> {
  readonly items: readonly number[];
}

/** The reasons for a bundle, each with its number. */
export function explainProposal(market: BundleMarket, bundle: BundleCandidate): Evidence[] {
  return [
    explainOrders(market, bundle),
    ...explainMatchingSet(bundle),
    ...explainSubstitution(market, bundle),
    ...explainBehaviour(market, bundle),
    ...explainViews(market, bundle),
    ...explainTrial(market, bundle),
    ...explainLead(market, bundle),
    ...explainSeason(market, bundle),
    ...explainDayPart(market, bundle),
    ...explainStock(market, bundle),
    ...explainProfit(market, bundle),
    ...explainOwnPrices(market, bundle),
    explainMargin(market, bundle),
    ...explainOutcomes(market, bundle),
    explainCaution(market, bundle),
  ];
}

/** Counts of joint orders of two items, as message values. */
export function toCounts(
  { occurrences }: Pick<BundleMarket, "occurrences">,
  { together, byChance, lift }: Pick<BundleCandidate, "together" | "byChance" | "lift">,
) {
  return {
    together,
    baskets: occurrences.baskets,
    byChanceAbout: byChance,
    liftTimes: lift.value,
    lowTimes: lift.low,
    highTimes: lift.high,
  };
}

function explainOrders(
  market: Pick<BundleMarket, "occurrences" | "items">,
  bundle: BundleCandidate,
): Evidence {
  const { together, substitution } = bundle;
  const values = toCounts(market, bundle);
  const own = { kind: "orders", value: together } as const;
  if (substitution)
    return {
      ...own,
      code: "ordersOriginal",
      values: { ...values, missing: nameOf(market.items, substitution.missing) },
    };
  return { ...own, code: "ordersBoth", values };
}

function explainMatchingSet({ isMatchingSet, together }: BundleCandidate): Evidence[] {
  if (!isMatchingSet) return [];
  return [{ kind: "text", value: together, code: "matchingSet", values: {} }];
}

function explainSubstitution(
  market: Pick<BundleMarket, "items" | "words">,
  { substitution }: BundleCandidate,
): Evidence[] {
  if (!substitution) return [];
  const { missing, standIn, similarity } = substitution;
  const { items, words } = market;
  const shared = Math.round(100 * titleSimilarity(words[missing]!, words[standIn]!));
  return [
    { kind: "stock", value: 0, code: "outOfStock", values: { missing: nameOf(items, missing) } },
    {
      kind: "text",
      value: similarity,
      code: "standIn",
      values: {
        standIn: nameOf(items, standIn),
        sharedRatio: shared / 100,
        priceMinor: items[standIn]!.priceMinor,
        insteadOfMinor: items[missing]!.priceMinor,
      },
    },
  ];
}

function explainBehaviour(
  { neighbours, items }: Pick<BundleMarket, "neighbours" | "items">,
  bundle: BundleCandidate,
): Evidence[] {
  const strongest = strongerPartner(neighbours, ...bundle.items);
  if (!strongest) return [];
  return [
    {
      kind: "behaviour",
      value: strongest.place,
      code: "taste",
      values: {
        to: nameOf(items, strongest.to),
        from: nameOf(items, strongest.from),
        place: strongest.place,
        products: items.length,
      },
    },
  ];
}

/** Joint views of a stand-in and the missing item, or of the pair. */
function explainViews(
  { viewedPairs, items }: Pick<BundleMarket, "viewedPairs" | "items">,
  bundle: BundleCandidate,
): Evidence[] {
  const { substitution } = bundle;
  if (!viewedPairs) return [];
  const [a, b] = substitution ? [substitution.missing, substitution.standIn] : bundle.items;
  const visits = viewsTogether(viewedPairs.coViews, a, b);
  if (visits < LEAST_SESSIONS) return [];
  if (!substitution) return [{ kind: "behaviour", value: visits, code: "visits", values: { visits } }];
  const [missing, standIn] = [nameOf(items, substitution.missing), nameOf(items, substitution.standIn)];
  return [{ kind: "behaviour", value: visits, code: "visitsStandIn", values: { missing, standIn, visits } }];
}

/** Caution that orders are too few. */
function explainTrial(
  { settings }: Pick<BundleMarket, "settings">,
  { isToTry, together }: BundleCandidate,
): Evidence[] {
  const values = { together, asked: settings.minSupportOrders };
  return isToTry ? [{ kind: "caution", value: together, code: "toTry", values }] : [];
}

/** Share of buyers who add the rest anyway, and the increase per percent off, if own prices measure it. */
function explainOwnPrices(
  { response }: Pick<BundleMarket, "response">,
  { attachRatio, items }: BundleCandidate,
): Evidence[] {
  if (attachRatio === 0) return [];
  const elasticity = items.reduce((sum, item) => sum + response.ofItem[item]!.value, 0);
  const responseRatio = (elasticity * (1 - attachRatio)) / 100;
  return [
    { kind: "margin", value: responseRatio, code: "ownPrices", values: { attachRatio, responseRatio } },
  ];
}

export function explainMargin(
  { response }: Pick<BundleMarket, "response">,
  { discountRatio, effect }: Pick<BundleCandidate, "discountRatio" | "effect">,
): Evidence {
  if (discountRatio === 0) {
    const extraAbout = effect.ordersWithOffer.value - effect.ordersAnyway.value;
    const stated = { extraAbout, days: EFFECT_DAYS, extraMinor: effect.extraMarginMinor.value };
    const evidence = { kind: "margin", value: effect.extraMarginMinor.value } as const;
    return response.basis === "measured"
      ? {
          ...evidence,
          code: "fullPriceMeasured",
          values: { ...stated, responseRatio: response.stated.medianElasticity / 100 },
        }
      : { ...evidence, code: "fullPriceUntold", values: stated };
  }
  return explainDiscount(effect, [discountRatio]);
}

/** Response shown by the shop's own offers and other shops, relative to the prior's mean. */
export function explainOutcomes(
  { response: { mixOf, basis } }: Pick<BundleMarket, "response">,
  { discountRatio, items }: StatedOffer,
): Evidence[] {
  const mix = mixOf?.(items);
  if (!mix) return [];
  const [learned, prior] = [meanKindOf(mix, basis), meanKindOf(PRIOR_MIX, basis)];
  const measure = discountRatio === 0 ? "awarenessRatio" : "noticedRatio";
  const answerTimes = learned[measure] / prior[measure];
  const { offers, shops } = mix;
  const learnedFrom = { kind: "margin", value: answerTimes } as const;
  if (shops === 0) return [{ ...learnedFrom, code: "ownOffers", values: { offers, answerTimes } }];
  if (offers === 0) return [{ ...learnedFrom, code: "otherShops", values: { shops, answerTimes } }];
  return [{ ...learnedFrom, code: "ownAndOthers", values: { offers, shops, answerTimes } }];
}

export function explainCaution(
  { items, response }: Pick<BundleMarket, "items" | "response">,
  { discountRatio, effect, items: components }: StatedOffer,
): Evidence {
  const { low, high } = effect.extraMarginMinor;
  const prior = meanKindOf(response.mixOf?.(components) ?? PRIOR_MIX, response.basis);
  const awarenessRatio = response.remindedTimesOf(components) * prior.awarenessRatio;
  const { noticedRatio } = prior;
  const range = { lowMinor: low, highMinor: high, days: EFFECT_DAYS };
  if (discountRatio === 0)
    return { kind: "caution", value: low, code: "cautionShown", values: { awarenessRatio, ...range } };
  const elasticity =
    components.reduce((sum, item) => sum + response.ofItem[item]!.value, 0) / components.length;
  const assumed = components.some((item) => items[item]!.costMinor === null);
  return {
    kind: "caution",
    value: low,
    code: assumed ? "cautionAssumed" : "caution",
    values: { noticedRatio, awarenessRatio, responseRatio: elasticity / 100, ...range },
  };
}

/** Days from today until the first component runs out, also for a later season. */
export function explainStock(
  market: StockOutlook,
  bundle: Pick<BundleCandidate, "days" | "effect"> & { readonly items: readonly number[] },
): Evidence[] {
  const known = bundle.items.flatMap((item) => {
    const days = coverDays(market, item);
    return days === null ? [] : [{ item, coverDays: days }];
  });
  const scarcest = known.sort((a, b) => a.coverDays - b.coverDays)[0];
  if (!scarcest) return [];
  const name = nameOf(market.items, scarcest.item);
  const isShort = scarcest.coverDays < EFFECT_DAYS;
  if (isShort && bundle.days) return [explainStockToBuy(market, bundle, scarcest.item)];
  const days = Math.floor((bundle.days?.startsIn ?? 0) + scarcest.coverDays);
  if (days > 365) return [{ kind: "stock", value: 365, code: "stockYear", values: { name } }];
  return [
    isShort
      ? { kind: "caution", value: days, code: "stockShort", values: { name, days } }
      : { kind: "stock", value: days, code: "stockDays", values: { name, days } },
  ];
}

/** Caution that a later season's figures need more stock than there is, and how much. */
function explainStockToBuy(
  { items, demand, unitsPerOrder, soldBefore }: StockOutlook,
  { effect }: Pick<BundleCandidate, "effect">,
  scarcest: number,
): Evidence {
  const extra = effect.ordersWithOffer.value - effect.ordersAnyway.value;
  const units = Math.ceil(soldBefore[scarcest]! + demand[scarcest]! * unitsPerOrder[scarcest]! + extra);
  const stock = Math.max(0, items[scarcest]!.stockUnits ?? 0);
  const name = nameOf(items, scarcest);
  return {
    kind: "caution",
    value: units,
    code: "stockToBuy",
    values: { name, units, days: EFFECT_DAYS, stock },
  };
}

/** An item's name in sentences: its title, or its key without one. */
export function nameOf(items: readonly Item[], item: number): string {
  return readable(items[item]!.title || items[item]!.key);
}
