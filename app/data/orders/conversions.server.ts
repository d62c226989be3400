import type { Db } from "#app/data/db.server.ts";
import { z } from "zod";
import {
  type RedeemableBundle,
  type RedeemableComponent,
  countRemovedUnits,
} from "#app/domain/evaluate/attribute-discounts.ts";
import { groupBy } from "#app/domain/group-by.ts";
import { isShare, listPastTerms, termsAt, type PastTerms } from "#app/domain/evaluate/past-terms.ts";
import type { DiscountedLine, RedeemedBundle, RedeemableOffer } from "#app/domain/evaluate/redeem-offers.ts";
import { toLegacyId } from "#app/domain/ids.ts";
import { OfferTerms, toOfferTerms, type KeyedComponent } from "#app/domain/offer/offer.ts";
import type { OfferRule } from "#app/domain/offer/offer-rule.ts";
import { isPool, toPricedRule } from "#app/domain/publish/storefront-offer.ts";

import { StandInNote } from "#app/data/bundles/stand-ins.server.ts";
import type { Prisma } from "#app/data/generated/client.ts";
import { inNumbers } from "#app/data/columns.ts";

/** Details of log entries that show a bundle's earlier terms. */
const LoggedDetail = z.object({
  /** Of a decision: the discount at that time. */
  discountRatio: z.number().optional(),
  /** Of an edit; the autopilot's has the discount alone. */
  before: z
    .object({
      discountRatio: z.number(),
      terms: OfferTerms.optional(),
      letsShopperChoose: z.boolean().optional(),
      timesPerOrder: z.number().nullish(),
      quantities: z.array(z.number()).optional(),
      components: z.array(z.string()).optional(),
    })
    .optional(),
});

interface DiscountedOrder {
  readonly orderGid: string;
  readonly placedAt: Date;
  readonly isVoid: boolean;
  readonly lines: readonly DiscountedLine[];
}

const RefundedLines = z.array(z.object({ lineGid: z.string(), quantity: z.number() }));

/** The known ones of the orders, each with its lines; without lines if none got a discount of the app. */
export async function listDiscountedOrders(
  tx: Db,
  { shop, orderGids }: { shop: string; orderGids: readonly string[] },
): Promise<DiscountedOrder[]> {
  const orders = await tx.order.findMany({
    where: { shop, orderGid: { in: [...orderGids] } },
    select: {
      orderGid: true,
      placedAt: true,
      cancelledAt: true,
      isTest: true,
      lines: { orderBy: { position: "asc" } },
    },
  });
  const refunds = await tx.refund.findMany({
    where: { shop, orderGid: { in: orders.map(({ orderGid }) => orderGid) } },
    select: { orderGid: true, amountMinor: true, lines: true },
  });
  const reported = refunds
    .map(inNumbers)
    .map(({ lines, ...refund }) => ({ ...refund, lines: RefundedLines.parse(lines) }));
  return orders.map(({ cancelledAt, isTest, lines, ...order }) => {
    const ofOrder = reported.filter(({ orderGid }) => orderGid === order.orderGid);
    return {
      ...order,
      isVoid: cancelledAt !== null || isTest,
      lines: (lines.some(({ bundleDiscountMinor }) => bundleDiscountMinor > 0) ? lines : [])
        .map(inNumbers)
        .flatMap(({ variantGid, ...line }) => {
          const removedQuantity = countRemovedUnits(line, ofOrder);
          return variantGid === null ? [] : [{ ...line, variantGid, removedQuantity }];
        }),
    };
  });
}

/** Bundles and offers that an order can have redeemed. */
export interface Redeemables {
  readonly bundles: readonly RedeemableBundle[];
  readonly offers: readonly RedeemableOffer[];
}

/**
 * Bundles that were ever approved and hold one of these variants or products, with every discount so far. Each comes in
 * several ways:
 *
 * - with the present quantities of its components, and with those before each edit;
 * - each of these again with every product that ever stood in for a component;
 * - all of that again with any variant of the products, if shoppers may choose or ever could.
 *
 * So an order's redemptions are the same whenever it is read. Offers other than a percentage on a set come with the
 * rules of all their terms. Known weakness: breaks that an order had in several groups, from before the limit held for
 * all groups together, are read by today's limit.
 *
 * @returns lists them for the instant of an order, those in force then first
 */
export async function readRedeemables(
  tx: Db,
  shop: string,
  lines: readonly DiscountedLine[],
): Promise<(placedAt: Date) => Redeemables> {
  const variantGids = lines.map(({ variantGid }) => variantGid);
  const productGids = lines.flatMap(({ productGid }) => productGid ?? []);
  const rows = await tx.bundle.findMany({
    where: {
      shop,
      // In any state: a cart filled earlier can redeem it, and its orders are reported again.
      decisions: { some: { shop, action: "approve" } },
      components: {
        some: { shop, OR: [{ variantGid: { in: variantGids } }, { productGid: { in: productGids } }] },
      },
    },
    select: toTermsOf(shop),
  });
  const read = rows.map(toRedeemable);
  const sets = read.filter(({ past }) => past[0]!.terms.kind === "set").map(listBundlesAt);
  const offers = read.flatMap((row) => listOffersAt(row) ?? []);
  return (placedAt) => ({
    bundles: sets.flatMap((listAt) => listAt(placedAt.getTime())),
    offers: offers.map((findAt) => findAt(placedAt.getTime())),
  });
}

const toTermsOf = (shop: string) =>
  ({
    id: true,
    discountRatio: true,
    terms: true,
    timesPerOrder: true,
    currency: true,
    standIns: true,
    letsShopperChoose: true,
    components: {
      where: { shop },
      select: { variantGid: true, productGid: true, quantity: true, isGift: true },
      orderBy: { position: "asc" },
    },
    decisions: {
      where: { shop },
      select: { detail: true, decidedAt: true },
      orderBy: { decidedAt: "desc" },
    },
  }) as const satisfies Prisma.BundleSelect;

type TermsRow = Prisma.BundleGetPayload<{ select: ReturnType<typeof toTermsOf> }>;

/** An offer with all its past terms. */
interface RedeemableRow {
  readonly id: string;
  readonly currency: string;
  readonly components: readonly KeyedComponent[];
  /** The latest first. */
  readonly past: readonly PastTerms[];
  /** The ways in which an order can hold the given quantities of the components. */
  readonly waysOf: (quantities: readonly number[]) => readonly (readonly RedeemableComponent[])[];
}

function toRedeemable({ id, currency, components, standIns, decisions, ...today }: TermsRow): RedeemableRow {
  const log = decisions.flatMap(({ detail, decidedAt }) => {
    const logged = LoggedDetail.safeParse(detail).data;
    return logged ? [{ ...logged, atMs: decidedAt.getTime() }] : [];
  });
  const quantities = components.map(({ quantity }) => quantity);
  const variantGids = components.map(({ variantGid }) => variantGid);
  const past = listPastTerms({ ...today, terms: toOfferTerms(today), quantities }, variantGids, log);
  const notes = z.array(StandInNote).parse(standIns);
  const wasOpen = today.letsShopperChoose || log.some(({ before }) => before?.letsShopperChoose);
  const ways = listWays(components, notes, wasOpen);
  const waysOf = (units: readonly number[]) =>
    ways.map((way) => way.map((component, at) => ({ ...component, quantity: units[at]! })));
  return { id, currency, components, past, waysOf };
}

/**
 * A set with its discount as a ratio, first as it was at an instant, then in every version. For a set with a fixed
 * price, the ratio noted with its terms explains the discount, too.
 */
function listBundlesAt({ id, past, waysOf }: RedeemableRow): (atMs: number) => RedeemableBundle[] {
  const toBundles = (held: readonly PastTerms[], isInForce: boolean) =>
    waysOf(held[0]!.quantities).map((components) => ({
      bundleId: id,
      components,
      isInForce,
      discountRatios: [...new Set(held.map(({ discountRatio }) => discountRatio))],
      mostSets: held[0]!.timesPerOrder ?? undefined,
    }));
  const alike = groupBy(past, ({ timesPerOrder, quantities }) => JSON.stringify([timesPerOrder, quantities]));
  const ever = [...alike.values()].flatMap((held) => toBundles(held, false));
  return (atMs) => [...toBundles([termsAt(past, atMs)], true), ...ever];
}

/** An offer with the rules of all its terms other than ratios, those of an instant first; null without such terms. */
function listOffersAt(row: RedeemableRow): ((atMs: number) => RedeemableOffer) | null {
  const { id, currency, components, past, waysOf } = row;
  const toKey = (one: PastTerms) => JSON.stringify([one.terms, one.timesPerOrder, one.quantities]);
  const toRules = ({ terms, timesPerOrder, quantities }: PastTerms): OfferRule[] => {
    const ways = waysOf(quantities);
    // A pool accepts any variant of its products, so it has no other ways.
    return (isPool(terms) ? ways.slice(0, 1) : ways).map((way) =>
      toPricedRule({ terms, components: toRuleComponents(way, components) }, currency, timesPerOrder),
    );
  };
  const other = past.filter(({ terms }) => !isShare(terms));
  const had = new Map(other.map((one) => [toKey(one), toRules(one)]));
  if (had.size === 0) return null;
  const bought = components.filter(({ isGift }) => !isGift);
  const pool = new Set(bought.map((one) => toLegacyId(one.productGid)));
  return (atMs) => {
    const inForce = had.get(toKey(termsAt(past, atMs))) ?? [];
    const rest = [...had.values()].filter((rules) => rules !== inForce);
    return { bundleId: id, rules: [inForce, ...rest].flat(), currency, pool };
  };
}

/** A way to hold an offer, as components of its rule. */
function toRuleComponents(way: readonly RedeemableComponent[], held: readonly KeyedComponent[]) {
  return way.map(({ variantGid, quantity, anyOfProductGid }, at) => ({
    variantGid,
    quantity,
    isGift: held[at]!.isGift,
    productGid: anyOfProductGid ?? held[at]!.productGid,
    openStock: anyOfProductGid === undefined ? null : [],
  }));
}

/** The ways in which an order can hold a bundle, the exact variants first. */
function listWays(
  components: readonly Omit<KeyedComponent, "isGift">[],
  notes: readonly StandInNote[],
  wasOpen: boolean,
): (readonly RedeemableComponent[])[] {
  const exact: RedeemableComponent[] = components.map(({ variantGid, quantity }) => ({
    variantGid,
    quantity,
  }));
  // A stand-in is always one variant, even if shoppers may choose.
  const replace = (sold: readonly RedeemableComponent[]) =>
    notes.map(({ position, variantGid }) =>
      sold.map((component, index) =>
        index === position ? { variantGid, quantity: component.quantity } : component,
      ),
    );
  // A product held twice, for example with a gift of its own kind, keeps the variants that were approved.
  const isTwice = (productGid: string) =>
    components.filter((one) => one.productGid === productGid).length > 1;
  const open: RedeemableComponent[] = components.map(({ variantGid, quantity, productGid }) => ({
    variantGid,
    quantity,
    anyOfProductGid: isTwice(productGid) ? undefined : productGid,
  }));
  return [exact, ...replace(exact), ...(wasOpen ? [open, ...replace(open)] : [])];
}

/** The redemptions of one order. */
interface OrderRedemptions {
  readonly orderGid: string;
  readonly convertedAt: Date;
  readonly redeemed: readonly RedeemedBundle[];
}

/** Replaces the conversions of orders that the caller has locked. */
export async function replaceConversions(
  tx: Db,
  shop: string,
  orders: readonly OrderRedemptions[],
): Promise<void> {
  await tx.conversion.deleteMany({
    where: { shop, orderGid: { in: orders.map(({ orderGid }) => orderGid) } },
  });
  const data = orders.flatMap(({ redeemed, ...order }) => {
    const byBundle = new Map<string, RedeemedBundle>();
    for (const one of redeemed.filter(({ sets }) => sets > 0)) {
      const before = byBundle.get(one.bundleId);
      // An order can hold a bundle as approved and again in other variants of its products.
      byBundle.set(one.bundleId, before ? addRedeemed(before, one) : one);
    }
    return [...byBundle.values()].map((conversion) => ({ shop, ...order, ...conversion }));
  });
  if (data.length > 0) await tx.conversion.createMany({ data });
}

function addRedeemed(a: RedeemedBundle, b: RedeemedBundle): RedeemedBundle {
  return {
    bundleId: a.bundleId,
    sets: a.sets + b.sets,
    revenueMinor: a.revenueMinor + b.revenueMinor,
    discountMinor: a.discountMinor + b.discountMinor,
  };
}
