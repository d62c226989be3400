import type { OfferRule } from "#app/domain/offer/offer-rule.ts";
import { parseRules } from "#tests/factories/parse-rules.ts";
import { priceOffer, type PricedVariant } from "#app/domain/offer/price-offer.ts";

/** The Function's input as the tests build it. */
export interface ReferenceInput {
  cart: {
    attribute: { value: string | null } | null;
    cost: { subtotalAmount: { currencyCode: string } };
    lines: {
      id: string;
      quantity: number;
      cost: { amountPerQuantity: { amount: string } };
      sellingPlanAllocation: object | null;
      merchandise: {
        id: string;
        product: { id: string; isGiftCard: boolean; metafield: { value: string } | null };
      };
    }[];
  };
  discount: { discountClasses: string[] };
  localization: { country: { isoCode: string }; language: { isoCode: string } };
  presentmentCurrencyRate: string;
  shop: { localTime: { date: string } };
}

export interface ReferenceOffer {
  title: string;
  /** Discounted units by variant id. */
  discounted: ReadonlyMap<string, number>;
  /** All variants that the offer uses. */
  taken: ReadonlySet<string>;
  hundredths: number;
}

/** Lists every offer that the cart fulfils, parsed and priced by the app's code. */
export function listReferenceOffers(input: ReferenceInput): ReferenceOffer[] {
  const { cart, localization, shop } = input;
  const today = Number(shop.localTime.date.replaceAll("-", ""));
  const rules = new Map(
    cart.lines.map(({ merchandise: { product } }) => {
      const read = parseRules(product.metafield?.value ?? "");
      return [product.id, read.ok ? read.value : null];
    }),
  );
  const texts = cart.lines.map(({ merchandise: { product } }) => product.metafield?.value ?? "");
  const variants = listVariants(
    cart.lines,
    texts.some((text) => /^2sc?(~|$)/.test(text)),
  );

  // For each offer, the products that carry it and the rule of the first one, in cart order.
  const carried: { rule: OfferRule; id: string; products: Set<string> }[] = [];
  const held = new Set(variants.map(({ product }) => product));
  for (const [gid, read] of rules) {
    const product = legacyId(gid);
    if (!held.has(product)) continue;
    for (const rule of read?.offers ?? []) {
      const known = isPool(rule) && carried.find(({ id, rule: other }) => id === rule.id && isPool(other));
      if (known) known.products.add(product);
      else carried.push({ rule, id: rule.id, products: new Set([product]) });
    }
  }
  const money = {
    currency: cart.cost.subtotalAmount.currencyCode,
    rateMillionths: toMillionths(input.presentmentCurrencyRate),
  };
  return carried.flatMap(({ rule, products }) => {
    const { lastDay, countries, title } = rule;
    if (lastDay !== null && lastDay < today) return [];
    if (countries.length > 0 && !countries.includes(localization.country.isoCode)) return [];
    const priced = variants.map((one) => ({ ...one, isInPool: products.has(one.product) }));
    const saving = priceOffer(rule, priced, money);
    if (saving === null) return [];
    const taken = new Set([...saving.discounted.keys(), ...saving.required.keys()]);
    return [{ title, discounted: saving.discounted, taken, hundredths: saving.hundredths }];
  });
}

const isPool = (rule: OfferRule) =>
  rule.kind === "range" || rule.kind === "breaks" || (rule.kind === "gift" && !("parts" in rule.buy));

function listVariants(
  lines: ReferenceInput["cart"]["lines"],
  countsSubscriptions: boolean,
): Omit<PricedVariant, "isInPool">[] {
  const held = new Map<string, Omit<PricedVariant, "isInPool">>();
  for (const { quantity, cost, sellingPlanAllocation, merchandise } of lines) {
    const unitHundredths = toHundredths(cost.amountPerQuantity.amount);
    if (merchandise.product.isGiftCard || unitHundredths === 0) continue;
    if (sellingPlanAllocation !== null && !countsSubscriptions) continue;
    const variant = legacyId(merchandise.id);
    const known = held.get(variant);
    held.set(variant, {
      variant,
      product: legacyId(merchandise.product.id),
      units: (known?.units ?? 0) + quantity,
      unitHundredths: Math.min(known?.unitHundredths ?? unitHundredths, unitHundredths),
    });
  }
  return [...held.values()];
}

const legacyId = (gid: string) => gid.split("/").at(-1)!;

/** Largest saving of any choice of offers that share no variant, by brute force. */
export function bestSaving(
  offers: readonly ReferenceOffer[],
  taken: ReadonlySet<string> = new Set(),
): number {
  const [offer, ...rest] = offers;
  if (offer === undefined) return 0;
  const without = bestSaving(rest, taken);
  if ([...offer.taken].some((variant) => taken.has(variant))) return without;
  return Math.max(without, offer.hundredths + bestSaving(rest, new Set([...taken, ...offer.taken])));
}

/** Saving of the greedy choice, largest saving first. */
export function greedySaving(offers: readonly ReferenceOffer[]): number {
  const taken = new Set<string>();
  let sum = 0;
  for (const offer of offers.toSorted((a, b) => b.hundredths - a.hundredths)) {
    if ([...offer.taken].some((variant) => taken.has(variant))) continue;
    for (const variant of offer.taken) taken.add(variant);
    sum += offer.hundredths;
  }
  return sum;
}

/** "12.5" → 1250. */
export function toHundredths(amount: string): number {
  const [whole = "0", fraction = ""] = amount.split(".");
  return Number(whole) * 100 + Number(fraction.padEnd(2, "0").slice(0, 2));
}

/** "1.08213399" → 1082133. */
function toMillionths(rate: string): number {
  const [whole = "0", fraction = ""] = rate.split(".");
  return Number(whole) * 1_000_000 + Number(fraction.padEnd(6, "0").slice(0, 6));
}
