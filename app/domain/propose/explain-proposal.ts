import { formatDecimal } from "#app/domain/money.ts";
import type { BundleCandidate } from "#app/domain/propose/bundle-candidate.ts";
import type { Evidence } from "#app/domain/propose/bundle-proposal.ts";
import {
  coverDays,
  EFFECT_DAYS,
  strongerPartner,
  type BundleMarket,
} from "#app/domain/propose/bundle-market.ts";
import { NOTICED_SHARE, PRICE_RESPONSE } from "#app/domain/propose/price-response.ts";
import { readable, titleLikeness } from "#app/domain/propose/title-likeness.ts";

/** The reasons for a bundle in plain sentences, each with the number that it rests on. */
export function explainProposal(market: BundleMarket, bundle: BundleCandidate): Evidence[] {
  return [
    explainOrders(market, bundle),
    ...explainSubstitution(market, bundle),
    ...explainBehaviour(market, bundle),
    ...explainSeason(market, bundle),
    ...explainStock(market, bundle),
    explainMargin(market, bundle),
    explainCaution(market, bundle),
  ];
}

function explainOrders({ occurrences, items }: BundleMarket, bundle: BundleCandidate): Evidence {
  const all = bundle.items.length === 2 ? "both" : `all ${bundle.items.length}`;
  const held = bundle.substitution ? `the original with ${nameOf(items, bundle.substitution.missing)}` : all;
  return {
    kind: "orders",
    text:
      `${count(bundle.together)} of ${count(occurrences.baskets)} orders held ${held}; ` +
      `${about(bundle.byChance)} would by chance, so ${ratio(bundle.lift.value)} times as often ` +
      `(90 % sure of ${ratio(bundle.lift.low)} to ${ratio(bundle.lift.high)}).`,
    value: bundle.together,
  };
}

function explainSubstitution(market: BundleMarket, { substitution }: BundleCandidate): Evidence[] {
  if (!substitution) return [];
  const { missing, standIn, likeness } = substitution;
  const { items, words, currency } = market;
  const price = (item: number) => `${formatDecimal(items[item]!.priceMinor, currency)} ${currency}`;
  const shared = Math.round(100 * titleLikeness(words[missing]!, words[standIn]!));
  return [
    { kind: "stock", text: `${nameOf(items, missing)} is out of stock.`, value: 0 },
    {
      kind: "text",
      text:
        `${nameOf(items, standIn)} is the nearest product in stock: ${shared} % of the title's words are the same, ` +
        `${price(standIn)} against ${price(missing)}.`,
      value: likeness,
    },
  ];
}

function explainBehaviour({ neighbours, items }: BundleMarket, bundle: BundleCandidate): Evidence[] {
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
        `For a shopper with ${nameOf(items, strongest.from)}, what was learned from your orders puts ` +
        `${nameOf(items, strongest.to)} in place ${strongest.place} of ${count(items.length)} products.`,
      value: strongest.place,
    },
  ];
}

function explainSeason(market: BundleMarket, bundle: BundleCandidate): Evidence[] {
  if (bundle.kind !== "seasonal") return [];
  return [
    {
      kind: "season",
      text:
        `In these weeks last year the components sold ${ratio(bundle.seasonIndex)} times their usual rate; ` +
        `the shop's typical product ${ratio(market.shopSeason)} times.`,
      value: bundle.seasonIndex,
    },
  ];
}

function explainStock(market: BundleMarket, { items }: BundleCandidate): Evidence[] {
  const known = items.flatMap((item) => {
    const days = coverDays(market, item);
    return days === null ? [] : [{ item, days }];
  });
  const scarcest = known.sort((a, b) => a.days - b.days)[0];
  if (!scarcest) return [];
  const name = nameOf(market.items, scarcest.item);
  if (scarcest.days > 365)
    return [
      { kind: "stock", text: `${name} is in stock for more than a year of expected demand.`, value: 365 },
    ];
  const days = Math.floor(scarcest.days);
  const isShort = days < EFFECT_DAYS;
  return [
    {
      kind: isShort ? "caution" : "stock",
      text: isShort
        ? `Stock of ${name} lasts only ${days} days at the expected demand.`
        : `The product that runs out first, ${name}, lasts ${days} days at the expected demand.`,
      value: days,
    },
  ];
}

function explainMargin({ currency }: BundleMarket, { discountRatio, effect }: BundleCandidate): Evidence {
  const extra = effect.ordersWithOffer.value - effect.ordersAnyway.value;
  return {
    kind: "margin",
    text:
      `At ${Math.round(discountRatio * 100)} % off, ${about(extra)} more orders in ${EFFECT_DAYS} days are expected ` +
      `beside the ${about(effect.ordersAnyway.value)} that come anyway and get the discount too; together ` +
      `${formatDecimal(Math.round(effect.extraMarginMinor.value), currency)} ${currency} more margin.`,
    value: effect.extraMarginMinor.value,
  };
}

function explainCaution(
  { currency, items }: BundleMarket,
  { effect, items: components }: BundleCandidate,
): Evidence {
  const { low, high } = effect.extraMarginMinor;
  const assumed = components.some((item) => items[item]!.costMinor === null);
  return {
    kind: "caution",
    text:
      `How your shoppers answer a lower price is assumed: of the ${Math.round(100 * NOTICED_SHARE)} % who notice, ` +
      `1 % off brings ${PRICE_RESPONSE.value} % more orders, perhaps ${PRICE_RESPONSE.low} or ${PRICE_RESPONSE.high} %` +
      `${assumed ? "; so is a unit cost" : ""}. The gain may be anything from ` +
      `${formatDecimal(Math.round(low), currency)} to ${formatDecimal(Math.round(high), currency)} ${currency} in ` +
      `${EFFECT_DAYS} days; your results will tell.`,
    value: low,
  };
}

function nameOf(items: BundleMarket["items"], item: number): string {
  return readable(items[item]!.title || items[item]!.key);
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** Whole from 10 on, one decimal below. */
function about(value: number): string {
  return value >= 9.95 ? count(value) : value.toFixed(1);
}

function ratio(value: number): string {
  return value >= 99.5 ? count(value) : value.toFixed(1);
}
