import { readVariants } from "#app/data/bundles/bundles.server.ts";
import { countTogether } from "#app/data/orders/units-together.server.ts";
import { listVariantsOfProducts } from "#app/data/products/products.server.ts";
import { findShop, readSettings } from "#app/data/shops/shops.server.ts";
import type { OfferTerms, TermsComponent } from "#app/domain/offer/offer.ts";
import { explainOffer, leastOf } from "#app/domain/propose/evidence/explain-offer.ts";
import { explainDiscount } from "#app/domain/propose/evidence/explain-profit.ts";
import {
  beforeTax,
  type Evidence,
  type ExpectedEffect,
} from "#app/domain/propose/proposal/bundle-proposal.ts";
import { expectOffer, replayOffer } from "#app/domain/propose/quantity/expect-offer.ts";
import { listSteps } from "#app/domain/publish/price-steps.ts";
import { costBesidePrice } from "#app/domain/shop-settings.ts";
import { DAY_MS } from "#app/domain/time.ts";
import type { Deps } from "#app/services/deps.server.ts";
import { saveExpected } from "#app/data/bundles/bundle-edits.server.ts";

/** Older orders say little of what sells now. */
const WINDOW_DAYS = 365;
/** The days that what was counted before them is held against. */
const REPLAY_DAYS = 28;
/** Orders of 28 days: fewer are written as 0.0, which says nothing. */
const LEAST_STATED = 0.05;

interface OutlookRequest {
  readonly shop: string;
  readonly terms: OfferTerms;
  /** With a gift, if it has one. */
  readonly components: readonly TermsComponent[];
  readonly now: Date;
}

/** What a year of the shop's orders says of an offer made by hand, and what is expected of it; null where nobody knows. */
interface OfferOutlook {
  readonly evidence: readonly Evidence[];
  readonly expected: ExpectedEffect | null;
}

/** Counts an offer's products in whatever variants they were bought, and reckons what the offer would bring in 28 days. */
export async function readOfferOutlook(
  { db, pool }: Pick<Deps, "db" | "pool">,
  { shop, terms, components, now }: OutlookRequest,
): Promise<OfferOutlook> {
  const [settings, row] = await Promise.all([readSettings(db, shop), findShop(db, shop)]);
  const costs = await readVariants(db, shop, components);
  const priced = components.map((component) => ({
    ...component,
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
  const variantGids = products.map((productGid) =>
    variants.filter((one) => one.productGid === productGid).map(({ variantGid }) => variantGid),
  );
  const from = new Date(now.getTime() - WINDOW_DAYS * DAY_MS);
  const laterFrom = new Date(now.getTime() - REPLAY_DAYS * DAY_MS);
  const least = leastOf(terms, products.length, steps[0]?.units ?? 1);
  const count = (span: { from: Date; to: Date }) =>
    countTogether(pool, { shop, variantGids, least, spendMinor, ...span });
  const counts = await count({ from, to: now });
  const spanDays = (first: Date | null, to: Date) =>
    Math.max(1, (to.getTime() - Math.max(from.getTime(), first?.getTime() ?? 0)) / DAY_MS);
  const evidence = [explainOffer(terms, counts)];
  if (counts.firstAt === null) return { evidence, expected: null };

  const [before, since] = await Promise.all([
    count({ from, to: laterFrom }),
    count({ from: laterFrom, to: now }),
  ]);
  const replay = replayOffer(terms, {
    before: { counts: before, days: spanDays(before.firstAt, laterFrom) },
    since: { counts: since, days: REPLAY_DAYS },
  });
  const discounts = steps.map(({ units, beforeMinor, discountMinor }) => ({
    units,
    discountRatio: beforeMinor > 0 ? discountMinor / beforeMinor : 0,
  }));
  const reckoned = expectOffer({
    terms,
    counts,
    days: spanDays(counts.firstAt, now),
    steps: discounts,
    products: products.map((productGid) => {
      const component = priced.find((one) => one.productGid === productGid && one !== gift)!;
      const isWhole = terms.kind === "set" || (terms.kind === "gift" && spendMinor === null);
      const units = isWhole ? component.quantity : 1;
      return { priceMinor: component.priceMinor * units, marginMinor: marginOf(component) * units };
    }),
    gift: gift
      ? { discountMinor: steps[0]?.discountMinor ?? 0, marginMinor: marginOf(gift) * gift.quantity }
      : null,
  });
  const expected = reckoned && beforeTax(reckoned, settings);
  return {
    evidence: [
      ...evidence,
      ...(replay ? [replay] : []),
      ...(expected && expected.ordersWithOffer.value >= LEAST_STATED ? [toMargin(expected, discounts)] : []),
    ],
    expected,
  };
}

function toMargin(
  { extraMarginMinor, ordersAnyway, ordersWithOffer }: ExpectedEffect,
  tiers: readonly { readonly discountRatio: number }[],
): Evidence {
  const ratios = tiers.map(({ discountRatio }) => discountRatio);
  const orders = { ordersAnyway: ordersAnyway.value, ordersWithOffer: ordersWithOffer.value };
  return explainDiscount({ ...orders, value: extraMarginMinor.value, days: REPLAY_DAYS }, ratios);
}

/** Keeps what the shop's orders let expect of an offer made by hand, where they say anything of it. */
export async function keepExpected(
  deps: Pick<Deps, "db" | "pool">,
  { bundleId, ...request }: { readonly bundleId: string } & Parameters<typeof readOfferOutlook>[1],
): Promise<void> {
  const { expected } = await readOfferOutlook(deps, request);
  if (expected) await saveExpected(deps.db, { id: bundleId, shop: request.shop }, expected);
}
