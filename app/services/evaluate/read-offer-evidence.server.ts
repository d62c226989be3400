import { type BundleKey, readSaleables, readVariants } from "#app/data/bundles/bundles.server.ts";
import { findBundle } from "#app/data/bundles/read-bundles.server.ts";
import { countTogether, type TogetherCounts } from "#app/data/orders/units-together.server.ts";
import { listVariantsOfProducts } from "#app/data/products/products.server.ts";
import { findShop, readSettings } from "#app/data/shops/shops.server.ts";
import { type OfferTerms, type TermsComponent, toOfferTerms } from "#app/domain/offer/offer.ts";
import { explainOffer, leastOf } from "#app/domain/propose/evidence/explain-offer.ts";
import { explainStock } from "#app/domain/propose/evidence/explain-proposal.ts";
import { explainDiscount } from "#app/domain/propose/evidence/explain-profit.ts";
import { whileInStock } from "#app/domain/propose/profit/bundle-candidate.ts";
import { EFFECT_DAYS, stockShare, type StockOutlook } from "#app/domain/propose/profit/bundle-market.ts";
import {
  beforeTax,
  MERCHANT_KIND,
  type Evidence,
  type ExpectedEffect,
} from "#app/domain/propose/proposal/bundle-proposal.ts";
import { expectOffer, replayOffer } from "#app/domain/propose/quantity/expect-offer.ts";
import { listSteps } from "#app/domain/publish/price-steps.ts";
import { isOneChoice } from "#app/domain/prepare/join-choices.ts";
import { isPool } from "#app/domain/publish/storefront-offer.ts";
import type { PoolVariant } from "#app/domain/publish/open-components.ts";
import { costBesidePrice } from "#app/domain/shop-settings.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { saveExpected } from "#app/data/bundles/bundle-edits.server.ts";

/** Older orders say little about today's sales. */
const WINDOW_DAYS = 365;
/** Days at the end that the earlier counts are checked against. */
const REPLAY_DAYS = 28;
/** Orders in 28 days: fewer would be shown as 0.0, which says nothing. */
const LEAST_STATED = 0.05;

interface OutlookRequest {
  readonly shop: string;
  readonly terms: OfferTerms;
  /** With the gift, if any. */
  readonly components: readonly TermsComponent[];
  readonly now: Date;
}

/** Evidence from a year of orders for an offer made by hand, and its expected effect; null if unknown. */
interface OfferOutlook {
  readonly evidence: readonly Evidence[];
  readonly expected: ExpectedEffect | null;
}

/** Counts the orders with an offer's products in any variant, and estimates the offer's effect in 28 days. */
export async function readOfferOutlook(
  { db, pool }: Pick<Deps, "db" | "pool">,
  { shop, terms, components, now }: OutlookRequest,
): Promise<OfferOutlook> {
  const [settings, row] = await Promise.all([readSettings(db, shop), findShop(db, shop)]);
  const costs = await readVariants(db, shop, components);
  const priced = components.map((component) => ({
    ...component,
    isActive: costs.get(component.variantGid)?.product.status === "active",
    stockUnits: costs.get(component.variantGid)?.inventoryQuantity ?? null,
    costMinor: costBesidePrice(settings, costs.get(component.variantGid)?.costMinor),
  }));
  const marginOf = ({ priceMinor, costMinor }: (typeof priced)[number]) =>
    priceMinor - (costMinor ?? priceMinor * (1 - settings.assumedMarginRatio));
  const spendMinor = terms.kind === "gift" ? terms.spendMinor : null;
  const gift = spendMinor === null ? undefined : priced.find(({ isGift }) => isGift);
  const steps = listSteps(terms, priced, { ...settings, currency: row?.currency ?? "USD" }).map((step) => ({
    ...step,
    units: Math.max(1, step.units - (gift?.quantity ?? 0)),
  }));

  const products = [...new Set(priced.filter((one) => one !== gift).map(({ productGid }) => productGid))];
  const variants = await listVariantsOfProducts(db, shop, products);
  const variantsOf = products.map((productGid) => variants.filter((one) => one.productGid === productGid));
  const variantGids = variantsOf.map((own) => own.map(({ variantGid }) => variantGid));
  const isWhole = terms.kind === "set" || (terms.kind === "gift" && spendMinor === null);
  const quantities = products.map((productGid) =>
    priced.reduce((sum, one) => sum + (isWhole && one.productGid === productGid ? one.quantity : 0), 0),
  );
  const from = new Date(now.getTime() - WINDOW_DAYS * DAY_MS);
  const laterFrom = new Date(now.getTime() - REPLAY_DAYS * DAY_MS);
  const least = leastOf(terms, products.length, steps[0]?.units ?? 1);
  const count = (span: { from: Date; to: Date }) =>
    countTogether(pool, { shop, variantGids, quantities, least, spendMinor, ...span });
  const counts = await count({ from, to: now });
  const spanDays = (first: Date | null, to: Date) =>
    Math.max(1, (to.getTime() - Math.max(from.getTime(), first?.getTime() ?? 0)) / DAY_MS);
  // In a choice of several products, others replace one that is gone.
  const isChoice = spendMinor !== null || (isPool(terms) && products.length > 1);
  const whole = priced.filter(({ isGift }) => isGift || !isChoice);
  const unsold = listUnsold(whole, variants);
  const names = await readSaleables(db, shop, unsold);
  const missing = unsold.flatMap(({ variantGid, isActive }): Evidence[] => {
    const values = { missing: names.get(variantGid)?.title ?? "" };
    const code = isActive ? "outOfStock" : "notForSale";
    return names.has(variantGid) ? [{ kind: "caution", value: 0, code, values }] : [];
  });
  const evidence = [explainOffer(terms, counts), ...missing];
  if (counts.firstAt === null) return { evidence, expected: null };

  const [before, since] = await Promise.all([
    count({ from, to: laterFrom }),
    count({ from: laterFrom, to: now }),
  ]);
  const replay = replayOffer(terms, {
    before: { counts: before, days: spanDays(before.firstAt, laterFrom) },
    since: { counts: since, days: REPLAY_DAYS },
  });
  const days = spanDays(counts.firstAt, now);
  const discounts = steps.map(({ units, beforeMinor, discountMinor }) => ({
    units,
    discountRatio: beforeMinor > 0 ? discountMinor / beforeMinor : 0,
  }));
  const reckoned = expectOffer({
    terms,
    counts,
    days,
    steps: discounts,
    products: products.map((productGid) => {
      const component = priced.find((one) => one.productGid === productGid && one !== gift)!;
      const units = isWhole ? component.quantity : 1;
      return { priceMinor: component.priceMinor * units, marginMinor: marginOf(component) * units };
    }),
    gift: gift
      ? { discountMinor: steps[0]?.discountMinor ?? 0, marginMinor: marginOf(gift) * gift.quantity }
      : null,
  });
  const ratios = discounts.map(({ discountRatio }) => discountRatio);
  const needed = isChoice ? [] : [...products.keys()];
  const productOf = (gid: string) => priced.find(({ productGid }) => productGid === gid)!;
  const titles = products.map((gid) => costs.get(productOf(gid).variantGid)?.product.title ?? "");
  const stock = toStockOutlook(titles, variantsOf, { counts, days });
  const expected = reckoned && whileInStock(beforeTax(reckoned, settings), stockShare(stock, needed));
  return {
    evidence: [
      ...evidence,
      ...(replay ? [replay] : []),
      ...(expected && missing.length === 0 ? explainStock(stock, { items: needed, effect: expected }) : []),
      ...(expected && expected.ordersWithOffer.value >= LEAST_STATED
        ? [explainDiscount(expected, ratios)]
        : []),
    ],
    expected,
  };
}

/** Components not on sale, or out of stock for even one set, in every variant that is one choice with the named one. */
function listUnsold<T extends TermsComponent & Pick<PoolVariant, "stockUnits" | "isActive">>(
  components: readonly T[],
  variants: readonly PoolVariant[],
): T[] {
  return components.filter((component) => {
    const siblings = variants.filter(({ productGid }) => productGid === component.productGid);
    const isOpen = isOneChoice(siblings.map(({ priceMinor }) => priceMinor));
    return [component, ...(isOpen ? siblings : [])].every(
      ({ stockUnits, isActive }) => !isActive || (stockUnits !== null && stockUnits < component.quantity),
    );
  });
}

/** How long the stock of each product lasts, in any variant, at the counted sales. */
function toStockOutlook(
  titles: readonly string[],
  variantsOf: readonly (readonly PoolVariant[])[],
  { counts, days }: { readonly counts: TogetherCounts; readonly days: number },
): StockOutlook {
  const items = variantsOf.map((variants, place) => {
    const units = variants.flatMap(({ stockUnits }) => stockUnits ?? []);
    const isLimited = units.length > 0 && units.length === variants.length;
    return {
      key: "",
      title: titles[place]!,
      category: "",
      priceMinor: 0,
      costMinor: null,
      stockUnits: isLimited ? units.reduce((sum, own) => sum + Math.max(0, own), 0) : null,
      isActive: true,
    };
  });
  const orders = counts.byUnitsOfEach.reduce((sum, of) => sum + of, 0);
  const units = counts.byUnitsOfEach.reduce((sum, of, taken) => sum + of * taken, 0);
  return {
    items,
    demand: Float64Array.from(counts.soldEach, (of) => (of * EFFECT_DAYS) / days),
    unitsPerOrder: new Float64Array(items.length).fill(orders > 0 ? units / orders : 1),
    soldBefore: new Float64Array(items.length),
  };
}

/** Saves the effect that the shop's orders suggest for a bundle on its terms, if it was made by hand. */
export async function keepExpected(
  deps: Pick<Deps, "db" | "pool">,
  { now, ...key }: BundleKey & { readonly now: Date },
): Promise<void> {
  const bundle = await findBundle(deps.db, key);
  if (bundle?.kind !== MERCHANT_KIND) return;
  const { shop, components } = bundle;
  const { expected } = await readOfferOutlook(deps, { shop, terms: toOfferTerms(bundle), components, now });
  if (expected) await saveExpected(deps.db, bundle, expected);
}
