import { viewsTogether } from "#app/domain/behaviour/co-views.ts";
import { formatMoney } from "#app/domain/money.ts";
import type { BundleCandidate } from "#app/domain/propose/bundle-candidate.ts";
import type { Evidence } from "#app/domain/propose/bundle-proposal.ts";
import {
  EFFECT_DAYS,
  strongerPartner,
  type Browsing,
  type BundleMarket,
} from "#app/domain/propose/bundle-market.ts";
import { explainProfit } from "#app/domain/propose/explain-profit.ts";
import { explainDayPart, explainLead, explainSeason } from "#app/domain/propose/explain-season.ts";
import { explainStock } from "#app/domain/propose/explain-stock.ts";
import { findNextLook } from "#app/domain/propose/looked-at-next.ts";
import { NOTICED_SHARE } from "#app/domain/propose/price-response.ts";
import { titleLikeness } from "#app/domain/propose/title-likeness.ts";
import { LEAST_SESSIONS } from "#app/domain/propose/viewed-pairs.ts";
import { about, count, nameOf, writeTimes } from "#app/domain/propose/write-evidence.ts";

/** The reasons for a bundle in plain sentences, each with the number that it rests on. */
export function explainProposal(market: BundleMarket, bundle: BundleCandidate): Evidence[] {
  return [
    explainOrders(market, bundle),
    ...explainMatchingSet(bundle),
    ...explainSubstitution(market, bundle),
    ...explainBehaviour(market, bundle),
    ...explainViews(market, bundle),
    ...explainNextLook(market, bundle),
    ...explainLead(market, bundle),
    ...explainSeason(market, bundle),
    ...explainDayPart(market, bundle),
    ...explainStock(market, bundle),
    ...explainProfit(market, bundle),
    explainMargin(market, bundle),
    explainCaution(market, bundle),
  ];
}

function explainOrders(
  { occurrences, items }: Pick<BundleMarket, "occurrences" | "items">,
  bundle: BundleCandidate,
): Evidence {
  const all = bundle.items.length === 2 ? "both" : `all ${bundle.items.length}`;
  const held = bundle.substitution ? `the original with ${nameOf(items, bundle.substitution.missing)}` : all;
  return {
    kind: "orders",
    text:
      `${count(bundle.together)} of ${count(occurrences.baskets)} orders held ${held}; ` +
      `${about(bundle.byChance)} would by chance. That is ${writeTimes(bundle.lift.value)} times as often, ` +
      `very likely between ${writeTimes(bundle.lift.low)} and ${writeTimes(bundle.lift.high)} times.`,
    value: bundle.together,
    code: bundle.substitution ? "ordersOriginal" : bundle.items.length === 2 ? "ordersBoth" : "ordersAll",
    values: {
      together: bundle.together,
      baskets: occurrences.baskets,
      products: bundle.items.length,
      byChanceAbout: bundle.byChance,
      liftTimes: bundle.lift.value,
      lowTimes: bundle.lift.low,
      highTimes: bundle.lift.high,
      ...(bundle.substitution ? { missing: nameOf(items, bundle.substitution.missing) } : {}),
    },
  };
}

function explainMatchingSet({ isMatchingSet, together }: BundleCandidate): Evidence[] {
  if (!isMatchingSet) return [];
  return [
    {
      kind: "text",
      text: "Their names are alike, but shoppers buy them as a set. Please check that they are not one product in two designs.",
      value: together,
      code: "matchingSet",
    },
  ];
}

function explainSubstitution(
  market: Pick<BundleMarket, "items" | "words" | "currency">,
  { substitution }: BundleCandidate,
): Evidence[] {
  if (!substitution) return [];
  const { missing, standIn, likeness } = substitution;
  const { items, words, currency } = market;
  const price = (item: number) => formatMoney(items[item]!.priceMinor, currency);
  const shared = Math.round(100 * titleLikeness(words[missing]!, words[standIn]!));
  return [
    {
      kind: "stock",
      text: `${nameOf(items, missing)} is out of stock.`,
      value: 0,
      code: "outOfStock",
      values: { missing: nameOf(items, missing) },
    },
    {
      kind: "text",
      text:
        `${nameOf(items, standIn)} is the most similar product in stock: ${shared} % of the words in their names are ` +
        `the same, and it costs ${price(standIn)} instead of ${price(missing)}.`,
      value: likeness,
      code: "standIn",
      values: {
        missing: nameOf(items, missing),
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
  const anchor = bundle.items[0]!;
  const strongest = bundle.items
    .slice(1)
    .flatMap((item) => strongerPartner(neighbours, anchor, item) ?? [])
    .sort((a, b) => a.place - b.place)[0];
  if (!strongest) return [];
  return [
    {
      kind: "behaviour",
      text:
        `Going by what shoppers bought so far, ${nameOf(items, strongest.to)} is number ${strongest.place} of ` +
        `${count(items.length)} products for a shopper who takes ${nameOf(items, strongest.from)}.`,
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

/** Of a stand-in, with what it stands in for; of a pair, of the two. */
function explainViews(
  { viewedPairs, items }: Pick<BundleMarket, "viewedPairs" | "items">,
  bundle: BundleCandidate,
): Evidence[] {
  const { substitution } = bundle;
  const pair = substitution ? [substitution.missing, substitution.standIn] : bundle.items;
  if (!viewedPairs || pair.length !== 2) return [];
  const visits = viewsTogether(viewedPairs.coViews, pair[0]!, pair[1]!);
  if (visits < LEAST_SESSIONS) return [];
  if (!substitution)
    return [
      {
        kind: "behaviour",
        text: `Visitors looked at both in ${count(visits)} visits.`,
        value: visits,
        code: "visits",
        values: { visits },
      },
    ];
  const [missing, standIn] = [nameOf(items, substitution.missing), nameOf(items, substitution.standIn)];
  return [
    {
      kind: "behaviour",
      text: `Visitors looked at both ${missing} and ${standIn} in ${count(visits)} visits.`,
      value: visits,
      code: "visitsStandIn",
      values: { missing, standIn, visits },
    },
  ];
}

/** Of a pair; where it lacks orders, that the looks stand in for them. */
function explainNextLook(
  market: Browsing & Pick<BundleMarket, "items" | "settings">,
  { items, together, substitution }: BundleCandidate,
): Evidence[] {
  const next = items.length === 2 && !substitution ? findNextLook(market, items[0]!, items[1]!) : null;
  if (!next) return [];
  const [from, to] = [nameOf(market.items, next.from), nameOf(market.items, next.to)];
  const asked = market.settings.minSupportOrders;
  const looked: Evidence = {
    kind: "behaviour",
    text: `Of what visitors look at next after ${from}, ${to} is number ${next.place}.`,
    value: next.place,
    code: "nextLook",
    values: { from, to, place: next.place },
  };
  if (together >= asked) return [looked];
  return [
    looked,
    {
      kind: "caution",
      text:
        `A bundle to try: ${count(together)} orders held both so far, where you ask for ${count(asked)}; that visitors ` +
        `go on from one to the other stands in for the rest.`,
      value: together,
      code: "toTry",
      values: { together, asked },
    },
  ];
}

function explainMargin(
  { currency }: Pick<BundleMarket, "currency">,
  { discountRatio, effect }: BundleCandidate,
): Evidence {
  const extra = effect.ordersWithOffer.value - effect.ordersAnyway.value;
  return {
    kind: "margin",
    text:
      `At ${Math.round(discountRatio * 100)} % off we expect ${about(extra)} more orders in ${EFFECT_DAYS} days, beside ` +
      `the ${about(effect.ordersAnyway.value)} that come anyway and get the discount too: ` +
      `${formatMoney(effect.extraMarginMinor.value, currency)} more margin in all.`,
    value: effect.extraMarginMinor.value,
    code: "margin",
    values: {
      discountRatio,
      extraAbout: extra,
      anywayAbout: effect.ordersAnyway.value,
      days: EFFECT_DAYS,
      extraMinor: effect.extraMarginMinor.value,
    },
  };
}

function explainCaution(
  { currency, items, response }: Pick<BundleMarket, "currency" | "items" | "response">,
  { effect, items: components }: BundleCandidate,
): Evidence {
  const { low, high } = effect.extraMarginMinor;
  const responsePercent = Math.round(
    components.reduce((sum, item) => sum + response.ofItem[item]!.value, 0) / components.length,
  );
  const assumed = components.some((item) => items[item]!.costMinor === null);
  return {
    kind: "caution",
    text:
      `This supposes that ${Math.round(100 * NOTICED_SHARE)} % of shoppers notice the offer and that about ` +
      `${responsePercent} % more of them buy when a price falls by 1 %` +
      `${assumed ? ", and takes your usual margin where a product's cost is not known" : ""}. If they react less or more, ` +
      `it could bring anything from ${formatMoney(low, currency)} to ${formatMoney(high, currency)} in ` +
      `${EFFECT_DAYS} days. Your results will tell.`,
    value: low,
    code: assumed ? "cautionAssumed" : "caution",
    values: {
      noticedRatio: NOTICED_SHARE,
      responseRatio: responsePercent / 100,
      lowMinor: low,
      highMinor: high,
      days: EFFECT_DAYS,
    },
  };
}
